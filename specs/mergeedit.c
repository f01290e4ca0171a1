/* SPDX-License-Identifier: MIT */
#include "specs/mergeedit.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* So far is looked back for a neighbour that mine has, too. */
enum { NEIGHBOURS_MAX = 64 };

void
mergeedits_done(struct mergeedits *l)
{
	free(l->items);
	arena_done(&l->arena);
}

void
drop_mergeedits(struct mergeedits *l)
{
	mergeedits_done(l);
}

static void
add(struct mergeedits *l, size_t start, size_t end, size_t seq,
    const struct buf *b)
{
	*VEC_ADD(l) = (struct mergeedit){ start, end, seq,
		arena_memdup(&l->arena, buf_str(b), b->len), b->len, true };
}

/* Whole lines: one that ends with the file gets its newline. */
static void
add_lines(struct buf *out, const struct mergeside *s, size_t start, size_t end)
{
	buf_add(out, s->bytes + start, end - start);
	if (end > start && s->bytes[end - 1] != '\n')
		buf_addc(out, '\n');
}

static const struct mergenode *
place(const struct mergeside *s, const struct view_node *n)
{
	size_t lo;

	/* Nodes of one line have one start; they are shared anyway. */
	lo = VEC_LOWER(s->n_nodes, i, s->nodes[i].node->start < n->start);
	return &s->nodes[lo];
}

/* Its lines are those of no other key. */
static bool
alone(const struct mergeside *s, const struct mergegroup *g)
{
	for (size_t i = 0; g != NULL && i < g->n_nodes; i++)
		if (place(s, g->nodes[i])->shared)
			return false;
	return true;
}

/* The last section of that name which has keys; the nameless one always. */
static const struct view_node *
last_section(const struct mergeside *s, const char *name)
{
	struct mergegroup like = { .section = name, .name = "" };
	const struct view_node *found = NULL;
	size_t lo;

	if (name[0] == '\0')
		return s->top.child != NULL && s->top.child->name[0] == '\0' ?
		    s->top.child : NULL;
	lo = VEC_LOWER(s->n_groups, i,
	    mergegroup_cmp(s->view, &s->groups[i], &like) < 0);
	for (; lo < s->n_groups && !s->groups[lo].row &&
	    view_same(s->view, s->groups[lo].section, name); lo++) {
		const struct mergegroup *g = &s->groups[lo];
		const struct view_node *n = g->nodes[g->n_nodes - 1];
		const struct view_node *at = place(s, n)->section;

		if (found == NULL || at->start > found->start)
			found = at;
	}
	return found;
}

/* Of theirs a section's first line, once, at the end of mine. */
static void
begin_section(struct mergeedits *l, const struct view_node *section,
    size_t seq)
{
	const struct mergeside *t = l->theirs;
	const char *lf = memchr(t->bytes + section->start, '\n',
	    t->len - section->start);
	CLEANUP(drop_buf) struct buf b = { 0 };

	/* Groups come sorted, so those of a section one after another. */
	if (l->added != NULL && view_same(t->view, l->added->name,
	    section->name))
		return;
	l->added = section;
	if (l->mine->len > 0)
		buf_addc(&b, '\n');
	add_lines(&b, t, section->start, lf != NULL ?
	    (size_t)(lf - t->bytes) + 1 : t->len);
	add(l, l->mine->len, l->mine->len, seq, &b);
}

/*
 * Where in mine a group goes that only theirs has: behind the one that it
 * follows there, else at the end of its section, else in a new one.
 */
static size_t
where(struct mergeedits *l, const struct mergegroup *g)
{
	const struct mergeside *m = l->mine, *t = l->theirs;
	const struct view_node *section = t->nodes[g->order].section, *s;
	size_t i = g->order, least = i > NEIGHBOURS_MAX ?
	    i - NEIGHBOURS_MAX : 0;

	while (i-- > least) {
		const struct mergenode *n = &t->nodes[i];
		const struct mergegroup *have;

		if ((n->section == NULL) != (section == NULL) ||
		    (section != NULL && !view_same(t->view, n->section->name,
		    section->name)))
			break;
		have = mergeside_find(m, &t->groups[n->group]);
		if (have != NULL)
			return have->nodes[have->n_nodes - 1]->end;
	}
	if (section == NULL) {
		for (i = 0; i < m->n_nodes; i++)
			if (m->nodes[i].section == NULL)
				return m->nodes[i].node->start;
		return m->len;
	}
	s = last_section(m, section->name);
	if (s != NULL)
		return s->end;
	begin_section(l, section, 2 * g->order);
	return m->len;
}

