/* SPDX-License-Identifier: MIT */
/* The other half of trees.h: from git trees back to entries. */
#include "snapshots/trees.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"
#include "snapshots/treename.h"

struct items {
	struct gittree_item *items;
	size_t n, cap;
};

struct loader {
	struct gitrepo *repo;
	struct manifest *m;
	struct buf bytes;
};

static int
collect(void *ctx, const struct gittree_item *item, struct err *e)
{
	struct items *list = ((void **)ctx)[0];
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
read_tree(struct loader *l, const struct oid *tree, struct arena *a,
    struct items *out, struct err *e)
{
	if (gitrepo_tree(l->repo, tree, collect, (void *[]){ out, a }, e) < 0)
		return -1;
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_name);
	return 0;
}

static const struct gittree_item *
item_named(const struct items *l, const char *name, bool folder)
{
	const struct gittree_item key = { .name = name }, *found;

	if (l->n == 0)
		return NULL;
	found = bsearch(&key, l->items, l->n, sizeof(key), by_name);
	if (found == NULL || (found->mode == GITTREE_FOLDER) != folder)
		return NULL;
	return found;
}

/* What one folder of a snapshot is made of, while it is being read. */
struct folder {
	struct arena names;
	struct items files, meta;
	struct manifest entries;	/* strings live in the loader's arena */
};

static void
drop_folder(struct folder *f)
{
	arena_done(&f->names);
	free(f->files.items);
	free(f->meta.items);
	free(f->entries.items);
}

static int
read_entries(struct loader *l, const char *path, struct folder *f,
    struct err *e)
{
	const struct gittree_item *blob = item_named(&f->meta, TREENAME_ENTRIES,
	    false);
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

static int
set_content(struct folder *f, struct entry *en, struct err *e)
{
	const struct gittree_item *blob;

	if (en->kind != ENTRY_FILE || en->content == CONTENT_DIGEST ||
	    en->content == CONTENT_UNREADABLE)
		return 0;
	blob = item_named(&f->files,
	    treename_file(&f->names, path_name(en->path)), false);
	if (blob == NULL)
		return err_set(e, ERR_INPUT, en->path, _("the snapshot has "
		    "no content of it [run 'driftctl verify']"));
	en->oid = blob->oid;
	return 0;
}

static int load_folder(struct loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct err *e);

/* The trees of a folder in f; NULL where it has none. */
static void
child_trees(struct folder *f, const struct entry *en,
    const struct oid **out_files, const struct oid **out_meta)
{
	const char *name = path_name(en->path);
	const struct gittree_item *meta = item_named(&f->meta,
	    treename_meta(&f->names, name), true);
	const struct gittree_item *files = item_named(&f->files,
	    treename_file(&f->names, name), true);

	*out_files = files != NULL ? &files->oid : NULL;
	*out_meta = meta != NULL ? &meta->oid : NULL;
}

static int
load_below(struct loader *l, struct folder *f, const struct entry *en,
    struct err *e)
{
	const struct oid *files, *meta;

