/* SPDX-License-Identifier: MIT */
#include "specs/spectests.h"

#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/xpath.h"

/* In the tables of this file, `at` of a test's keyword is its operator. */
static struct test *
add_test(struct reader *r, const struct keyword *k, const struct node_pair *p,
    struct tests *out)
{
	struct test *t = VEC_ADD_IN(r->arena, out);

	t->op = (enum test_op)k->at;
	t->at = p->value->at;
	return t;
}

static void
add_value(struct reader *r, struct test *t, const char *text)
{
	if (text != NULL)
		*VEC_ADD_IN(r->arena, &t->values) = text;
}

static void
test_equals(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	if (node_is_nothing(p->value))
		diagnostics_add(r->diags, p->at,
		    _("'%s' has no value [write \"\" for an empty one]"),
		    p->key);
	else
		add_value(r, add_test(r, k, p, into),
		    read_value(r, p->key, p->value));
}

static void
test_matches(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	add_value(r, add_test(r, k, p, into),
	    read_regex(r, p->key, p->value));
}

static void
test_words(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct test *t = add_test(r, k, p, into);
	size_t told = r->diags->n;

	read_texts(r, p->key, p->value, VARS_MANY, &t->values, NULL);
	/* What was told of is not told again of its values. */
	if (r->diags->n > told)
		add_value(r, t, "");
}

/* `absent: false` says the same as `present: true`. */
static void
test_there(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char *const words[] = { "false", "true", NULL };
	int yes = read_choice(r, p->key, p->value, words);
	struct test *t;

	if (yes < 0)
		return;
	t = add_test(r, k, p, into);
	if (yes == 0)
		t->op = t->op == TEST_ABSENT ? TEST_PRESENT : TEST_ABSENT;
}

/* [-]digits[.digits], without a unit: both sides must be compared alike. */
static bool
is_number(const char *s, bool whole)
{
	static const char digits[] = "0123456789";
	size_t n;

	if (!whole && *s == '-')
		s++;
	if ((n = strspn(s, digits)) == 0 || n > 18)
		return false;
	s += n;
	if (whole || *s != '.')
		return *s == '\0';
	n = strspn(s + 1, digits);
	return n > 0 && s[1 + n] == '\0';
}

static void
test_number(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	const char *text = read_text(r, p->key, p->value);
	bool whole = k->at == TEST_COUNT;

	if (text == NULL)
		return;
	if (!is_number(text, whole))
		diagnostics_add(r->diags, p->value->at,
		    whole ? _("'%s' takes a whole number, not '%s'") :
		    _("'%s' takes a number, not '%s'"), p->key, text);
	add_value(r, add_test(r, k, p, into), text);
}

#define TEXT_TESTS							\
	{ "equals", test_equals, TEST_EQUALS, NULL, &shape_text,	\
	    N_("it is this text") },					\
	{ "matches", test_matches, TEST_MATCHES, NULL, &shape_text,	\
	    N_("a regular expression finds something in it") },		\
	{ "not-matches", test_matches, TEST_NOT_MATCHES, NULL,		\
	    &shape_text,						\
	    N_("a regular expression finds nothing in it") },		\
	{ "includes", test_words, TEST_INCLUDES, NULL, &shape_texts,	\
	    N_("these are among its words") },				\
	{ "excludes", test_words, TEST_EXCLUDES, NULL, &shape_texts,	\
	    N_("none of these is among its words") },			\
	{ "one-of", test_words, TEST_ONE_OF, NULL, &shape_texts,	\
	    N_("it is one of these") },					\
	{ "absent", test_there, TEST_ABSENT, NULL, &shape_bool,		\
	    N_("it is not set") },					\
	{ "present", test_there, TEST_PRESENT, NULL, &shape_bool,	\
	    N_("it is set") }

