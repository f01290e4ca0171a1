/* SPDX-License-Identifier: MIT */
#include "specs/specrelation.h"

#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/speccheck.h"
#include "specs/spectests.h"
#include "specs/xpath.h"

static const char value_name[] = "value";

static void side(struct reader *r, const struct node_pair *p,
    struct relation_side *out);

static const char *const luks_words[] = { "uuid", NULL };

/* The keys that say what is taken from a file; a side has one of them. */
static void
reads(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct relation_side *s = into;

	s->reads = (enum side_reads)k->at;
	switch (s->reads) {
	case SIDE_REGEX:
		s->what = read_regex(r, p->key, p->value);
		break;
	case SIDE_LUKS:
		read_choice(r, p->key, p->value, luks_words);
		s->what = luks_words[0];
		break;
	default:
		s->what = read_text(r, p->key, p->value);
	}
}

static void
xpath(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct relation_side *s = into;
	struct err e = { 0 };

	reads(r, k, p, into);
	if (s->what != NULL && xpath_check(s->what, &e) < 0)
		diagnostics_add(r->diags, p->value->at, "%s", e.what);
}

static void
names(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	static const char *const words[] = { "false", "true", NULL };

	if (read_choice(r, p->key, p->value, words) == 1)
		((struct relation_side *)into)->reads =
		    (enum side_reads)k->at;
}

static void
matches(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	((struct relation_side *)into)->matches = read_regex(r, k->name,
	    p->value);
}

static void
among(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct relation_side *s = arena_alloc(r->arena, sizeof(*s));

	(void)k;
	side(r, p, s);
	((struct relation_side *)into)->among = s;
}

#define AT(member) offsetof(struct relation_side, member)

static const struct shape shape_luks = {
	.takes = TAKES_TEXT, .words = luks_words,
};

static const struct keyword side_keys[] = {
	{ "path", keyword_paths, AT(paths), NULL, NULL,
	    N_("the files the values stand in") },
	{ "xpath", xpath, SIDE_XPATH, NULL, &shape_text,
	    N_("the values are what this expression finds") },
	{ "namespaces", spectests_namespaces, AT(namespaces), NULL,
	    &spectests_namespaces_shape,
	    N_("prefixes, and the URIs they stand for") },
	{ "entries", reads, SIDE_ENTRIES, NULL, &shape_text,
	    N_("the values are this field of the rows of a table") },
	{ "keys", reads, SIDE_KEYS, NULL, &shape_text,
	    N_("the values are those of this key") },
	{ "regex", reads, SIDE_REGEX, NULL, &shape_text,
	    N_("the values are its first group, or all it matches") },
	{ "luks", reads, SIDE_LUKS, NULL, &shape_luks,
	    N_("the values are what LUKS headers say") },
	{ "names", names, SIDE_NAMES, NULL, &shape_bool,
	    N_("the values are the names of the files") },
	{ "stem", names, SIDE_STEMS, NULL, &shape_bool,
	    N_("the same without what follows the last dot") },
	{ "where", spectests_where, AT(where), NULL, &spectests_where_shape,
	    N_("only rows whose fields are so") },
	{ "without", spectests_where, AT(without), NULL,
	    &spectests_where_shape, N_("but not those whose fields are so") },
	{ "as", keyword_text, AT(as), NULL, &shape_view,
	    N_("the format the files are read in") },
	{ "words", keyword_bool, AT(words), NULL, NULL,
	    N_("each word of a value is a value") },
	{ "strip", keyword_text, AT(strip), NULL, NULL,
	    N_("only values that begin so, and what follows that") },
	{ "matches", matches, 0, NULL, &shape_text,
	    N_("only values that this expression matches") },
	{ "except", keyword_texts, AT(except), NULL, NULL,
	    N_("but not these values") },
	{ "among", among, 0, NULL, &specrelation_side_shape,
	    N_("only values that are there, too") },
	{ 0 },
};

static const char *const side_required[] = { "path", NULL };

const struct shape specrelation_side_shape = {
	.name = "side", .takes = TAKES_MAP, .keys = side_keys,
	.required = side_required,
};

