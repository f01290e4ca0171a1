/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/pkg/pkgversion.h"

/* Each is older than the next; all are of deb-version(7) or rpm-version(7). */
static void
versions_are_in_order(void **state)
{
	static const char *const order[] = {
		"1.0~~", "1.0~rc1", "1.0~rc2-1", "1.0", "1.0-1", "1.0-1+deb12u1",
		"1.0-1+deb12u2", "1.0-1.1", "1.0-2", "1.0a", "1.0.1-1",
		"1.2-1", "1.10-1", "2.4.17-3", "3.0.5-1", "10", "1:0.1-1",
		"2:0.0.1",
	};
	const size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			int got = pkgversion_cmp(order[i], order[k]);

			if (i < k)
				assert_true(got < 0);
			else if (i > k)
				assert_true(got > 0);
			else
				assert_int_equal(got, 0);
		}
	}
}

static void
some_that_look_different_are_the_same(void **state)
{
	(void)state;
	assert_int_equal(pkgversion_cmp("0:1.0-1", "1.0-1"), 0);
	assert_int_equal(pkgversion_cmp("1.01-1", "1.1-1"), 0);
	assert_int_equal(pkgversion_cmp("", ""), 0);
}

static void
rpms_caret_comes_after_the_release_and_before_the_next(void **state)
{
	(void)state;
	assert_true(pkgversion_cmp("1.0^git1", "1.0") > 0);
	assert_true(pkgversion_cmp("1.0^git1", "1.0.1") < 0);
	assert_true(pkgversion_cmp("1.0^git1", "1.0^git2") < 0);
}

static void
it_went_back_when_most_did(void **state)
{
	struct pkgchange items[] = {
		{ "a", "x", "2-1", "1-1" }, { "b", "x", "1.10", "1.9" },
		{ "c", "x", "1", "2" }, { "new", "x", NULL, "1" },
		{ "gone", "x", "1", NULL },
	};

	(void)state;
	assert_true(pkgversion_backwards(&(struct pkgchanges){ items, 5, 5 }));
	assert_false(pkgversion_backwards(&(struct pkgchanges){ items + 1, 4,
	    4 }));
	assert_false(pkgversion_backwards(&(struct pkgchanges){ items + 3, 2,
	    2 }));
	assert_false(pkgversion_backwards(&(struct pkgchanges){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_in_order),
		cmocka_unit_test(some_that_look_different_are_the_same),
		cmocka_unit_test(
		    rpms_caret_comes_after_the_release_and_before_the_next),
		cmocka_unit_test(it_went_back_when_most_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
