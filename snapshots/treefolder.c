/* SPDX-License-Identifier: MIT */
#include "snapshots/treefolder.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/treename.h"

static int
collect(void *ctx, const struct gittree_item *item, struct err *e)
{
	struct treefolder_items *list = ((void **)ctx)[0];
	struct arena *a = ((void **)ctx)[1];
	struct gittree_item *copy = VEC_ADD(list);

	(void)e;
	*copy = *item;
	copy->name = arena_strdup(a, item->name);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct gittree_item *)a)->name,
	    ((const struct gittree_item *)b)->name);
}

/* Reads a tree; its items come sorted by name, which no two of them share. */
static int
read_tree(struct treefolder_loader *l, const struct oid *tree, struct arena *a,
    struct treefolder_items *out, struct err *e)
{
	if (gitrepo_tree(l->repo, tree, collect, (void *[]){ out, a }, e) < 0)
		return -1;
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_name);
	return 0;
}

const struct gittree_item *
treefolder_item(const struct treefolder_items *l, const char *name, bool folder)
{
	const struct gittree_item key = { .name = name }, *found;

	if (l->n == 0)
		return NULL;
	found = bsearch(&key, l->items, l->n, sizeof(key), by_name);
	if (found == NULL || (found->mode == GITTREE_FOLDER) != folder)
		return NULL;
	return found;
}

void
drop_treefolder(struct treefolder *f)
{
	arena_done(&f->names);
	free(f->files.items);
	free(f->meta.items);
	free(f->entries.items);
}

static int
read_entries(struct treefolder_loader *l, const char *path,
    struct treefolder *f, struct err *e)
{
	const struct gittree_item *blob = treefolder_item(&f->meta,
	    TREENAME_ENTRIES, false);
	int n;

	if (blob == NULL)
		return err_set(e, ERR_INPUT, path, _("the snapshot has no "
		    "metadata of this folder [run 'driftctl verify']"));
	buf_reset(&l->bytes);
	if (gitrepo_read(l->repo, &blob->oid, "blob", &l->bytes, e) < 0)
		return -1;
	/* The strings shall outlive the folder: lend it the arena. */
	f->entries.arena = l->m->arena;
	n = manifest_parse(path, buf_str(&l->bytes), l->bytes.len, path,
	    &f->entries, e);
	l->m->arena = f->entries.arena;
	return n;
}

int
treefolder_content(struct treefolder *f, struct entry *en, struct err *e)
{
	const struct gittree_item *blob;

	if (en->kind != ENTRY_FILE || en->content == CONTENT_DIGEST ||
	    en->content == CONTENT_UNREADABLE)
		return 0;
	blob = treefolder_item(&f->files,
	    treename_file(&f->names, path_name(en->path)), false);
	if (blob == NULL)
		return err_set(e, ERR_INPUT, en->path, _("the snapshot has "
		    "no content of it [run 'driftctl verify']"));
	en->oid = blob->oid;
	return 0;
}

void
treefolder_children(struct treefolder *f, const struct entry *en,
    const struct oid **out_files, const struct oid **out_meta)
{
	const char *name = path_name(en->path);
	const struct gittree_item *meta = treefolder_item(&f->meta,
	    treename_meta(&f->names, name), true);
	const struct gittree_item *files = treefolder_item(&f->files,
	    treename_file(&f->names, name), true);

	*out_files = files != NULL ? &files->oid : NULL;
	*out_meta = meta != NULL ? &meta->oid : NULL;
}

static int
load_below(struct treefolder_loader *l, struct treefolder *f,
    const struct entry *en, struct err *e)
{
	const struct oid *files, *meta;

	treefolder_children(f, en, &files, &meta);
	return meta == NULL ? 0 : treefolder_load(l, en->path, files, meta, e);
}

int
treefolder_open(struct treefolder_loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct treefolder *out,
    struct err *e)
{
	if (files != NULL &&
	    read_tree(l, files, &out->names, &out->files, e) < 0)
		return -1;
	if (read_tree(l, meta, &out->names, &out->meta, e) < 0)
		return -1;
	return read_entries(l, path, out, e);
}

int
treefolder_load(struct treefolder_loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct err *e)
{
	CLEANUP(drop_treefolder) struct treefolder f = { 0 };

	if (treefolder_open(l, path, files, meta, &f, e) < 0)
		return -1;
	for (size_t i = 0; i < f.entries.n; i++) {
		struct entry *en = manifest_add(l->m);

		*en = f.entries.items[i];
		if (treefolder_content(&f, en, e) < 0)
			return -1;
		if (en->kind == ENTRY_DIR &&
		    load_below(l, &f, &f.entries.items[i], e) < 0)
			return -1;
	}
	return 0;
}

int
treefolder_root(struct treefolder_loader *l, const struct oid *root,
    struct oid *out_files, struct oid *out_meta, struct err *e)
{
	CLEANUP(drop_treefolder) struct treefolder top = { 0 };
	const struct gittree_item *files, *meta;

	if (read_tree(l, root, &top.names, &top.files, e) < 0)
		return -1;
	files = treefolder_item(&top.files, "files", true);
	meta = treefolder_item(&top.files, "meta", true);
	if (files == NULL || meta == NULL)
		return err_set(e, ERR_INPUT, gitrepo_dir(l->repo), _("a commit "
		    "in it is no snapshot of driftctl "
		    "[run 'driftctl verify']"));
	*out_files = files->oid;
	*out_meta = meta->oid;
	return 0;
}
