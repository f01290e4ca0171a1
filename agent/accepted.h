/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ACCEPTED_H
#define AGENT_ACCEPTED_H

#include "agent/finding.h"
#include "agent/json.h"
#include "agent/machine.h"
#include "base/strlist.h"

/* What accepting made of the baseline, and what of that should give whoever
 * did it pause. */
struct accepted {
	struct manifest was, is;	/* the baseline before and now */
	struct changes changes;
	size_t forgotten;	/* entries that nobody tracks any more */
	struct results judged;	/* what critical is made of */
	struct findings critical;	/* grave rules that do not hold in it */
};

/* The baseline as it is before anything is accepted; none is no error. */
int accepted_begin(struct machine *m, struct accepted *out, struct err *e);
/* And once it is at `baseline`, by what was captured; no paths: all. */
int accepted_end(struct machine *m, const struct oid *baseline,
    const struct capture *live, const struct strlist *paths,
    struct accepted *out, struct err *e);
void drop_accepted(struct accepted *a);	/* for CLEANUP */

/* A line on how much of which kind, and the first of it. */
void accepted_text(const struct accepted *a, struct buf *out);
/* Nothing where nothing grave was accepted. */
void accepted_warn(const struct machine *m, const struct accepted *a,
    struct buf *out);
/* "changes" and "findings" of an object that is open. */
void accepted_json(const struct machine *m, const struct accepted *a,
    struct json *j);

#endif
