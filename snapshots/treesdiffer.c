/* SPDX-License-Identifier: MIT */
/* The third part of trees.h: where a stored tree and a built one differ. */
#include "base/vec.h"
#include "snapshots/trees.h"

#include <string.h>

#include "base/path.h"
#include "snapshots/treefolder.h"
#include "snapshots/treename.h"

/* Which folders of a stored tree to open while comparing. */
struct differ {
	struct treefolder_loader l;
	const struct trees *built;
	const struct manifest *m;
	struct manifest *now;
};

static const struct trees_folder *
built_folder(const struct trees *t, const char *path)
{
	size_t lo = VEC_LOWER(t->n, i, path_cmp(t->folders[i].path, path) < 0);

	return lo < t->n && strcmp(t->folders[lo].path, path) == 0 ?
	    &t->folders[lo] : NULL;
}

/* The entries right in this folder. */
static void
take_now(struct differ *d, const char *path)
{
	size_t n = strcmp(path, "/") == 0 ? 0 : strlen(path);
	size_t i = n > 0 ? manifest_lower(d->m, path) : 0;

	for (; i < d->m->n && path_is_under(d->m->items[i].path, path); i++)
		if (d->m->items[i].path[n] == '/' &&
		    strchr(d->m->items[i].path + n + 1, '/') == NULL)
			*manifest_add(d->now) = d->m->items[i];
}

/* Everything below a folder that the stored tree does not have. */
static void
take_all_now(struct differ *d, const char *path)
{
	size_t i = manifest_lower(d->m, path), n = strlen(path);

	for (; i < d->m->n && path_is_under(d->m->items[i].path, path); i++)
		if (d->m->items[i].path[n] != '\0')
			*manifest_add(d->now) = d->m->items[i];
}

static bool
same_oid(const struct oid *stored, const struct oid *built)
{
	return stored != NULL ? oid_equal(stored, built) : oid_is_zero(built);
}

static int differ_folder(struct differ *d, const char *path,
    const struct oid *files, const struct oid *meta, struct err *e);

static int
differ_below(struct differ *d, struct treefolder *f, const struct entry *en,
    struct err *e)
{
	const struct trees_folder *now = built_folder(d->built, en->path);
	const struct oid *files, *meta;

	treefolder_children(f, en, &files, &meta);
	if (meta == NULL)
		return 0;
	if (now == NULL)
		return treefolder_load(&d->l, en->path, files, meta, e);
	if (oid_equal(meta, &now->meta) && same_oid(files, &now->files))
		return 0;
	return differ_folder(d, en->path, files, meta, e);
}

/* Folders that came since: those built here that the stored tree lacks. */
static void
take_new_folders(struct differ *d, struct treefolder *f, size_t from)
{
	size_t end = d->now->n;

	for (size_t i = from; i < end; i++) {
		const struct entry *en = &d->now->items[i];

		if (en->kind == ENTRY_DIR && treefolder_item(&f->meta,
		    treename_meta(&f->names, path_name(en->path)),
		    true) == NULL)
			take_all_now(d, en->path);
	}
}

static int
differ_folder(struct differ *d, const char *path, const struct oid *files,
    const struct oid *meta, struct err *e)
{
	CLEANUP(drop_treefolder) struct treefolder f = { 0 };
	size_t from = d->now->n;

	if (treefolder_open(&d->l, path, files, meta, &f, e) < 0)
		return -1;
	take_now(d, path);
	take_new_folders(d, &f, from);
	for (size_t i = 0; i < f.entries.n; i++) {
		struct entry *en = manifest_add(d->l.m);

		*en = f.entries.items[i];
		if (treefolder_content(&f, en, e) < 0)
			return -1;
		if (en->kind == ENTRY_DIR &&
		    differ_below(d, &f, &f.entries.items[i], e) < 0)
			return -1;
	}
	return 0;
}

int
trees_differ(struct gitrepo *r, const struct oid *root,
    const struct trees *built, const struct manifest *m,
    struct manifest *was, struct manifest *now, struct err *e)
{
	struct differ d = { { .repo = r, .m = was }, built, m, now };
	struct oid files, meta;
	int n = 0;

	if (!oid_equal(root, &built->root)) {
		n = treefolder_root(&d.l, root, &files, &meta, e);
		if (n == 0)
			n = differ_folder(&d, "/", &files, &meta, e);
	}
	buf_done(&d.l.bytes);
	manifest_sort(now);
	return n;
}
