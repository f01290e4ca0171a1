/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CONCLUDE_H
#define AGENT_CONCLUDE_H

#include "agent/ledger/ledger.h"
#include "agent/machine.h"
#include "agent/tell/told.h"

/*
 * The end of a transaction on a machine whose store is locked: fills in
 * packages, snapshots, what was put back and what was found, and appends the
 * long report. was: the packages there were before, NULL: nobody knows; now:
 * the caller's, empty, gets those there are, none where they cannot be read;
 * look, empty too: all that is the matter afterwards. What goes wrong is added
 * to t->failed.
 */
void conclude(struct machine *m, struct transaction *t,
    const struct pkglist *was, struct pkglist *now, struct look *look,
    struct buf *report);
/* A snapshot for a transaction; its name in *out, and what it saw in *seen,
 * which may be NULL. That the machine is as it has it is remembered, see
 * answer_recall_state. */
int conclude_snapshot(struct machine *m, const struct transaction *t,
    const char *when, struct oid *out, struct capture *seen, struct err *e);

#endif
