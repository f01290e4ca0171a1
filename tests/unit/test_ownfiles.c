/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/ownfiles.h"
#include "specs/lenses.h"

struct seen {
	char self[PATH_MAX];
	unsigned program, libc, lenses;
};

static void
see(void *arg, const char *path)
{
	struct seen *s = arg;

	assert_int_equal(path[0], '/');
	s->program += strcmp(path, s->self) == 0;
	s->libc += strstr(path, "/libc.so") != NULL;
	s->lenses += strcmp(path, lenses_folders[0]) == 0;
}

static void
the_program_its_libraries_and_the_lenses_are_named_once(void **state)
{
	struct seen s = { .program = 0 };

	(void)state;
	assert_non_null(realpath("/proc/self/exe", s.self));
	ownfiles_each(see, &s);
	assert_int_equal(s.program, 1);
	assert_int_equal(s.libc, 1);
	assert_int_equal(s.lenses, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_program_its_libraries_and_the_lenses_are_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
