/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TARBALL_H
#define SNAPSHOTS_TARBALL_H

#include <stddef.h>

#include "base/entry.h"
#include "base/err.h"

/*
 * Tar archives that any tar(1) unpacks. Members are stored relative
 * ("etc/pam.d/imap" for the path "/etc/pam.d/imap"), names as the bytes they
 * are. Behind the archive's end stands a SHA-256 of all before it, in a frame
 * that zstd(1) skips and a block that tar(1) does not reach: neither format
 * would notice a changed byte of a file's content otherwise.
 */

enum tarball_format {
	TARBALL_PAX_ZSTD,	/* all metadata; compressed */
	/* What busybox tar reads: no ACLs, xattrs, flags, nanoseconds. */
	TARBALL_GNU_PLAIN,
};

/* How much of an entry the archive holds. */
enum tarball_held {
	TARBALL_WHOLE = 0,
	TARBALL_SKIPPED = 1,	/* a socket: tar knows none */
	TARBALL_PARTLY = 2,	/* all but some inode flags, TARBALL_PAX_ZSTD */
};

struct tarball;

/*
 * Starts dirfd/name under a temporary name next to it; dirfd must outlive it.
 * NULL on failure.
 */
struct tarball *tarball_create(int dirfd, const char *name,
    enum tarball_format format, struct err *e);
/*
 * Adds an entry, a file with these bytes; one with en->hardlink set becomes a
 * link to that member, which must be there already, and its bytes are ignored.
 * Returns an enum tarball_held, or -1: then all that is left is to abandon.
 */
int tarball_add(struct tarball *t, const struct entry *en, const void *bytes,
    size_t len, struct err *e);
/* Puts it in place, on disk for good, and frees t whatever comes out. */
int tarball_finish(struct tarball *t, struct err *e);
/* Removes what was written and frees t, which may be NULL. */
void tarball_abandon(struct tarball *t);
void drop_tarball(struct tarball **t);		/* for CLEANUP */

#endif