	child_trees(f, en, &files, &meta);
	return meta == NULL ? 0 : load_folder(l, en->path, files, meta, e);
}

static int
open_folder(struct loader *l, const char *path, const struct oid *files,
    const struct oid *meta, struct folder *out, struct err *e)
{
	if (files != NULL &&
	    read_tree(l, files, &out->names, &out->files, e) < 0)
		return -1;
	if (read_tree(l, meta, &out->names, &out->meta, e) < 0)
		return -1;
	return read_entries(l, path, out, e);
}

static int
load_folder(struct loader *l, const char *path, const struct oid *files,
    const struct oid *meta, struct err *e)
{
	CLEANUP(drop_folder) struct folder f = { 0 };

	if (open_folder(l, path, files, meta, &f, e) < 0)
		return -1;
	for (size_t i = 0; i < f.entries.n; i++) {
		struct entry *en = manifest_add(l->m);

		*en = f.entries.items[i];
		if (set_content(&f, en, e) < 0)
			return -1;
		if (en->kind == ENTRY_DIR &&
		    load_below(l, &f, &f.entries.items[i], e) < 0)
			return -1;
	}
	return 0;
}

/* Which folders of a stored tree to open while comparing. */
struct differ {
	struct loader l;
	const struct trees *built;
	const struct manifest *m;
	struct manifest *now;
};

static const struct trees_folder *
built_folder(const struct trees *t, const char *path)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_cmp(t->folders[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
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
differ_below(struct differ *d, struct folder *f, const struct entry *en,
    struct err *e)
{
	const struct trees_folder *now = built_folder(d->built, en->path);
	const struct oid *files, *meta;

	child_trees(f, en, &files, &meta);
	if (meta == NULL)
		return 0;
	if (now == NULL)
		return load_folder(&d->l, en->path, files, meta, e);
	if (oid_equal(meta, &now->meta) && same_oid(files, &now->files))
		return 0;
	return differ_folder(d, en->path, files, meta, e);
}

/* Folders that came since: those built here that the stored tree lacks. */
static void
take_new_folders(struct differ *d, struct folder *f, size_t from)
{
	size_t end = d->now->n;

	for (size_t i = from; i < end; i++) {
		const struct entry *en = &d->now->items[i];

		if (en->kind == ENTRY_DIR && item_named(&f->meta,
		    treename_meta(&f->names, path_name(en->path)),
		    true) == NULL)
			take_all_now(d, en->path);
	}
}

static int
differ_folder(struct differ *d, const char *path, const struct oid *files,
    const struct oid *meta, struct err *e)
{
	CLEANUP(drop_folder) struct folder f = { 0 };
	size_t from = d->now->n;

	if (open_folder(&d->l, path, files, meta, &f, e) < 0)
		return -1;
	take_now(d, path);
	take_new_folders(d, &f, from);
	for (size_t i = 0; i < f.entries.n; i++) {
		struct entry *en = manifest_add(d->l.m);

		*en = f.entries.items[i];
		if (set_content(&f, en, e) < 0)
			return -1;
		if (en->kind == ENTRY_DIR &&
		    differ_below(d, &f, &f.entries.items[i], e) < 0)
			return -1;
	}
	return 0;
}

/* files/ and meta/ of a commit's tree. */
static int
open_root(struct loader *l, const struct oid *root, struct oid *out_files,
    struct oid *out_meta, struct err *e)
{
	CLEANUP(drop_folder) struct folder top = { 0 };
	const struct gittree_item *files, *meta;

	if (read_tree(l, root, &top.names, &top.files, e) < 0)
		return -1;
	files = item_named(&top.files, "files", true);
	meta = item_named(&top.files, "meta", true);
	if (files == NULL || meta == NULL)
		return err_set(e, ERR_INPUT, gitrepo_dir(l->repo), _("a commit "
		    "in it is no snapshot of driftctl "
		    "[run 'driftctl verify']"));
	*out_files = files->oid;
	*out_meta = meta->oid;
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
		n = open_root(&d.l, root, &files, &meta, e);
		if (n == 0)
			n = differ_folder(&d, "/", &files, &meta, e);
	}
	buf_done(&d.l.bytes);
	manifest_sort(now);
	return n;
}

int
trees_load(struct gitrepo *r, const struct oid *root, struct manifest *m,
    struct err *e)
{
	struct loader l = { .repo = r, .m = m };
	struct oid files, meta;
	int n = open_root(&l, root, &files, &meta, e);

	if (n == 0)
		n = load_folder(&l, "/", &files, &meta, e);
	buf_done(&l.bytes);
	return n;
}

/* "files/etc/fstab", or "meta/etc/entries", with each name encoded. */
static void
tree_path(struct arena *a, const char *top, const char *path, bool meta,
    struct buf *out)
{
	buf_adds(out, top);
	while (*path == '/') {
		size_t n = strcspn(path + 1, "/");
		const char *name = arena_memdup(a, path + 1, n);

		path += 1 + n;
		if (n == 0)
			break;
		buf_addc(out, '/');
		buf_adds(out, meta ? treename_meta(a, name) :
		    treename_file(a, name));
	}
	if (meta)
		buf_adds(out, "/" TREENAME_ENTRIES);
}

/* Finds the line of path in the metadata of its folder. */
static int
find_line(struct gitrepo *r, const struct oid *blob, const char *path,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_buf) struct buf name = { 0 };
	const char *p, *end;

	if (gitrepo_read(r, blob, "blob", &bytes, e) < 0)
		return -1;
	buf_addc(&name, ' ');
	text_encode(&name, path_name(path), strlen(path_name(path)));
	buf_addc(&name, ' ');
	p = buf_str(&bytes);
	end = p + bytes.len;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl != NULL ? nl : end) - p);
		const char *blank = memchr(p, ' ', n);

		if (blank != NULL && n - (size_t)(blank - p) >= name.len &&
		    memcmp(blank, name.bytes, name.len) == 0) {
			buf_add(out, p, n);
			return 1;
		}
		p += n + 1;
	}
	return 0;
}

