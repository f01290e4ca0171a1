/* SPDX-License-Identifier: MIT */
#ifndef BASE_ROOT_H
#define BASE_ROOT_H

#include <sys/types.h>

#include "base/err.h"

struct buf;

/*
 * Everything driftctl looks at or changes hangs from one folder, opened once.
 * Names below it are those of path.h. A symlink never leads out of the root.
 */
struct root {
	int fd;
	char *dir;	/* as the person named it, for messages */
};

int root_open(struct root *r, const char *dir, struct err *e);
void root_close(struct root *r);
void drop_root(struct root *r);		/* for CLEANUP */

/*
 * Opens path with O_CLOEXEC, following symlinks as if the root were "/"
 * (openat2(2) RESOLVE_IN_ROOT). Returns the descriptor or -1 with errno.
 */
int root_open_in(const struct root *r, const char *path, int flags);

/*
 * Opens path without following any symlink on the way, the last component
 * included (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS); paths longer than PATH_MAX
 * are reached in pieces. Returns the descriptor or -1 with errno.
 */
int root_open_at(const struct root *r, const char *path, int flags);

/*
 * Opens the folder that holds path (O_PATH) in the same strict way; *out_name
 * is the last component, borrowed from path. -1 with errno.
 */
int root_open_parent(const struct root *r, const char *path,
    const char **out_name);

/*
 * Appends where path really is: symlinks among its parents followed within the
 * root, the last component left as it is. Missing parents are kept as written.
 * Symlinks that were passed are added to links when it is not NULL.
 */
struct strlist;
int root_resolve(const struct root *r, const char *path, struct buf *out,
    struct strlist *links, struct err *e);

/* What a path below the root is called outside of it; the caller frees it. */
char *root_outside(const struct root *r, const char *path);

#endif
