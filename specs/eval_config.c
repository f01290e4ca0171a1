/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/tr.h"
#include "specs/lenses.h"

static const struct view config_view = {
	.name = "config",
	.separators = " \t\n,",
};

const struct view *
judge_config_view(void)
{
	return &config_view;
}

/* What the rule's author says it means helps; the expression does not. */
static void
one_test(struct judge *j, const struct config_demand *d, const struct test *t,
    const struct values *v)
{
	struct about about = { .demand = "config",
		.at = t->at.line > 0 ? &t->at : &d->at };
	const char *match = judge_wanted(j, d->match), *what;
	struct err e = { 0 };
	size_t i = 0;
	enum verdict is = test_values(j, &config_view, t, v, true, &i, &e);

	if (is == VERDICT_HOLDS) {
		about.line = v->n > 0 ? v->lines[0] : 0;
		judge_holds(j, about, _("%s is %s, %s"), match, v->n > 0 ?
		    judge_shows(j, v->items[0]) : _("nothing"),
		    test_describe(j, t));
		return;
	}
	if (is == VERDICT_CANNOT_TELL) {
		judge_unknown(j, "config", about.at, &e);
		return;
	}
	about.line = i < v->n ? v->lines[i] : 0;
	if (t->op == TEST_COUNT)
		what = arena_printf(&j->arena,
		    _("%s is found %zu times, %s"), match, v->n,
		    test_describe(j, t));
	else if (i < v->n)
		what = arena_printf(&j->arena, _("%s is %s, %s"), match,
		    judge_shows(j, v->items[i]), test_describe(j, t));
	else
		what = arena_printf(&j->arena, _("nothing matches %s, %s"),
		    match, test_describe(j, t));
	judge_add(j, VERDICT_FAILS, about, "%s", d->why != NULL ? d->why :
	    what);
}

static void
answered(struct judge *j, const struct config_demand *d,
    const struct lens_question *q)
{
	struct values v = { 0 };

	if (q->wrong.kind != ERR_NONE) {
		judge_unknown(j, "config", &d->at, &q->wrong);
		return;
	}
	for (size_t i = 0; i < q->values.n; i++)
		values_add(j, &v, q->values.items[i].text,
		    q->values.items[i].line);
	for (size_t i = 0; i < d->tests.n; i++)
		one_test(j, d, &d->tests.items[i], &v);
}

static bool
same_lens(const struct config_demand *a, const struct config_demand *b)
{
	return strcmp(a->lens, b->lens) == 0;
}

/* All that is demanded of what the lens of demand `first` makes of the file:
 * it is read once. */
static void
one_lens(struct judge *j, struct lens_text text, size_t first)
{
	const struct config_demand *all = j->rule->config.items;
	struct lens_question *q = arena_alloc(&j->arena,
	    j->rule->config.n * sizeof(*q));
	struct err e = { 0 };
	size_t n = 0;

	for (size_t i = first; i < j->rule->config.n; i++)
		if (same_lens(&all[i], &all[first]))
			q[n++].match = all[i].match;
	text.lens = all[first].lens;
	if (j->out->lenses == NULL)
		j->out->lenses = lenses_new();
	if (lenses_ask(j->out->lenses, &text, q, n, &j->arena, &e) < 0) {
		judge_unknown(j, "config", &all[first].at, &e);
		/* A lens that is not installed, or a busy machine, is no
		 * fact about the file: asked again the next time. */
		if (e.line == 0)
			judge_again(j);
		return;
	}
	for (size_t i = first, k = 0; i < j->rule->config.n; i++)
		if (same_lens(&all[i], &all[first]))
			answered(j, &all[i], &q[k++]);
}

void
judge_config(struct judge *j)
{
	const struct config_demand *all = j->rule->config.items;
	struct lens_text text = { .name = j->path };
	struct err e = { 0 };

	if (j->rule->config.n == 0)
		return;
	if (judge_bytes(j, &text.bytes, &text.len, &e) < 0) {
		judge_unknown(j, "config", &all[0].at, &e);
		return;
	}
	for (size_t i = 0, k; i < j->rule->config.n; i++) {
		for (k = 0; k < i && !same_lens(&all[k], &all[i]); k++)
			;
		if (k == i)
			one_lens(j, text, i);
	}
}
