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
 * Walks everything the settled scope tracks; symlinks are met, not followed.
 * Only folders that may hold something tracked are looked into, and where the
 * scope spells names out only these are asked for. each returns -1 to stop.
 */
int walk(const struct root *r, const struct scope *s,
    int (*each)(void *ctx, const struct walk_item *item, struct err *e),
    void *ctx, struct err *e);

#endif
