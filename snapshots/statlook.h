/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_STATLOOK_H
#define SNAPSHOTS_STATLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/root.h"
#include "snapshots/statcache.h"

/* What the stat cache knows against what there is. */

/* True when every object is what it was: nothing needs to be read. */
bool statlook_unchanged(const struct statcache *c, const struct root *r);

/* A file that was written to: its number in the cache, and what it is now. */
struct statlook_edit {
	uint32_t i;
	struct stat st;
};

struct statlook_edits {
	bool unstored_too;	/* count as edited */
	struct statlook_edit *items;
	size_t n, cap;
};

/*
 * True when nothing but files was changed, each where it stood: no name came or
 * went, and none has another object. out gets these files in path order, and
 * those that cannot be trusted to be what they were. Other changes are found
 * early, mostly: folders are looked at first.
 */
bool statlook_edits(const struct statcache *c, const struct root *r,
    struct statlook_edits *out);
void drop_statlook_edits(struct statlook_edits *e);	/* for CLEANUP */

#endif
