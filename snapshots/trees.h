/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TREES_H
#define SNAPSHOTS_TREES_H

#include "base/err.h"
#include "snapshots/gitrepo.h"
#include "snapshots/manifest.h"
#include "snapshots/packfile.h"

/*
 * A manifest as git trees and back (driftctl-store(5)). `files/` has contents
 * and symlinks at their own path, `meta/` one blob `entries` a folder. A name
 * that git would refuse or act upon ('.git' and its kin) is written as "%="
 * and the name percent-encoded; a folder called `entries`, `entries_`… has one
 * underscore more in meta/.
 */

/* Takes each object the trees are made of, children first, and names it. */
typedef int trees_sink(void *ctx, enum packed_type type, const void *bytes,
    size_t len, struct oid *out_oid, struct err *e);

/* What one folder came to. */
struct trees_folder {
	const char *path;
	struct oid files, meta;	/* files is zero where it has none */
};

struct trees {
	struct arena arena;
	struct oid root;		/* the tree that a commit names */
	struct trees_folder *folders;	/* in path order */
	size_t n, cap;
};

/*
 * A stored tree (root) that has what lies in some folders of the manifest just
 * as it stands there: same has for the entry of such a folder the index behind
 * the last one in it, 0 for all others. NULL: no folder.
 */
struct trees_base {
	struct gitrepo *repo;
	struct oid root;
	const size_t *same;
};

/*
 * Makes the trees of m, whose blobs are there already. lines (may be NULL) has
 * for each entry its line of text where that is known, NULL otherwise. What
 * base (may be NULL) has is not made anew, and of it only the uppermost folders
 * are named in out.
 */
int trees_build(const struct manifest *m, const char *const *lines,
    const struct trees_base *base, trees_sink *sink, void *ctx,
    struct trees *out, struct err *e);
void trees_done(struct trees *t);
void drop_trees(struct trees *t);	/* for CLEANUP */

/*
 * Compares a stored tree with one just built, opening only folders that
 * differ: was and now get the entries of these folders (now's are borrowed
 * from m), so that comparing the two tells all that differs.
 */
int trees_differ(struct gitrepo *r, const struct oid *root,
    const struct trees *built, const struct manifest *m,
    struct manifest *was, struct manifest *now, struct err *e);

/* Reads the manifest behind a commit's tree; m is empty before. */
int trees_load(struct gitrepo *r, const struct oid *root, struct manifest *m,
    struct err *e);

/*
 * The same for one path: its entry, everything below it, and the folders it
 * lies in, appended in path order. A path that is not there appends only the
 * folders that are.
 */
int trees_load_path(struct gitrepo *r, const struct oid *root,
    const char *path, struct manifest *m, struct err *e);

/*
 * What a snapshot says of one path, without reading the rest: 1, its line of
 * metadata appended and the name of its content in *out_oid (zero: none); 0
 * when it does not have the path.
 */
int trees_path_state(struct gitrepo *r, const struct oid *root,
    const char *path, struct buf *out_line, struct oid *out_oid,
    struct err *e);

#endif
