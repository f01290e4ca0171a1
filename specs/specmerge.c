/* SPDX-License-Identifier: MIT */
#include "specs/specmerge.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

/* The rules and relations of a file by id: both are named alike. */
struct known {
	const char *id;
	struct node *rule;
	size_t nth;	/* in the file */
};

struct index {
	struct known *items;
	size_t n, cap;
};

struct merge {
	struct node *spec;
	const char *name;
	struct arena *arena;
	struct diagnostics *diags;
};

static void
drop_index(struct index *x)
{
	free(x->items);
}

static int
by_id(const void *pa, const void *pb)
{
	const struct known *a = pa, *b = pb;
	int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->nth > b->nth) - (a->nth < b->nth);
}

static int
to_id(const void *id, const void *known)
{
	return strcmp(id, ((const struct known *)known)->id);
}

static const char *
id_of(const struct node *rule)
{
	const struct node_pair *p = node_find(rule, "id");

	return p != NULL && p->value->kind == NODE_TEXT ? p->value->text :
	    NULL;
}

static void
index_rules(const struct node *spec, struct index *out)
{
	static const char *const lists[] = { "rules", "relations" };
	size_t nth = 0;

	for (size_t k = 0; k < 2; k++) {
		const struct node_pair *p = node_find(spec, lists[k]);

		for (size_t i = 0; p != NULL && i < p->value->list.n; i++) {
			struct node *rule = p->value->list.items[i];

			if (id_of(rule) != NULL)
				*VEC_ADD(out) = (struct known){ id_of(rule),
					rule, nth++ };
		}
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_id);
}

void
specmerge_check_ids(const struct node *spec, struct diagnostics *diags)
{
	CLEANUP(drop_index) struct index x = { 0 };
	size_t first = 0;

	index_rules(spec, &x);
	for (size_t i = 1; i < x.n; i++) {
		if (strcmp(x.items[first].id, x.items[i].id) != 0)
			first = i;
		else
			diagnostics_add(diags,
			    node_find(x.items[i].rule, "id")->value->at,
			    _("rule '%s' stands here again, first in line %u "
			    "[give each an id of its own]"), x.items[i].id,
			    x.items[first].rule->at.line);
	}
}

static void
put_pair(struct merge *m, struct node *into, const struct node_pair *p)
{
	struct node_pair *old = node_find(into, p->key);

	if (old == NULL)
		old = VEC_ADD_IN(m->arena, &into->map);
	*old = *p;
}

/*
 * What both sides say under a key, to merge within, NULL where there is
 * nothing to merge. An extra of the wrong kind must not put the spec's own
 * out of sight; the spec's own is told when it is read.
 */
static struct node *
both(struct merge *m, const struct node_pair *p, enum node_kind kind)
{
	struct node_pair *old = node_find(m->spec, p->key);
	struct node *copy;

	if (p->value->kind != kind) {
		diagnostics_add(m->diags, p->value->at,
		    kind == NODE_MAP ? _("'%s' takes a mapping") :
		    _("'%s' takes a list"), p->key);
		return NULL;
	}
	if (old == NULL)
		put_pair(m, m->spec, p);
	if (old == NULL || old->value->kind != kind)
		return NULL;
	copy = arena_alloc(m->arena, sizeof(*copy));
	*copy = *old->value;
	old->value = copy;
	return copy;
}

static void
merge_vars(struct merge *m, const struct node_pair *p)
{
	struct node *vars = both(m, p, NODE_MAP);

	for (size_t i = 0; vars != NULL && i < p->value->map.n; i++)
		put_pair(m, vars, &p->value->map.items[i]);
}

/* One text is as good as a list of one. */
static struct node_pair
as_list(struct merge *m, const struct node_pair *p)
{
	struct node_pair out = *p;
	struct node *list;

	if (p->value->kind != NODE_TEXT)
		return out;
	list = arena_alloc(m->arena, sizeof(*list));
	list->kind = NODE_LIST;
	list->at = p->value->at;
	*VEC_ADD_IN(m->arena, &list->list) = p->value;
	out.value = list;
	return out;
}

static void
merge_list(struct merge *m, const struct node_pair *pair)
{
	const struct node_pair p = as_list(m, pair);
	struct node_pair *old = node_find(m->spec, p.key);
	struct node *list;

	if (old != NULL)
		*old = as_list(m, old);
	list = both(m, &p, NODE_LIST);
	for (size_t i = 0; list != NULL && i < p.value->list.n; i++)
		*VEC_ADD_IN(m->arena, &list->list) = p.value->list.items[i];
}

