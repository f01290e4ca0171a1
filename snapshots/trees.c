/* SPDX-License-Identifier: MIT */
#include "snapshots/trees.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"
#include "snapshots/treename.h"

struct items {
	struct gittree_item *items;
	size_t n, cap;
};

/* One folder whose entries are being gathered. */
struct frame {
	const char *path;
	struct buf meta;
	struct items files, folders;	/* files/ and meta/ of this folder */
	bool asked;		/* the base was: what it has here, or nothing */
	struct items base_files, base_folders;
};

struct builder {
	struct arena arena;	/* names */
	const struct trees_base *base;
	struct trees *out;
	trees_sink *sink;
	void *ctx;
	struct buf bytes;	/* of a tree being made */
	struct {
		struct frame *items;
		size_t n, cap;
	} way;
	size_t made;	/* frames whose memory can be used again */
};

static void
push(struct builder *b, const char *path)
{
	struct frame *f;

	if (b->way.n == b->made) {
		VEC_ADD(&b->way);
		b->made = b->way.n;
	} else {
		b->way.n++;
	}
	f = &b->way.items[b->way.n - 1];
	f->path = path;
	f->files.n = f->folders.n = 0;
	f->base_files.n = f->base_folders.n = 0;
	f->asked = false;
	buf_reset(&f->meta);
	buf_adds(&f->meta, MANIFEST_HEADER);
}

static void
frame_done(struct frame *f)
{
	buf_done(&f->meta);
	free(f->files.items);
	free(f->folders.items);
	free(f->base_files.items);
	free(f->base_folders.items);
}

static int
put_tree(struct builder *b, struct items *items, struct oid *out,
    struct err *e)
{
	buf_reset(&b->bytes);
	gittree_format(&b->bytes, items->items, items->n);
	return b->sink(b->ctx, PACKED_TREE, buf_str(&b->bytes), b->bytes.len,
	    out, e);
}

static void
note_folder(struct trees *t, const char *path, const struct oid *files,
    const struct oid *meta)
{
	struct { struct trees_folder *items; size_t n, cap; } v = {
		t->folders, t->n, t->cap };

	*VEC_ADD(&v) = (struct trees_folder){
		arena_strdup(&t->arena, path), *files, *meta };
	t->folders = v.items;
	t->n = v.n;
	t->cap = v.cap;
}

/* Writes the innermost folder and hangs it into the one above. */
static int
pop(struct builder *b, struct oid *out_files, struct oid *out_meta,
    struct err *e)
{
	struct frame *f = &b->way.items[b->way.n - 1];
	struct frame *up = b->way.n > 1 ? f - 1 : NULL;
	struct gittree_item blob = { .name = TREENAME_ENTRIES,
		.mode = GITTREE_FILE };
	const char *name = path_name(f->path);

	if (b->sink(b->ctx, PACKED_BLOB, f->meta.bytes, f->meta.len,
	    &blob.oid, e) < 0)
		return -1;
	*VEC_ADD(&f->folders) = blob;
	memset(out_files, 0, sizeof(*out_files));
	if (put_tree(b, &f->folders, out_meta, e) < 0)
		return -1;
	if (up != NULL)
		*VEC_ADD(&up->folders) = (struct gittree_item){
			treename_meta(&b->arena, name), GITTREE_FOLDER,
			*out_meta };
	/* git knows no empty folders; meta/ does. The top is always there. */
	if (f->files.n > 0 || up == NULL) {
		if (put_tree(b, &f->files, out_files, e) < 0)
			return -1;
		if (up != NULL)
			*VEC_ADD(&up->files) = (struct gittree_item){
				treename_file(&b->arena, name), GITTREE_FOLDER,
				*out_files };
	}
	note_folder(b->out, f->path, out_files, out_meta);
	b->way.n--;
	return 0;
}

