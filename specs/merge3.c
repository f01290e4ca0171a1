/* SPDX-License-Identifier: MIT */
#include "specs/merge3.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/mergeedit.h"
#include "specs/mergelist.h"
#include "specs/mergeside.h"

/* What a merged file shall say of one key or row. */
struct wanted {
	const struct mergegroup *like;
	const char **values;
	const char **words;	/* where not NULL: of a list its members */
	size_t n;
};

struct merging3 {
	const struct merge3_input *in;
	struct merge3 *out;
	struct mergeside base, mine, theirs;
	struct mergeedits edits;
	bool stuck;	/* some lines could not be taken apart */
	struct {
		struct wanted *items;
		size_t n, cap;
	} wanted;
};

static void
drop_merging3(struct merging3 *x)
{
	mergeside_done(&x->base);
	mergeside_done(&x->mine);
	mergeside_done(&x->theirs);
	mergeedits_done(&x->edits);
	free(x->wanted.items);
}

void
merge3_done(struct merge3 *m)
{
	buf_done(&m->text);
	arena_done(&m->arena);
}

void
drop_merge3(struct merge3 *m)
{
	merge3_done(m);
}

static int
read_sides(struct merging3 *x, struct err *e)
{
	const struct merge3_input *in = x->in;

	if (mergeside_read(in->view, in->mine.bytes, in->mine.len, &x->mine,
	    e) < 0 || mergeside_read(in->view, in->theirs.bytes,
	    in->theirs.len, &x->theirs, e) < 0)
		return -1;
	if (in->base.bytes != NULL && mergeside_read(in->view, in->base.bytes,
	    in->base.len, &x->base, e) < 0)
		return -1;
	x->edits.mine = &x->mine;
	x->edits.theirs = &x->theirs;
	return 0;
}

/* The versions of one key or row. */
struct three {
	const struct mergegroup *base, *mine, *theirs;
};

static void
want(struct merging3 *x, const struct mergegroup *g)
{
	struct wanted *w;

	if (g == NULL)
		return;
	w = VEC_ADD(&x->wanted);
	w->like = g;
	w->n = g->n_values;
	w->words = NULL;
	w->values = arena_alloc(&x->out->arena,
	    (w->n + 1) * sizeof(*w->values));
	for (size_t i = 0; i < w->n; i++)
		w->values[i] = g->values[i]->value;
}

static const char *
separators(const struct merging3 *x, const struct mergegroup *g, size_t i)
{
	return mergelist_separators(x->in->view, g->row ? NULL : g->section,
	    g->values[i]->name);
}

/* The i-th value of both sides, where it is a list to which each did something
 * else: its text and its members. */
static bool
as_list(struct merging3 *x, const struct three *t, size_t i,
    struct mergeedit_value *out, const char **out_words)
{
	CLEANUP(drop_buf) struct buf text = { 0 }, words = { 0 };
	const struct view_node *mine = t->mine->values[i];
	const struct mergelist_input in = {
		.separators = separators(x, t->mine, i),
		.base = t->base->values[i]->value, .mine = mine->value,
		.theirs = t->theirs->values[i]->value,
		.text = x->mine.bytes + mine->value_start,
		.len = mine->value_end - mine->value_start };

	if (in.separators == NULL || !mergelist(&in, &text, &words))
		return false;
	*out_words = arena_memdup(&x->out->arena, buf_str(&words), words.len);
	*out = (struct mergeedit_value){ mine, arena_memdup(&x->out->arena,
	    buf_str(&text), text.len), text.len };
	return true;
}

/*
 * Each value for itself: of a row one field, of a key given several times one
 * of these. False where both sides changed the same one, unless that is a list.
 */