/* Formats, fields and sections are those of a rule about the same files. */
static void
check_format(struct reader *r, const struct node *n, struct relation_side *s)
{
	struct rule like = { .paths = s->paths, .as = s->as };
	struct key_demand key = { .section = "", .key = s->what,
		.at = s->at };
	struct field_test field = { .field = s->what, .at = s->at };
	struct entry_demand entries[] = {
		{ .where = s->where, .fields = { &field, 1, 1 }, .at = s->at },
		{ .where = s->without, .at = s->at },
	};

	if (s->paths.n == 0 || (s->what == NULL && s->as == NULL))
		return;
	if (s->reads == SIDE_KEYS && s->what != NULL) {
		like.keys.items = &key;
		like.keys.n = 1;
	}
	if (s->reads == SIDE_ENTRIES && s->what != NULL) {
		like.entries.items = entries;
		/* What is no table need not be told twice. */
		like.entries.n = s->without.n > 0 ? 2 : 1;
	}
	speccheck_format(r, n, &like);
	s->as = like.as;
	s->section = key.section;
	s->key = key.key;
}

static void
check_reads(struct reader *r, const struct node_pair *p)
{
	static const char *const picks[] = { "where", "without" };
	const struct node_pair *first = NULL, *x;
	const struct node *n = p->value;

	for (const struct keyword *k = side_keys; k->name != NULL; k++) {
		if ((k->read != reads && k->read != names &&
		    k->read != xpath) || (x = node_find(n, k->name)) == NULL)
			continue;
		if (first != NULL)
			diagnostics_add(r->diags, x->at,
			    _("'%s' takes either '%s' or '%s', not both"),
			    p->key, first->key, x->key);
		else
			first = x;
	}
	for (size_t i = 0; i < 2; i++)
		if ((x = node_find(n, picks[i])) != NULL &&
		    node_find(n, "entries") == NULL)
			diagnostics_add(r->diags, x->at,
			    _("'%s' picks rows, and '%s' has no 'entries'"),
			    x->key, p->key);
	if ((x = node_find(n, "namespaces")) != NULL &&
	    node_find(n, "xpath") == NULL)
		diagnostics_add(r->diags, x->at,
		    _("'namespaces' are those of an XPath, and '%s' has no "
		    "'xpath'"), p->key);
}

static void
side(struct reader *r, const struct node_pair *p, struct relation_side *out)
{
	out->at = p->at;
	read_keys(r, p->key, p->value, side_keys, out);
	if (p->value->kind != NODE_MAP)
		return;
	if (node_find(p->value, "path") == NULL)
		diagnostics_add(r->diags, p->at,
		    _("'%s' has no 'path' [say in which files the values "
		    "stand]"), p->key);
	check_reads(r, p);
	check_format(r, p->value, out);
}

void
specrelation_each(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	side(r, p, &((struct rule *)into)->relation->each);
}

/* `at` of the keyword is the operator. */
void
specrelation_other(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct relation *rel = ((struct rule *)into)->relation;

	rel->op = (enum relation_op)k->at;
	rel->at = p->at;
	side(r, p, &rel->other);
}

static void
add_alternative(struct reader *r, const char *path, struct place at,
    struct texts *out)
{
	CLEANUP(drop_buf) struct buf shown = { 0 }, check = { 0 };
	const char *mistake;

	for (const char *s = path; *s != '\0'; s++) {
		if (*s == RELATION_VALUE)
			buf_adds(&shown, "${value}");
		else
			buf_addc(&shown, *s);
	}
	/* A value may be a whole path. */
	if (path[0] == RELATION_VALUE)
		buf_addc(&check, '/');
	buf_adds(&check, buf_str(&shown));
	mistake = read_path_mistake(buf_str(&check));
	if (mistake != NULL)
		diagnostics_add(r->diags, at, mistake, buf_str(&shown));
	else if (!glob_literal(path, strlen(path)))
		diagnostics_add(r->diags, at,
		    _("'exists' takes no wildcards: '%s' [write braces, or "
		    "one path after the other]"), buf_str(&shown));
	else
		*VEC_ADD_IN(r->arena, out) = arena_strdup(r->arena, path);
}

