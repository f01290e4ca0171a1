/* SPDX-License-Identifier: MIT */
#include "judged.h"

enum { NOW = 100000000, DAY = 86400 };

#define SPEC(text)							\
	"spec: t\nrules:\n  - {id: a, path: /q/*, why: w, " text "}\n"

static struct fake_file
aged(const char *path, int64_t age, uint64_t size)
{
	struct fake_file f = file(path, "");

	f.en.mtime.tv_sec = NOW - age;
	f.en.size = size;
	return f;
}

static void
numbers(const char *spec, const struct fake_file *files,
    const char *expected, int64_t valid_until)
{
	struct evidence ev = fake_evidence(files);

	ev.now = NOW;
	judged(spec, &ev, expected, valid_until);
}

static void
what_matches_is_counted(void **state)
{
	const struct fake_file files[] = { file("/q/a", ""), file("/q/b", ""),
		file("/r/c", ""), END };

	(void)state;
	numbers(SPEC("count: {at-most: 2}"), files, "1\n", 0);
	numbers(SPEC("count: {at-most: 1}"), files,
	    "0\nF count /q/* 2 found, expected at most 1\n", 0);
	numbers(SPEC("count: {at-least: 3}"), files,
	    "0\nF count /q/* 2 found, expected at least 3\n", 0);
	numbers(SPEC("count: {equals: 0}"), files,
	    "0\nF count /q/* 2 found, expected 0\n", 0);
	numbers(SPEC("count: {at-least: 3, at-most: 9}"), files,
	    "0\nF count /q/* 2 found, expected 3 to 9\n", 0);
	numbers(SPEC("count: {equals: 0}"), files + 2, "1\n", 0);
}

static void
an_age_holds_until_a_moment(void **state)
{
	const struct fake_file files[] = { aged("/q/a", 3 * DAY, 0), END };

	(void)state;
	numbers(SPEC("age: {at-most: 7d}"), files, "1\n",
	    NOW + 4 * DAY + 1);
	numbers(SPEC("age: {at-most: 2d}"), files, "0\nF age /q/a was "
	    "changed 3 d ago, expected at most 2 d\n", 0);
	numbers(SPEC("age: {at-least: 1w}"), files, "0\nF age /q/a was "
	    "changed 3 d ago, expected at least 7 d\n", NOW + 4 * DAY);
	numbers(SPEC("age: {at-least: 72 h, at-most: 72h}"), files, "1\n",
	    NOW + 1);
}

static void
the_earliest_moment_counts(void **state)
{
	const struct fake_file files[] = { aged("/q/a", 10, 0),
		aged("/q/b", 30, 0), aged("/q/c", 20, 0), END };

	(void)state;
	numbers(SPEC("age: {at-most: 1min}"), files, "3\n", NOW + 31);
}

static void
without_a_clock_no_age_is_told(void **state)
{
	const struct fake_file files[] = { aged("/q/a", 10, 0), END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	judged(SPEC("age: {at-most: 1d}"), &ev, "0\nU age /q/a what time it "
	    "is is not known, so its age is not\n", 0);
}

static void
what_comes_from_the_future_is_new(void **state)
{
	const struct fake_file files[] = { aged("/q/a", -DAY, 0), END };

	(void)state;
	numbers(SPEC("age: {at-most: 1h}"), files, "1\n",
	    NOW + DAY + 3601);
	numbers(SPEC("age: {at-least: 90s}"), files, "0\nF age /q/a was "
	    "changed 0 s ago, expected at least 90 s\n", NOW + DAY + 90);
}

static void
sizes_are_of_files(void **state)
{
	struct fake_file files[] = { aged("/q/a", 0, 3 << 20),
		aged("/q/b", 0, 10), END };

	(void)state;
	numbers(SPEC("size: {at-least: 11, at-most: 1MiB}"), files,
	    "0\nF size /q/a the size is 3 MiB, expected 11 B to 1 MiB\n"
	    "F size /q/b the size is 10 B, expected 11 B to 1 MiB\n", 0);
	files[0].en.kind = ENTRY_DIR;
	numbers(SPEC("size: {at-most: 1KiB}"), files, "1\nU size /q/a is a "
	    "directory, which has no size to judge\n", 0);
}

static void
the_newest_speaks_for_all(void **state)
{
	const struct fake_file files[] = { aged("/q/a", 9 * DAY, 0),
		aged("/q/b", 4 * DAY, 0), aged("/r/c", DAY, 0), END };

	(void)state;
	numbers(SPEC("newest: {age: {at-most: 5d}}"), files, "1\n",
	    NOW + DAY + 1);
	numbers(SPEC("newest: {age: {at-most: 3d}}"), files, "0\nF newest "
	    "/q/b was changed 4 d ago, expected at most 3 d\n", 0);
	numbers(SPEC("newest: {of: '/{q,r}/*', size: {at-least: 1}}"), files,
	    "0\nF newest /r/c the size is 0 B, expected at least 1 B\n", 0);
	/* That there is one at all is for `count` and `require` to say. */
	numbers(SPEC("newest: {of: /s/*, age: {at-most: 3d}}"), files,
	    "0\n", 0);
}

static const char *
all_hidden(void *ctx, const char *path)
{
	(void)ctx;
	return path[1] == 'q' ? "/q" : NULL;
}

static void
what_cannot_be_seen_is_not_counted(void **state)
{
	const struct fake_file files[] = { aged("/q/a", DAY, 0), END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	ev.hidden = all_hidden;
	ev.now = NOW;
	judged(SPEC("count: {at-most: 3}, newest: {age: {at-most: 2d}}"), &ev,
	    "0\nU count /q/* lies in a folder that cannot be read (/q)\n"
	    "U newest /q/a the newest may lie in a folder that cannot be read "
	    "(/q)\n", 0);
	/* Nor is it known that there is none. */
	judged(SPEC("newest: {of: /q/b*, age: {at-most: 2d}}"), &ev,
	    "0\nU newest /q/b* the newest may lie in a folder that cannot be "
	    "read (/q)\n", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_matches_is_counted),
		cmocka_unit_test(an_age_holds_until_a_moment),
		cmocka_unit_test(the_earliest_moment_counts),
		cmocka_unit_test(without_a_clock_no_age_is_told),
		cmocka_unit_test(what_comes_from_the_future_is_new),
		cmocka_unit_test(sizes_are_of_files),
		cmocka_unit_test(the_newest_speaks_for_all),
		cmocka_unit_test(what_cannot_be_seen_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
