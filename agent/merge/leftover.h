/* SPDX-License-Identifier: MIT */
#ifndef AGENT_MERGE_LEFTOVER_H
#define AGENT_MERGE_LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/root.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"

/* Files that package managers put beside one when both sides changed it. */
enum leftover_side {
	LEFTOVER_THEIRS,	/* the package's new version: x.rpmnew */
	LEFTOVER_MINE,		/* the administrator's: x.rpmsave, where the
				 * package's took its place */
};

/*
 * How much of path is the name of the file it lies beside; 0 when its name is
 * none of a leftover's. The lower *out_rank, the sooner it is looked at.
 */
size_t leftover_of(const char *path, enum leftover_side *out_side,
    unsigned *out_rank);

/*
 * Adds the leftovers in folders of the manifest (and below the root in the
 * paths given, tracked or not), those that paths names or their file does; no
 * paths: all. Folders that cannot be read are added to unread, each followed
 * by why.
 */
void leftover_find(const struct root *root, const struct manifest *live,
    const struct strlist *paths, struct strlist *out, struct strlist *unread);

#endif
