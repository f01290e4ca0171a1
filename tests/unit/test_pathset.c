/* SPDX-License-Identifier: MIT */
#include "base/pathset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
a_path_is_found_with_the_number_it_was_first_given(void **state)
{
	struct pathset s = { 0 };
	size_t n = 7;

	(void)state;
	assert_false(pathset_has(&s, "/a"));
	assert_false(pathset_find(&s, "/a", &n));
	assert_int_equal(n, 7);
	pathset_add(&s, "/a", 1);
	pathset_add(&s, "/a", 2);
	pathset_add(&s, "/a/b", 3);
	assert_true(pathset_find(&s, "/a", &n));
	assert_int_equal(n, 1);
	assert_true(pathset_find(&s, "/a/b", &n));
	assert_int_equal(n, 3);
	assert_false(pathset_has(&s, "/a/"));
	assert_false(pathset_has(&s, "/A"));
	assert_false(pathset_has(&s, ""));
	pathset_done(&s);
}

static void
many_paths_are_all_there_and_names_are_copied(void **state)
{
	struct pathset s = { 0 };
	char path[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/d%zu/\xff%zu", i % 7, i);
		pathset_add(&s, path, i);
	}
	memset(path, 'x', sizeof(path) - 1);
	for (size_t i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/d%zu/\xff%zu", i % 7, i);
		assert_true(pathset_find(&s, path, &n));
		assert_int_equal(n, i);
	}
	assert_false(pathset_has(&s, "/d0/\xff" "1"));
	pathset_done(&s);
}

static void
a_set_is_empty_when_done_and_may_be_used_again(void **state)
{
	struct pathset s = { 0 };

	(void)state;
	pathset_done(&s);
	pathset_add(&s, "/a", 1);
	pathset_done(&s);
	assert_false(pathset_has(&s, "/a"));
	pathset_add(&s, "/b", 1);
	assert_true(pathset_has(&s, "/b"));
	pathset_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_path_is_found_with_the_number_it_was_first_given),
		cmocka_unit_test(
		    many_paths_are_all_there_and_names_are_copied),
		cmocka_unit_test(
		    a_set_is_empty_when_done_and_may_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
