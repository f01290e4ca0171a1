/* SPDX-License-Identifier: MIT */
#ifndef BASE_ROOTMEMO_H
#define BASE_ROOTMEMO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pathset.h"
#include "base/root.h"
#include "base/strlist.h"

/*
 * Where the folders of a root really are, for one look at many paths: each
 * folder is looked at once. What moves meanwhile is not seen: use it where a
 * call of root_resolve for each path would not be any surer. A zeroed struct
 * knows nothing yet.
 */
struct rootmemo {
	struct arena arena;
	struct pathset known;
	struct {
		struct rootmemo_folder *items;
		size_t n, cap;
	} folders;
};

/* As root_resolve. links, which may be NULL, gets the symlinks on the way to
 * what was not known yet: all calls have the same list. */
int rootmemo_resolve(struct rootmemo *m, const struct root *r,
    const char *path, struct buf *out, struct strlist *links, struct err *e);
void rootmemo_done(struct rootmemo *m);
void drop_rootmemo(struct rootmemo *m);		/* for CLEANUP */

#endif
