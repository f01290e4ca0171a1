/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/tr.h"

static void
collect_section(struct judge *j, const struct view *view,
    const struct view_node *section, const char *key, struct values *out)
{
	int adds = view->accumulates(section->name, key);

	for (const struct view_node *k = section->child; k; k = k->next) {
		if (!view_same(view, k->name, key))
			continue;
		if (adds && k->value[0] == '\0') {
			out->n = adds == VIEW_ADDS_ALWAYS ? out->n : 0;
			continue;
		}
		if (!adds && out->n > 0 && view->first_wins)
			continue;
		if (!adds)
			out->n = 0;
		values_add(j, out, k->value, k->line);
	}
}

void
keys_collect(struct judge *j, const struct view *view,
    const struct view_node *top, const char *section, const char *key,
    struct values *out)
{
	for (const struct view_node *s = top->child; s != NULL; s = s->next)
		if (view_same(view, s->name, section))
			collect_section(j, view, s, key, out);
}

/* "[Unit] After", or the key alone. */
static const char *
key_name(struct judge *j, const struct key_demand *d)
{
	if (d->section == NULL || d->section[0] == '\0')
		return d->key;
	return arena_printf(&j->arena, "[%s] %s", d->section, d->key);
}

/* Takes the values away that what is not known may have replaced. */
static void
keep_certain(const struct judge *j, const struct view *view, struct values *v)
{
	const struct judge_parts *p = &j->parts;
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (view->first_wins ? v->lines[i] > p->gap_from :
		    v->lines[i] <= p->gap_to)
			continue;
		v->items[kept] = v->items[i];
		v->lines[kept++] = v->lines[i];
	}
	v->n = kept;
}

/* Whether more values than these would change nothing. */
static bool
is_decided(const struct judge *j, const struct view *view,
    const struct key_demand *d, const struct test *t, const struct values *v,
    enum verdict is)
{
	if (j->parts.gap == NULL)
		return true;
	if (v->n == 0)
		return false;
	if (view->accumulates(d->section ? d->section : "", d->key) ==
	    VIEW_REPLACES)
		return true;
	switch (t->op) {
	case TEST_PRESENT:
	case TEST_INCLUDES:
	case TEST_MATCHES:
	case TEST_ONE_OF:
		return is == VERDICT_HOLDS;
	case TEST_ABSENT:
	case TEST_EXCLUDES:
	case TEST_NOT_MATCHES:
	case TEST_AT_LEAST:
	case TEST_AT_MOST:
		return is == VERDICT_FAILS;
	default:
		return false;
	}
}

/* False when it hangs on what could not be read. */
static bool
one_test(struct judge *j, const struct view *view, const struct key_demand *d,
    const struct test *t, const struct values *v)
{
	struct about about = { .demand = "keys",
		.at = t->at.line > 0 ? &t->at : &d->at };
	struct err e = { 0 };
	size_t i;
	enum verdict is = test_values(j, view, t, v, false, &i, &e);

	if (!is_decided(j, view, d, t, v, is))
		return false;
	switch (is) {
	case VERDICT_HOLDS:
		about.line = v->n > 0 ? v->lines[i < v->n ? i : v->n - 1] : 0;
		if (v->n > 0)
			judge_holds(j, about, _("%s is %s, %s"),
			    key_name(j, d), judge_shows(j,
			    v->items[i < v->n ? i : v->n - 1]),
			    test_describe(j, t));
		else
			judge_holds(j, about, _("%s is not set, %s"),
			    key_name(j, d), test_describe(j, t));
		break;
	case VERDICT_CANNOT_TELL:
		judge_unknown(j, "keys", about.at, &e);
		break;
	case VERDICT_FAILS:
		if (i < v->n) {
			about.line = v->lines[i];
			judge_add(j, VERDICT_FAILS, about, _("%s is %s, %s"),
			    key_name(j, d), judge_shows(j, v->items[i]),
			    test_describe(j, t));
		} else {
			judge_add(j, VERDICT_FAILS, about,
			    _("%s is not set, %s"), key_name(j, d),
			    test_describe(j, t));
		}
	}
	return true;
}

void
judge_keys_in(struct judge *j, const struct view *view,
    const struct view_node *top)
{
	const struct place *first = NULL;

	for (size_t i = 0; i < j->rule->keys.n; i++) {
		const struct key_demand *d = &j->rule->keys.items[i];
		struct values v = { 0 };

		keys_collect(j, view, top, d->section ? d->section : "",
		    d->key, &v);
		if (j->parts.gap != NULL)
			keep_certain(j, view, &v);
		for (size_t k = 0; k < d->tests.n; k++)
			if (!one_test(j, view, d, &d->tests.items[k], &v) &&
			    first == NULL)
				first = &d->at;
	}
	if (first != NULL)
		judge_gap(j, "keys", first);
}

void
judge_keys(struct judge *j)
{
	const struct view *view = NULL;
	struct view_node top;
	struct err e = { 0 };

	if (j->rule->keys.n == 0)
		return;
	if (judge_view(j, &view, &top, &e) < 0)
		judge_unknown(j, "keys", &j->rule->keys.items[0].at, &e);
	else
		judge_keys_in(j, view, &top);
}
