/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TARREAD_H
#define SNAPSHOTS_TARREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/entry.h"
#include "base/err.h"

/*
 * One member. The entry lives until each returns; content is CONTENT_STORED
 * with the name that the bytes have as a git blob. A hard link comes without
 * bytes, with size and oid of what it links to. Not 0 stops the reading, which
 * then returns it.
 */
typedef int tarread_each(void *ctx, const struct entry *en,
    const char *bytes, size_t len, struct err *e);

/*
 * Reads all members of what tarball.h wrote, in order. Nothing is handed out of
 * an archive that does not match its checksum; one without a checksum fails at
 * its end, so what was handed out counts only when 0 is returned. Refused
 * wherever they stand: names that are absolute, have "." or ".." or nothing
 * between slashes, or come twice; what lies below a member that is no folder;
 * types unknown to us.
 */
int tarread_file(int dirfd, const char *name, tarread_each *each, void *ctx,
    struct err *e);
/* The same for an archive in memory; where is its name in messages. */
int tarread_parse(const char *where, const void *bytes, size_t len,
    tarread_each *each, void *ctx, struct err *e);

/*
 * An archive of somebody else's: any compression that is common, names
 * relative, with a ./ before them, or absolute; no checksum. Only members that
 * are wanted come with their bytes, to each. Refused as above, whether wanted
 * or not: names that lead elsewhere, come twice, or lie below a member that is
 * no folder; of those wanted also unknown types, and what the library warns
 * of. A hard link's oid is zero where the bytes of what it links to were not
 * wanted. From fd's beginning, which need not be a file that can be sought.
 */
struct tarread_wanted {
	bool (*wants)(void *ctx, const char *path, enum entry_kind kind);
	tarread_each *each;
	void *ctx;
};
int tarread_foreign(int fd, const char *where,
    const struct tarread_wanted *w, struct err *e);
/* The same for an archive in memory. */
int tarread_parse_foreign(const char *where, const void *bytes, size_t len,
    const struct tarread_wanted *w, struct err *e);

#endif
