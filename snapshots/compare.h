/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_COMPARE_H
#define SNAPSHOTS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshots/manifest.h"

/* One path of which two manifests say different things. */
struct change {
	const struct entry *was, *is;	/* NULL: added, removed */
	unsigned differs;	/* enum entry_difference; 0 where one is NULL */
	/* Whoever knows the format says so: the content is written otherwise,
	 * but says the same. */
	bool rewritten;
};

/* Whether that is all that differs, so that nothing need be done about it. */
bool change_is_rewritten(const struct change *c);

struct changes {
	struct change *items;
	size_t n, cap;
};

/*
 * Lists what differs, in path order, by merging the two sorted lists. With
 * mtime, entries that differ in nothing but their time are listed too.
 * Entries are borrowed from the manifests.
 */
void compare_manifests(const struct manifest *was, const struct manifest *is,
    bool mtime, struct changes *out);
void changes_done(struct changes *c);
void drop_changes(struct changes *c);	/* for CLEANUP */

#endif