static void
take_nodes(struct buf *out, const struct mergeside *s,
    const struct mergegroup *g)
{
	for (size_t i = 0; g != NULL && i < g->n_nodes; i++)
		add_lines(out, s, g->nodes[i]->start, g->nodes[i]->end);
}

/* The lines of mine's group, or the place where it would be, become b. */
static int
replace(struct mergeedits *l, const struct mergegroup *mine,
    const struct mergegroup *theirs, const struct buf *b)
{
	static const struct buf nothing = { 0 };

	if (!alone(l->mine, mine) || !alone(l->theirs, theirs))
		return -1;
	if (mine == NULL) {
		size_t at = where(l, theirs);

		add(l, at, at, 2 * theirs->order + 1, b);
		return 0;
	}
	add(l, mine->nodes[0]->start, mine->nodes[0]->end, 0, b);
	for (size_t i = 1; i < mine->n_nodes; i++)
		add(l, mine->nodes[i]->start, mine->nodes[i]->end, 0,
		    &nothing);
	return 0;
}

/* Value by value, so that what stands beside them stays. */
static bool
take_values(struct mergeedits *l, const struct mergegroup *mine,
    const struct mergegroup *theirs, const bool *fields)
{
	const struct mergeside *t = l->theirs;

	if (mergeside_whole_rows(l->mine->view) && mine->row)
		return false;
	/* `Key` alone has no place for a value behind it. */
	for (size_t i = 0; i < mine->n_values && !mine->row; i++)
		if (mine->values[i]->value_start ==
		    mine->values[i]->value_end ||
		    theirs->values[i]->value_start ==
		    theirs->values[i]->value_end)
			return false;
	for (size_t i = 0; i < mine->n_values; i++) {
		const struct view_node *a = mine->values[i],
		    *b = theirs->values[i];
		CLEANUP(drop_buf) struct buf v = { 0 };

		if (strcmp(a->value, b->value) == 0 ||
		    (fields != NULL && !fields[i]))
			continue;
		buf_add(&v, t->bytes + b->value_start,
		    b->value_end - b->value_start);
		add(l, a->value_start, a->value_end, 0, &v);
		l->items[l->n - 1].lines = false;
	}
	return true;
}

int
mergeedits_take(struct mergeedits *l, const struct mergegroup *mine,
    const struct mergegroup *theirs, const bool *fields)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (mine != NULL && theirs != NULL &&
	    mine->n_values == theirs->n_values &&
	    take_values(l, mine, theirs, fields))
		return 0;
	if (fields != NULL)
		return -1;
	take_nodes(&b, l->theirs, theirs);
	return replace(l, mine, theirs, &b);
}

void
mergeedits_put(struct mergeedits *l, const struct mergeedit_value *v)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	buf_add(&b, v->bytes, v->len);
	add(l, v->value->value_start, v->value->value_end, 0, &b);
	l->items[l->n - 1].lines = false;
}

int
mergeedits_mark(struct mergeedits *l, const struct merge3_input *in,
    const struct mergeside *base_side, const struct mergegroup *base,
    const struct mergegroup *mine, const struct mergegroup *theirs)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	buf_addf(&b, "<<<<<<< %s\n", in->mine_label);
	take_nodes(&b, l->mine, mine);
	if (in->base.bytes != NULL && !in->base_doubtful) {
		buf_addf(&b, "||||||| %s\n", in->base_label);
		take_nodes(&b, base_side, base);
	}
	buf_adds(&b, "=======\n");
	take_nodes(&b, l->theirs, theirs);
	buf_addf(&b, ">>>>>>> %s\n", in->theirs_label);
	return replace(l, mine, theirs, &b);
}

static int
by_place(const void *x, const void *y)
{
	const struct mergeedit *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

int
mergeedits_make(struct mergeedits *l, struct buf *out)
{
	const struct mergeside *m = l->mine;
	size_t at = 0;

	if (l->n > 0)
		qsort(l->items, l->n, sizeof(*l->items), by_place);
	for (size_t i = 0; i < l->n; i++) {
		const struct mergeedit *x = &l->items[i];

		if (x->start < at)
			return -1;
		buf_add(out, m->bytes + at, x->start - at);
		if (x->lines && x->len > 0 && out->len > 0 &&
		    out->bytes[out->len - 1] != '\n')
			buf_addc(out, '\n');
		buf_add(out, x->bytes, x->len);
		at = x->end;
	}
	buf_add(out, m->bytes + at, m->len - at);
	return 0;
}
