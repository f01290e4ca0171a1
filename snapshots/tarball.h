/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TARBALL_H
#define SNAPSHOTS_TARBALL_H

#include <stdbool.h>
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

/*
 * One member. The entry lives until each returns; content is CONTENT_STORED
 * with the name that the bytes have as a git blob. A hard link comes without
 * bytes, with size and oid of what it links to. Not 0 stops the reading, which
 * then returns it.
 */
typedef int tarball_each(void *ctx, const struct entry *en,
    const char *bytes, size_t len, struct err *e);

/*
 * Reads all members in order. Nothing is handed out of an archive that does
 * not match its checksum; one without a checksum fails at its end, so what was
 * handed out counts only when 0 is returned. Refused wherever they stand: names
 * that are absolute, have "." or ".." or nothing between slashes, or come
 * twice; what lies below a member that is no folder; types unknown to us.
 */
int tarball_read(int dirfd, const char *name, tarball_each *each, void *ctx,
    struct err *e);
/* The same for an archive in memory; where is its name in messages. */
int tarball_parse(const char *where, const void *bytes, size_t len,
    tarball_each *each, void *ctx, struct err *e);

/*
 * An archive of somebody else's: any compression that is common, names
 * relative, with a ./ before them, or absolute; no checksum. Only members that
 * are wanted come with their bytes, to each. Refused as above, whether wanted
 * or not: names that lead elsewhere, come twice, or lie below a member that is
 * no folder; of those wanted also unknown types, and what the library warns
 * of. A hard link's oid is zero where the bytes of what it links to were not
 * wanted. From fd's beginning, which need not be a file that can be sought.
 */
struct tarball_wanted {
	bool (*wants)(void *ctx, const char *path, enum entry_kind kind);
	tarball_each *each;
	void *ctx;
};
int tarball_read_foreign(int fd, const char *where,
    const struct tarball_wanted *w, struct err *e);
/* The same for an archive in memory. */
int tarball_parse_foreign(const char *where, const void *bytes, size_t len,
    const struct tarball_wanted *w, struct err *e);

#endif
