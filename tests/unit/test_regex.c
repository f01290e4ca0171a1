/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/regex.h"

static struct regex *
compile(const char *pattern)
{
	struct err e = { 0 };
	struct regex *re = regex_new(pattern, &e);

	if (re == NULL)
		fail_msg("%s", e.what);
	return re;
}

static void
matches_are_found_where_they_stand(void **state)
{
	static const struct {
		const char *pattern, *s;
		size_t len;
		int found;
		size_t start, end;
	} cases[] = {
		{ "b+", "abbc", 4, 1, 1, 3 },
		{ "^$", "", 0, 1, 0, 0 },
		{ "x", "abc", 3, 0, 0, 0 },
		{ "b", "a\0b", 3, 1, 2, 3 },
		{ "^.\\xff.$", "a\xff\xfe", 3, 1, 0, 3 },
		{ "(?i)ABC", "xabc", 4, 1, 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_regex) struct regex *re =
		    compile(cases[i].pattern);
		struct regex_span at = { 0, 0 };

		assert_int_equal(regex_match(re, cases[i].s, cases[i].len,
		    &at), cases[i].found);
		assert_int_equal(at.start, cases[i].start);
		assert_int_equal(at.end, cases[i].end);
	}
}

static void
a_wrong_expression_is_told_with_its_place(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_null(regex_new("ab(c", &e));
	assert_string_equal(e.what, "the expression 'ab(c' is wrong at byte "
	    "5: missing closing parenthesis");
	err_clear(&e);
	assert_null(regex_new("(*UTF)a", &e));
	assert_non_null(strstr(e.what, "using UTF is disabled"));
}

static void
an_exploding_expression_cannot_be_told(void **state)
{
	char s[64];
	CLEANUP(drop_regex) struct regex *re = compile("^(a+)+$");
	CLEANUP(drop_regex) struct regex *slow = compile("(*NO_JIT)^(a|a)*$");

	(void)state;
	memset(s, 'a', sizeof(s));
	s[sizeof(s) - 1] = '!';
	assert_int_equal(regex_match(re, s, sizeof(s), NULL), -1);
	assert_int_equal(regex_match(slow, s, sizeof(s), NULL), -1);
}

static void
groups_are_put_into_the_replacement(void **state)
{
	static const struct {
		const char *pattern, *s, *with, *expected;
		int found;
	} cases[] = {
		{ "a(b)c", "xabcx", "[$1]", "x[b]x", 1 },
		{ "(?<n>b)", "abab", "${n}$$", "ab$ab$", 1 },
		{ "z", "abc", "y", "", 0 },
		{ "a", "aaaaaaaaaa", "0123456789012345678901234567890",
		    NULL, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_regex) struct regex *re =
		    compile(cases[i].pattern);
		CLEANUP(drop_buf) struct buf out = { 0 };
		struct err e = { 0 };

		buf_adds(&out, ">");
		assert_int_equal(regex_substitute(re, cases[i].s,
		    strlen(cases[i].s), cases[i].with, &out, &e),
		    cases[i].found);
		if (cases[i].expected != NULL)
			assert_string_equal(buf_str(&out) + 1,
			    cases[i].expected);
		else
			assert_int_equal(out.len, 311);
	}
}

static void
a_replacement_names_only_groups_that_exist(void **state)
{
	CLEANUP(drop_regex) struct regex *re = compile("(a)b");
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(regex_check_replacement(re, "$1 $$ ${1}", &e), 0);
	assert_int_equal(regex_check_replacement(re, "x$2", &e), -1);
	assert_string_equal(e.what, "'$2' names a group that the expression "
	    "does not have (it has 1)");
	err_clear(&e);
	assert_int_equal(regex_check_replacement(re, "cost $", &e), -1);
	assert_string_equal(e.what, "'$' without a group behind it [write $$ "
	    "for the sign itself]");
	err_clear(&e);
	assert_int_equal(regex_substitute(re, "ab", 2, "$2", &out, &e), -1);
	assert_string_equal(e.what, "the replacement '$2' cannot be put in: "
	    "unknown substring");
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_are_found_where_they_stand),
		cmocka_unit_test(a_wrong_expression_is_told_with_its_place),
		cmocka_unit_test(an_exploding_expression_cannot_be_told),
		cmocka_unit_test(groups_are_put_into_the_replacement),
		cmocka_unit_test(a_replacement_names_only_groups_that_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