/* ${value} is a variable in here, and stands before all of that name. */
static void
exists_path(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char text[] = { RELATION_VALUE, '\0' };
	const char *mark = text;
	struct relation *rel = into;
	struct variables known = { 0 };
	struct vars saved = r->vars;
	struct texts all = { 0 };
	struct place *at = NULL;

	*VEC_ADD_IN(r->arena, &known) = (struct variable){ value_name,
		{ &mark, 1, 1 } };
	for (size_t i = 0; saved.site != NULL && i < saved.site->n; i++)
		*VEC_ADD_IN(r->arena, &known) = saved.site->items[i];
	for (size_t i = 0; i < saved.own.n; i++)
		*VEC_ADD_IN(r->arena, &known) = saved.own.items[i];
	r->vars.site = &known;
	read_texts(r, k->name, p->value, VARS_PATH, &all, &at);
	r->vars = saved;
	for (size_t i = 0; i < all.n; i++) {
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		struct err e = { 0 };

		if (glob_braces(all.items[i], &plain, &e) < 0)
			diagnostics_add(r->diags, at[i], "%s", e.what);
		for (size_t j = 0; j < plain.n; j++)
			add_alternative(r, plain.items[j], at[i],
			    &rel->exists);
	}
}

static void
exists_type(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	((struct relation *)into)->kind = read_choice(r, k->name, p->value,
	    entry_kind_words);
}

static void
exists_mode(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct relation *rel = into;

	read_mode(r, k->name, p->value, &rel->mode, &rel->mode_at_most);
}

static const char *const require_words[] = { "present", "if-present", NULL };

static void
exists_require(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	((struct relation *)into)->if_present =
	    read_choice(r, k->name, p->value, require_words) == 1;
}

static const struct shape shape_require = {
	.takes = TAKES_TEXT, .words = require_words,
};

static const struct keyword exists_keys[] = {
	{ "path", exists_path, 0, NULL, &shape_texts,
	    N_("what must be there; ${value} stands for the value") },
	{ "type", exists_type, 0, NULL, &shape_type,
	    N_("what kind of object it is") },
	{ "mode", exists_mode, 0, NULL, &shape_mode,
	    N_("octal digits; \"<=0644\" grants at most these bits") },
	{ "require", exists_require, 0, NULL, &shape_require,
	    N_("if-present: what is there is so") },
	{ 0 },
};

static const char *const exists_required[] = { "path", NULL };

const struct shape specrelation_exists_shape = {
	.takes = TAKES_MAP, .keys = exists_keys, .required = exists_required,
};

void
specrelation_exists(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct relation *rel = ((struct rule *)into)->relation;

	rel->op = RELATION_EXISTS;
	rel->at = p->at;
	read_keys(r, k->name, p->value, exists_keys, rel);
	if (p->value->kind == NODE_MAP && node_find(p->value, "path") == NULL)
		diagnostics_add(r->diags, p->at,
		    _("'exists' has no 'path' [say which file each value "
		    "needs, as in '/etc/keys/${value}']"));
	if (rel->if_present && rel->mode < 0 && rel->kind < 0)
		diagnostics_add(r->diags, p->at,
		    _("'exists' demands nothing of what need not be there "
		    "[add 'mode' or 'type']"));
}

void
specrelation_unique(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char *const words[] = { "true", NULL };
	struct relation *rel = ((struct rule *)into)->relation;

	if (read_choice(r, k->name, p->value, words) < 0)
		return;
	rel->op = RELATION_UNIQUE;
	rel->at = p->at;
}

void
specrelation_check(struct reader *r, const struct node *n,
    const struct rule *rule)
{
	static const char *const demands[] = { "in", "not-in", "equals",
		"exists", "certificate", "key-in", "unique" };
	const struct node_pair *first = NULL;

	for (size_t i = 0; i < 7; i++) {
		const struct node_pair *p = node_find(n, demands[i]);

		if (p != NULL && first != NULL)
			diagnostics_add(r->diags, p->at,
			    _("'%s' and '%s' in one relation [make it two]"),
			    first->key, p->key);
		first = first != NULL ? first : p;
	}
	if (first == NULL && rule->id != NULL)
		diagnostics_add(r->diags, n->at,
		    _("relation '%s' demands nothing [add 'in', 'not-in', "
		    "'equals', 'exists', 'certificate', 'key-in' or "
		    "'unique']"),
		    rule->id);
}
