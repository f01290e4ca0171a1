/* SPDX-License-Identifier: MIT */
#include "snapshots/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void
add(struct manifest *m, const char *path, struct entry en)
{
	struct entry *x = manifest_add(m);

	*x = en;
	x->path = path;
}

/* "-/gone +/new /changed=4" */
static void
compares_to(const struct manifest *was, const struct manifest *is, bool mtime,
    const char *wanted)
{
	CLEANUP(drop_changes) struct changes c = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };

	compare_manifests(was, is, mtime, &c);
	for (size_t i = 0; i < c.n; i++) {
		const struct change *x = &c.items[i];

		if (x->is == NULL)
			buf_addf(&b, "-%s ", x->was->path);
		else if (x->was == NULL)
			buf_addf(&b, "+%s ", x->is->path);
		else
			buf_addf(&b, "%s=%u ", x->is->path, x->differs);
	}
	assert_string_equal(buf_str(&b), wanted);
}

static void
what_went_came_and_changed_is_listed_in_path_order(void **state)
{
	CLEANUP(drop_manifest) struct manifest was = { 0 };
	CLEANUP(drop_manifest) struct manifest is = { 0 };
	const struct entry file = { .kind = ENTRY_FILE, .mode = 0644 };
	struct entry closed = file, later = file;

	(void)state;
	closed.mode = 0600;
	later.mtime.tv_sec = 5;
	add(&was, "/a", file);
	add(&was, "/a/z", file);
	add(&was, "/a.d", file);
	add(&was, "/b", file);
	add(&was, "/c", file);
	add(&is, "/a", file);
	add(&is, "/a.d", closed);
	add(&is, "/b", later);
	add(&is, "/b/n", file);
	add(&is, "/d", file);
	compares_to(&was, &is, false, "-/a/z /a.d=4 +/b/n -/c +/d ");
	compares_to(&was, &is, true, "-/a/z /a.d=4 /b=512 +/b/n -/c +/d ");
	compares_to(&was, &was, true, "");
}

static void
nothing_compares_with_nothing(void **state)
{
	CLEANUP(drop_manifest) struct manifest none = { 0 };
	CLEANUP(drop_manifest) struct manifest one = { 0 };

	(void)state;
	add(&one, "/a", (struct entry){ .kind = ENTRY_DIR });
	compares_to(&none, &none, true, "");
	compares_to(&none, &one, false, "+/a ");
	compares_to(&one, &none, false, "-/a ");
}

static void
each_kind_of_difference_is_told_apart(void **state)
{
	static const struct xattr x1 = { "user.a", "1", 1 },
	    x2 = { "user.a", "2", 1 };
	static const struct {
		struct entry was, is;
		unsigned differs;
	} cases[] = {
		{ { .kind = ENTRY_FILE }, { .kind = ENTRY_DIR }, DIFF_KIND },
		{ { .size = 1 }, { .size = 2 }, DIFF_CONTENT },
		{ { .oid = { "a" } }, { .oid = { "b" } }, DIFF_CONTENT },
		{ { .kind = ENTRY_SYMLINK, .target = "a" },
		    { .kind = ENTRY_SYMLINK, .target = "b" }, DIFF_CONTENT },
		{ { .kind = ENTRY_CHAR, .minor = 1 },
		    { .kind = ENTRY_CHAR, .minor = 2 }, DIFF_CONTENT },
		{ { .mode = 0600 }, { .mode = 0640 }, DIFF_MODE },
		{ { .uid = 1 }, { .uid = 2 }, DIFF_OWNER },
		{ { .gid = 1 }, { .gid = 2 }, DIFF_GROUP },
		{ { .acl = "a" }, { 0 }, DIFF_ACL },
		{ { .kind = ENTRY_DIR, .default_acl = "a" },
		    { .kind = ENTRY_DIR, .default_acl = "b" }, DIFF_ACL },
		{ { .xattrs = &x1, .n_xattrs = 1 },
		    { .xattrs = &x2, .n_xattrs = 1 }, DIFF_XATTR },
		{ { .xattrs = &x1, .n_xattrs = 1 }, { 0 }, DIFF_XATTR },
		{ { .flags = 16 }, { 0 }, DIFF_FLAGS },
		{ { .hardlink = "/a" }, { 0 }, DIFF_HARDLINK },
		{ { .mode = 0600, .uid = 1, .size = 3 }, { 0 },
		    DIFF_MODE | DIFF_OWNER | DIFF_CONTENT },
		{ { .content = CONTENT_UNREADABLE }, { 0 }, DIFF_UNKNOWN },
		/* The mode of a symlink and the size of a folder are noise. */
		{ { .kind = ENTRY_SYMLINK, .mode = 0777, .target = "a" },
		    { .kind = ENTRY_SYMLINK, .mode = 0755, .target = "a" },
		    0 },
		{ { .user = "a" }, { .user = "b" }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (entry_differs(&cases[i].was, &cases[i].is) !=
		    cases[i].differs)
			fail_msg("case %zu", i);
		assert_int_equal(entry_differs(&cases[i].is, &cases[i].was),
		    cases[i].differs);
	}
}

static void
differences_have_words(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	entry_difference_text(&b, DIFF_CONTENT | DIFF_MODE | DIFF_ACL);
	assert_string_equal(buf_str(&b), "content, mode, ACL");
	buf_reset(&b);
	entry_difference_text(&b, ~0u);
	assert_string_equal(buf_str(&b), "type, content, mode, owner, group, "
	    "ACL, extended attributes, inode flags, hard links, mtime, "
	    "not readable");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_went_came_and_changed_is_listed_in_path_order),
		cmocka_unit_test(nothing_compares_with_nothing),
		cmocka_unit_test(each_kind_of_difference_is_told_apart),
		cmocka_unit_test(differences_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
