/* SPDX-License-Identifier: MIT */
#include "specs/specparse.h"

#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/applies.h"
#include "specs/speckeys.h"
#include "specs/specwhole.h"

enum { VARIABLES_MAX = 1024 };

static void
read_variable(struct reader *r, const struct node_pair *p)
{
	struct texts values = { 0 };
	struct variable *v;
	struct err e = { 0 };
	size_t before = r->diags->n;

	if (vars_check_name(p->key, &e) < 0) {
		diagnostics_add(r->diags, p->at, "%s", e.what);
		return;
	}
	/* Only what stands before it is known in a value: no cycle can be. */
	if (p->value->kind == NODE_TEXT && !node_is_nothing(p->value) &&
	    p->value->text[0] == '\0')
		*VEC_ADD_IN(r->arena, &values) = "";
	else if (p->value->kind != NODE_LIST || p->value->list.n > 0)
		read_texts(r, p->key, p->value, VARS_MANY, &values, NULL);
	/* A bad value must not make a bad variable of each that names it; an
	 * empty list is what a site has to fill in. */
	if (values.n == 0 && r->diags->n > before)
		*VEC_ADD_IN(r->arena, &values) = "unknown";
	v = VEC_ADD_IN(r->arena, &r->vars.own);
	v->name = p->key;
	v->values = values;
}

static void
read_vars(struct reader *r, const struct node *top)
{
	const struct node_pair *p = node_find(top, "vars");

	if (p == NULL || !read_is(r, p->key, p->value, TAKES_MAP))
		return;
	if (p->value->map.n > VARIABLES_MAX) {
		diagnostics_add(r->diags, p->at,
		    _("more than %d variables"), VARIABLES_MAX);
		return;
	}
	for (size_t i = 0; i < p->value->map.n; i++)
		read_variable(r, &p->value->map.items[i]);
}

/* The name is known from the file already; here it is only compared. */
static void
name(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const struct spec *spec = into;

	if (!read_is(r, k->name, p->value, TAKES_TEXT))
		return;
	if (!specread_is_name(p->value->text))
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' cannot be the name of a spec [small letters, "
		    "digits and '-', and no '-' first]"), p->value->text);
	else if (strcmp(p->value->text, spec->name) != 0)
		diagnostics_add(r->diags, p->value->at,
		    _("the spec is called '%s' and its file '%s.yaml' [call "
		    "them the same]"), p->value->text, spec->name);
}

static void
applies(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec *spec = into;

	(void)k;
	spec->applies = applies_here(r, p->value, &spec->applies_why);
}

/* Read before all others, since they use them. */
static void
vars(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)r;
	(void)k;
	(void)p;
	(void)into;
}

static void
add_rules(struct reader *r, const char *key, const struct node *list,
    void (*one)(struct reader *r, const struct node *n, struct rule *out),
    struct spec *spec)
{
	if (!read_is(r, key, list, TAKES_LIST))
		return;
	for (size_t i = 0; i < list->list.n; i++) {
		struct rule *rule = &spec->rules[spec->n_rules];

		one(r, list->list.items[i], rule);
		specwhole(rule);
		rule->spec = spec;
		/* Without an id nothing could name what it finds. */
		if (rule->id != NULL)
			spec->n_rules++;
	}
}

static void
rules(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	add_rules(r, k->name, p->value, speckeys_rule, into);
}

static void
relations(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	add_rules(r, k->name, p->value, speckeys_relation, into);
}

/* Room for every rule and relation: nothing moves once it is pointed at. */
static void
make_room(struct reader *r, const struct node *top, struct spec *spec)
{
	const struct node_pair *lists[] = { node_find(top, "rules"),
		node_find(top, "relations") };
	size_t n = 1;

	for (size_t i = 0; i < 2; i++)
		if (lists[i] != NULL)
			n += lists[i]->value->list.n;
	spec->rules = arena_alloc(r->arena, n * sizeof(*spec->rules));
}

static const struct shape variable_values = {
	.takes = TAKES_TEXT | TAKES_LIST, .items = &shape_text,
};

static const struct shape shape_vars = {
	.takes = TAKES_MAP, .values = &variable_values,
};

static const struct shape shape_rules = {
	.takes = TAKES_LIST, .items = &speckeys_rule_shape,
};

static const struct shape shape_relations = {
	.takes = TAKES_LIST, .items = &speckeys_relation_shape,
};

static const struct keyword spec_keys[] = {
	{ "spec", name, 0, NULL, &shape_name,
	    N_("the name of the spec, as its file is called") },
	{ "title", keyword_text, offsetof(struct spec, title), NULL, NULL,
	    N_("one line that says what the spec is about") },
	{ "about", keyword_text, offsetof(struct spec, about), NULL, NULL,
	    N_("what it protects, for the person who reads a finding at "
	    "night") },
	{ "applies", applies, 0, NULL, &applies_shape,
	    N_("where the spec is in force; everywhere without it") },
	{ "vars", vars, 0, NULL, &shape_vars,
	    N_("variables, which ${name} stands for below") },
	{ "track", keyword_paths, offsetof(struct spec, track), NULL, NULL,
	    N_("paths to record without demanding anything of them") },
	{ "ignore", keyword_paths, offsetof(struct spec, ignore), NULL, NULL,
	    N_("paths not to record, unless written out in full elsewhere") },
	{ "rules", rules, 0, NULL, &shape_rules,
	    N_("what must hold, each of a path or a unit") },
	{ "relations", relations, 0, NULL, &shape_relations,
	    N_("what must hold across files") },
	{ 0 },
};

const struct shape specparse_shape = {
	.takes = TAKES_MAP, .keys = spec_keys,
};

struct spec *
spec_parse(struct reader *r, const char *spec_name, const struct node *top)
{
	struct spec *spec = arena_alloc(r->arena, sizeof(*spec));

	*spec = (struct spec){
		.name = spec_name, .at = top->at, .origin = top->at.file,
		.applies = true, .applies_why = _("it applies everywhere"),
	};
	if (top->kind != NODE_MAP) {
		diagnostics_add(r->diags, top->at,
		    _("a spec is a mapping [begin it with 'spec: %s']"),
		    spec_name);
		return spec;
	}
	make_room(r, top, spec);
	read_vars(r, top);
	read_keys(r, "spec", top, spec_keys, spec);
	if (node_find(top, "spec") == NULL)
		diagnostics_add(r->diags, top->at,
		    _("the spec has no name [begin it with 'spec: %s']"),
		    spec_name);
	if (node_find(top, "rules") == NULL &&
	    node_find(top, "track") == NULL &&
	    node_find(top, "ignore") == NULL &&
	    node_find(top, "relations") == NULL)
		diagnostics_add(r->diags, top->at,
		    _("the spec has neither 'rules' nor 'track' nor 'ignore' "
		    "[add what it is for]"));
	return spec;
}