/* The tree of a folder in files/ or meta/; NULL in *out when it has none. */
static int
folder_tree(struct arena *a, struct gitrepo *r, const struct oid *root,
    const char *path, bool meta, struct oid *storage, const struct oid **out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf name = { 0 };
	struct gittree_item item;
	int n;

	tree_path(a, meta ? "meta" : "files", path, meta, &name);
	if (meta)
		buf_truncate(&name, name.len - strlen("/" TREENAME_ENTRIES));
	n = gitwalk_find(r, root, buf_str(&name), &item, e);
	if (n < 0)
		return -1;
	*out = NULL;
	if (n > 0 && item.mode == GITTREE_FOLDER) {
		*storage = item.oid;
		*out = storage;
	}
	return 0;
}

static int
add_entry(struct gitrepo *r, const struct oid *root, const char *path,
    struct manifest *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct entry en;
	struct oid oid;
	const char *name;
	int n = trees_path_state(r, root, path, &line, &oid, e);

	if (n <= 0)
		return n;
	if (manifest_parse_line(line.bytes, line.len, &m->arena, &en, &name,
	    path, 0, e) < 0)
		return -1;
	en.path = arena_strdup(&m->arena, path);
	if (!oid_is_zero(&oid))
		en.oid = oid;
	*manifest_add(m) = en;
	return en.kind == ENTRY_DIR ? 2 : 1;
}

static int
add_below(struct arena *a, struct gitrepo *r, const struct oid *root,
    const char *path, struct manifest *m, struct err *e)
{
	struct loader l = { .repo = r, .m = m };
	struct oid files_oid, meta_oid;
	const struct oid *files, *meta;
	int n;

	if (folder_tree(a, r, root, path, false, &files_oid, &files, e) < 0 ||
	    folder_tree(a, r, root, path, true, &meta_oid, &meta, e) < 0)
		return -1;
	n = meta == NULL ? 0 : load_folder(&l, path, files, meta, e);
	buf_done(&l.bytes);
	return n;
}

int
trees_load_path(struct gitrepo *r, const struct oid *root,
    const char *path, struct manifest *m, struct err *e)
{
	struct arena a = { 0 };
	int n = 0;

	if (strcmp(path, "/") == 0)
		return trees_load(r, root, m, e);
	for (const char *slash = strchr(path + 1, '/'); n >= 0 &&
	    slash != NULL; slash = strchr(slash + 1, '/'))
		n = add_entry(r, root, arena_memdup(&a, path,
		    (size_t)(slash - path)), m, e);
	if (n >= 0)
		n = add_entry(r, root, path, m, e);
	if (n == 2)
		n = add_below(&a, r, root, path, m, e);
	arena_done(&a);
	return n < 0 ? -1 : 0;
}

static int
path_state(struct arena *a, struct gitrepo *r, const struct oid *root,
    const char *path, struct buf *out_line, struct oid *out_oid,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	CLEANUP(drop_buf) struct buf meta = { 0 };
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct gittree_item item;
	int n;

	memset(out_oid, 0, sizeof(*out_oid));
	path_parent(&folder, path);
	tree_path(a, "meta", buf_str(&folder), true, &meta);
	n = gitwalk_find(r, root, buf_str(&meta), &item, e);
	if (n > 0)
		n = find_line(r, &item.oid, path, out_line, e);
	if (n <= 0)
		return n;
	tree_path(a, "files", path, false, &file);
	n = gitwalk_find(r, root, buf_str(&file), &item, e);
	if (n > 0 && item.mode != GITTREE_FOLDER)
		*out_oid = item.oid;
	return n < 0 ? -1 : 1;
}

int
trees_path_state(struct gitrepo *r, const struct oid *root,
    const char *path, struct buf *out_line, struct oid *out_oid,
    struct err *e)
{
	struct arena a = { 0 };
	int n = path_state(&a, r, root, path, out_line, out_oid, e);

	arena_done(&a);
	return n;
}
