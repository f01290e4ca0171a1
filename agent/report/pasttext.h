/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_PASTTEXT_H
#define AGENT_REPORT_PASTTEXT_H

#include "agent/report/model.h"
#include "base/buf.h"

/* How a terminal is told of what happened. */

/* All of one transaction: packages, what was found and done, how to undo. */
void pasttext_transaction(struct buf *out, const struct model *m,
    const struct transaction *t);
/* The same in three lines. */
void pasttext_transaction_short(struct buf *out, const struct model *m,
    const struct transaction *t);
void pasttext_restore(struct buf *out, const struct model *m,
    const struct model_restore *r);
void pasttext_accept(struct buf *out, const struct model_accept *a);
void pasttext_mended(struct buf *out, const struct model_mended *x);

/* "2026-11-21 19:30" */
void pasttext_time(struct buf *out, int64_t when);
/* "/etc/a, /etc/b and 3 more"; items escaped. */
void pasttext_names(struct buf *out, char *const *items, size_t n,
    size_t all);

#endif