static const char *
nearest_id(const struct index *x, const char *id)
{
	CLEANUP(drop_free) const char **ids = xcalloc(x->n + 1, sizeof(*ids));

	for (size_t i = 0; i < x->n; i++)
		ids[i] = x->items[i].id;
	return text_nearest(id, ids);
}

/* A rule that the spec has not must be able to stand alone. */
static bool
is_whole(struct merge *m, const struct index *x, const struct node *rule)
{
	const char *id = id_of(rule), *near;

	if (id == NULL || (node_find(rule, "why") != NULL &&
	    (node_find(rule, "path") != NULL ||
	    node_find(rule, "unit") != NULL ||
	    node_find(rule, "each") != NULL)))
		return true;
	if ((near = nearest_id(x, id)) != NULL)
		diagnostics_add(m->diags, node_find(rule, "id")->value->at,
		    _("spec '%s' has no rule '%s' to override (did you mean "
		    "'%s'?) [or give it 'path' and 'why' to make it a rule]"),
		    m->name, id, near);
	else
		diagnostics_add(m->diags, node_find(rule, "id")->value->at,
		    _("spec '%s' has no rule '%s' to override [give it 'path' "
		    "and 'why' to make it a rule]"), m->name, id);
	return false;
}

static void
override(struct merge *m, struct node *rule, const struct node *extra)
{
	for (size_t i = 0; i < extra->map.n; i++)
		if (strcmp(extra->map.items[i].key, "id") != 0)
			put_pair(m, rule, &extra->map.items[i]);
}

/* So that each of the site's rules is looked at, even where it is the first:
 * a relation may be overridden under `rules`, too. */
static void
begin_list(struct merge *m, const struct node_pair *p)
{
	struct node_pair pair = *p;

	if (p->value->kind != NODE_LIST || node_find(m->spec, p->key) != NULL)
		return;
	pair.value = arena_alloc(m->arena, sizeof(*pair.value));
	pair.value->kind = NODE_LIST;
	pair.value->at = p->value->at;
	put_pair(m, m->spec, &pair);
}

static void
merge_rules(struct merge *m, const struct node_pair *p)
{
	CLEANUP(drop_index) struct index x = { 0 };
	struct node *list;

	index_rules(m->spec, &x);
	begin_list(m, p);
	if ((list = both(m, p, NODE_LIST)) == NULL)
		return;
	for (size_t i = 0; i < p->value->list.n; i++) {
		struct node *rule = p->value->list.items[i];
		const char *id = id_of(rule);
		struct known *old = id == NULL || x.n == 0 ? NULL :
		    bsearch(id, x.items, x.n, sizeof(*x.items), to_id);

		if (old == NULL && is_whole(m, &x, rule))
			*VEC_ADD_IN(m->arena, &list->list) = rule;
		if (old != NULL)
			override(m, old->rule, rule);
	}
}

/* A file may say which spec it adds to; its folder decides. */
static void
check_name(struct merge *m, const struct node_pair *p)
{
	if (p->value->kind != NODE_TEXT ||
	    strcmp(p->value->text, m->name) != 0)
		diagnostics_add(m->diags, p->value->at,
		    _("this adds to the spec '%s', as its folder '%s.d' says "
		    "[correct 'spec', or move the file]"), m->name, m->name);
}

static const struct {
	const char *key;
	void (*merge)(struct merge *m, const struct node_pair *p);
} merges[] = {
	{ "spec", check_name },
	{ "vars", merge_vars },
	{ "track", merge_list },
	{ "ignore", merge_list },
	{ "rules", merge_rules },
	{ "relations", merge_rules },
};

void
specmerge(struct node *spec, const char *name, const struct node *extra,
    struct arena *a, struct diagnostics *diags)
{
	struct merge m = { spec, name, a, diags };
	const size_t n = sizeof(merges) / sizeof(*merges);

	if (extra->kind != NODE_MAP) {
		diagnostics_add(diags, extra->at,
		    _("a spec is a mapping [write 'rules:', 'vars:' …]"));
		return;
	}
	for (size_t i = 0; i < extra->map.n; i++) {
		const struct node_pair *p = &extra->map.items[i];
		size_t k = 0;

		while (k < n && strcmp(merges[k].key, p->key) != 0)
			k++;
		if (k < n)
			merges[k].merge(&m, p);
		else
			put_pair(&m, spec, p);
	}
}
