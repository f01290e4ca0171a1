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

/* The commits from ref back, so many at most, that a person may mean. */
enum { VENDOR_LOOK_BACK = 400 };

/*
 * The newest version of path on ref whose content differs from not (which may
 * be NULL): 1, its bytes in *out_bytes; 0 when there is none. oldest: the one
 * farthest back instead.
 */
struct vendor_question {
	const char *ref, *path;
	const struct buf *not;
	bool oldest;
};

int vendor_find(struct store *s, const struct vendor_question *q,
    struct arena *a, struct vendor_version *out, struct buf *out_bytes,
    struct err *e);

#endif
