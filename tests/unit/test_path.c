/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static void
what_a_folder_holds_follows_it_directly(void **state)
{
	static const char *const order[] = { "/", "/a", "/a/b", "/a/b/c",
		"/a/z", "/a b", "/a-b", "/a.d", "/a.d/x", "/ab", "/b",
		"/\xc3\xbc", "/\xff" };
	const size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			int c = path_cmp(order[i], order[k]);

			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
	}
}

static void
parents_and_names_are_parts_of_a_path(void **state)
{
	static const struct { const char *path, *parent, *name; } cases[] = {
		{ "/etc/pam.d/imap", "/etc/pam.d", "imap" },
		{ "/etc", "/", "etc" },
		{ "/", "/", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		path_parent(&b, cases[i].path);
		assert_string_equal(buf_str(&b), cases[i].parent);
		assert_string_equal(path_name(cases[i].path), cases[i].name);
		if (i == 2)
			continue;
		path_join(&b, cases[i].parent, cases[i].name);
		assert_string_equal(buf_str(&b), cases[i].path);
	}
}

static void
under_means_whole_components(void **state)
{
	(void)state;
	assert_true(path_is_under("/etc/fstab", "/etc"));
	assert_true(path_is_under("/etc", "/etc"));
	assert_true(path_is_under("/etc", "/"));
	assert_false(path_is_under("/etcetera", "/etc"));
	assert_false(path_is_under("/et", "/etc"));
}

static void
what_a_person_typed_is_made_regular(void **state)
{
	static const struct { const char *typed, *cwd, *path; } cases[] = {
		{ "/etc/fstab", "/x", "/etc/fstab" },
		{ "//etc///fstab/", "/x", "/etc/fstab" },
		{ "/./etc/./fstab", "/x", "/etc/fstab" },
		{ "fstab", "/etc", "/etc/fstab" },
		{ "./fstab", "/etc/", "/etc/fstab" },
		{ ".", "/etc", "/etc" },
		{ ".", "/", "/" },
		{ "/", "/etc", "/" },
		{ "..x/...", "/", "/..x/..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct err e = { 0 };

		assert_int_equal(path_normalize(&b, cases[i].typed,
		    cases[i].cwd, &e), 0);
		assert_string_equal(buf_str(&b), cases[i].path);
	}
}

static void
a_path_with_dots_that_lead_up_is_refused(void **state)
{
	static const struct { const char *typed, *says; } bad[] = {
		{ "..", "..: '..' is not allowed in a path "
		    "[write it without]" },
		{ "/etc/../x", "/etc/../x: '..' is not allowed in a path "
		    "[write it without]" },
		{ "a/..", "a/..: '..' is not allowed in a path "
		    "[write it without]" },
		{ "", "an empty path" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };

		assert_int_equal(path_normalize(&b, bad[i].typed, "/etc", &e),
		    -1);
		err_format(&e, &said);
		assert_string_equal(buf_str(&said), bad[i].says);
	}
}

static void
names_lie_in_the_same_folder_or_not(void **state)
{
	(void)state;
	assert_true(path_same_folder("/a", "/b"));
	assert_true(path_same_folder("/etc/a", "/etc/bb"));
	assert_false(path_same_folder("/etc/a", "/etd/a"));
	assert_false(path_same_folder("/etc/a", "/a"));
	assert_false(path_same_folder("/etc/a", "/etc/a/b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_folder_holds_follows_it_directly),
		cmocka_unit_test(parents_and_names_are_parts_of_a_path),
		cmocka_unit_test(under_means_whole_components),
		cmocka_unit_test(what_a_person_typed_is_made_regular),
		cmocka_unit_test(a_path_with_dots_that_lead_up_is_refused),
		cmocka_unit_test(names_lie_in_the_same_folder_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
