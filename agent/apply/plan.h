/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_PLAN_H
#define AGENT_APPLY_PLAN_H

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
	STEP_PUT,	/* a file, symlink or node, new or replacing one */
	STEP_SWAP_KIND,	/* something of another type is in the way, a whole
			 * folder perhaps: everything below it goes, too */
	STEP_META,	/* metadata only, in place: the inode stays */
	STEP_LINK,	/* another name of a file that is there or is put */
	STEP_REMOVE,	/* a file, or a folder with all that is tracked in it */
};

/* What a rollback can hold of one file, and so what may be replaced. */
enum { PLAN_FILE_MAX = (1 << 30) - 1 };

/* Why a step is in the plan; for the person who reads it. */
struct step {
	enum step_kind kind;
	const char *path;
	const struct entry *want;	/* NULL for STEP_REMOVE */
	const struct entry *have;	/* NULL where nothing is */
	/* enum entry_difference; 0 with STEP_META: a folder that only keeps
	 * its time though names in it come and go */
	unsigned differs;
	/* The name whose inode it shares: put by another step or living there;
	 * always set for STEP_LINK, and where one takes another type's place */
	const char *source;
	bool implied;	/* a parent that is needed; nobody wished for it */
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
	bool times_only;	/* a folder: nothing but its mtime */
};

struct wishes {
	struct wish *items;
	size_t n, cap;
};

void wishes_done(struct wishes *w);
void drop_wishes(struct wishes *w);	/* for CLEANUP */

/*
 * Makes the plan that turns `have` (everything known to be there) into what
 * the wishes say: missing parents are made as `known` (a snapshot's manifest)
 * describes them, 0755 root:root where it does not; names that share an inode
 * are put together; folders come before what is in them, removals last and
 * deepest first. A wish that is true already (mtime included) is no step.
 * Something of another type in the way of a wish goes, with all that is in it
 * (apply_plan keeps everything in the rollback, strangers included).
 * Fails when two wishes contradict each other, when something that nobody
 * wished for stands where a parent must be, where the content wished for was
 * never kept, or where a file that goes is larger than a rollback can hold.
 * The manifests and wishes must outlive the plan.
 */
int plan_make(const struct manifest *have, const struct manifest *known,
    const struct wishes *wishes, struct plan *out, struct err *e);
void plan_done(struct plan *p);
void drop_plan(struct plan *p);		/* for CLEANUP */

#endif
