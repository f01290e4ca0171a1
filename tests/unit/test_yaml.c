/* SPDX-License-Identifier: MIT */
#include "specs/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

struct fixture {
	struct arena a;
	struct diagnostics diags;
	struct node *top;
};

static void
drop_fixture(struct fixture *f)
{
	arena_done(&f->a);
	diagnostics_done(&f->diags);
}

static void
parse(struct fixture *f, const char *yaml, size_t len)
{
	f->top = node_parse("f", yaml, len, &f->a, &f->diags);
}

#define PARSE(yaml)							\
	CLEANUP(drop_fixture) struct fixture f = { 0 };			\
	parse(&f, yaml, strlen(yaml))

static void
a_tree_has_the_place_of_each_key_and_value(void **state)
{
	PARSE("# comment\na:\n  - x\n  - \"y z\"\nb: {c: d, ä: e}\n");
	const struct node_pair *a = node_find(f.top, "a");
	const struct node_pair *b = node_find(f.top, "b");
	const struct node_pair *e = node_find(b->value, "ä");

	(void)state;
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.top->kind, NODE_MAP);
	assert_int_equal(f.top->map.n, 2);
	assert_string_equal(a->at.file, "f");
	assert_int_equal(a->at.line, 2);
	assert_int_equal(a->at.col, 1);
	assert_int_equal(a->value->kind, NODE_LIST);
	assert_int_equal(a->value->list.n, 2);
	assert_string_equal(a->value->list.items[0]->text, "x");
	assert_true(a->value->list.items[0]->plain);
	assert_string_equal(a->value->list.items[1]->text, "y z");
	assert_false(a->value->list.items[1]->plain);
	assert_int_equal(a->value->list.items[1]->at.line, 4);
	assert_int_equal(a->value->list.items[1]->at.col, 5);
	/* Columns count characters, not bytes. */
	assert_int_equal(e->at.col, 11);
	assert_int_equal(e->value->at.col, 14);
	assert_null(node_find(f.top, "z"));
	assert_null(node_find(a->value, "x"));
	assert_null(node_find(NULL, "x"));
}

static void
nothing_is_an_empty_plain_value_tilde_or_null(void **state)
{
	PARSE("[~, null, \"\", 'null', x, [], {a: }]");
	static const bool nothing[] = { true, true, false, false, false,
		false, false };
	const struct node *const *items =
	    (const struct node *const *)f.top->list.items;

	(void)state;
	assert_int_equal(f.diags.n, 0);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(node_is_nothing(items[i]), nothing[i]);
	assert_true(node_is_nothing(node_find(items[6], "a")->value));
}

