/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PLAN_H
#define AGENT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "snapshots/manifest.h"

/*
 * What a restore or an undo will do, decided before anything is touched. Pure:
 * a plan is made from what is and what shall be, and nothing else.
 */
enum step_kind {
	STEP_MAKE_DIR,	/* a folder that is missing */
	STEP_PUT,	/* a file, symlink or node: new, or in place of another */
	STEP_SWAP_KIND,	/* something of another type is in the way, a whole
			 * folder perhaps: everything below it goes, too */
	STEP_META,	/* metadata only, in place: the inode stays */
	STEP_LINK,	/* another name of a file that is there or is put */
	STEP_REMOVE,	/* a file, or a folder with all that is tracked in it */
};

/* Why a step is in the plan; for the person who reads it. */
struct step {
	enum step_kind kind;
	const char *path;
	const struct entry *want;	/* NULL for STEP_REMOVE */
	const struct entry *have;	/* NULL where nothing is */
	unsigned differs;		/* enum entry_difference */
	const char *reason;		/* "mail-auth/service-files", or NULL */
	/* The new bytes of a repaired file; NULL: those that want->oid names */
	const struct buf *bytes;
};

struct plan {
	struct arena arena;
	struct step *items;
	size_t n, cap;
};

/* One path that shall be as `want` says, or absent where want is NULL. */
struct wish {
	const char *path;
	const struct entry *want;
	const char *reason;
	const struct buf *bytes;
};

struct wishes {
	struct wish *items;
	size_t n, cap;
};

/*
 * Makes the plan that turns `have` (everything known to be there) into what
 * the wishes say: missing parents are made as `known` (a snapshot's manifest)
 * describes them, 0755 root:root where it does not; names that share an inode
 * are put together; folders come before what is in them, removals last and
 * deepest first. A wish that is true already (mtime included) is no step.
 * Fails when two wishes contradict each other, or something that is neither
 * tracked nor wished away would be lost (a folder with strangers in it).
 */
int plan_make(const struct manifest *have, const struct manifest *known,
    const struct wishes *wishes, struct plan *out, struct err *e);
void plan_done(struct plan *p);

#endif