#define TESTS								\
	TEXT_TESTS,							\
	{ "at-least", test_number, TEST_AT_LEAST, NULL, &shape_number,	\
	    N_("it is a number, this one or greater") },		\
	{ "at-most", test_number, TEST_AT_MOST, NULL, &shape_number,	\
	    N_("it is a number, this one or less") }

static const struct keyword value_tests[] = {
	TESTS,
	{ 0 },
};

static const struct keyword text_tests[] = {
	TEXT_TESTS,
	{ 0 },
};

/* A value, which it equals, or a mapping of tests. */
static const struct shape value_shape = {
	.name = "test", .takes = TAKES_TEXT | TAKES_MAP, .keys = value_tests,
};

const struct shape spectests_text_shape = {
	.name = "text-test", .takes = TAKES_TEXT | TAKES_MAP,
	.keys = text_tests,
};

const struct shape spectests_keys_shape = {
	.takes = TAKES_MAP, .values = &value_shape,
};

const struct shape spectests_namespaces_shape = {
	.takes = TAKES_MAP, .values = &shape_text,
};

const struct shape spectests_where_shape = {
	.takes = TAKES_MAP, .values = &value_shape,
};

static const struct keyword xpath_tests[] = {
	TESTS,
	{ "exists", test_there, TEST_PRESENT, NULL, &shape_bool,
	    N_("the expression finds something") },
	{ "count", test_number, TEST_COUNT, NULL, &shape_number,
	    N_("the expression finds so many nodes") },
	{ 0 },
};

/* Rows may be picked by a list that a site has yet to fill; what is demanded
 * by it never holds. */
static void
check_lists(struct reader *r, const struct tests *tests)
{
	for (size_t i = 0; i < tests->n; i++)
		if (tests->items[i].op == TEST_ONE_OF &&
		    tests->items[i].values.n == 0)
			diagnostics_add(r->diags, tests->items[i].at,
			    _("'one-of' an empty list never holds [take it "
			    "out, or fill the variable]"));
}

static void
check_absent(struct reader *r, struct place at, const struct tests *tests)
{
	for (size_t i = 0; i < tests->n && tests->n > 1; i++)
		if (tests->items[i].op == TEST_ABSENT)
			diagnostics_add(r->diags, at,
			    _("what must be absent can hold nothing else "
			    "[take the other tests out]"));
}

void
spectests_check(struct reader *r, struct place at, const struct tests *tests)
{
	check_absent(r, at, tests);
	check_lists(r, tests);
}

void
spectests_one(struct reader *r, const struct node_pair *p, struct tests *out)
{
	read_pair(r, xpath_tests, p, out);
}

/* A value, or a mapping of tests. */
static void
read_tests(struct reader *r, const struct keyword *table,
    const struct node_pair *p, struct tests *out)
{
	const struct node *n = p->value;

	if (n->kind == NODE_TEXT) {
		test_equals(r, &value_tests[0], p, out);
		return;
	}
	if (n->kind == NODE_LIST) {
		diagnostics_add(r->diags, n->at,
		    _("'%s' takes a text or a mapping, not a list [write "
		    "{one-of: […]} or {includes: […]}]"), p->key);
		return;
	}
	read_keys(r, p->key, n, table, out);
	if (n->kind == NODE_MAP && n->map.n == 0)
		diagnostics_add(r->diags, n->at,
		    _("'%s' is tested for nothing [write {present: true}, or "
		    "a value]"), p->key);
	check_absent(r, n->at, out);
}

void
spectests_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct tests *out = (struct tests *)((char *)into + k->at);

	read_tests(r, text_tests, p, out);
	check_lists(r, out);
}

