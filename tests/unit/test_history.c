/* SPDX-License-Identifier: MIT */
#include "agent/report/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/unit/scratch.h"

static const struct oid commit = { "\x0f\xda\xec\xf3" };

static void
append(const struct scratch *s, struct buf *lines)
{
	struct err e = { 0 };

	assert_int_equal(history_append(s->dirfd, lines, &e), 0);
	buf_done(lines);
}

static void
load(const struct scratch *s, struct history *h)
{
	struct err e = { 0 };

	history_done(h);
	assert_int_equal(history_load(s->dirfd, h, &e), 0);
}

static void
what_is_added_is_read_again(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	struct history_accept a = { 40, "alice (as root)", "0fda",
		"the \"new\"\nbackup \\", { 0 } };
	struct history_report first = { .time = 10, .exit_code = 1,
		.commit = commit };
	struct buf lines = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	load(&s, &h);
	assert_null(history_last(&h));
	strlist_add(&a.paths, "/etc/a b\xff");
	strlist_add(&a.paths, "/etc/c");
	history_add_open(&lines, 10, "spec/rule:/etc/a b#mode", "critical");
	history_add_open(&lines, 10, "change:/etc/\n", "warning");
	strlist_add(&first.told, "20261121T193012Z-zypp");
	history_add_report(&lines, &first);
	append(&s, &lines);
	history_add_shut(&lines, 30, "change:/etc/\n");
	history_add_report(&lines, &(struct history_report){ .time = 30,
	    .exit_code = 2, .commit = commit });
	history_add_accept(&lines, &a);
	append(&s, &lines);
	load(&s, &h);
	assert_int_equal(h.damaged, 0);
	assert_int_equal(h.spans.n, 2);
	assert_string_equal(h.spans.items[0].id, "spec/rule:/etc/a b#mode");
	assert_string_equal(h.spans.items[0].word, "critical");
	assert_int_equal(h.spans.items[0].to, 0);
	assert_int_equal(h.spans.items[1].from, 10);
	assert_int_equal(h.spans.items[1].to, 30);
	assert_non_null(history_open(&h, "spec/rule:/etc/a b#mode"));
	assert_null(history_open(&h, "change:/etc/\n"));
	assert_int_equal(history_last(&h)->time, 30);
	assert_int_equal(history_last(&h)->exit_code, 2);
	assert_true(oid_equal(&history_last(&h)->commit, &commit));
	assert_int_equal(h.accepts.n, 1);
	assert_string_equal(h.accepts.items[0].who, a.who);
	assert_string_equal(h.accepts.items[0].reason, a.reason);
	assert_int_equal(h.accepts.items[0].paths.n, 2);
	assert_string_equal(h.accepts.items[0].paths.items[0],
	    "/etc/a b\xff");
	assert_true(strlist_has(&h.reports.items[0].told,
	    "20261121T193012Z-zypp"));
	/* That one was noted after both. */
	assert_int_equal(history_last(&h)->accepts, 0);
	strlist_done(&a.paths);
	strlist_done(&first.told);
	scratch_end(&s);
}

