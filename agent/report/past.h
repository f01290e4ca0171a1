/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_PAST_H
#define AGENT_REPORT_PAST_H

#include "agent/machine.h"
#include "agent/report/history.h"
#include "agent/report/model.h"

/* What happened since model->since. What cannot be read is a trouble. */

void past_transactions(struct machine *m, struct model *out);
/* The last transaction alone, whenever it was, and the baseline there is. */
void past_last(struct machine *m, struct model *out);
/* Restores, merges and undos but those that a transaction's end made. */
void past_restores(struct machine *m, struct model *out);
/* since_last: those that were noted after the last report. */
void past_accepts(const struct history *h, bool since_last,
    struct model *out);
/* What of all this lies in the report's last second, by its id; and taking
 * out what the last report, which may be NULL, told of its own. */
void past_told(const struct model *m, struct strlist *out);
void past_drop_told(struct model *m, const struct history_report *last);

/* The id of the transaction that put the path back, or NULL. */
const char *past_put_back(const struct model *m, const char *path);
/* The id of the restore by hand that did. */
const char *past_restored(const struct model *m, const char *path);
/* Sets transaction and cause of a finding that a transaction's end told of. */
void past_cause(struct model *m, struct model_finding *f);

#endif