static bool
by_value(struct merging3 *x, const struct three *t)
{
	size_t n = t->mine != NULL ? t->mine->n_values : 0, lists = 0;
	struct mergeedit_value *edits;
	const char **words;
	struct wanted *w;
	bool *take;

	if (x->in->base_doubtful || t->base == NULL || t->mine == NULL ||
	    t->theirs == NULL || t->base->n_values != n ||
	    t->theirs->n_values != n ||
	    (t->mine->row && mergeside_whole_rows(x->in->view)))
		return false;
	take = arena_alloc(&x->out->arena, n * sizeof(*take));
	words = arena_alloc(&x->out->arena, (n + 1) * sizeof(*words));
	edits = arena_alloc(&x->out->arena, (n + 1) * sizeof(*edits));
	for (size_t i = 0; i < n; i++) {
		const char *b = t->base->values[i]->value;
		const char *m = t->mine->values[i]->value;
		const char *o = t->theirs->values[i]->value;

		take[i] = strcmp(b, m) == 0;
		words[i] = NULL;
		if (take[i] || strcmp(m, o) == 0 || strcmp(b, o) == 0)
			continue;
		if (!as_list(x, t, i, &edits[lists], &words[i]))
			return false;
		lists++;
	}
	if (mergeedits_take(&x->edits, t->mine, t->theirs, take) < 0)
		return false;
	for (size_t i = 0; i < lists; i++)
		mergeedits_put(&x->edits, &edits[i]);
	want(x, t->mine);
	w = &x->wanted.items[x->wanted.n - 1];
	w->words = words;
	for (size_t i = 0; i < n; i++)
		if (take[i])
			w->values[i] = t->theirs->values[i]->value;
	return true;
}

static const char *
show(struct merging3 *x, const struct mergegroup *g)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (g == NULL)
		return NULL;
	for (size_t i = 0; i < g->n_values; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", g->values[i]->value);
	return arena_strdup(&x->out->arena, buf_str(&b));
}

static void
add_conflict(struct merging3 *x, const struct three *t)
{
	const struct mergegroup *any = t->mine != NULL ? t->mine :
	    t->theirs != NULL ? t->theirs : t->base;
	struct merge3_conflict *c = VEC_ADD_IN(&x->out->arena, x->out);

	c->what = any->section[0] != '\0' ? arena_printf(&x->out->arena,
	    "[%s] %s", any->section, any->name) :
	    arena_strdup(&x->out->arena, any->name);
	c->base = show(x, t->base);
	c->mine = show(x, t->mine);
	c->theirs = show(x, t->theirs);
	c->line = t->mine != NULL ? t->mine->nodes[0]->line : 0;
	if (mergeedits_mark(&x->edits, x->in, &x->base, t->base, t->mine,
	    t->theirs) < 0)
		x->stuck = true;
}

static void
settle(struct merging3 *x, const struct three *t)
{
	bool based = x->in->base.bytes != NULL;

	if (mergegroup_same(t->mine, t->theirs) ||
	    (based && mergegroup_same(t->base, t->theirs))) {
		want(x, t->mine);
	} else if (based && !x->in->base_doubtful &&
	    mergegroup_same(t->base, t->mine)) {
		want(x, t->theirs);
		if (mergeedits_take(&x->edits, t->mine, t->theirs, NULL) < 0)
			x->stuck = true;
	} else if (!by_value(x, t)) {
		add_conflict(x, t);
	}
}

static const struct mergegroup *
at(const struct mergeside *s, size_t i)
{
	return i < s->n_groups ? &s->groups[i] : NULL;
}

static const struct mergegroup *
least(const struct view *v, const struct mergegroup *a,
    const struct mergegroup *b)
{
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return mergegroup_cmp(v, a, b) <= 0 ? a : b;
}

