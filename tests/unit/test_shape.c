/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/vec.h"
#include "specs/shape.h"
#include "specs/specparse.h"

/* Every shape that the language is made of, and every table of keywords. */
struct language {
	struct {
		const struct shape **items;
		size_t n, cap;
	} shapes;
	struct {
		const struct keyword **items;
		size_t n, cap;
	} tables;
};

static void
add_shape(struct language *l, const struct shape *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < l->shapes.n; i++)
		if (l->shapes.items[i] == s)
			return;
	*VEC_ADD(&l->shapes) = s;
}

static void
add_table(struct language *l, const struct keyword *table)
{
	for (size_t i = 0; i < l->tables.n; i++)
		if (l->tables.items[i] == table)
			return;
	*VEC_ADD(&l->tables) = table;
	for (const struct keyword *k = table; k->name != NULL; k++)
		add_shape(l, k->shape);
}

static int
gather(void **state)
{
	static struct language l;

	add_shape(&l, &specparse_shape);
	for (size_t i = 0; i < l.shapes.n; i++) {
		const struct shape *s = l.shapes.items[i];

		add_shape(&l, s->items);
		add_shape(&l, s->values);
		if (s->keys != NULL)
			add_table(&l, s->keys);
	}
	*state = &l;
	return 0;
}

static int
forget(void **state)
{
	struct language *l = *state;

	free(l->shapes.items);
	free(l->tables.items);
	return 0;
}

static void
each_keyword(struct language *l, void (*check)(const struct keyword *k))
{
	size_t n = 0;

	for (size_t i = 0; i < l->tables.n; i++) {
		const struct keyword *k = l->tables.items[i];

		for (; k->name != NULL; k++) {
			check(k);
			n++;
		}
	}
	assert_true(n > 100);
}

static void
has_shape(const struct keyword *k)
{
	struct shape s;

	if (!shape_of(k, &s))
		fail_msg("'%s' does not say what its value looks like",
		    k->name);
	assert_int_not_equal(s.takes, 0);
}

static void
each_keyword_says_what_its_value_looks_like(void **state)
{
	each_keyword(*state, has_shape);
}

static void
has_words(const struct keyword *k)
{
	size_t n = k->about != NULL ? strlen(k->about) : 0;

	if (n == 0)
		fail_msg("'%s' does not say what it is for", k->name);
	if (n > 72 || strchr(k->about, '\n') != NULL ||
	    k->about[n - 1] == '.')
		fail_msg("'%s' says more than a line of what it is for: %s",
		    k->name, k->about);
}

static void
each_keyword_says_in_a_line_what_it_is_for(void **state)
{
	each_keyword(*state, has_words);
}

static void
a_name_stands_for_one_shape(void **state)
{
	struct language *l = *state;

	for (size_t i = 0; i < l->shapes.n; i++) {
		const char *name = l->shapes.items[i]->name;

		for (size_t k = 0; name != NULL && k < i; k++) {
			const char *other = l->shapes.items[k]->name;

			if (other != NULL && strcmp(name, other) == 0)
				fail_msg("two shapes are called '%s'", name);
		}
	}
}

static bool
has_key(const struct keyword *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return true;
	return false;
}

static void
what_a_mapping_requires_is_among_its_keys(void **state)
{
	struct language *l = *state;

	for (size_t i = 0; i < l->shapes.n; i++) {
		const struct shape *s = l->shapes.items[i];

		for (size_t k = 0; s->required != NULL &&
		    s->required[k] != NULL; k++)
			if (!has_key(s->keys, s->required[k]))
				fail_msg("'%s' is no key", s->required[k]);
	}
}

static void
every_table_that_is_read_is_part_of_the_language(void **state)
{
	static const char *const keys[] = { "relations", "not", "on-change",
		"except", "exists", "comment-out", "arguments",
		"then", "sha256", "not-matches", "fields", "expr", "count",
		"at-least", "of", "stem" };
	struct language *l = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		bool found = false;

		for (size_t k = 0; k < l->tables.n && !found; k++)
			found = has_key(l->tables.items[k], keys[i]);
		if (!found)
			fail_msg("'%s' is in no table", keys[i]);
	}
}

static void
a_keyword_whose_reader_nobody_knows_has_no_shape(void **state)
{
	struct shape s;

	(void)state;
	assert_false(shape_of(&(struct keyword){ .name = "new" }, &s));
	assert_true(shape_of(&(struct keyword){ .name = "new",
	    .read = keyword_bool }, &s));
	assert_string_equal(s.words[0], "false");
	assert_true(shape_of(&(struct keyword){ .name = "new",
	    .read = keyword_paths }, &s));
	assert_ptr_equal(s.items->items, NULL);
	assert_true(shape_of(&(struct keyword){ .name = "new",
	    .read = keyword_text, .shape = &shape_number }, &s));
	assert_ptr_equal(s.pattern, shape_number.pattern);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_keyword_says_what_its_value_looks_like),
		cmocka_unit_test(each_keyword_says_in_a_line_what_it_is_for),
		cmocka_unit_test(a_name_stands_for_one_shape),
		cmocka_unit_test(what_a_mapping_requires_is_among_its_keys),
		cmocka_unit_test(
		    every_table_that_is_read_is_part_of_the_language),
		cmocka_unit_test(
		    a_keyword_whose_reader_nobody_knows_has_no_shape),
	};

	return cmocka_run_group_tests(tests, gather, forget);
}
