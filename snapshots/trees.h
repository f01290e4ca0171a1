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

/* Takes each object the trees are made of, children first. */
typedef int trees_sink(void *ctx, enum packed_type type, const void *bytes,
    size_t len, struct oid *out_oid, struct err *e);

/* Makes the trees of m, whose blobs are there already; *out_root is the tree
 * that a commit names. */
int trees_build(const struct manifest *m, trees_sink *sink, void *ctx,
    struct oid *out_root, struct err *e);

/* Reads the manifest behind a commit's tree; m is empty before. */
int trees_load(struct gitrepo *r, const struct oid *root, struct manifest *m,
    struct err *e);

/*
 * What a snapshot says of one path, without reading the rest: 1, its line of
 * metadata appended and the name of its content in *out_oid (zero: none); 0
 * when it does not have the path.
 */
int trees_path_state(struct gitrepo *r, const struct oid *root,
    const char *path, struct buf *out_line, struct oid *out_oid,
    struct err *e);

#endif
