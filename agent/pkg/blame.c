/* SPDX-License-Identifier: MIT */
#include "agent/pkg/blame.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/beside.h"
#include "agent/pkg/ownerskept.h"
#include "snapshots/compare.h"

struct blame {
	struct store *store;
	struct manifest was, is;
	struct owners now;
	struct attributor *attributor;
};

/* A file whose content was not kept is nobody's word against the package. */
static enum pristine
pristine(void *ctx, const struct owned *f, const struct entry *en, bool before)
{
	const struct blame *b = ctx;
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err ignored = { 0 };

	(void)before;
	if (en->kind == ENTRY_FILE && f->algorithm != NULL &&
	    store_content(b->store, en, &bytes, &ignored) < 0)
		return PRISTINE_UNKNOWN;
	return owned_pristine(f, en, buf_str(&bytes), bytes.len);
}

static int
look(struct blame *b, const struct root *r, const struct oid *before,
    const struct oid *after, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };

	if (store_load(b->store, before, &b->was, e) < 0 ||
	    store_load(b->store, after, &b->is, e) < 0)
		return -1;
	attribute_wanted(&b->was, &wanted);
	attribute_wanted(&b->is, &wanted);
	ownerskept_load(store_fd(b->store), r, &wanted, &b->now);
	if (b->now.trouble.kind == ERR_NONE)
		return 0;
	*e = b->now.trouble;
	return -1;
}

struct blame *
blame_new(struct store *s, const struct root *r, const struct oid *before,
    const struct oid *after, const struct owners *were, struct err *e)
{
	CLEANUP(drop_blame) struct blame *b = xcalloc(1, sizeof(*b));
	struct attribute_input in;

	b->store = s;
	if (look(b, r, before, after, e) < 0)
		return NULL;
	in = (struct attribute_input){ were, &b->now, &b->was, &b->is,
		pristine, b };
	b->attributor = attribute_new(&in);
	return STEAL(b);
}

void
blame_free(struct blame *b)
{
	if (b == NULL)
		return;
	attribute_free(b->attributor);
	manifest_done(&b->was);
	manifest_done(&b->is);
	owners_done(&b->now);
	free(b);
}

void
drop_blame(struct blame **b)
{
	blame_free(*b);
}

const struct owners *
blame_now(const struct blame *b)
{
	return &b->now;
}

void
blame_path(struct blame *b, const char *path, struct attribution *out)
{
	attribute_path(b->attributor, path, out);
}

/* What lies beside is told of with the file that it is of. */
static void
each_base(struct blame *b, const char *path, const struct entry *was,
    void (*each)(void *arg, const char *path, const struct attribution *a),
    void *arg)
{
	size_t n = beside_of(path);
	CLEANUP(drop_free) char *base = xmemdup(path, n > 0 ? n :
	    strlen(path));
	struct attribution a;

	if (n > 0) {
		const struct entry *x = manifest_find(&b->was, base);
		const struct entry *y = manifest_find(&b->is, base);

		/* It comes by itself, or was only tidied away. */
		if (was != NULL || x == NULL || y == NULL ||
		    (entry_differs(x, y) & ~(unsigned)DIFF_MTIME) != 0)
			return;
	}
	blame_path(b, base, &a);
	each(arg, base, &a);
}

/* Whoever wants to hear of all. */
struct listener {
	struct blame *b;
	void (*each)(void *arg, const char *path, const struct attribution *a);
	void *arg;
};

/* What changed as well is told of already. */
static void
each_dropped(void *arg, const char *path)
{
	const struct listener *l = arg;
	struct attribution a;

	blame_path(l->b, path, &a);
	if (a.remains == REMAINS_KEPT)
		l->each(l->arg, path, &a);
}

void
blame_each(struct blame *b,
    void (*each)(void *arg, const char *path, const struct attribution *a),
    void *arg)
{
	CLEANUP(drop_changes) struct changes all = { 0 };

	compare_manifests(&b->was, &b->is, false, &all);
	for (size_t i = 0; i < all.n; i++) {
		const struct change *c = &all.items[i];
		const struct entry *en = c->is != NULL ? c->is : c->was;

		if (en->kind != ENTRY_DIR ||
		    (c->was != NULL && c->was->kind != ENTRY_DIR))
			each_base(b, en->path, c->was, each, arg);
	}
	attribute_each_dropped(b->attributor, each_dropped,
	    &(struct listener){ b, each, arg });
}
