/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_IMPORTED_H
#define SNAPSHOTS_IMPORTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/scope.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"
#include "snapshots/packfile.h"

struct seal_key;

/*
 * A backup archive as if it were a machine that was captured: its tracked
 * members as entries, files as blobs, secrets sealed.
 */
struct import_options {
	const struct scope *scope;	/* settled: what is taken */
	const struct scope *secrets;
	const struct seal_key *seal;	/* NULL: a secret is an error */
	uint64_t max_size;		/* larger files by digest only */
	/* Takes each blob. */
	int (*blob)(void *ctx, const struct packed *o, struct err *e);
	/* What blobs were taken is to be dropped: the archive is read anew, as
	 * one of them turned out to be secret. */
	int (*restart)(void *ctx, struct err *e);
	void *ctx;
};

struct imported {
	struct manifest manifest;	/* sorted */
	/* Every member that is a folder, sorted: what lies in one is in the
	 * archive. */
	struct strlist folders;
	size_t members;			/* all that the archive has */
	/* What the archive says nothing of, of any member: it was written
	 * without it, which does not mean that there was none. */
	bool no_xattrs, no_acls, no_flags;
};

/*
 * Reads the archive that fd is of; where is its name. Read a second time where
 * a tracked name is a link to one that is not, so it must be a file then.
 */
int import_archive(int fd, const char *where, const struct import_options *o,
    struct imported *out, struct err *e);
void imported_done(struct imported *i);
void drop_imported(struct imported *i);		/* for CLEANUP */

/* Whether the archive has all that lies in the folder of path, so that path is
 * gone when it is no entry. */
bool imported_covers(const struct imported *i, const char *path);

#endif
