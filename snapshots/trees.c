/* SPDX-License-Identifier: MIT */
#include "snapshots/trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

#define META_BLOB "entries"
#define ENCODED "%="

struct items {
	struct gittree_item *items;
	size_t n, cap;
};

static const char *
encode_name(struct arena *a, const char *name)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	if (gittree_name_ok(name) && !text_starts(name, ENCODED))
		return name;
	buf_adds(&out, ENCODED);
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-')
			buf_addc(&out, (char)c);
		else
			buf_addf(&out, "%%%02x", c);
	}
	return arena_memdup(a, out.bytes, out.len);
}

/* "entries" and "entries___", which META_BLOB must not meet. */
static bool
is_meta_name(const char *name)
{
	size_t n = strlen(META_BLOB);

	return strncmp(name, META_BLOB, n) == 0 &&
	    name[n + strspn(name + n, "_")] == '\0';
}

static const char *
encode_meta_name(struct arena *a, const char *name)
{
	name = encode_name(a, name);
	return is_meta_name(name) ? arena_printf(a, "%s_", name) : name;
}

/* One folder whose entries are being gathered. */
struct frame {
	const char *path;
	struct buf meta;
	struct items files, folders;	/* files/ and meta/ of this folder */
};

struct builder {
	struct arena arena;	/* names */
	trees_sink *sink;
	void *ctx;
	struct {
		struct frame *items;
		size_t n, cap;
	} way;
};

static void
push(struct builder *b, const char *path)
{
	struct frame *f = VEC_ADD(&b->way);

	f->path = path;
	buf_adds(&f->meta, MANIFEST_HEADER);
}

static void
frame_done(struct frame *f)
{
	buf_done(&f->meta);
	free(f->files.items);
	free(f->folders.items);
}

static int
put_tree(struct builder *b, struct items *items, struct oid *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };

	gittree_format(&bytes, items->items, items->n);
	return b->sink(b->ctx, PACKED_TREE, bytes.bytes, bytes.len, out, e);
}

/* Writes the innermost folder and hangs it into the one above. */
static int
pop(struct builder *b, struct oid *out_files, struct oid *out_meta,
    struct err *e)
{
	struct frame *f = &b->way.items[b->way.n - 1];
	struct frame *up = b->way.n > 1 ? f - 1 : NULL;
	struct gittree_item blob = { .name = META_BLOB, .mode = GITTREE_FILE };
	const char *name = path_name(f->path);

	if (b->sink(b->ctx, PACKED_BLOB, f->meta.bytes, f->meta.len,
	    &blob.oid, e) < 0)
		return -1;
	*VEC_ADD(&f->folders) = blob;
	if (put_tree(b, &f->folders, out_meta, e) < 0)
		return -1;
	if (up != NULL)
		*VEC_ADD(&up->folders) = (struct gittree_item){
			encode_meta_name(&b->arena, name), GITTREE_FOLDER,
			*out_meta };
	/* git knows no empty folders; meta/ does. The top is always there. */
	if (f->files.n > 0 || up == NULL) {
		if (put_tree(b, &f->files, out_files, e) < 0)
			return -1;
		if (up != NULL)
			*VEC_ADD(&up->files) = (struct gittree_item){
				encode_name(&b->arena, name), GITTREE_FOLDER,
				*out_files };
	}
	frame_done(f);
	b->way.n--;
	return 0;
}

static int
add_file(struct builder *b, const struct entry *en, const char *name,
    struct err *e)
{
	struct gittree_item item = { .name = encode_name(&b->arena, name) };

	if (en->kind == ENTRY_SYMLINK) {
		item.mode = GITTREE_LINK;
		if (b->sink(b->ctx, PACKED_BLOB, en->target,
		    strlen(en->target), &item.oid, e) < 0)
			return -1;
	} else if (en->kind == ENTRY_FILE && (en->content == CONTENT_STORED ||
	    en->content == CONTENT_SEALED)) {
		item.mode = en->mode & 0111 ? GITTREE_PROGRAM : GITTREE_FILE;
		item.oid = en->oid;
	} else {
		return 0;
	}
	*VEC_ADD(&b->way.items[b->way.n - 1].files) = item;
	return 0;
}

/* Leaves folders that path does not lie in. Folders that have no entry of
 * their own are entered all the same. */
