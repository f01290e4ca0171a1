/* SPDX-License-Identifier: MIT */
#include "specs/specconfig.h"

#include <string.h>

#include "base/glob.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/lenses.h"
#include "specs/spectests.h"

static void
lens(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *name = read_text(r, k->name, p->value), *near;

	*(const char **)((char *)into + k->at) = name;
	if (name == NULL || lenses_has(name, &near))
		return;
	if (near != NULL)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' is no lens (did you mean '%s'?)"), name, near);
	else
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' is no lens [the name of a module below "
		    "/usr/share/augeas/lenses]"), name);
}

static void
match(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *expr = read_text(r, k->name, p->value);
	struct err e = { 0 };

	*(const char **)((char *)into + k->at) = expr;
	if (expr == NULL)
		return;
	if (expr[0] == '/')
		diagnostics_add(r->diags, p->value->at,
		    _("'match' begins inside of the file [write '%s']"),
		    expr + strspn(expr, "/"));
	else if (lens_check(expr, &e) < 0)
		diagnostics_add(r->diags, p->value->at, "%s", e.what);
}

static void
test(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	spectests_one(r, p, &((struct config_demand *)into)->tests);
}

static const struct keyword config_keys[] = {
	{ "lens", lens, offsetof(struct config_demand, lens), NULL,
	    &shape_text,
	    N_("the lens that reads the file; by its path without it") },
	{ "match", match, offsetof(struct config_demand, match), NULL,
	    &shape_text, N_("a path of augeas inside of the file") },
	{ "why", keyword_text, offsetof(struct config_demand, why), NULL,
	    NULL, N_("what a finding of it says in place of the path") },
	{ "equals", test, 0, NULL, &shape_text,
	    N_("what it finds is this text") },
	{ "matches", test, 0, NULL, &shape_text,
	    N_("a regular expression finds something in it") },
	{ "not-matches", test, 0, NULL, &shape_text,
	    N_("a regular expression finds nothing in it") },
	{ "includes", test, 0, NULL, &shape_texts,
	    N_("these are among its words") },
	{ "excludes", test, 0, NULL, &shape_texts,
	    N_("none of these is among its words") },
	{ "one-of", test, 0, NULL, &shape_texts, N_("it is one of these") },
	{ "absent", test, 0, NULL, &shape_bool, N_("the path finds nothing") },
	{ "present", test, 0, NULL, &shape_bool,
	    N_("the path finds something") },
	{ "exists", test, 0, NULL, &shape_bool,
	    N_("the path finds something") },
	{ "count", test, 0, NULL, &shape_number,
	    N_("the path finds so many nodes") },
	{ "at-least", test, 0, NULL, &shape_number,
	    N_("it is a number, this one or greater") },
	{ "at-most", test, 0, NULL, &shape_number,
	    N_("it is a number, this one or less") },
	{ 0 },
};

static const char *const config_required[] = { "match", NULL };

static const struct shape config_item = {
	.name = "config", .takes = TAKES_MAP, .keys = config_keys,
	.required = config_required,
};

const struct shape specconfig_shape = {
	.takes = TAKES_MAP | TAKES_LIST, .keys = config_keys,
	.required = config_required, .items = &config_item, .filled = true,
};

/* Wrong ones are told of already. */
static bool
has_tests(const struct node *n)
{
	for (size_t i = 0; i < n->map.n; i++)
		for (const struct keyword *k = config_keys; k->name; k++)
			if (k->read == test &&
			    strcmp(k->name, n->map.items[i].key) == 0)
				return true;
	return false;
}

static void
config_one(struct reader *r, const struct node *n, struct rule *rule)
{
	struct config_demand *d = VEC_ADD_IN(r->arena, &rule->config);

	d->at = n->at;
	read_keys(r, "config", n, config_keys, d);
	if (node_find(n, "match") == NULL)
		diagnostics_add(r->diags, n->at,
		    _("'config' has no 'match' [add 'match: NAME', as "
		    "augtool(1) prints it]"));
	if (!has_tests(n))
		diagnostics_add(r->diags, n->at,
		    _("'config' demands nothing [add equals, matches, exists "
		    "or count]"));
	spectests_check(r, n->at, &d->tests);
}

void
specconfig(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	if (!read_is(r, k->name, p->value, TAKES_LIST | TAKES_MAP))
		return;
	if (p->value->kind == NODE_MAP)
		config_one(r, p->value, into);
	else if (p->value->list.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'config' demands nothing [add '- match: …']"));
	for (size_t i = 0; i < p->value->list.n; i++)
		if (read_is_item(r, k->name, p->value->list.items[i]))
			config_one(r, p->value->list.items[i], into);
}

/* The one lens of all paths, or NULL. */
static const char *
lens_of_paths(struct reader *r, const struct rule *rule, struct place at)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	const char *lens_name = NULL, *other;
	struct err e = { 0 };

	for (size_t i = 0; i < rule->paths.n; i++)
		glob_braces(rule->paths.items[i], &all, &e);
	for (size_t i = 0; i < all.n; i++) {
		if ((other = lenses_for_path(all.items[i])) == NULL) {
			diagnostics_add(r->diags, at,
			    _("'config' of '%s', for which no lens is known "
			    "[add 'lens: NAME']"), all.items[i]);
			return NULL;
		}
		if (lens_name != NULL && strcmp(lens_name, other) != 0) {
			diagnostics_add(r->diags, at,
			    _("'config' of files of different lenses, %s and "
			    "%s [make it two rules, or add 'lens']"),
			    lens_name, other);
			return NULL;
		}
		lens_name = other;
	}
	return lens_name;
}

void
specconfig_check(struct reader *r, struct rule *rule)
{
	for (size_t i = 0; i < rule->config.n; i++) {
		struct config_demand *d = &rule->config.items[i];

		if (d->lens == NULL)
			d->lens = lens_of_paths(r, rule, d->at);
		/* Said once. */
		if (d->lens == NULL)
			return;
	}
}
