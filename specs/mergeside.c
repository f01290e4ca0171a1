/* SPDX-License-Identifier: MIT */
#include "specs/mergeside.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/* By which fields a row is known, whatever else in it changes. */
static const struct {
	const char *view, *fields[3];
	bool whole;	/* its fields overlap: a row is taken whole */
} known_by[] = {
	{ "crypttab", { "name" }, false },
	{ "fstab", { "mountpoint" }, false },
	{ "nsswitch", { "database" }, false },
	{ "passwd", { "name" }, false },
	{ "shadow", { "name" }, false },
	{ "group", { "name" }, false },
	{ "hosts", { "address" }, false },
	{ "aliases", { "name" }, false },
	{ "postfix-master", { "service", "type" }, true },
};

enum { KNOWN = sizeof(known_by) / sizeof(known_by[0]) };

static const char *const *
fields_of(const struct view *view)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcmp(known_by[i].view, view->name) == 0)
			return known_by[i].fields;
	return NULL;
}

bool
mergeside_knows(const struct view *view)
{
	/* PAM, cron, XML: what a line means depends on where it stands. */
	return view->fields == NULL ? view->write_key != NULL :
	    fields_of(view) != NULL;
}

bool
mergeside_whole_rows(const struct view *view)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcmp(known_by[i].view, view->name) == 0)
			return known_by[i].whole;
	return false;
}