static int
go_to(struct builder *b, const char *path, struct err *e)
{
	struct oid files, meta;
	struct frame *top = &b->way.items[b->way.n - 1];

	while (!path_is_under(path, top->path)) {
		if (pop(b, &files, &meta, e) < 0)
			return -1;
		top = &b->way.items[b->way.n - 1];
	}
	for (;;) {
		size_t n = strcmp(top->path, "/") == 0 ? 0 : strlen(top->path);
		const char *rest = path + n + 1, *slash = strchr(rest, '/');

		if (slash == NULL)
			return 0;
		push(b, arena_memdup(&b->arena, path, (size_t)(slash - path)));
		top = &b->way.items[b->way.n - 1];
	}
}

static int
build(struct builder *b, const struct manifest *m, struct oid *out_root,
    struct err *e)
{
	struct oid files, meta;
	struct items root = { 0 };
	int n;

	push(b, "/");
	for (size_t i = 0; i < m->n; i++) {
		const struct entry *en = &m->items[i];
		const char *name = path_name(en->path);

		if (go_to(b, en->path, e) < 0)
			return -1;
		manifest_line(&b->way.items[b->way.n - 1].meta, en, name,
		    false);
		if (add_file(b, en, name, e) < 0)
			return -1;
		if (en->kind == ENTRY_DIR)
			push(b, en->path);
	}
	while (b->way.n > 0)
		if (pop(b, &files, &meta, e) < 0)
			return -1;
	*VEC_ADD(&root) = (struct gittree_item){ "files", GITTREE_FOLDER,
		files };
	*VEC_ADD(&root) = (struct gittree_item){ "meta", GITTREE_FOLDER, meta };
	n = put_tree(b, &root, out_root, e);
	free(root.items);
	return n;
}

int
trees_build(const struct manifest *m, trees_sink *sink, void *ctx,
    struct oid *out_root, struct err *e)
{
	struct builder b = { .sink = sink, .ctx = ctx };
	int n = build(&b, m, out_root, e);

	for (size_t i = 0; i < b.way.n; i++)
		frame_done(&b.way.items[i]);
	free(b.way.items);
	arena_done(&b.arena);
	return n;
}

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
	const struct gittree_item *blob = item_named(&f->meta, META_BLOB,
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
	    encode_name(&f->names, path_name(en->path)), false);
	if (blob == NULL)
		return err_set(e, ERR_INPUT, en->path, _("the snapshot has "
		    "no content of it [run 'driftctl verify']"));
	en->oid = blob->oid;
	return 0;
}

static int load_folder(struct loader *l, const char *path,
    const struct oid *files, const struct oid *meta, struct err *e);

static int
load_below(struct loader *l, struct folder *f, const struct entry *en,
    struct err *e)
{
	const char *name = path_name(en->path);
	const struct gittree_item *meta = item_named(&f->meta,
	    encode_meta_name(&f->names, name), true);
	const struct gittree_item *files = item_named(&f->files,
	    encode_name(&f->names, name), true);

	if (meta == NULL)
		return 0;
	return load_folder(l, en->path, files != NULL ? &files->oid : NULL,
	    &meta->oid, e);
}

static int
load_folder(struct loader *l, const char *path, const struct oid *files,
    const struct oid *meta, struct err *e)
{
	CLEANUP(drop_folder) struct folder f = { 0 };

	if ((files != NULL &&
	    read_tree(l, files, &f.names, &f.files, e) < 0) ||
	    read_tree(l, meta, &f.names, &f.meta, e) < 0 ||
	    read_entries(l, path, &f, e) < 0)
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

int
trees_load(struct gitrepo *r, const struct oid *root, struct manifest *m,
    struct err *e)
{
	struct loader l = { .repo = r, .m = m };
	CLEANUP(drop_folder) struct folder top = { 0 };
	const struct gittree_item *files, *meta;
	int n = -1;

	if (read_tree(&l, root, &top.names, &top.files, e) < 0)
		return -1;
	files = item_named(&top.files, "files", true);
	meta = item_named(&top.files, "meta", true);
	if (files == NULL || meta == NULL)
		err_set(e, ERR_INPUT, gitrepo_dir(r), _("a commit in it is no "
		    "snapshot of driftctl [run 'driftctl verify']"));
	else
		n = load_folder(&l, "/", &files->oid, &meta->oid, e);
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
		buf_adds(out, meta ? encode_meta_name(a, name) :
		    encode_name(a, name));
	}
	if (meta)
		buf_adds(out, "/" META_BLOB);
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
