/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HOOK_UNSEEN_H
#define AGENT_HOOK_UNSEEN_H

#include "agent/ledger/ledger.h"
#include "base/root.h"

/*
 * What there was when a transaction last ended, so that an upgrade without a
 * hook (from an installer, in another snapshot of the system, on another
 * machine) is noticed: packages, what of the tracked files they have, and the
 * release that os-release(5) names.
 */

/* These are the packages there are, and all about them has been judged; none:
 * they could not be read, and what was known before stays. */
int unseen_note(const struct ledger *l, const struct root *r,
    const struct pkglist *now, struct err *e);
/*
 * 1 when now is not as it was; then what there was is written down for the
 * transaction t, which has its id already. 0 when it is, or when nothing was
 * known, which is then noted.
 */
int unseen_find(const struct ledger *l, const struct root *r,
    const struct pkglist *now, struct transaction *t, struct err *e);
/* What there was when the last one ended is what there was before t, which
 * nobody saw begin. */
int unseen_begin(const struct ledger *l, const struct transaction *t,
    struct err *e);
/* Puts into t which release there was and is, where that changed. */
void unseen_release(const struct ledger *l, const struct root *r,
    struct transaction *t);

#endif
