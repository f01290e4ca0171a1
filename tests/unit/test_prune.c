/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/hook/prune.h"

/* 2026-11-22 00:00 UTC */
enum { NOW = 1795305600 };

#define OLD "20230101T000000Z-apt"
#define LAST_YEAR "20251201T000000Z-zypp"
#define OCTOBER "20261001T120000Z-rpm"
#define YESTERDAY "20261121T120000Z-apt-2"

static void
goes(const char *const *names, uint64_t count, uint64_t days,
    const char *wanted)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 }, out = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	const struct prune_limits l = { count, days, NOW };

	for (size_t i = 0; names[i] != NULL; i++)
		strlist_add(&all, names[i]);
	prune_choose(&all, &l, &out);
	for (size_t i = 0; i < out.n; i++)
		buf_addf(&text, "%s\n", out.items[i]);
	assert_string_equal(buf_str(&text), wanted);
}

static void
the_newest_stay(void **state)
{
	static const char *const names[] = { YESTERDAY, OLD, OCTOBER,
		LAST_YEAR, NULL };

	(void)state;
	goes(names, 2, 10000, OLD "\n" LAST_YEAR "\n");
	goes(names, 4, 10000, "");
	goes(names, 1, 10000, OLD "\n" LAST_YEAR "\n" OCTOBER "\n");
}

static void
what_is_too_old_goes_but_for_the_last(void **state)
{
	static const char *const names[] = { YESTERDAY, OLD, OCTOBER,
		LAST_YEAR, NULL };
	static const char *const old[] = { OLD, OLD ".report", NULL };

	(void)state;
	goes(names, 100, 365, OLD "\n");
	goes(names, 100, 300, OLD "\n" LAST_YEAR "\n");
	goes(old, 100, 1, "");
}

static void
a_record_takes_its_report_with_it(void **state)
{
	static const char *const names[] = { YESTERDAY, OLD, OLD ".report",
		YESTERDAY ".report", NULL };

	(void)state;
	goes(names, 1, 10000, OLD "\n" OLD ".report\n");
}

static void
what_is_open_stays_and_what_has_no_record_goes(void **state)
{
	static const char *const names[] = { OLD ".open", OLD ".packages",
		OLD ".owners", OCTOBER ".packages", OCTOBER ".report",
		YESTERDAY, NULL };

	(void)state;
	goes(names, 1, 1, OCTOBER ".packages\n" OCTOBER ".report\n");
}

static void
a_damaged_record_can_be_looked_at_for_as_long(void **state)
{
	static const char *const names[] = { OLD ".damaged",
		OCTOBER ".damaged", YESTERDAY, NULL };

	(void)state;
	goes(names, 1, 365, OLD ".damaged\n");
}

static void
what_a_kill_left_half_written_goes(void **state)
{
	static const char *const names[] = { YESTERDAY,
		YESTERDAY ".open.tmp.12", YESTERDAY ".tmp.3",
		"seen.packages.tmp.4711", "seen.packages.tmp.", "mine.tmp.1",
		YESTERDAY ".tmp.3x", NULL };

	(void)state;
	goes(names, 9, 9999, YESTERDAY ".open.tmp.12\n" YESTERDAY ".tmp.3\n"
	    "seen.packages.tmp.4711\n");
}

static void
what_is_not_ours_is_left_alone(void **state)
{
	static const char *const names[] = { "lock", "seen.packages",
		"seen.owners", "seen.release", "notes", OLD ".bak",
		"20239901T000000Z-apt", "2023", YESTERDAY, NULL };

	(void)state;
	goes(names, 1, 1, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_stay),
		cmocka_unit_test(what_is_too_old_goes_but_for_the_last),
		cmocka_unit_test(a_record_takes_its_report_with_it),
		cmocka_unit_test(
		    what_is_open_stays_and_what_has_no_record_goes),
		cmocka_unit_test(a_damaged_record_can_be_looked_at_for_as_long),
		cmocka_unit_test(what_a_kill_left_half_written_goes),
		cmocka_unit_test(what_is_not_ours_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
