/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HOOK_CAUSES_H
#define AGENT_HOOK_CAUSES_H

#include "agent/finding.h"
#include "agent/ledger/ledger.h"
#include "agent/machine.h"
#include "agent/pkg/blame.h"

/*
 * Which package did it, for all that is told of a transaction: what packages
 * have is written down before it, beside its record, and held against what
 * they have at its end.
 */
struct causes {
	struct machine *m;	/* NULL: nobody can tell */
	const char *id;
	struct oid before, after;
	bool looked;
	struct owners were;
	struct blame *blame;	/* NULL: nobody can tell */
	/* What was recorded before is older than the transaction: people have
	 * worked here since, too. */
	bool late;
	struct err trouble;
};

/* Of all that the snapshot before the transaction has, as it was captured. */
int causes_note(struct machine *m, const char *id, const struct oid *before,
    const struct capture *seen, struct err *e);
/* The same where the machine is known to be as it was the last time. */
int causes_note_known(int store_fd, const struct root *r, const char *id,
    struct err *e);
/* At the end, with both snapshots taken. Nothing is looked up before somebody
 * asks: most transactions change nothing that is tracked. That nothing was
 * written down is no trouble. */
void causes_init(struct causes *c, struct machine *m,
    const struct transaction *t, const struct oid *before);
/* What packages have now is kept for an upgrade that no hook sees; after is
 * the newest snapshot, which saw this. */
int causes_keep(const struct causes *c, struct machine *m,
    const struct oid *after, const struct capture *seen, struct err *e);
void causes_done(struct causes *c);

/* Whether lists of packages explain what happened to it. */
bool causes_explain(struct causes *c, const char *path);
/* Appends who it was, "; " before it; nothing where nothing happened. */
void causes_add(struct causes *c, const char *path, struct buf *what);
/* The same packages alone, "cyrus-imapd 2-1 -> 3-1"; nothing where no package
 * is known to have done it. */
void causes_package(struct causes *c, const char *path,
    struct buf *out);
/* Whether what is gone is found elsewhere, by what its package says: then it
 * is a note, though nobody knows it who only looks at the baseline. */
bool causes_soothe(struct causes *c, const struct finding *f);
/* Tells of what no finding told: what a person must look at, what can be
 * merged, and, as a note, what else packages did. */
void causes_tell(struct causes *c, struct transaction *t);

#endif