void
spectests_keys(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;
	const struct node *map = p->value;

	if (!read_is(r, k->name, map, TAKES_MAP))
		return;
	if (map->map.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'keys' demands nothing [write 'Section.Key: VALUE']"));
	for (size_t i = 0; i < map->map.n; i++) {
		struct key_demand *d = VEC_ADD_IN(r->arena, &rule->keys);
		const struct node key = { .kind = NODE_TEXT,
			.at = map->map.items[i].at,
			.text = map->map.items[i].key };

		d->at = key.at;
		d->key = read_text(r, k->name, &key);
		d->section = "";
		read_tests(r, value_tests, &map->map.items[i], &d->tests);
		check_lists(r, &d->tests);
	}
}

void
spectests_where(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct field_tests *out = (struct field_tests *)((char *)into + k->at);
	const struct node *map = p->value;

	if (!read_is(r, k->name, map, TAKES_MAP))
		return;
	for (size_t i = 0; i < map->map.n; i++) {
		struct field_test *one = VEC_ADD_IN(r->arena, out);

		one->field = map->map.items[i].key;
		one->at = map->map.items[i].at;
		read_tests(r, value_tests, &map->map.items[i], &one->tests);
	}
}

static const struct keyword entry_keys[] = {
	{ "where", spectests_where, offsetof(struct entry_demand, where),
	    NULL, &spectests_where_shape,
	    N_("the fields that say which rows are meant") },
	{ "state", keyword_absent, offsetof(struct entry_demand, absent),
	    NULL, NULL, N_("absent: there is no such row") },
	{ "fields", spectests_where, offsetof(struct entry_demand, fields),
	    NULL, &spectests_where_shape,
	    N_("what the fields of these rows hold") },
	{ 0 },
};

static const char *const entry_required[] = { "where", NULL };

static const struct shape entry_item = {
	.name = "entries", .takes = TAKES_MAP, .keys = entry_keys,
	.required = entry_required,
};

const struct shape spectests_entries_shape = {
	.takes = TAKES_MAP | TAKES_LIST, .keys = entry_keys,
	.required = entry_required, .items = &entry_item, .filled = true,
};

static void
entry_one(struct reader *r, const struct node *n, struct rule *rule)
{
	struct entry_demand *d = VEC_ADD_IN(r->arena, &rule->entries);

	d->at = n->at;
	read_keys(r, "entries", n, entry_keys, d);
	if (node_find(n, "where") == NULL)
		diagnostics_add(r->diags, n->at,
		    _("'entries' does not say which [add 'where: "
		    "{FIELD: VALUE}']"));
	if (d->absent && d->fields.n > 0)
		diagnostics_add(r->diags, node_find(n, "fields")->at,
		    _("'fields' of what must be absent [move them to "
		    "'where']"));
	for (size_t i = 0; i < d->fields.n; i++)
		check_lists(r, &d->fields.items[i].tests);
}

void
spectests_entries(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	if (!read_is(r, k->name, p->value, TAKES_LIST | TAKES_MAP))
		return;
	if (p->value->kind == NODE_MAP)
		entry_one(r, p->value, into);
	else if (p->value->list.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'entries' demands nothing [add '- where: …']"));
	for (size_t i = 0; i < p->value->list.n; i++)
		if (read_is_item(r, k->name, p->value->list.items[i]))
			entry_one(r, p->value->list.items[i], into);
}

/* A mapping of prefixes to URIs. */
void
spectests_namespaces(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct texts *out = (struct texts *)(void *)((char *)into + k->at);

	if (!read_is(r, k->name, p->value, TAKES_MAP))
		return;
	for (size_t i = 0; i < p->value->map.n; i++) {
		const struct node_pair *one = &p->value->map.items[i];
		const char *uri = read_text(r, one->key, one->value);

		if (!specread_is_name(one->key))
			diagnostics_add(r->diags, one->at,
			    _("'%s' is no prefix [small letters, digits and "
			    "hyphens]"), one->key);
		if (uri == NULL)
			continue;
		*VEC_ADD_IN(r->arena, out) = arena_strdup(r->arena,
		    one->key);
		*VEC_ADD_IN(r->arena, out) = uri;
	}
}

static void
xpath_expr(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct xpath_demand *d = into;
	struct err e = { 0 };

	d->expr = read_text(r, k->name, p->value);
	if (d->expr != NULL && xpath_check(d->expr, &e) < 0)
		diagnostics_add(r->diags, p->value->at, _("no XPath: %s"),
		    e.what);
}

static void
xpath_test(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct xpath_demand *d = into;

	(void)k;
	read_pair(r, xpath_tests, p, &d->tests);
}

static const struct keyword xpath_keys[] = {
	{ "expr", xpath_expr, 0, NULL, &shape_text,
	    N_("the expression, XPath 1.0") },
	{ "namespaces", spectests_namespaces,
	    offsetof(struct xpath_demand, namespaces), NULL,
	    &spectests_namespaces_shape,
	    N_("prefixes, and the URIs they stand for") },
	{ "why", keyword_text, offsetof(struct xpath_demand, why), NULL, NULL,
	    N_("what a finding of it says in place of the expression") },
	{ "equals", xpath_test, 0, NULL, &shape_text,
	    N_("what it yields is this text") },
	{ "matches", xpath_test, 0, NULL, &shape_text,
	    N_("a regular expression finds something in it") },
	{ "not-matches", xpath_test, 0, NULL, &shape_text,
	    N_("a regular expression finds nothing in it") },
	{ "includes", xpath_test, 0, NULL, &shape_texts,
	    N_("these are among its words") },
	{ "excludes", xpath_test, 0, NULL, &shape_texts,
	    N_("none of these is among its words") },
	{ "one-of", xpath_test, 0, NULL, &shape_texts,
	    N_("it is one of these") },
	{ "absent", xpath_test, 0, NULL, &shape_bool,
	    N_("the expression finds nothing") },
	{ "present", xpath_test, 0, NULL, &shape_bool,
	    N_("the expression finds something") },
	{ "exists", xpath_test, 0, NULL, &shape_bool,
	    N_("the expression finds something") },
	{ "count", xpath_test, 0, NULL, &shape_number,
	    N_("the expression finds so many nodes") },
	{ "at-least", xpath_test, 0, NULL, &shape_number,
	    N_("it is a number, this one or greater") },
	{ "at-most", xpath_test, 0, NULL, &shape_number,
	    N_("it is a number, this one or less") },
	{ 0 },
};

static const char *const xpath_required[] = { "expr", NULL };

static const struct shape xpath_item = {
	.name = "xpath", .takes = TAKES_MAP, .keys = xpath_keys,
	.required = xpath_required,
};

const struct shape spectests_xpath_shape = {
	.takes = TAKES_MAP | TAKES_LIST, .keys = xpath_keys,
	.required = xpath_required, .items = &xpath_item, .filled = true,
};

static void
xpath_one(struct reader *r, const struct node *n, struct rule *rule)
{
	struct xpath_demand *d = VEC_ADD_IN(r->arena, &rule->xpath);

	d->at = n->at;
	read_keys(r, "xpath", n, xpath_keys, d);
	if (node_find(n, "expr") == NULL)
		diagnostics_add(r->diags, n->at,
		    _("'xpath' has no 'expr' [add 'expr: /domain/…']"));
	if (n->map.n == (size_t)(node_find(n, "expr") != NULL) +
	    (size_t)(node_find(n, "why") != NULL))
		diagnostics_add(r->diags, n->at,
		    _("'xpath' demands nothing [add equals, matches, exists "
		    "or count]"));
	spectests_check(r, n->at, &d->tests);
}

void
spectests_xpath(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	if (!read_is(r, k->name, p->value, TAKES_LIST | TAKES_MAP))
		return;
	if (p->value->kind == NODE_MAP)
		xpath_one(r, p->value, into);
	else if (p->value->list.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'xpath' demands nothing [add '- expr: …']"));
	for (size_t i = 0; i < p->value->list.n; i++)
		if (read_is_item(r, k->name, p->value->list.items[i]))
			xpath_one(r, p->value->list.items[i], into);
}
