/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HOOK_CAUSES_H
#define AGENT_HOOK_CAUSES_H

#include "agent/finding.h"
#include "agent/hook/ledger.h"
#include "agent/machine.h"
#include "agent/pkg/blame.h"

/*
 * Which package did it, for all that is told of a transaction: what packages
 * have is written down before it, beside its record, and held against what
 * they have at its end.
 */
struct causes {
	struct owners were;
	struct blame *blame;	/* NULL: nobody can tell */
	/* What was recorded before is older than the transaction: people have
	 * worked here since, too. */
	bool late;
};

/* Of all that the snapshot before the transaction has. */
int causes_note(struct machine *m, const char *id, const struct oid *before,
    struct err *e);
/* At the end, with both snapshots taken. That nothing was written down is no
 * failure. */
int causes_find(struct machine *m, const struct transaction *t,
    const struct oid *before, struct causes *out, struct err *e);
/* What packages have now is kept for an upgrade that no hook sees; after is
 * the newest snapshot. */
int causes_keep(const struct causes *c, struct machine *m,
    const struct oid *after, struct err *e);
void causes_done(struct causes *c);

/* Whether lists of packages explain what happened to it. */
bool causes_explain(const struct causes *c, const char *path);
/* Appends who it was, "; " before it; nothing where nothing happened. */
void causes_add(const struct causes *c, const char *path, struct buf *what);
/* Whether what is gone is found elsewhere, by what its package says: then it
 * is a note, though nobody knows it who only looks at the baseline. */
bool causes_soothe(const struct causes *c, const struct finding *f);
/* Tells of what no finding told: what a person must look at, what can be
 * merged, and, as a note, what else packages did. */
void causes_tell(const struct causes *c, struct transaction *t);

#endif
