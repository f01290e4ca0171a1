/* SPDX-License-Identifier: MIT */
/* The other half of trees.h: from git trees back to entries. */
#include "snapshots/trees.h"

#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "snapshots/gitwalk.h"
#include "snapshots/treefolder.h"
#include "snapshots/treename.h"

int
trees_load(struct gitrepo *r, const struct oid *root, struct manifest *m,
    struct err *e)
{
	struct treefolder_loader l = { .repo = r, .m = m };
	struct oid files, meta;
	int n = treefolder_root(&l, root, &files, &meta, e);

	if (n == 0)
		n = treefolder_load(&l, "/", &files, &meta, e);
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
	struct treefolder_loader l = { .repo = r, .m = m };
	struct oid files_oid, meta_oid;
	const struct oid *files, *meta;
	int n;

	if (folder_tree(a, r, root, path, false, &files_oid, &files, e) < 0 ||
	    folder_tree(a, r, root, path, true, &meta_oid, &meta, e) < 0)
		return -1;
	n = meta == NULL ? 0 : treefolder_load(&l, path, files, meta, e);
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