static void
each_thing_that_is_refused_is_told_where_it_stands(void **state)
{
	static const struct {
		const char *yaml, *said;
		unsigned line, col;
	} cases[] = {
		{ "a: &x b", "anchor '&x': anchors and aliases are not "
		    "allowed [write the value out where it is needed]", 1, 4 },
		{ "a: *x", "alias '*x': anchors and aliases are not allowed "
		    "[quote it if it is a text]", 1, 4 },
		{ "a: !x b", "tag '!x': tags are not allowed [leave it out]",
		    1, 4 },
		{ "a: !!int 1", "tag '!!int': tags are not allowed [leave it "
		    "out]", 1, 4 },
		{ "b: 1\na: 2\nb: 3", "key 'b' stands here again, first in "
		    "line 1 [keep one of them]", 3, 1 },
		{ "[a]: b", "a key is a text, not a list or mapping [quote "
		    "it where it begins with '{' or '[']", 1, 1 },
		{ "a: \"x\\0y\"", "a NUL in a text [take the \\0 out]",
		    1, 4 },
		{ "a: b\n---\nc: d\n", "a second document [one file holds "
		    "one; put this in a file of its own]", 2, 1 },
		{ "", "the file says nothing [a file of no bytes at all "
		    "masks a spec away]", 1, 1 },
		{ "a:\n\tb: c\n", "no YAML: a tab where blanks are expected "
		    "[indent with blanks]", 2, 1 },
		{ "ä: \"ö\"\nü:\n\tb: c\n", "no YAML: a tab where blanks "
		    "are expected [indent with blanks]", 3, 1 },
		{ "a: *.conf\n", "no YAML: did not find expected alphabetic "
		    "or numeric character [quote a text that begins with "
		    "'*']", 1, 5 },
		{ "a:\n- ä\n- @x\n", "no YAML: found character that cannot "
		    "start any token [quote a text that begins with '@']",
		    3, 3 },
		{ "a: b\nc: \xff\n", "no YAML: invalid leading UTF-8 octet "
		    "[write it as UTF-8 text]", 2, 4 },
		{ "a: b: c\n", "no YAML: mapping values are not allowed in "
		    "this context", 1, 5 },
		{ "x: y\na: [b\nc: d\n", "no YAML: did not find expected ',' "
		    "or ']', while parsing a flow sequence that begins in "
		    "line 2", 3, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		PARSE(cases[i].yaml);

		assert_int_equal(f.diags.n, 1);
		assert_string_equal(f.diags.items[0].text, cases[i].said);
		assert_string_equal(f.diags.items[0].at.file, "f");
		assert_int_equal(f.diags.items[0].at.line, cases[i].line);
		assert_int_equal(f.diags.items[0].at.col, cases[i].col);
	}
}

static void
reading_goes_on_behind_what_is_refused(void **state)
{
	PARSE("a: *x\nb: &y c\nc: !z d\nb: e\n");

	(void)state;
	assert_int_equal(f.diags.n, 4);
	assert_int_equal(node_find(f.top, "a")->value->kind, NODE_BAD);
	assert_string_equal(node_find(f.top, "b")->value->text, "c");
	assert_string_equal(node_find(f.top, "c")->value->text, "d");
}

static void
depth_is_bounded(void **state)
{
	char yaml[2 * 1000 + 1];
	struct fixture f;

	(void)state;
	for (size_t depth = NODE_DEPTH_MAX - 1; depth < 1000; depth += 484) {
		memset(yaml, '[', depth);
		memset(yaml + depth, ']', depth);
		f = (struct fixture){ 0 };
		parse(&f, yaml, 2 * depth);
		if (depth < NODE_DEPTH_MAX) {
			assert_int_equal(f.diags.n, 0);
			assert_non_null(f.top);
		} else {
			assert_int_equal(f.diags.n, 1);
			assert_string_equal(f.diags.items[0].text,
			    "nested deeper than 32 levels");
			assert_null(f.top);
		}
		drop_fixture(&f);
	}
}

static void
size_is_bounded(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_free) char *yaml = xmalloc(NODE_BYTES_MAX + 1);

	(void)state;
	memset(yaml, 'a', NODE_BYTES_MAX + 1);
	parse(&f, yaml, NODE_BYTES_MAX + 1);
	assert_null(f.top);
	assert_int_equal(f.diags.n, 1);
	assert_string_equal(f.diags.items[0].text,
	    "larger than the 4194304 bytes that a spec may have");
	assert_int_equal(f.diags.items[0].at.line, 0);
	parse(&f, yaml, NODE_BYTES_MAX);
	assert_non_null(f.top);
}

static void
many_repeated_keys_take_no_square_of_time(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf yaml = { 0 };

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_addf(&yaml, "k%d: v\n", i % 59999);
	parse(&f, buf_str(&yaml), yaml.len);
	assert_int_equal(f.diags.n, 1);
	assert_int_equal(f.diags.items[0].at.line, 60000);
}

static void
diagnostics_are_sorted_and_told_once(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	const struct place at[] = { { "b", 1, 1 }, { "a", 2, 9 },
		{ "a", 2, 1 }, { "b", 1, 1 }, { "a", 10, 1 },
		{ "a\n", 0, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		diagnostics_add(&f.diags, at[i], "text %s", "\x1b");
	diagnostics_sort(&f.diags);
	for (size_t i = 0; i < f.diags.n; i++) {
		diagnostic_format(&f.diags.items[i], &out);
		buf_addc(&out, '\n');
	}
	assert_string_equal(buf_str(&out), "a:2:1: text \\x1b\n"
	    "a:2:9: text \\x1b\na:10:1: text \\x1b\na\\n: text \\x1b\n"
	    "b:1:1: text \\x1b\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_has_the_place_of_each_key_and_value),
		cmocka_unit_test(nothing_is_an_empty_plain_value_tilde_or_null),
		cmocka_unit_test(
		    each_thing_that_is_refused_is_told_where_it_stands),
		cmocka_unit_test(reading_goes_on_behind_what_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(size_is_bounded),
		cmocka_unit_test(many_repeated_keys_take_no_square_of_time),
		cmocka_unit_test(diagnostics_are_sorted_and_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
