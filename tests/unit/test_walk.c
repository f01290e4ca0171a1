/* SPDX-License-Identifier: MIT */
#include "base/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/scratch.h"

static const char letters[] = {
	[WALK_ENTRY] = 'E', [WALK_PASSED] = 'p', [WALK_ABSENT] = '-',
	[WALK_UNREADABLE] = '!',
};

/* "E/etc* " an entry whose names were all read. */
static int
note(void *ctx, const struct walk_item *item, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_addc(b, letters[item->what]);
	buf_adds(b, item->path);
	if (item->listed)
		buf_addc(b, '*');
	buf_addc(b, ' ');
	return 0;
}

static void
scope_of(struct scope *s, const struct root *r, const char *include,
    const char *ignore)
{
	CLEANUP(drop_free) char *in = xstrdup(include);
	CLEANUP(drop_free) char *out = xstrdup(ignore);
	struct err e = { 0 };

	for (char *p = strtok(in, " "); p != NULL; p = strtok(NULL, " "))
		assert_int_equal(scope_include(s, p, &e), 0);
	for (char *p = strtok(out, " "); p != NULL; p = strtok(NULL, " "))
		assert_int_equal(scope_ignore(s, p, &e), 0);
	assert_int_equal(scope_settle(s, r, &e), 0);
}

static void
meets(const struct scratch *t, const char *include, const char *ignore,
    const char *wanted)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scope s = { 0 };
	struct err e = { 0 };

	assert_int_equal(root_open(&r, t->dir, &e), 0);
	scope_of(&s, &r, include, ignore);
	assert_int_equal(walk(&r, &s, NULL, note, &b, &e), 0);
	assert_string_equal(buf_str(&b), wanted);
	scope_done(&s);
}

static void
folders_on_the_way_are_met_before_what_they_hold(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/pam.d usr/lib etc/b && "
	    "touch etc/pam.d/imap etc/pam.d/smtp etc/b/x etc/a");
	meets(&s, "/etc/pam.d/imap", "", "E/etc E/etc/pam.d "
	    "E/etc/pam.d/imap ");
	meets(&s, "/etc/**", "", "E/etc* E/etc/a E/etc/b* E/etc/b/x "
	    "E/etc/pam.d* E/etc/pam.d/imap E/etc/pam.d/smtp ");
	meets(&s, "/etc/pam.d/i*", "", "E/etc E/etc/pam.d* "
	    "E/etc/pam.d/imap ");
	meets(&s, "/*/pam.d/imap", "", "E/etc E/etc/pam.d "
	    "E/etc/pam.d/imap -/usr/pam.d p/usr ");
	scratch_end(&s);
}

static void
names_that_are_not_there_are_told(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/pam.d; echo > etc/file");
	meets(&s, "/etc/pam.d/imap", "",
	    "E/etc E/etc/pam.d -/etc/pam.d/imap ");
	meets(&s, "/var/x/y", "", "-/var ");
	meets(&s, "/etc/pam.d/*", "", "E/etc E/etc/pam.d* ");
	/* Where a folder is looked for, a file is. */
	meets(&s, "/etc/file/x", "", "E/etc p/etc/file ");
	scratch_end(&s);
}

static void
what_is_excluded_is_brought_in_by_nothing(void **state)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scope scope = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/st/in etc/sto; touch etc/key etc/keys "
	    "etc/st/in/x etc/sto/y");
	assert_int_equal(root_open(&r, s.dir, &e), 0);
	strlist_add(&scope.never, "/etc/key");
	strlist_add(&scope.never, "/etc/st");
	strlist_add(&scope.never, "/etc/missing");
	scope_of(&scope, &r, "/etc/** /etc/key /etc/st /etc/st/in/x "
	    "/etc/missing/x", "");
	assert_int_equal(walk(&r, &scope, NULL, note, &b, &e), 0);
	assert_string_equal(buf_str(&b), "E/etc* E/etc/keys E/etc/sto* "
	    "E/etc/sto/y ");
	assert_false(scope_tracks(&scope, "/etc/key"));
	assert_false(scope_tracks(&scope, "/etc/st/in/x"));
	assert_true(scope_tracks(&scope, "/etc/keys"));
	scope_done(&scope);
	scratch_end(&s);
}

static void
what_is_ignored_is_left_out_unless_it_is_spelled(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/.git etc/d && touch etc/.git/x etc/a~ "
	    "etc/mtab etc/d/mtab etc/d/k");
	meets(&s, "/etc/**", "*~ .git /etc/mtab", "E/etc* E/etc/d* "
	    "E/etc/d/k E/etc/d/mtab ");
	meets(&s, "/etc/** /etc/mtab", "*~ .git /etc/mtab /etc/d/**",
	    "E/etc* E/etc/d* E/etc/mtab ");
	meets(&s, "/etc/** /etc/.git/x", "*~ .git mtab d", "E/etc* "
	    "E/etc/.git E/etc/.git/x ");
	scratch_end(&s);
}

