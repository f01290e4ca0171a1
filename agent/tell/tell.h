/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_H
#define AGENT_TELL_H

#include "agent/hook/transaction.h"

/*
 * Tells of a transaction that ended: the journal always, and the package
 * manager's terminal (stderr) where loud and there is something to do or to
 * know. report is where the long text is.
 */
void tell_end(const struct transaction *t, const char *report, bool loud);
/* A hook's own failure, which nobody is waiting for. */
void tell_failure(const char *origin, const struct err *e);

/* The few lines themselves; none where all is well. */
void tell_text(const struct transaction *t, const char *report,
    struct buf *out);

#endif
