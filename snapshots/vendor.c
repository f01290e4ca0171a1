/* SPDX-License-Identifier: MIT */
#include "snapshots/vendor.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitwalk.h"
#include "snapshots/seal.h"

/* Puts content into the pack; the entry then names it. */
static int
put_bytes(struct store *s, struct packfile *pack, struct digest *d,
    struct packfile_worker *w, const struct buf *bytes, struct entry *en,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf sealed = { 0 };
	CLEANUP(drop_packed) struct packed o = { 0 };
	const struct buf *b = bytes;

	if (en->content == CONTENT_SEALED) {
		if (store_key(s) == NULL)
			return err_set(e, ERR_MISSING, en->path, _("there is "
			    "no key to seal it with [put seal.key back]"));
		seal_bytes(store_key(s), buf_str(bytes), bytes->len, &sealed);
		b = &sealed;
	}
	digest_object(d, "blob", buf_str(b), b->len, &en->oid);
	en->size = bytes->len;
	packfile_compress(w, PACKED_BLOB, buf_str(b), b->len, &en->oid, &o);
	return store_add_blob(s, pack, &o, e);
}

static int
put_all(struct store *s, struct packfile *pack, struct manifest *m,
    const struct vendor_new *items, size_t n, struct err *e)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();

	for (size_t i = 0; i < n; i++) {
		struct entry en = entry_dup(&m->arena, items[i].entry);

		/* Names that shared an inode need not have been shipped so. */
		en.hardlink = NULL;
		if (items[i].bytes != NULL && put_bytes(s, pack, d, w,
		    items[i].bytes, &en, e) < 0)
			return -1;
		*manifest_add(m) = en;
	}
	return 0;
}

/* A tree has no file without its folders: those of old stay, others are as
 * the machine has them, or plain ones where it does not track them. */
static void
add_folder(struct manifest *m, const char *path, const struct manifest *old,
    const struct manifest *folders)
{
	const struct entry plain = { .path = path, .kind = ENTRY_DIR,
		.mode = 0755 };
	const struct entry *en = folders == NULL ? NULL :
	    manifest_find(folders, path);
	struct entry copy;

	if (manifest_find(old, path) != NULL)
		return;
	if (en == NULL || en->kind != ENTRY_DIR)
		en = &plain;
	copy = entry_dup(&m->arena, en);
	*manifest_add(m) = copy;
}

static void
add_folders(struct manifest *m, const struct vendor_new *items, size_t n,
    const struct manifest *old, const struct manifest *folders)
{
	CLEANUP(drop_strlist) struct strlist paths = { 0 };

	for (size_t i = 0; i < n; i++) {
		const char *path = items[i].entry->path;

		for (const char *p = strchr(path + 1, '/'); p != NULL;
		    p = strchr(p + 1, '/'))
			strlist_take(&paths, xmemdup(path,
			    (size_t)(p - path)));
	}
	strlist_sort(&paths);
	for (size_t i = 0; i < paths.n; i++)
		if (i == 0 ||
		    strcmp(paths.items[i], paths.items[i - 1]) != 0)
			add_folder(m, paths.items[i], old, folders);
}

/* Of several entries of a path the last one added counts. */
static void
settle(const struct manifest *old, struct manifest *new)
{
	size_t n = new->n, kept = 0;

	manifest_sort(new);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(new->items[i].path,
		    new->items[kept - 1].path) != 0)
			new->items[kept++] = new->items[i];
	new->n = n = kept;
	for (size_t i = 0; i < old->n; i++) {
		struct manifest sorted = { .items = new->items, .n = n };

		if (manifest_find(&sorted, old->items[i].path) == NULL) {
			struct entry en = entry_dup(&new->arena,
			    &old->items[i]);

			*manifest_add(new) = en;
		}
	}
	manifest_sort(new);
}

int
vendor_record(struct store *s, const struct vendor_new *items, size_t n,
    const struct manifest *folders, const char *message, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest old = { 0 };
	CLEANUP(drop_manifest) struct manifest new = { 0 };
	CLEANUP(drop_packfile) struct packfile *pack = NULL;
	struct oid tip, made;
	int has;

	if (n == 0)
		return 0;
	has = gitrepo_ref_get(store_repo(s), GITFILES_VENDOR, &tip, e);
	if (has < 0 || (has > 0 && store_load(s, &tip, &old, e) < 0) ||
	    (pack = store_pack(s, e)) == NULL ||
	    put_all(s, pack, &new, items, n, e) < 0)
		return -1;
	add_folders(&new, items, n, &old, folders);
	settle(&old, &new);
	return store_save(s, &(struct store_state){ &new, NULL }, STEAL(pack),
	    &(struct store_commit){ .ref = GITFILES_VENDOR,
	    .parent = has > 0 ? &tip : NULL, .message = message }, &made, e);
}

struct walk {
	struct store *s;
	const char *path;
	struct arena *a;
	vendor_each *each;
	void *ctx;
	struct oid seen;	/* content looked at last */
	unsigned left;
};

static int
try_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct walk *w = ctx;
	CLEANUP(drop_sealed_buf) struct buf b = { 0 };
	struct vendor_version v = { .commit = c->oid, .time = c->time };
	int n;

	if (w->left-- == 0)
		return 1;
	n = store_entry(w->s, &c->oid, w->path, w->a, &v.entry, e);
	if (n < 0)
		return -1;
	if (n == 0 || v.entry.kind != ENTRY_FILE ||
	    oid_equal(&v.entry.oid, &w->seen) ||
	    (v.entry.content != CONTENT_STORED &&
	    v.entry.content != CONTENT_SEALED))
		return 0;
	w->seen = v.entry.oid;
	if (store_content(w->s, &v.entry, &b, e) < 0)
		return -1;
	return w->each(w->ctx, &v, &b, e);
}

int
vendor_walk(struct store *s, const char *ref, const char *path,
    struct arena *a, vendor_each *each, void *ctx, struct err *e)
{
	struct walk w = { .s = s, .path = path, .a = a, .each = each,
		.ctx = ctx, .left = VENDOR_LOOK_BACK };
	struct oid tip;
	int n = gitrepo_ref_get(store_repo(s), ref, &tip, e);

	if (n <= 0)
		return n;
	return gitwalk_history(store_repo(s), &tip, try_commit, &w, e) < 0 ?
	    -1 : 0;
}
