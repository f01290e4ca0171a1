/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_VENDOR_H
#define SNAPSHOTS_VENDOR_H

#include <stdbool.h>

#include "base/buf.h"
#include "snapshots/store.h"

/*
 * What packages shipped, as refs/heads/vendor has it: of each path the version
 * that the machine's own file was last made from. It is what a merge begins
 * with.
 */
struct vendor_new {
	const struct entry *entry;
	/* Its content, plain, where the store may not have it yet; NULL: it
	 * is what entry->oid names there. */
	const struct buf *bytes;
};

/*
 * Records these as the packages' own, under the store's lock. folders (may be
 * NULL) has the folders they lie in. Returns 1 when there was anything new.
 */
int vendor_record(struct store *s, const struct vendor_new *items, size_t n,
    const struct manifest *folders, const char *message, struct err *e);

/* A version of a path that some commit has. */
struct vendor_version {
	struct entry entry;	/* in the arena it was asked for in */
	struct oid commit;
	int64_t time;
};

/* Commits that are looked at, from the newest back. */
enum { VENDOR_LOOK_BACK = 400 };

/*
 * Calls each for the versions of path on ref, newest first, one after another
 * that differ; bytes are wiped afterwards. Not 0 from each stops the walk.
 * Returns 0 when there is no such ref or path.
 */
typedef int vendor_each(void *ctx, const struct vendor_version *v,
    const struct buf *bytes, struct err *e);
int vendor_walk(struct store *s, const char *ref, const char *path,
    struct arena *a, vendor_each *each, void *ctx, struct err *e);

#endif
