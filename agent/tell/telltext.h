/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_TELLTEXT_H
#define AGENT_TELL_TELLTEXT_H

#include "agent/ledger/transaction.h"
#include "base/buf.h"

/*
 * A few lines of a transaction that ended, for a terminal that logs may copy;
 * nothing where nobody need know. They fit 80 columns, commands apart, with
 * "driftctl: " before each. report is how to see the long text, or NULL.
 */
void telltext(const struct transaction *t, const char *report,
    struct buf *out);

#endif