static int
add_file(struct builder *b, const struct entry *en, const char *name,
    struct err *e)
{
	struct gittree_item item = { .name = treename_file(&b->arena, name) };

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

static void
add_line(struct buf *meta, const struct entry *en, const char *name,
    const char *line)
{
	if (line == NULL) {
		manifest_line(meta, en, name, false);
		return;
	}
	buf_adds(meta, line);
	buf_addc(meta, '\n');
}

/* Where a tree's items go while it is read. */
struct reading {
	struct arena *arena;
	struct items *items;
};

static int
take_item(void *ctx, const struct gittree_item *item, struct err *e)
{
	struct reading *r = ctx;

	(void)e;
	*VEC_ADD(r->items) = (struct gittree_item){
		arena_strdup(r->arena, item->name), item->mode, item->oid };
	return 0;
}

static void
read_items(struct builder *b, const struct oid *tree, struct items *out)
{
	struct reading r = { &b->arena, out };
	struct err ignored = { 0 };

	/* What cannot be read is made anew. */
	if (gitrepo_tree(b->base->repo, tree, take_item, &r, &ignored) < 0)
		out->n = 0;
}

static const struct oid *
folder_in(const struct items *items, const char *name)
{
	for (size_t i = 0; i < items->n; i++)
		if (items->items[i].mode == GITTREE_FOLDER &&
		    strcmp(items->items[i].name, name) == 0)
			return &items->items[i].oid;
	return NULL;
}

/* What the base has in the folder of frame i, and first in those above. */
static void
ask_base(struct builder *b, size_t i)
{
	struct frame *f = &b->way.items[i], *up = f - 1;
	struct items top = { 0 };
	const struct oid *files, *folders;
	const char *name = path_name(f->path);

	if (f->asked)
		return;
	f->asked = true;
	if (i > 0) {
		ask_base(b, i - 1);
		files = folder_in(&up->base_files,
		    treename_file(&b->arena, name));
		folders = folder_in(&up->base_folders,
		    treename_meta(&b->arena, name));
	} else {
		read_items(b, &b->base->root, &top);
		files = folder_in(&top, "files");
		folders = folder_in(&top, "meta");
	}
	if (files != NULL)
		read_items(b, files, &f->base_files);
	if (folders != NULL)
		read_items(b, folders, &f->base_folders);
	free(top.items);
}

/* Hangs in a folder that the base has. False where it does not after all. */
static bool
take_from_base(struct builder *b, const char *path)
{
	struct frame *f = &b->way.items[b->way.n - 1];
	const char *name = path_name(path);
	const char *file_name = treename_file(&b->arena, name);
	const char *meta_name = treename_meta(&b->arena, name);
	const struct oid none = { { 0 } }, *files, *meta;

	ask_base(b, b->way.n - 1);
	files = folder_in(&f->base_files, file_name);
	meta = folder_in(&f->base_folders, meta_name);
	if (meta == NULL)
		return false;
	*VEC_ADD(&f->folders) = (struct gittree_item){ meta_name,
		GITTREE_FOLDER, *meta };
	if (files != NULL)
		*VEC_ADD(&f->files) = (struct gittree_item){ file_name,
			GITTREE_FOLDER, *files };
	note_folder(b->out, path, files != NULL ? files : &none, meta);
	return true;
}

static int
build(struct builder *b, const struct manifest *m, const char *const *lines,
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
		add_line(&b->way.items[b->way.n - 1].meta, en, name,
		    lines != NULL ? lines[i] : NULL);
		if (add_file(b, en, name, e) < 0)
			return -1;
		if (en->kind != ENTRY_DIR)
			continue;
		if (b->base != NULL && b->base->same != NULL &&
		    b->base->same[i] > 0 && take_from_base(b, en->path))
			i = b->base->same[i] - 1;
		else
			push(b, en->path);
	}
	while (b->way.n > 0)
		if (pop(b, &files, &meta, e) < 0)
			return -1;
	*VEC_ADD(&root) = (struct gittree_item){ "files", GITTREE_FOLDER,
		files };
	*VEC_ADD(&root) = (struct gittree_item){ "meta", GITTREE_FOLDER, meta };
	n = put_tree(b, &root, &b->out->root, e);
	free(root.items);
	return n;
}

static int
folder_by_path(const void *a, const void *b)
{
	return path_cmp(((const struct trees_folder *)a)->path,
	    ((const struct trees_folder *)b)->path);
}

int
trees_build(const struct manifest *m, const char *const *lines,
    const struct trees_base *base, trees_sink *sink, void *ctx,
    struct trees *out, struct err *e)
{
	struct builder b = { .base = base, .sink = sink, .ctx = ctx,
		.out = out };
	int n = build(&b, m, lines, e);

	for (size_t i = 0; i < b.made; i++)
		frame_done(&b.way.items[i]);
	free(b.way.items);
	buf_done(&b.bytes);
	arena_done(&b.arena);
	if (out->n > 1)
		qsort(out->folders, out->n, sizeof(*out->folders),
		    folder_by_path);
	return n;
}

void
trees_done(struct trees *t)
{
	free(t->folders);
	arena_done(&t->arena);
	*t = (struct trees){ 0 };
}

void
drop_trees(struct trees *t)
{
	trees_done(t);
}
