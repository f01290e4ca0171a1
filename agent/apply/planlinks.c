/* SPDX-License-Identifier: MIT */
#include "agent/apply/planlinks.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

/* Names of a manifest that are not the first of their inode, by the first. */
struct names {
	const struct entry **items;
	size_t n, cap;
};

struct linking {
	struct planning *pl;
	struct names living, known;
};

static const char *
key_of(const struct entry *en, const char *path)
{
	return en->hardlink != NULL ? en->hardlink : path;
}

static int
by_first(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a;
	const struct entry *y = *(const struct entry *const *)b;
	int order = strcmp(x->hardlink, y->hardlink);

	return order != 0 ? order : path_cmp(x->path, y->path);
}

static void
index_names(const struct manifest *m, struct names *out)
{
	for (size_t i = 0; m != NULL && i < m->n; i++)
		if (m->items[i].hardlink != NULL)
			*VEC_ADD(out) = &m->items[i];
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_first);
}

static size_t
names_of(const struct names *l, const char *key)
{
	return VEC_LOWER(l->n, i, strcmp(l->items[i]->hardlink, key) < 0);
}

/*
 * The i-th name of the inode or group key in m: the first, then the others.
 * NULL behind the last; *out_skip when the first itself is not there.
 */
static const struct entry *
nth_name(const struct manifest *m, const struct names *l, const char *key,
    size_t i, bool *out_skip)
{
	size_t at;

	*out_skip = false;
	if (i == 0) {
		const struct entry *first = manifest_find(m, key);

		*out_skip = first == NULL || first->hardlink != NULL;
		return first;
	}
	at = names_of(l, key) + i - 1;
	return at < l->n && strcmp(l->items[at]->hardlink, key) == 0 ?
	    l->items[at] : NULL;
}

static const char *
node_key(const struct node *n)
{
	return n->want != NULL ? key_of(n->want, n->path) : NULL;
}

static bool
known_in_group(const struct linking *l, const char *path, const char *group)
{
	const struct entry *k = l->pl->known == NULL ? NULL :
	    manifest_find(l->pl->known, path);

	return k != NULL && k->kind == ENTRY_FILE &&
	    strcmp(key_of(k, k->path), group) == 0;
}

/*
 * May the group have this living inode? Not when a name that nobody wished
 * anything for would be drawn along. Names of other groups are put anew:
 * who comes first keeps it.
 */
static bool
may_claim(const struct linking *l, const char *inode, const char *group)
{
	const struct planning *pl = l->pl;
	const struct entry *name;
	bool skip;

	if (pl->claimed[manifest_lower(pl->have, inode)])
		return false;
	for (size_t i = 0; (name = nth_name(pl->have, &l->living, inode, i,
	    &skip)) != NULL || skip; i++) {
		if (skip || plan_node(pl, name->path) != NULL)
			continue;
		if (!known_in_group(l, name->path, group))
			return false;
	}
	return true;
}

static bool
content_right(const struct node *n)
{
	return n->have != NULL && n->have->kind == ENTRY_FILE &&
	    n->wish->bytes == NULL &&
	    (n->differs & (DIFF_CONTENT | DIFF_UNKNOWN)) == 0;
}

/* A living name nobody wished for that is as the group was: linked to. */
static const char *
living_bystander(const struct linking *l, const struct node *n,
    const char *group)
{
	const struct planning *pl = l->pl;
	const unsigned fine = DIFF_MTIME | DIFF_HARDLINK;
	const struct entry *k, *have;
	bool skip;

	if (pl->known == NULL || n->wish->bytes != NULL)
		return NULL;
	for (size_t i = 0; (k = nth_name(pl->known, &l->known, group, i,
	    &skip)) != NULL || skip; i++) {
		if (skip || plan_node(pl, k->path) != NULL)
			continue;
		have = manifest_find(pl->have, k->path);
		if (have != NULL && (entry_differs(n->want, have) & ~fine) == 0
		    && may_claim(l, key_of(have, have->path), group))
			return have->path;
	}
	return NULL;
}

static void
put_or_swap(struct node *n, enum step_kind kind, const char *source)
{
	n->needed = true;
	n->source = source;
	if (n->have == NULL || n->have->kind == n->want->kind)
		n->kind = kind;
	if (kind == STEP_LINK)
		n->differs |= DIFF_HARDLINK;
}

/* Members of one group: those on the inode of anchor stay, others join. */
static void
join(struct node **m, size_t n, const char *anchor, const char *inode)
{
	for (size_t i = 0; i < n; i++) {
		struct node *x = m[i];

		if (strcmp(x->path, anchor) == 0)
			continue;
		if (inode != NULL && x->have != NULL &&
		    x->have->kind == ENTRY_FILE &&
		    strcmp(key_of(x->have, x->path), inode) == 0)
			continue;
		put_or_swap(x, STEP_LINK, anchor);
	}
}

static void
settle_group(struct linking *l, struct node **m, size_t n)
{
	struct planning *pl = l->pl;
	const char *group = node_key(m[0]), *anchor;
	size_t put = 0;

	for (size_t i = 0; i < n; i++)
		if (m[i]->wish->bytes != NULL)
			put = i;
	/* A name that nobody moves draws the others to where it is. */
	anchor = living_bystander(l, m[put], group);
	if (anchor != NULL) {
		const struct entry *have = manifest_find(pl->have, anchor);

		join(m, n, anchor, key_of(have, have->path));
		return;
	}
	for (size_t i = 0; i < n && m[put]->wish->bytes == NULL; i++) {
		const char *inode;

		if (!content_right(m[i]))
			continue;
		inode = key_of(m[i]->have, m[i]->path);
		if (!may_claim(l, inode, group))
			continue;
		pl->claimed[manifest_lower(pl->have, inode)] = true;
		join(m, n, m[i]->path, inode);
		return;
	}
	put_or_swap(m[put], STEP_PUT, NULL);
	join(m, n, m[put]->path, NULL);
}

static int
by_group(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a;
	const struct node *y = *(struct node *const *)b;
	int order = strcmp(node_key(x), node_key(y));

	return order != 0 ? order : path_cmp(x->path, y->path);
}

static bool
any_links(const struct linking *l)
{
	if (l->living.n > 0 || l->known.n > 0)
		return true;
	for (size_t i = 0; i < l->pl->nodes.n; i++) {
		const struct entry *want = l->pl->nodes.items[i].want;

		if (want != NULL && want->hardlink != NULL)
			return true;
	}
	return false;
}

static void
settle_all(struct linking *l)
{
	struct planning *pl = l->pl;
	CLEANUP(drop_free) struct node **files =
	    xreallocarray(NULL, pl->nodes.n, sizeof(struct node *));
	size_t n = 0;

	for (size_t i = 0; i < pl->nodes.n; i++) {
		struct node *x = &pl->nodes.items[i];

		if (x->want != NULL && x->want->kind == ENTRY_FILE)
			files[n++] = x;
	}
	if (n > 1)
		qsort(files, n, sizeof(*files), by_group);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && strcmp(node_key(files[i]),
		    node_key(files[k])) == 0; k++)
			;
		settle_group(l, files + i, k - i);
	}
}

void
planlinks_settle(struct planning *pl)
{
	struct linking l = { .pl = pl };

	pl->claimed = xcalloc(pl->have->n + 1, sizeof(*pl->claimed));
	index_names(pl->have, &l.living);
	index_names(pl->known, &l.known);
	if (pl->nodes.n > 0 && any_links(&l))
		settle_all(&l);
	free(l.living.items);
	free(l.known.items);
}
