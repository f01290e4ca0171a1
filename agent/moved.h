/* SPDX-License-Identifier: MIT */
#ifndef AGENT_MOVED_H
#define AGENT_MOVED_H

#include "agent/apply/plan.h"
#include "base/root.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"

/*
 * Folders of a snapshot that are symlinks now, as /lib is in a system whose
 * /usr was merged: what the snapshot has in them belongs where they lead to.
 */
struct moved {
	struct arena arena;
	struct moved_folder {
		const char *was, *is;
	} *items;
	size_t n, cap;
};

int moved_find(const struct root *root, const struct manifest *snapshot,
    struct moved *out, struct err *e);
void moved_done(struct moved *m);
void drop_moved(struct moved *m);	/* for CLEANUP */

/* What the snapshot has of a path of today; NULL. */
const struct entry *moved_entry(const struct moved *m,
    const struct manifest *snapshot, const char *path);
/* Adds under which names the snapshot has what is path today. */
void moved_names(const struct moved *m, const struct manifest *snapshot,
    const char *path, struct strlist *out);

/*
 * Turns wishes for what lies behind a symlink of today into wishes for where
 * it leads, unless the symlink itself is wished to be something else. Their
 * entries keep their paths, by which a secret is opened.
 */
int moved_redirect(const struct root *root, struct arena *a,
    struct wishes *wishes, struct err *e);

#endif