static void
nobody_else_can_read_it(void **state)
{
	struct buf lines = { 0 };
	struct scratch s;
	struct stat st;

	(void)state;
	scratch_start(&s);
	history_add_open(&lines, 1, "x", "info");
	append(&s, &lines);
	assert_int_equal(fstatat(s.dirfd, "history", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	scratch_end(&s);
}

/* Every byte of it, turned over, costs its own line and no other. */
static void
a_damaged_line_costs_what_it_said_and_no_other(void **state)
{
	CLEANUP(drop_buf) struct buf lines = { 0 };

	(void)state;
	history_add_open(&lines, 10, "a/b:/c", "critical");
	history_add_open(&lines, 11, "d/e:/f", "warning");
	history_add_report(&lines, &(struct history_report){ .time = 12,
	    .exit_code = 1, .commit = commit });
	for (size_t i = 0; i < lines.len; i++) {
		CLEANUP(drop_history) struct history h = { 0 };

		lines.bytes[i] ^= 1;
		history_parse(lines.bytes, lines.len, &h);
		assert_true(h.damaged >= 1 && h.damaged <= 2);
		assert_true(h.spans.n + h.reports.n >= 1);
		lines.bytes[i] ^= 1;
	}
}

static void
a_torn_line_does_not_swallow_the_next(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	struct buf lines = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	history_add_open(&lines, 10, "a/b:/c", "critical");
	scratch_write(&s, "history", lines.bytes, lines.len - 9);
	buf_reset(&lines);
	history_add_open(&lines, 11, "d/e:/f", "warning");
	append(&s, &lines);
	load(&s, &h);
	assert_int_equal(h.damaged, 1);
	assert_int_equal(h.spans.n, 1);
	assert_string_equal(h.spans.items[0].id, "d/e:/f");
	scratch_end(&s);
}

static void
what_a_later_version_wrote_is_passed_over(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	static const char later[] = "12 weather fair 8f3b1cd6b3e6a1c0\n";

	(void)state;
	history_parse(later, strlen(later), &h);
	/* Its sum is wrong here: damaged. */
	assert_int_equal(h.damaged, 1);
	assert_int_equal(h.spans.n + h.reports.n + h.accepts.n, 0);
}

static void
a_clock_set_back_makes_no_span_end_before_it_began(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	CLEANUP(drop_buf) struct buf lines = { 0 };

	(void)state;
	history_add_open(&lines, 100, "a", "info");
	history_add_open(&lines, 101, "a", "info");
	history_add_shut(&lines, 50, "a");
	history_add_shut(&lines, 51, "never opened");
	history_parse(buf_str(&lines), lines.len, &h);
	assert_int_equal(h.damaged, 0);
	assert_int_equal(h.spans.n, 1);
	assert_true(h.spans.items[0].to > h.spans.items[0].from);
}

static size_t
file_size(const struct scratch *s)
{
	struct stat st;

	assert_int_equal(fstatat(s->dirfd, "history", &st, 0), 0);
	return (size_t)st.st_size;
}

static void
it_stays_small_and_what_is_open_stays(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	struct buf lines = { 0 };
	struct err e = { 0 };
	struct scratch s;
	char id[64];

	(void)state;
	scratch_start(&s);
	history_add_open(&lines, 1, "still/open:/x", "critical");
	for (int i = 2; i < 12000; i++) {
		snprintf(id, sizeof(id), "spec/rule:/etc/file-%d#mode", i);
		history_add_open(&lines, i, id, "warning");
		history_add_shut(&lines, i + 1, id);
		history_add_report(&lines, &(struct history_report){ .time = i,
			.commit = commit });
	}
	append(&s, &lines);
	load(&s, &h);
	assert_true(h.len > 1 << 20);
	assert_int_equal(history_trim(s.dirfd, &h, 9000, &e), 0);
	assert_true(file_size(&s) < h.len / 2);
	load(&s, &h);
	assert_int_equal(h.damaged, 0);
	assert_non_null(history_open(&h, "still/open:/x"));
	assert_int_equal(history_open(&h, "still/open:/x")->from, 1);
	assert_int_equal(history_last(&h)->time, 11999);
	assert_true(h.reports.items[0].time >= 9000);
	/* A small one is left alone. */
	assert_int_equal(history_trim(s.dirfd, &h, INT64_MAX, &e), 0);
	load(&s, &h);
	assert_int_equal(history_last(&h)->time, 11999);
	scratch_end(&s);
}

/* All of it younger than a year, and yet too much. */
static void
it_stays_small_whatever_happens_in_a_year(void **state)
{
	CLEANUP(drop_history) struct history h = { 0 };
	struct buf lines = { 0 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	for (int i = 100; i < 20000; i++)
		history_add_report(&lines, &(struct history_report){ .time = i,
			.commit = commit });
	append(&s, &lines);
	load(&s, &h);
	assert_int_equal(history_trim(s.dirfd, &h, 0, &e), 0);
	assert_true(file_size(&s) <= h.len * 6 / 10);
	load(&s, &h);
	assert_int_equal(history_last(&h)->time, 19999);
	scratch_end(&s);
}

static void
a_store_that_cannot_be_written_is_told(void **state)
{
	struct buf lines = { 0 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir history");
	history_add_open(&lines, 1, "x", "info");
	assert_int_equal(history_append(s.dirfd, &lines, &e), -1);
	assert_string_equal(e.what, "cannot open it in the store");
	buf_done(&lines);
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_read_again),
		cmocka_unit_test(nobody_else_can_read_it),
		cmocka_unit_test(
		    a_damaged_line_costs_what_it_said_and_no_other),
		cmocka_unit_test(a_torn_line_does_not_swallow_the_next),
		cmocka_unit_test(what_a_later_version_wrote_is_passed_over),
		cmocka_unit_test(
		    a_clock_set_back_makes_no_span_end_before_it_began),
		cmocka_unit_test(it_stays_small_and_what_is_open_stays),
		cmocka_unit_test(it_stays_small_whatever_happens_in_a_year),
		cmocka_unit_test(a_store_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
