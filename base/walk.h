/* SPDX-License-Identifier: MIT */
#ifndef BASE_WALK_H
#define BASE_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/root.h"
#include "base/scope.h"

/* What a walk meets, in the order of path.h. */
enum walk_what {
	WALK_ENTRY,	/* tracked, or on the way to something tracked */
	WALK_PASSED,	/* a folder that was looked into and holds nothing */
	WALK_ABSENT,	/* the scope spells it out, and it is not there */
	WALK_UNREADABLE,	/* could not be looked at; e says why */
};

struct walk_item {
	enum walk_what what;
	const char *path, *name;
	int dirfd;		/* O_PATH descriptor of the parent folder */
	const struct stat *st;	/* ENTRY, PASSED */
	bool listed;		/* a folder whose names were all read */
	const struct err *e;	/* UNREADABLE */
};

/*
 * What is known of folders beforehand: names gives those in a folder that the
 * scope tracks or asks for, in order, when they are still the same by its stat
 * data; false when it must be read. NULL: nothing is known.
 */
struct walk_known {
	bool (*names)(void *ctx, const char *path, const struct stat *st,
	    struct strlist *out);
	/* Whether a path that names gave is known to be tracked and to have
	 * been no folder: no pattern needs to be asked about it. */
	bool (*leaf)(void *ctx, const char *path);
	void *ctx;
};

/*
 * Walks everything the settled scope tracks; symlinks are met, not followed.
 * Only folders that may hold something tracked are looked into, and where the
 * scope spells names out only these are asked for. each returns -1 to stop.
 */
int walk(const struct root *r, const struct scope *s,
    const struct walk_known *known,
    int (*each)(void *ctx, const struct walk_item *item, struct err *e),
    void *ctx, struct err *e);

#endif
