/* SPDX-License-Identifier: MIT */
#include "snapshots/gitobject.h"

#include "tests/unit/git_store.h"

static void
names_that_git_acts_upon_are_not_for_trees(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", ".git",
		".GIT", ".gitmodules", ".gitattributes", "git~1", "GIT~1",
		".git.", ".git ", ".git::$INDEX_ALLOCATION", "a\\.git",
		".g\xe2\x80\x8cit", "gitmod~1", "GI7EBA~1", ".Gitignore" };
	static const char *const good[] = { "git", "gitconfig", "passwd~",
		"a.git", "...", "..a", ".config", "\xff\xfe", "a\nb", "a b",
		"dev-disk-by\\x2duuid.swap", "gif", "-" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gittree_name_ok(bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(gittree_name_ok(good[i]));
}

static int
never(void *ctx, const struct gittree_item *item, struct err *e)
{
	(void)item;
	(void)e;
	++*(int *)ctx;
	return 0;
}

static void
hostile_trees_are_refused(void **state)
{
#define OID20 "\0aaaaaaaaaaaaaaaaaaaa"
	static const struct {
		const char *bytes;
		size_t len;
		const char *message;
	} cases[] = {
		{ "100644 .." OID20, 30, "t: unsafe name '..' in the tree" },
		{ "100644 a/b" OID20, 31, "t: unsafe name 'a/b' in the tree" },
		{ "100644 " OID20, 28, "t: unsafe name '' in the tree" },
		{ "160000 sub" OID20, 31, "t: 'sub' in the tree is nothing "
		    "that driftctl records" },
		{ "100644 a\0aaaa", 13, "t: damaged: the tree ends in the "
		    "middle" },
		{ "100644", 6, "t: damaged: the tree ends in the middle" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };
		int n = 0;

		assert_int_equal(gittree_parse("t", cases[i].bytes,
		    cases[i].len, never, &n, &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), cases[i].message);
		assert_int_equal(n, 0);
	}
}

static void
damaged_commits_are_refused(void **state)
{
#define TREE "tree 0123456789012345678901234567890123456789\n"
#define PARENT "parent 0123456789012345678901234567890123456789\n"
#define P4 PARENT PARENT PARENT PARENT
	static const struct {
		const char *bytes, *message;
	} cases[] = {
		{ "", "c: damaged: the commit names no tree" },
		{ "tree 01\n", "c: damaged: the commit names no tree" },
		{ TREE "parent xx\n", "c: damaged: a parent of the commit "
		    "has no proper name" },
		{ TREE P4 P4 PARENT, "c: a commit with more than 8 parents" },
		{ TREE "author a <b> 1 +0000\n\nx\n", "c: damaged: the commit "
		    "does not say when it was made" },
		{ TREE "author a\ncommitter a <b> x +0000\n\nx\n",
		    "c: damaged: the commit does not say when it was made" },
		{ TREE "author a\ncommitter a <b> 1 +99999\n\nx\n",
		    "c: damaged: the commit does not say when it was made" },
	};
	static const char fine[] = TREE PARENT "author a <b> 5 +0000\n"
	    "committer a <b> 7 -0130\nencoding latin1\n\nm\n\nn";
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct err fe = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };

		assert_int_equal(gitcommit_parse("c", cases[i].bytes,
		    strlen(cases[i].bytes), &c, &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), cases[i].message);
	}
	assert_int_equal(gitcommit_parse("c", fine, sizeof(fine) - 1, &c,
	    &fe), 0);
	assert_int_equal(c.time, 7);
	assert_int_equal(c.offset, -90);
	assert_int_equal(c.n_parents, 1);
	assert_string_equal(c.message, "m\n\nn");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_git_acts_upon_are_not_for_trees),
		cmocka_unit_test(hostile_trees_are_refused),
		cmocka_unit_test(damaged_commits_are_refused),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
