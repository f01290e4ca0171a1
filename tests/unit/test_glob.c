/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"

static void
names_match_by_the_rules_of_a_shell(void **state)
{
	static const struct { const char *pattern, *name; bool match; } cases[] =
	{
		{ "imap", "imap", true }, { "imap", "imaps", false },
		{ "imap*", "imap", true }, { "imap*", "imap.rpmsave", true },
		{ "*", "", true }, { "*", ".hidden", true },
		{ "*.conf", "a.conf", true }, { "*.conf", ".conf", true },
		{ "*.conf", "conf", false }, { "a*b*c", "aXbXbc", true },
		{ "a*b*c", "aXbXb", false }, { "?", "x", true },
		{ "?", "", false }, { "??", "x", false },
		{ "[a-c]x", "bx", true }, { "[a-c]x", "dx", false },
		{ "[!a-c]x", "dx", true }, { "[!a-c]x", "ax", false },
		{ "[]]", "]", true }, { "[a]]", "a]", true },
		{ "[!]]", "x", true }, { "[a-]", "-", true },
		/* A bracket that never closes is the letter. */
		{ "[a", "[a", true }, { "[a", "a", false },
		{ "\\*", "*", true }, { "\\*", "x", false },
		{ "a\\", "a\\", true }, { "\\[a]", "[a]", true },
		{ "[\xc0-\xff]", "\xe4", true },
		{ "*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
		{ "", "", true }, { "", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_name(cases[i].pattern, strlen(cases[i].pattern),
		    cases[i].name) != cases[i].match)
			fail_msg("'%s' and '%s'", cases[i].pattern,
			    cases[i].name);
}

static void
paths_match_component_by_component(void **state)
{
	static const struct { const char *pattern, *path; bool match; } cases[] =
	{
		{ "/etc/pam.d/*", "/etc/pam.d/imap", true },
		{ "/etc/pam.d/*", "/etc/pam.d", false },
		{ "/etc/*", "/etc/pam.d/imap", false },
		{ "/etc/**", "/etc/pam.d/imap", true },
		{ "/etc/**", "/etc/a", true },
		{ "/etc/**", "/etcetera", false },
		{ "/etc/**", "/etc", false }, { "/**", "/", false },
		{ "/etc/**/x", "/etc/x", true },
		{ "/etc/**/x", "/etc/a/b/x", true },
		{ "/etc/**/x", "/etc/a/b/y", false },
		{ "/**/.git", "/a/b/.git", true },
		{ "/**", "/a", true }, { "/", "/", true },
		{ "/**/a/**/b", "/x/a/y/z/b", true },
		{ "/e*c/f?tab", "/etc/fstab", true },
		{ "/etc/a**b", "/etc/axxb", true },
		{ "/etc/a**b", "/etc/ax/xb", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_path(cases[i].pattern, cases[i].path) !=
		    cases[i].match)
			fail_msg("'%s' and '%s'", cases[i].pattern,
			    cases[i].path);
}

static void
a_pattern_reaches_into_folders(void **state)
{
	static const struct { const char *pattern, *folder; bool may; } cases[] =
	{
		{ "/etc/*/x", "/etc/a", true }, { "/etc/*/x", "/etc", true },
		{ "/etc/*/x", "/", true }, { "/etc/*/x", "/var", false },
		{ "/etc/*/x", "/etc/a/x", false },
		{ "/etc/a*/x", "/etc/b", false },
		{ "/etc/*", "/etc/a", false }, { "/etc/*", "/etc", true },
		{ "/etc/**", "/etc/a/b", true },
		{ "/etc/**/x", "/etc/a/b", true },
		{ "/etc/**/x", "/var/a", false },
		{ "/etc/x", "/etc/x", false }, { "/", "/", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_reaches(cases[i].pattern, cases[i].folder) !=
		    cases[i].may)
			fail_msg("'%s' and '%s'", cases[i].pattern,
			    cases[i].folder);
}

/* The alternatives with a blank behind each. */
static void
expands_to(const char *pattern, const char *wanted)
{
	CLEANUP(drop_strlist) struct strlist l = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(glob_braces(pattern, &l, &e), 0);
	for (size_t i = 0; i < l.n; i++)
		buf_addf(&b, "%s ", l.items[i]);
	assert_string_equal(buf_str(&b), wanted);
}

static void
braces_expand_before_anything_else(void **state)
{
	(void)state;
	expands_to("/etc/fstab", "/etc/fstab ");
	expands_to("/{etc,usr/lib}/pam.d/{imap,smtp}", "/etc/pam.d/imap "
	    "/etc/pam.d/smtp /usr/lib/pam.d/imap /usr/lib/pam.d/smtp ");
	expands_to("a{b{c,d},e}", "abc abd ae ");
	expands_to("a{,b}", "a ab ");
	expands_to("a{}", "a ");
	expands_to("a\\{b", "a\\{b ");
	expands_to("a{b\\,c}", "ab\\,c ");
}

static void
the_limit_is_about_one_pattern(void **state)
{
	CLEANUP(drop_strlist) struct strlist l = { 0 };
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)
		assert_int_equal(glob_braces("/{a,b}", &l, &e), 0);
	assert_int_equal(l.n, 10000);
}

static void
braces_that_do_not_close_or_explode_are_refused(void **state)
{
	static const struct { const char *pattern, *says; } bad[] = {
		{ "/etc/{a,b", "/etc/{a,b: '{' without its '}' "
		    "[write \\{ for the letter itself]" },
		{ "/{a,b}{", NULL },
		{ "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"
		    "{a,b}{a,b}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_strlist) struct strlist l = { 0 };
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct err e = { 0 };

		assert_int_equal(glob_braces(bad[i].pattern, &l, &e), -1);
		err_format(&e, &b);
		if (bad[i].says != NULL)
			assert_string_equal(buf_str(&b), bad[i].says);
		else if (i == 2)
			assert_non_null(strstr(buf_str(&b),
			    "the braces stand for more than 4096 paths"));
	}
}

static void
what_is_escaped_stands_for_itself_alone(void **state)
{
	static const char path[] = "/a*b?c[d]e\\f{g,h}i{j";
	CLEANUP(drop_buf) struct buf pattern = { 0 };
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct err e = { 0 };

	(void)state;
	glob_escape(&pattern, path);
	assert_int_equal(glob_braces(buf_str(&pattern), &all, &e), 0);
	assert_int_equal(all.n, 1);
	assert_string_equal(all.items[0], buf_str(&pattern));
	assert_true(glob_path(all.items[0], path));
	assert_false(glob_path(all.items[0], "/a*b?cde\\f{g,h}i{j"));
}

/* {{{… and {a}{a}{a}… took memory by the square of their length. */
static void
patterns_that_no_path_can_match_are_refused(void **state)
{
	static const struct { const char *piece, *says; int n; } bad[] = {
		{ "{", "more than 64 '{' in one path", 20000 },
		{ "{a}", "more than 64 '{' in one path", 65 },
		{ "/aaaa", "longer than any path is", 2000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_strlist) struct strlist l = { 0 };
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct err e = { 0 };

		for (int k = 0; k < bad[i].n; k++)
			buf_adds(&b, bad[i].piece);
		assert_int_equal(glob_braces(buf_str(&b), &l, &e), -1);
		assert_string_equal(e.what, bad[i].says);
	}
}

static void
many_wildcards_for_folders_take_no_time(void **state)
{
	CLEANUP(drop_buf) struct buf pattern = { 0 }, path = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++)
		buf_adds(&pattern, "/**/a");
	for (int i = 0; i < 2000; i++)
		buf_adds(&path, "/a");
	assert_true(glob_path(buf_str(&pattern), buf_str(&path)));
	buf_adds(&pattern, "/**/b");
	assert_false(glob_path(buf_str(&pattern), buf_str(&path)));
}

static void
only_wildcards_make_a_pattern(void **state)
{
	(void)state;
	assert_true(glob_literal("/etc/fstab", 10));
	assert_true(glob_literal("", 0));
	assert_true(glob_literal("a*", 1));
	assert_false(glob_literal("a*", 2));
	assert_false(glob_literal("a?", 2));
	assert_false(glob_literal("[a]", 3));
	assert_false(glob_literal("a\\*", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_match_by_the_rules_of_a_shell),
		cmocka_unit_test(paths_match_component_by_component),
		cmocka_unit_test(a_pattern_reaches_into_folders),
		cmocka_unit_test(braces_expand_before_anything_else),
		cmocka_unit_test(the_limit_is_about_one_pattern),
		cmocka_unit_test(
		    braces_that_do_not_close_or_explode_are_refused),
		cmocka_unit_test(what_is_escaped_stands_for_itself_alone),
		cmocka_unit_test(patterns_that_no_path_can_match_are_refused),
		cmocka_unit_test(many_wildcards_for_folders_take_no_time),
		cmocka_unit_test(only_wildcards_make_a_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
