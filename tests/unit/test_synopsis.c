/* SPDX-License-Identifier: MIT */
#include "agent/synopsis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void
assert_words(const struct strlist *l, const char *want)
{
	CLEANUP(drop_buf) struct buf all = { 0 };

	for (size_t i = 0; i < l->n; i++)
		buf_addf(&all, "%s%s", i > 0 ? " " : "", l->items[i]);
	assert_string_equal(buf_str(&all), want);
}

static void
an_option_has_the_value_that_follows_it(void **state)
{
	static const struct {
		const char *args, *option, *want;
	} cases[] = {
		{ "[--rule ID]", "--rule", "ID" },
		{ "[--all | --rule ID | PATH...]", "--rule", "ID" },
		{ "[--all | --rule ID | PATH...]", "--all", "" },
		{ "[-o|--output FILE]", "-o", "FILE" },
		{ "[-o|--output FILE]", "--output", "FILE" },
		{ "[-n|--dry-run] [--mail]", "--dry-run", "" },
		{ "[--since TIME|--last]", "--since", "TIME" },
		{ "[--since TIME|--last]", "--last", "" },
		{ "[--conffiles old|new] [X]", "--conffiles", "old new" },
		{ "[--from DIR|ARCHIVE]", "--from", "DIR ARCHIVE" },
		{ "[--remove NAME,...] [--purge NAME,...]", "--purge", "NAME" },
		{ "[-m REASON]", "-n", "" },
		{ "", "--rule", "" },
		{ "[", "--rule", "" },
		{ "--rule", "--rule", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_strlist) struct strlist l = { 0 };

		synopsis_value(cases[i].args, cases[i].option, &l);
		assert_words(&l, cases[i].want);
	}
}

static void
arguments_are_those_of_the_way_that_was_begun(void **state)
{
	static const char spec[] = "lint [FILE]... | list | show SPEC... | "
	    "test [FILE]... | schema";
	static const char hook[] = "zypp | rpm|dnf begin|end | timer |\n"
	    "      notify [--test|--now]";
	static const struct {
		const char *args, *before, *want;
	} cases[] = {
		{ spec, NULL, "lint list show test schema" },
		{ spec, "lint", "FILE" },
		{ spec, "list", "" },
		{ spec, "show", "SPEC" },
		{ spec, "no", "" },
		{ hook, NULL, "zypp rpm dnf timer notify" },
		{ hook, "dnf", "begin end" },
		{ hook, "timer", "" },
		{ hook, "notify", "" },
		{ "[SNAPSHOT [SNAPSHOT]] [PATH]...", NULL, "SNAPSHOT PATH" },
		{ "[SNAPSHOT [SNAPSHOT]] [PATH]...", "live", "SNAPSHOT PATH" },
		{ "[--all | --rule ID | PATH...]", NULL, "PATH" },
		{ "PATH... | --service NAME", NULL, "PATH" },
		{ "[SNAPSHOT[:PATH]]", NULL, "SNAPSHOT" },
		{ "PATH | SPEC/RULE | FINDING", NULL, "PATH SPEC/RULE FINDING" },
		{ "[--dist] [--remove NAME,...]", NULL, "" },
		{ "", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_strlist) struct strlist l = { 0 }, before = { 0 };

		if (cases[i].before != NULL)
			strlist_add(&before, cases[i].before);
		synopsis_arguments(cases[i].args, &before, &l);
		assert_words(&l, cases[i].want);
	}
}

static void
usage_breaks_where_no_bracket_is_open(void **state)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	synopsis_usage("verify", "", &out);
	assert_string_equal(buf_str(&out), "usage: driftctl verify\n");
	buf_reset(&out);
	synopsis_usage("x", "[--all | --rule ID | PATH...]\n      "
	    "[--from SNAPSHOT] [--remove-added] [-n|--dry-run]", &out);
	assert_string_equal(buf_str(&out),
	    "usage: driftctl x [--all | --rule ID | PATH...] [--from SNAPSHOT]\n"
	    "                  [--remove-added] [-n|--dry-run]\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_has_the_value_that_follows_it),
		cmocka_unit_test(
		    arguments_are_those_of_the_way_that_was_begun),
		cmocka_unit_test(usage_breaks_where_no_bracket_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
