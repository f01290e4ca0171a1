/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TREEFOLDER_H
#define SNAPSHOTS_TREEFOLDER_H

#include <stdbool.h>

#include "snapshots/gitrepo.h"
#include "snapshots/manifest.h"

/* One folder of a snapshot in the store, from its two git trees. */

struct treefolder_loader {
	struct gitrepo *repo;
	struct manifest *m;
	struct buf bytes;
};

struct treefolder_items {
	struct gittree_item *items;
	size_t n, cap;
};

/* What one folder of a snapshot is made of, while it is being read. */
struct treefolder {
	struct arena names;
	struct treefolder_items files, meta;
	struct manifest entries;	/* strings live in the loader's arena */
};

void drop_treefolder(struct treefolder *f);	/* for CLEANUP */

/* files/ and meta/ of a commit's tree. */
int treefolder_root(struct treefolder_loader *l, const struct oid *root,
    struct oid *out_files, struct oid *out_meta, struct err *e);
/* files may be NULL: the folder has no content. */
int treefolder_open(struct treefolder_loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct treefolder *out,
    struct err *e);
/* The same, and all below it, at the end of the loader's manifest. */
int treefolder_load(struct treefolder_loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct err *e);

/* The trees of a folder in f; NULL where it has none. */
void treefolder_children(struct treefolder *f, const struct entry *en,
    const struct oid **out_files, const struct oid **out_meta);
/* NULL when there is none of that name and kind. */
const struct gittree_item *treefolder_item(const struct treefolder_items *l,
    const char *name, bool folder);
/* Fills in the name of a file's content. */
int treefolder_content(struct treefolder *f, struct entry *en,
    struct err *e);

#endif