static void
symlinks_are_met_and_not_followed(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p usr/lib/d etc && ln -s usr/lib lib && "
	    "touch usr/lib/d/f && ln -s ../usr/lib etc/l");
	meets(&s, "/etc/**", "", "E/etc* E/etc/l ");
	/* But the parents of what is tracked are where they really are. */
	meets(&s, "/lib/d/f", "", "E/lib E/usr E/usr/lib E/usr/lib/d "
	    "E/usr/lib/d/f ");
	meets(&s, "/lib/d/*", "", "E/lib E/usr E/usr/lib E/usr/lib/d* "
	    "E/usr/lib/d/f ");
	scratch_end(&s);
}

static void
a_link_out_of_the_root_stays_in_it(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/real; ln -s /etc/real abs; "
	    "ln -s ../../../../etc/real up; touch etc/real/f; ln -s loop loop");
	meets(&s, "/abs/f", "", "E/abs E/etc E/etc/real E/etc/real/f ");
	meets(&s, "/up/f", "", "E/etc E/etc/real E/etc/real/f E/up ");
	scratch_end(&s);
}

static void
a_folder_that_cannot_be_read_is_told(void **state)
{
	bool is_root = geteuid() == 0;
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/shut etc/z && touch etc/z/f && "
	    "chmod 0 etc/shut && chmod 755 . etc etc/z");
	/* Root reads everything, so nobody in particular has a look. */
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	meets(&s, "/etc/**", "", "E/etc* E/etc/shut !/etc/shut E/etc/z* "
	    "E/etc/z/f ");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	scratch_sh(&s, "chmod 700 etc/shut");
	scratch_end(&s);
}

static void
a_tree_as_deep_as_paths_allow_is_walked(void **state)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scope scope = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	/* Deeper than PATH_MAX in all. */
	scratch_sh(&s, "mkdir e; cd e; i=0; d=$(printf %%0200d 0); "
	    "while [ $i -lt 30 ]; do mkdir $d && cd -P $d || exit 1; "
	    "i=$((i + 1)); done; : > bottom");
	assert_int_equal(root_open(&r, s.dir, &e), 0);
	scope_of(&scope, &r, "/e/**", "");
	assert_int_equal(walk(&r, &scope, NULL, note, &b, &e), 0);
	assert_non_null(strstr(buf_str(&b), "/bottom "));
	assert_null(strchr(buf_str(&b), '!'));
	scope_done(&scope);
	scratch_end(&s);
}

static int
refuse(void *ctx, const struct walk_item *item, struct err *e)
{
	++*(int *)ctx;
	return err_set(e, ERR_INPUT, item->path, "enough");
}

static void
whoever_looks_can_stop_the_walk(void **state)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct scope scope = { 0 };
	struct scratch s;
	struct err e = { 0 };
	int n = 0;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p etc/a etc/b");
	assert_int_equal(root_open(&r, s.dir, &e), 0);
	scope_of(&scope, &r, "/etc/**", "");
	assert_int_equal(walk(&r, &scope, NULL, refuse, &n, &e), -1);
	assert_int_equal(n, 1);
	assert_string_equal(e.what, "enough");
	scope_done(&scope);
	scratch_end(&s);
}

static void
a_root_that_is_not_there_is_told(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct root r = { .fd = -1 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(root_open(&r, "/nonexistent/root", &e), -1);
	err_format(&e, &b);
	assert_string_equal(buf_str(&b), "/nonexistent/root: cannot open "
	    "the root: No such file or directory");
}

/* A walk and scope_tracks answer alike. */
static void
the_scope_tracks_what_a_walk_meets(void **state)
{
	static const struct { const char *path; bool tracked; } cases[] = {
		{ "/etc/fstab", true }, { "/etc/a/b/c", true },
		{ "/etc/a~", false }, { "/etc/mtab", false },
		{ "/etc/x/mtab", true }, { "/etc/keep~", true },
		{ "/usr/lib/pam.d/imap", true }, { "/usr/lib/pam.d", false },
		{ "/usr/lib/pam.d/a/b", false }, { "/var/cache", false },
		{ "/var/cache/x", false }, { "/etc/cache", true },
		{ "/etc/cache/a/b", false }, { "/etc/d.swp", false },
		{ "/etc/swp", true },
	};
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct scope scope = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	assert_int_equal(root_open(&r, s.dir, &e), 0);
	scope_of(&scope, &r, "/etc/** /{usr/lib,etc}/pam.d/* /etc/keep~",
	    "*~ *.swp /etc/mtab /etc/cache/**");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (scope_tracks(&scope, cases[i].path) != cases[i].tracked)
			fail_msg("%s", cases[i].path);
	scope_done(&scope);
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    folders_on_the_way_are_met_before_what_they_hold),
		cmocka_unit_test(names_that_are_not_there_are_told),
		cmocka_unit_test(what_is_excluded_is_brought_in_by_nothing),
		cmocka_unit_test(
		    what_is_ignored_is_left_out_unless_it_is_spelled),
		cmocka_unit_test(symlinks_are_met_and_not_followed),
		cmocka_unit_test(a_link_out_of_the_root_stays_in_it),
		cmocka_unit_test(a_folder_that_cannot_be_read_is_told),
		cmocka_unit_test(a_tree_as_deep_as_paths_allow_is_walked),
		cmocka_unit_test(whoever_looks_can_stop_the_walk),
		cmocka_unit_test(a_root_that_is_not_there_is_told),
		cmocka_unit_test(the_scope_tracks_what_a_walk_meets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
