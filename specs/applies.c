/* SPDX-License-Identifier: MIT */
#include "specs/applies.h"

#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/strlist.h"
#include "base/tr.h"

/* What one condition comes to; why is NULL until something decided. */
struct answer {
	bool no;
	const char *why;
};

static bool judge(struct reader *r, const struct node *n, const char **why);

static bool
has_package(const struct facts *f, const char *name)
{
	return f->has_package != NULL && f->has_package(f->ctx, name);
}

static bool
has_path(const struct facts *f, const char *pattern)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct err e;

	err_clear(&e);
	if (f->has_path == NULL || glob_braces(pattern, &all, &e) < 0)
		return false;
	for (size_t i = 0; i < all.n; i++)
		if (f->has_path(f->ctx, all.items[i]))
			return true;
	return false;
}

static bool
is_os(const struct facts *f, const char *id)
{
	return f->os_id != NULL && glob_name(id, strlen(id), f->os_id);
}

static void
settle(struct answer *a, bool yes, const char *why)
{
	if (a->no)
		return;
	if (!yes || a->why == NULL)
		a->why = why;
	a->no = !yes;
}

/* One of the words must be true of the machine. */
static void
ask(struct reader *r, const struct texts *words, const char *fmt_yes,
    const char *fmt_no, bool (*true_here)(const struct facts *, const char *),
    struct answer *a)
{
	CLEANUP(drop_buf) struct buf list = { 0 };

	if (r->vars.facts == NULL)
		return;
	/* An empty list: what only a site can name. */
	if (words->n == 0) {
		settle(a, false, _("nothing is named that could be there"));
		return;
	}
	for (size_t i = 0; i < words->n; i++) {
		if (true_here(r->vars.facts, words->items[i])) {
			settle(a, true, arena_printf(r->arena, fmt_yes,
			    words->items[i]));
			return;
		}
		buf_addf(&list, "%s%s", i > 0 ? ", " : "", words->items[i]);
	}
	settle(a, false, arena_printf(r->arena, fmt_no, buf_str(&list)));
}

static void
packages(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct texts words = { 0 };

	(void)k;
	read_texts(r, p->key, p->value, VARS_MANY, &words, NULL);
	ask(r, &words, _("package %s is installed"),
	    _("none of these packages is installed: %s"), has_package, into);
}

static void
paths(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const struct keyword all = { .name = k->name };
	struct texts words = { 0 };

	keyword_paths(r, &all, p, &words);
	ask(r, &words, _("%s is there"), _("none of these is there: %s"),
	    has_path, into);
}

static void
systems(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct texts words = { 0 };

	(void)k;
	read_texts(r, p->key, p->value, VARS_MANY, &words, NULL);
	ask(r, &words, _("the system is %s"),
	    _("the system is none of these: %s"), is_os, into);
}

/* True when each comes out as wanted; why has all the reasons then, else that
 * of the one that did not. */
static bool
each_is(struct reader *r, const char *what, const struct node *n, bool want,
    const char **why)
{
	CLEANUP(drop_buf) struct buf reasons = { 0 };
	const char *other = NULL;
	bool all = true;

	if (n->list.n == 0)
		diagnostics_add(r->diags, n->at,
		    _("'%s' is an empty list [take it out, or fill it]"),
		    what);
	for (size_t i = 0; i < n->list.n; i++) {
		const char *one = NULL;
		bool yes = judge(r, n->list.items[i], &one);

		if (all && yes != want)
			other = one;
		all = all && yes == want;
		if (one != NULL)
			buf_addf(&reasons, "%s%s",
			    reasons.len > 0 ? "; " : "", one);
	}
	*why = !all ? other : reasons.len == 0 ? NULL :
	    arena_strdup(r->arena, buf_str(&reasons));
	return all;
}

static void
all_of(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *why = NULL;

	(void)k;
	if (read_is(r, p->key, p->value, TAKES_LIST)) {
		bool yes = each_is(r, p->key, p->value, true, &why);

		settle(into, yes, why);
	}
}

static void
any_of(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *why = NULL;

	(void)k;
	if (read_is(r, p->key, p->value, TAKES_LIST)) {
		bool none = each_is(r, p->key, p->value, false, &why);

		settle(into, !none, why);
	}
}

static void
none_of(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *why = NULL;
	bool yes;

	(void)k;
	if (p->value->kind == NODE_LIST)
		yes = each_is(r, p->key, p->value, false, &why);
	else
		yes = !judge(r, p->value, &why);
	settle(into, r->vars.facts == NULL || yes, why);
}

static const struct shape shape_conditions = {
	.takes = TAKES_LIST, .items = &applies_shape, .filled = true,
};

static const struct keyword conditions[] = {
	{ "package", packages, 0, NULL, &shape_texts,
	    N_("one of these packages is installed") },
	{ "path", paths, 0, NULL, &shape_paths,
	    N_("one of these paths is there") },
	{ "os", systems, 0, NULL, &shape_texts,
	    N_("the ID of os-release(5) is one of these; * and ? allowed") },
	{ "all", all_of, 0, NULL, &shape_conditions,
	    N_("each of these conditions holds") },
	{ "any", any_of, 0, NULL, &shape_conditions,
	    N_("one of these conditions holds") },
	{ "not", none_of, 0, NULL, &applies_shape,
	    N_("none of these conditions holds") },
	{ 0 },
};

const struct shape applies_shape = {
	.name = "condition", .takes = TAKES_MAP | TAKES_LIST,
	.keys = conditions, .items = &applies_shape, .filled = true,
};

static bool
judge(struct reader *r, const struct node *n, const char **why)
{
	struct answer a = { 0 };

	if (n->kind == NODE_LIST)
		return each_is(r, "applies", n, true, why);
	if (n->kind == NODE_MAP && n->map.n == 0)
		diagnostics_add(r->diags, n->at,
		    _("a condition that asks nothing [take 'applies' out to "
		    "apply everywhere]"));
	if (read_is(r, "applies", n, TAKES_LIST | TAKES_MAP))
		read_keys(r, "applies", n, conditions, &a);
	*why = a.why;
	return !a.no;
}

bool
applies_here(struct reader *r, const struct node *n, const char **out_why)
{
	const char *why = NULL;
	bool yes = judge(r, n, &why);

	if (r->vars.facts == NULL) {
		*out_why = _("no machine was asked");
		return true;
	}
	*out_why = why != NULL ? why : _("it applies everywhere");
	return yes;
}
