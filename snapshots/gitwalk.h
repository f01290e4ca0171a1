/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITWALK_H
#define SNAPSHOTS_GITWALK_H

#include <stddef.h>

#include "base/err.h"
#include "snapshots/gitobject.h"
#include "snapshots/oidset.h"

struct gitrepo;

/* Ways through the history and the trees of a repository. */

/*
 * From the commit `from` along first parents to the first one, or to where
 * history was cut (the repository's shallow file). Not 0 from each stops the
 * walk, which then returns it. The commit is the walk's.
 */
typedef int gitwalk_commit(void *ctx, const struct gitcommit *c,
    struct err *e);
int gitwalk_history(struct gitrepo *r, const struct oid *from,
    gitwalk_commit *each, void *ctx, struct err *e);

/*
 * Looks up "files/etc/fstab" below tree: 1 found (out->name is the last
 * component of path), 0 not there, -1.
 */
int gitwalk_find(struct gitrepo *r, const struct oid *tree, const char *path,
    struct gittree_item *out, struct err *e);

/*
 * What a person calls a snapshot: live, baseline, vendor, a full ref name, at
 * least four hexadecimal digits; each may be followed by ~N and ^. ERR_MISSING
 * when there is none, ERR_USAGE when there is more than one.
 */
int gitwalk_resolve(struct gitrepo *r, const char *spec, struct oid *out,
    struct err *e);

/* One object on the way, and how it was reached. */
struct gitwalk_object {
	struct oid oid;
	const char *type;	/* "commit", "tree", "blob" */
	const char *path;	/* in the snapshot's tree, "" for its root */
	const struct oid *commit;
};

/*
 * What a walk over everything reachable tells. An object comes once, before it
 * is read; not 0 stops the walk. A failure to read an object is handed to
 * failed with what it was; 0 from it goes on with what is left.
 */
struct gitwalk_visitor {
	int (*object)(void *ctx, const struct gitwalk_object *o,
	    struct err *e);
	int (*failed)(void *ctx, const struct gitwalk_object *o,
	    struct err *e);
	void *ctx;
};

/*
 * Everything reachable from the commit tip that is not in seen yet, which
 * grows; commits in cut are taken to have no parents, besides those that the
 * repository's shallow file names. cut may be NULL. Blobs are not read.
 */
int gitwalk_reachable(struct gitrepo *r, const struct oid *tip,
    const struct oidset *cut, struct oidset *seen,
    const struct gitwalk_visitor *v, struct err *e);

#endif