/* The three sorted lists side by side. */
static void
walk(struct merging3 *x)
{
	const struct view *v = x->in->view;
	size_t b = 0, m = 0, o = 0;

	for (;;) {
		struct three t = { at(&x->base, b), at(&x->mine, m),
			at(&x->theirs, o) };
		const struct mergegroup *next = least(v, t.base,
		    least(v, t.mine, t.theirs));

		if (next == NULL)
			return;
		if (t.base != NULL && mergegroup_cmp(v, t.base, next) != 0)
			t.base = NULL;
		if (t.mine != NULL && mergegroup_cmp(v, t.mine, next) != 0)
			t.mine = NULL;
		if (t.theirs != NULL && mergegroup_cmp(v, t.theirs, next) != 0)
			t.theirs = NULL;
		b += t.base != NULL;
		m += t.mine != NULL;
		o += t.theirs != NULL;
		settle(x, &t);
	}
}

static bool
says_value(struct merging3 *x, const struct wanted *w,
    const struct mergegroup *g, size_t i)
{
	CLEANUP(drop_buf) struct buf words = { 0 };

	if (w->words == NULL || w->words[i] == NULL)
		return strcmp(g->values[i]->value, w->values[i]) == 0;
	mergelist_words(separators(x, g, i), g->values[i]->value, &words);
	return strcmp(buf_str(&words), w->words[i]) == 0;
}

/* Whether a text says all that is wanted and nothing else. */
static bool
says(struct merging3 *x, const char *bytes, size_t len)
{
	CLEANUP(drop_mergeside) struct mergeside s = { 0 };
	struct err ignored = { 0 };

	if (mergeside_read(x->in->view, bytes, len, &s, &ignored) < 0 ||
	    s.n_groups != x->wanted.n)
		return false;
	for (size_t i = 0; i < s.n_groups; i++) {
		const struct wanted *w = &x->wanted.items[i];
		const struct mergegroup *g = &s.groups[i];

		if (mergegroup_cmp(s.view, g, w->like) != 0 ||
		    g->n_values != w->n)
			return false;
		for (size_t k = 0; k < w->n; k++)
			if (!says_value(x, w, g, k))
				return false;
	}
	return true;
}

/* What no key or row stands for is merged by its lines alone: it must not get
 * lost when they are not. */
static bool
rest_is_settled(struct merging3 *x)
{
	CLEANUP(drop_buf) struct buf base = { 0 };
	CLEANUP(drop_buf) struct buf mine = { 0 };
	CLEANUP(drop_buf) struct buf theirs = { 0 };

	mergeside_rest(&x->mine, &mine);
	mergeside_rest(&x->theirs, &theirs);
	if (strcmp(buf_str(&mine), buf_str(&theirs)) == 0)
		return true;
	if (x->in->base.bytes == NULL)
		return false;
	mergeside_rest(&x->base, &base);
	return strcmp(buf_str(&base), buf_str(&theirs)) == 0;
}

static int
no_help(struct merging3 *x, const char *why, struct err *e)
{
	buf_reset(&x->out->text);
	x->out->n = 0;
	err_set(e, ERR_INPUT, "", "%s", why);
	return 0;
}

static int
make(struct merging3 *x, struct err *e)
{
	const struct merge3_text *lines = &x->in->lines;
	struct buf *text = &x->out->text;

	if (x->out->n == 0 && lines->bytes != NULL &&
	    says(x, lines->bytes, lines->len)) {
		x->out->by_lines = true;
		buf_add(text, lines->bytes, lines->len);
		return 1;
	}
	x->out->unlike = lines->bytes != NULL;
	if (!rest_is_settled(x))
		return no_help(x, _("there is more in it than keys"), e);
	if (x->stuck || mergeedits_make(&x->edits, text) < 0)
		return no_help(x, _("several keys share a line"), e);
	if (x->out->n == 0 && !says(x, text->bytes, text->len))
		return no_help(x, _("its keys cannot be put together"), e);
	return 1;
}

int
merge3(const struct merge3_input *in, struct merge3 *out, struct err *e)
{
	CLEANUP(drop_merging3) struct merging3 x = { .in = in, .out = out };

	if (!mergeside_knows(in->view)) {
		err_set(e, ERR_INPUT, "", _("its order matters"));
		return 0;
	}
	if (read_sides(&x, e) < 0)
		return 0;
	walk(&x);
	return make(&x, e);
}
