/* SPDX-License-Identifier: MIT */
#include "agent/apply/undo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/apply/folders.h"
#include "agent/apply/live.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

void
rollback_wishes(const struct rollback *r, struct wishes *out)
{
	for (size_t i = 0; i < r->manifest.n; i++) {
		const struct entry *en = &r->manifest.items[i];

		/* A name that was left alone is only known. */
		if (r->classes[i] == ROLLBACK_LINK)
			continue;
		*VEC_ADD(out) = (struct wish){ .path = en->path, .want = en,
			.times_only = r->classes[i] == ROLLBACK_TIME };
	}
	for (size_t i = 0; i < r->added.n; i++)
		*VEC_ADD(out) = (struct wish){ .path = r->added.items[i] };
}

struct inode {
	dev_t dev;
	ino_t ino;
	size_t at;
};

struct inodes {
	struct inode *items;
	size_t n, cap;
};

static int
by_inode(const void *a, const void *b)
{
	const struct inode *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
settle_links(struct manifest *m, struct inodes *l)
{
	size_t first = 0;

	if (l->n > 1)
		qsort(l->items, l->n, sizeof(*l->items), by_inode);
	for (size_t i = 1; i < l->n; i++) {
		if (l->items[i].dev != l->items[first].dev ||
		    l->items[i].ino != l->items[first].ino) {
			first = i;
			continue;
		}
		m->items[l->items[i].at].hardlink =
		    m->items[l->items[first].at].path;
	}
	free(l->items);
}

struct reading {
	struct folders folders;
	struct live live;
	struct digest *digest;
	struct inodes inodes;
	struct manifest *out;
};

static int
read_one(struct reading *r, const char *path, struct err *e)
{
	const char *name;
	int dirfd = folders_open(&r->folders, path, &name), n;

	/* What lies below something that is no folder is not there. */
	if (dirfd < 0 && (errno == ENOENT || errno == ENOTDIR ||
	    errno == ELOOP))
		return 0;
	if (dirfd < 0)
		return err_sys(e, path, _("cannot open"));
	n = live_read(dirfd, name, path, UINT64_MAX / 2, r->digest,
	    &r->out->arena, &r->live, e);
	if (n <= 0)
		return n;
	if (r->live.en.kind == ENTRY_FILE && r->live.st.st_nlink > 1)
		*VEC_ADD(&r->inodes) = (struct inode){ r->live.st.st_dev,
			r->live.st.st_ino, r->out->n };
	r->live.en.path = arena_strdup(&r->out->arena, path);
	*manifest_add(r->out) = r->live.en;
	return 0;
}

/* Merges the two lists, both in path order. */
static int
read_all(struct reading *r, const struct rollback *rb, struct err *e)
{
	size_t i = 0, k = 0;

	while (i < rb->manifest.n || k < rb->added.n) {
		const char *a = i < rb->manifest.n ?
		    rb->manifest.items[i].path : NULL;
		const char *b = k < rb->added.n ? rb->added.items[k] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : path_cmp(a, b);

		if (read_one(r, order <= 0 ? a : b, e) < 0)
			return -1;
		i += order <= 0;
		k += order >= 0;
	}
	return 0;
}

int
undo_live(const struct root *root, const struct rollback *rb,
    struct manifest *out, struct err *e)
{
	struct reading r = { .folders = { .root = root }, .out = out };
	int rc;

	r.digest = digest_new();
	rc = read_all(&r, rb, e);
	settle_links(out, &r.inodes);
	folders_done(&r.folders);
	live_done(&r.live);
	digest_free(r.digest);
	return rc;
}

/* The key under which live knows the inode of that group of seen; or NULL. */
static const char *
live_key(const struct manifest *live, const struct manifest *seen,
    const char *group)
{
	for (size_t i = 0; i < seen->n; i++) {
		const struct entry *en = &seen->items[i];
		const struct entry *k;

		if (strcmp(en->path, group) != 0 && (en->hardlink == NULL ||
		    strcmp(en->hardlink, group) != 0))
			continue;
		k = manifest_find(live, en->path);
		if (k != NULL)
			return k->hardlink != NULL ? k->hardlink : k->path;
	}
	return NULL;
}

/* live knows names that the rollback does not; the rest is as it was seen. */
static void
look_again(struct manifest *live, size_t known, const struct manifest *seen,
    size_t at)
{
	const struct manifest before = { .items = live->items, .n = known };
	struct entry en = entry_dup(&live->arena, &seen->items[at]);
	size_t i = manifest_lower(&before, en.path);

	if (i < known && strcmp(live->items[i].path, en.path) == 0) {
		en.hardlink = live->items[i].hardlink;
		live->items[i] = en;
		return;
	}
	if (en.kind == ENTRY_FILE) {
		const char *key = live_key(&before, seen, en.hardlink != NULL ?
		    en.hardlink : en.path);

		en.hardlink = key != NULL ? key : en.hardlink;
	}
	*manifest_add(live) = en;
}

int
undo_look_at(const struct root *root, const struct rollback *rb,
    struct manifest *live, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest seen = { 0 };
	size_t known = live->n;

	if (undo_live(root, rb, &seen, e) < 0)
		return -1;
	for (size_t i = 0; i < seen.n; i++)
		look_again(live, known, &seen, i);
	manifest_sort(live);
	return 0;
}
