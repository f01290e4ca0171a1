/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HOOK_PRUNE_H
#define AGENT_HOOK_PRUNE_H

#include "agent/ledger/ledger.h"

/* How much of STORE/transactions is kept. */
struct prune_limits {
	uint64_t count;		/* of the newest records; 1 at least */
	uint64_t days;
	int64_t now;
};

/*
 * Which of the names in the folder go: records that are neither among the
 * newest nor young enough, their reports, what belongs to a record that is not
 * there, and what a kill left half written. The newest record stays however
 * old it is, and whatever is open stays; so does what is not ours.
 */
void prune_choose(const struct strlist *names, const struct prune_limits *l,
    struct strlist *out);

/* Removes them, and counts the records among them. */
int prune_ledger(const struct ledger *l, const struct prune_limits *limits,
    size_t *out_removed, struct err *e);

#endif
