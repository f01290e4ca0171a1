/* SPDX-License-Identifier: MIT */
#include "agent/pkg/pkglist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
add_all(struct pkglist *l, const char *const (*rows)[3])
{
	for (; (*rows)[0] != NULL; rows++)
		pkglist_add(l, (*rows)[0], (*rows)[1], (*rows)[2]);
	pkglist_sort(l);
}

/* All changes, one a line. */
static void
changes_text(const struct pkglist *was, const struct pkglist *is,
    struct buf *out)
{
	CLEANUP(drop_pkgchanges) struct pkgchanges c = { 0 };

	pkglist_compare(was, is, &c);
	for (size_t i = 0; i < c.n; i++) {
		pkgchange_text(&c.items[i], out);
		buf_addc(out, '\n');
	}
}

static void
packages_that_came_went_or_changed_are_listed(void **state)
{
	static const char *const before[][3] = {
		{ "sssd", "x86_64", "2.9-1" }, { "postfix", "x86_64", "3.7-1" },
		{ "cyrus-imapd", "x86_64", "2.4.17-3" },
		{ "same", "noarch", "1-1" }, { NULL } };
	static const char *const after[][3] = {
		{ "cyrus-imapd", "x86_64", "3.0.5-1" },
		{ "postfix-lmdb", "x86_64", "3.7-1" },
		{ "same", "noarch", "1-1" }, { "sssd", "x86_64", "2.9-1" },
		{ NULL } };
	CLEANUP(drop_pkglist) struct pkglist a = { 0 }, b = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	add_all(&a, before);
	add_all(&b, after);
	changes_text(&a, &b, &text);
	assert_string_equal(buf_str(&text),
	    "cyrus-imapd 2.4.17-3 -> 3.0.5-1\n"
	    "postfix 3.7-1 (gone)\n"
	    "postfix-lmdb 3.7-1 (new)\n");
	buf_reset(&text);
	changes_text(&a, &a, &text);
	assert_int_equal(text.len, 0);
}

static void
several_versions_of_one_package_are_paired_old_with_new(void **state)
{
	static const char *const before[][3] = {
		{ "kernel", "x86_64", "5.1" }, { "kernel", "x86_64", "5.2" },
		{ "libc6", "amd64", "1" }, { "libc6", "i386", "1" }, { NULL } };
	static const char *const after[][3] = {
		{ "kernel", "x86_64", "5.2" }, { "kernel", "x86_64", "5.3" },
		{ "kernel", "x86_64", "5.4" },
		{ "libc6", "amd64", "2" }, { "libc6", "i386", "1" }, { NULL } };
	CLEANUP(drop_pkglist) struct pkglist a = { 0 }, b = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	add_all(&a, before);
	add_all(&b, after);
	changes_text(&a, &b, &text);
	assert_string_equal(buf_str(&text), "kernel 5.1 -> 5.3\n"
	    "kernel 5.4 (new)\n"
	    "libc6 1 -> 2\n");
}

static void
what_is_written_is_read_again(void **state)
{
	static const char *const rows[][3] = {
		{ "a b", "", "1\n2" }, { "x", "noarch", "1:2~3-4^5" },
		{ NULL } };
	CLEANUP(drop_pkglist) struct pkglist l = { 0 }, again = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };

	(void)state;
	add_all(&l, rows);
	pkglist_write(&l, &text);
	assert_int_equal(pkglist_parse("p", buf_str(&text), text.len, &again,
	    &e), 0);
	assert_int_equal(again.n, 2);
	assert_string_equal(again.items[0].name, "a b");
	assert_string_equal(again.items[0].version, "1\n2");
	assert_string_equal(again.items[1].version, "1:2~3-4^5");
}

static void
a_damaged_list_is_refused_where_it_is(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "p:1: is no list of packages of this version" },
		{ "driftctl-packages 2\n",
		    "p:1: is no list of packages of this version" },
		{ "driftctl-packages 1\na b c\nd e\n", "p:3: is damaged" },
		{ "driftctl-packages 1\na b c", "p:2: is damaged" },
		{ "driftctl-packages 1\na\\x2 b c\n", "p:2: is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_pkglist) struct pkglist l = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };

		assert_int_equal(pkglist_parse("p", cases[i].text,
		    strlen(cases[i].text), &l, &e), -1);
		err_format(&e, &said);
		assert_string_equal(buf_str(&said), cases[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_that_came_went_or_changed_are_listed),
		cmocka_unit_test(
		    several_versions_of_one_package_are_paired_old_with_new),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_damaged_list_is_refused_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
