/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITVERIFY_H
#define SNAPSHOTS_GITVERIFY_H

#include <stddef.h>

#include "base/err.h"

struct gitrepo;

struct gitverify {
	/* where: the file or the snapshot and path; what: the damage. */
	void (*problem)(void *ctx, const char *where, const char *what);
	/* Objects read so far; may be NULL. */
	void (*progress)(void *ctx, size_t n_objects);
	void *ctx;
};

/*
 * Reads every pack and every object that a ref reaches, and checks each hash.
 * Returns the number of problems, each of which was told; -1 when the looking
 * itself failed.
 */
int gitverify_run(struct gitrepo *r, const struct gitverify *v,
    struct err *e);

#endif
