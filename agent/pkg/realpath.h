/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_REALPATH_H
#define AGENT_PKG_REALPATH_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/root.h"

/* The folder that was looked at last: neighbours lie in the same one, so each
 * is resolved once. Begins as zeros; the paths asked about must outlive it. */
struct realpath {
	const char *last;	/* a path in it, as it is written */
	struct buf real;	/* where it really is, "/" at the end */
};

void realpath_done(struct realpath *p);
void drop_realpath(struct realpath *p);		/* for CLEANUP */
/* The path with its parents where they really are: path itself, or one in the
 * arena. What cannot be resolved stays as it is written. */
const char *realpath_of(struct realpath *p, const struct root *r,
    const char *path, struct arena *a);

#endif