static const char *
field(const struct view_node *row, const char *name)
{
	for (const struct view_node *f = row->child; f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->value;
	return NULL;
}

/* fstab(5) has "none" for the mount point of each swap area. */
static const char *
row_name(struct mergeside *s, const struct view_node *row)
{
	const char *const *fields = fields_of(s->view);
	const char *first = field(row, fields[0]), *second;

	if (first == NULL)
		return NULL;
	if (strcmp(s->view->name, "fstab") == 0 && first[0] != '/')
		return field(row, "device");
	if (fields[1] == NULL)
		return first;
	second = field(row, fields[1]);
	return arena_printf(&s->arena, "%s %s", first,
	    second != NULL ? second : "");
}

int
mergegroup_cmp(const struct view *v, const struct mergegroup *a,
    const struct mergegroup *b)
{
	int (*cmp)(const char *, const char *) = v->ignore_case ?
	    strcasecmp : strcmp;
	int n = (int)a->row - (int)b->row;

	if (n == 0)
		n = cmp(a->section, b->section);
	return n != 0 ? n : cmp(a->name, b->name);
}

static int
by_name(const void *x, const void *y, void *view)
{
	const struct mergegroup *a = x, *b = y;
	int n = mergegroup_cmp(view, a, b);

	return n != 0 ? n : a->order < b->order ? -1 : a->order > b->order;
}

static size_t
count(const struct view_node *n)
{
	size_t total = 0;

	for (; n != NULL; n = n->next)
		total++;
	return total;
}

/* One assignment, or without a section one row, as a group of its own. */
static int
add_one(struct mergeside *s, const struct view_node *section,
    const struct view_node *n, struct err *e)
{
	bool row = section == NULL;
	struct mergegroup *g = &s->groups[s->n_groups];
	const struct view_node **p = arena_alloc(&s->arena, sizeof(*p));

	p[0] = n;
	*g = (struct mergegroup){ .row = row, .name = n->name,
	    .section = section != NULL ? section->name : "",
	    .nodes = p, .n_nodes = 1, .values = p, .n_values = 1,
	    .order = s->n_groups };
	s->nodes[s->n_groups] = (struct mergenode){ .node = n,
		.section = section };
	s->n_groups++;
	if (!row)
		return 0;
	g->name = row_name(s, n);
	if (g->name == NULL)
		return err_at(e, "", n->line, 0, _("a row without a name"));
	g->n_values = count(n->child);
	p = arena_alloc(&s->arena, (g->n_values + 1) * sizeof(*p));
	g->values = p;
	for (const struct view_node *f = n->child; f != NULL; f = f->next)
		*p++ = f;
	return 0;
}

static int
add_all(struct mergeside *s, struct err *e)
{
	size_t total = 0;

	for (const struct view_node *n = s->top.child; n != NULL; n = n->next)
		total += 1 + count(n->child);
	s->groups = arena_alloc(&s->arena, (total + 1) * sizeof(*s->groups));
	s->nodes = arena_alloc(&s->arena, (total + 1) * sizeof(*s->nodes));
	for (const struct view_node *n = s->top.child; n != NULL;
	    n = n->next) {
		if (view_is_row(s->view, n)) {
			if (add_one(s, NULL, n, e) < 0)
				return -1;
			continue;
		}
		for (const struct view_node *k = n->child; k != NULL;
		    k = k->next)
			if (add_one(s, n, k, e) < 0)
				return -1;
	}
	s->n_nodes = s->n_groups;
	return 0;
}

/* [from, to) of the sorted groups name the same key: one of them is left. */
static int
join(struct mergeside *s, size_t from, size_t to, struct mergegroup *out,
    struct err *e)
{
	const struct view_node **all;

	*out = s->groups[from];
	if (to - from == 1)
		return 0;
	if (out->row)
		return err_at(e, "", s->groups[from + 1].nodes[0]->line, 0,
		    _("a second row for '%s'"), out->name);
	all = arena_alloc(&s->arena, (to - from) * sizeof(*all));
	for (size_t i = from; i < to; i++)
		all[i - from] = s->groups[i].nodes[0];
	out->nodes = out->values = all;
	out->n_nodes = out->n_values = to - from;
	return 0;
}

static int
sort(struct mergeside *s, struct err *e)
{
	size_t kept = 0, to;

	qsort_r(s->groups, s->n_groups, sizeof(*s->groups), by_name,
	    (void *)s->view);
	for (size_t i = 0; i < s->n_groups; i = to) {
		struct mergegroup g;

		for (to = i + 1; to < s->n_groups && mergegroup_cmp(s->view,
		    &s->groups[i], &s->groups[to]) == 0; to++)
			continue;
		if (join(s, i, to, &g, e) < 0)
			return -1;
		for (size_t k = i; k < to; k++)
			s->nodes[s->groups[k].order].group = kept;
		s->groups[kept++] = g;
	}
	s->n_groups = kept;
	for (size_t i = 0; i + 1 < s->n_nodes; i++)
		if (s->nodes[i + 1].node->start < s->nodes[i].node->end)
			s->nodes[i].shared = s->nodes[i + 1].shared = true;
	return 0;
}

int
mergeside_read(const struct view *view, const char *bytes, size_t len,
    struct mergeside *out, struct err *e)
{
	*out = (struct mergeside){ .view = view, .bytes = bytes, .len = len };
	if (view->parse("", bytes, len, &out->arena, &out->top, e) < 0 ||
	    add_all(out, e) < 0 || sort(out, e) < 0) {
		mergeside_done(out);
		return -1;
	}
	return 0;
}

void
mergeside_done(struct mergeside *s)
{
	arena_done(&s->arena);
	s->n_groups = s->n_nodes = 0;
}

void
drop_mergeside(struct mergeside *s)
{
	mergeside_done(s);
}

const struct mergegroup *
mergeside_find(const struct mergeside *s, const struct mergegroup *like)
{
	size_t lo = 0, hi = s->n_groups;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int n = mergegroup_cmp(s->view, &s->groups[mid], like);

		if (n == 0)
			return &s->groups[mid];
		if (n < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool
mergegroup_same(const struct mergegroup *a, const struct mergegroup *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->n_values != b->n_values)
		return false;
	for (size_t i = 0; i < a->n_values; i++)
		if (strcmp(a->values[i]->value, b->values[i]->value) != 0)
			return false;
	return true;
}

void
mergeside_rest(const struct mergeside *s, struct buf *out)
{
	const struct view_node *section = s->top.child;
	struct reader r = { .bytes = s->bytes, .len = s->len };
	struct line l;
	size_t i = 0;

	while (reader_next(&r, &l)) {
		size_t start = l.start, end = l.end;

		while (i < s->n_nodes && s->nodes[i].node->end <= l.start)
			i++;
		while (section != NULL && section->start < l.start)
			section = section->next;
		trim(s->bytes, &start, &end);
		if (start == end || strchr("#;", s->bytes[start]) != NULL ||
		    (i < s->n_nodes && s->nodes[i].node->start < l.next) ||
		    (section != NULL && section->name[0] != '\0' &&
		    section->start == l.start))
			continue;
		buf_add(out, s->bytes + l.start, l.end - l.start);
		buf_addc(out, '\n');
	}
}
