/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/views.h"
#include "specs/xpath.h"

/* What a truth, a number or a text must be to count as "there". */
static bool
truthy(const struct xpath_answer *a)
{
	switch (a->kind) {
	case XPATH_IS_NODES:
		return a->n > 0;
	case XPATH_IS_NUMBER:
		/* NaN is no number of anything. */
		return a->number < 0 || a->number > 0;
	case XPATH_IS_BOOL:
		return strcmp(a->items[0].text, "true") == 0;
	case XPATH_IS_TEXT:
		return a->items[0].text[0] != '\0';
	}
	return false;
}

static bool
about_presence(const struct test *t)
{
	return t->op == TEST_PRESENT || t->op == TEST_ABSENT;
}

/* What the rule's author says it means helps; the expression does not. */
static void
say(struct judge *j, const struct xpath_demand *d, struct about about,
    const char *what)
{
	judge_add(j, VERDICT_FAILS, about, "%s", d->why != NULL ? d->why :
	    what);
}

static void
one_test(struct judge *j, const struct xpath_demand *d, const struct test *t,
    const struct xpath_answer *a, const struct values *v)
{
	static const struct values nothing;
	struct about about = { .demand = "xpath",
		.at = t->at.line > 0 ? &t->at : &d->at };
	const char *expr = judge_wanted(j, d->expr), *what;
	struct err e = { 0 };
	enum verdict is;
	size_t i = 0;

	if (about_presence(t) && !truthy(a))
		v = &nothing;
	is = test_values(j, &view_xml, t, v, true, &i, &e);
	if (is == VERDICT_HOLDS) {
		about.line = v->n > 0 ? v->lines[0] : 0;
		judge_holds(j, about, _("%s yields %s, %s"), expr, v->n > 0 ?
		    judge_shows(j, v->items[0]) : _("nothing"),
		    test_describe(j, t));
		return;
	}
	if (is == VERDICT_CANNOT_TELL) {
		judge_unknown(j, "xpath", about.at, &e);
		return;
	}
	about.line = i < v->n ? v->lines[i] : 0;
	if (t->op == TEST_COUNT)
		what = arena_printf(&j->arena,
		    _("%s is found %zu times, %s"), expr, v->n,
		    test_describe(j, t));
	else if (i < v->n)
		what = arena_printf(&j->arena, _("%s yields %s, %s"), expr,
		    judge_shows(j, v->items[i]), test_describe(j, t));
	else
		what = arena_printf(&j->arena, _("nothing matches %s, %s"),
		    expr, test_describe(j, t));
	say(j, d, about, what);
}

static void
one_demand(struct judge *j, struct xpath_doc *doc,
    const struct xpath_demand *d)
{
	struct xpath_answer a;
	struct values v = { 0 };
	struct err e = { 0 };

	if (xpath_ask(doc, d->expr, &d->namespaces, &j->arena, &a, &e) < 0) {
		judge_unknown(j, "xpath", &d->at, &e);
		return;
	}
	for (size_t i = 0; i < a.n; i++)
		values_add(j, &v, a.items[i].text, a.items[i].line);
	for (size_t i = 0; i < d->tests.n; i++)
		one_test(j, d, &d->tests.items[i], &a, &v);
}

void
judge_xpath(struct judge *j)
{
	CLEANUP(drop_xpath) struct xpath_doc *doc = NULL;
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (j->rule->xpath.n == 0)
		return;
	if (judge_bytes(j, &bytes, &len, &e) == 0)
		doc = xpath_open(j->path, bytes, len, &e);
	if (doc == NULL) {
		judge_unknown(j, "xpath", &j->rule->xpath.items[0].at, &e);
		return;
	}
	for (size_t i = 0; i < j->rule->xpath.n; i++)
		one_demand(j, doc, &j->rule->xpath.items[i]);
}
