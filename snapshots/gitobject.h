/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITOBJECT_H
#define SNAPSHOTS_GITOBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

struct buf;

/*
 * The bytes of git's commits and trees, written and read without any
 * repository. What is read may come from a hostile hand.
 */

enum { GITCOMMIT_PARENTS = 8 };

struct gitcommit {
	struct oid oid;		/* zero while it is not stored yet */
	struct oid tree;
	struct oid parents[GITCOMMIT_PARENTS];
	unsigned n_parents;
	int64_t time;		/* of the committer, seconds since 1970 */
	int offset;		/* minutes east of Greenwich */
	char *message;		/* owned; see gitcommit_done */
};

void gitcommit_done(struct gitcommit *c);
void drop_gitcommit(struct gitcommit *c);	/* for CLEANUP */

/*
 * Appends the bytes of c, by "driftctl <driftctl@HOST>"; the message gets its
 * newline at the end. What git allows in no name is left out of host.
 */
void gitcommit_format(struct buf *out, const struct gitcommit *c,
    const char *host);
/* where names the commit in messages. out->oid stays zero. */
int gitcommit_parse(const char *where, const char *bytes, size_t len,
    struct gitcommit *out, struct err *e);

/* What a tree entry can be, as git's tree format numbers it. */
enum gittree_mode {
	GITTREE_FILE = 0100644,
	GITTREE_PROGRAM = 0100755,
	GITTREE_LINK = 0120000,
	GITTREE_FOLDER = 040000,
};

struct gittree_item {
	const char *name;	/* any bytes but NUL and '/' */
	enum gittree_mode mode;
	struct oid oid;
};

/*
 * Appends the bytes of a tree; sorts items the way git does (a folder as if
 * its name ended in a slash). Names must be those gittree_name_ok takes, each
 * one once.
 */
void gittree_format(struct buf *out, struct gittree_item *items, size_t n);

/*
 * False for names that git fsck --strict refuses or that git would act upon:
 * "", ".", "..", with a slash, and ".git", ".gitmodules" and their like in
 * all disguises known to git (letter case, NTFS short names and streams,
 * invisible Unicode).
 */
bool gittree_name_ok(const char *name);

/* Not 0 stops the reading, which then returns it. */
typedef int gittree_each(void *ctx, const struct gittree_item *item,
    struct err *e);

/*
 * Calls each for every item of a tree, in its order; where names the tree.
 * -1 when the bytes are no tree, or one with names that lead elsewhere.
 */
int gittree_parse(const char *where, const char *bytes, size_t len,
    gittree_each *each, void *ctx, struct err *e);

#endif
