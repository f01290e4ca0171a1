/* SPDX-License-Identifier: MIT */
#include "snapshots/gitrepo.h"

#include <sys/stat.h>

#include "base/text.h"
#include "snapshots/gitwalk.h"
#include "tests/unit/git_store.h"

static void
git_reads_what_was_recorded(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	snapshot(&f, "one\n");
	snapshot(&f, "two\n");
	scratch_sh(&f.s, "cd store && git -C repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	scratch_sh(&f.s, "test \"$(git -C store/repo.git log "
	    "--format='%%an %%ae %%ci %%s %%(trailers)')\" = "
	    "\"$(printf 'driftctl driftctl@mail.example.org 2017-07-14 "
	    "08:10:00 +0530 why Trigger: test\\n\\n"
	    "driftctl driftctl@mail.example.org 2017-07-14 08:10:00 +0530 "
	    "why Trigger: test')\"");
	scratch_sh(&f.s, "test \"$(git -C store/repo.git show "
	    "live~1:files/etc/fstab)\" = one");
	scratch_sh(&f.s, "test $(git -C store/repo.git ls-tree -r live "
	    "| cut -c1-6 | tr '\\n' ' ' | tr -d ' ') = 100755100644");
	scratch_sh(&f.s, "test $(stat -c %%a store/repo.git) = 700 && "
	    "grep -q snapshots store/repo.git/description");
	end(&f);
}

static void
init_leaves_what_is_there(void **state)
{
	struct fixture f;
	struct oid oid, got;

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	scratch_sh(&f.s, "rm -r store/repo.git/info");
	assert_int_equal(gitfiles_init(f.dir, &f.e), 0);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_LIVE, &got, &f.e),
	    1);
	assert_true(oid_equal(&oid, &got));
	scratch_sh(&f.s, "test -d store/repo.git/info");
	end(&f);
}

static void
objects_come_back_as_they_went(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct gittree_item item;
	struct fixture f;
	struct oid oid;

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	assert_true(gitrepo_has(f.repo, &oid));
	assert_int_equal(gitrepo_commit(f.repo, &oid, &c, &f.e), 0);
	assert_int_equal(c.time, 1500000000);
	assert_int_equal(c.offset, 330);
	assert_int_equal(c.n_parents, 0);
	assert_string_equal(c.message, "why\n\nTrigger: test\n");
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fstab",
	    &item, &f.e), 1);
	assert_int_equal(item.mode, GITTREE_PROGRAM);
	assert_string_equal(item.name, "fstab");
	assert_int_equal(gitrepo_read(f.repo, &item.oid, "blob", &b, &f.e),
	    0);
	assert_string_equal(buf_str(&b), "one\n");
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fst",
	    &item, &f.e), 0);
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fstab/x",
	    &item, &f.e), 0);
	end(&f);
}

static void
reading_says_what_is_missing_or_of_another_type(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct fixture f;
	struct oid oid, none = { { 0xab } };
	struct err e = { 0 };
	char want[200], hex[41] = "";

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	assert_false(gitrepo_has(f.repo, &none));
	assert_int_equal(gitrepo_read(f.repo, &none, "blob", &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_message(&f, &e, "the blob "
	    "ab00000000000000000000000000000000000000 is missing "
	    "[run 'driftctl verify']");
	assert_int_equal(gitrepo_read(f.repo, &oid, "tree", &b, &f.e), -1);
	text_hex(&b, oid.b, OID_LEN);
	memcpy(hex, buf_str(&b), 40);
	snprintf(want, sizeof(want), "%s is a commit where a tree should be",
	    hex);
	assert_message(&f, &f.e, want);
	end(&f);
}

static void
a_folder_that_is_no_repository_is_refused(void **state)
{
	static const struct {
		const char *make, *message;
	} cases[] = {
		{ "true", "there is no store [make one with "
		    "'driftctl init']" },
		{ "mkdir -p store/repo.git",
		    "damaged, or no git repository: " },
		{ "mkdir -p store; touch store/repo.git",
		    "cannot open the store: Not a directory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct fixture f = { 0 };

		scratch_start(&f.s);
		snprintf(f.dir, sizeof(f.dir), "%s/store/repo.git",
		    f.s.dir);
		scratch_sh(&f.s, "%s", cases[i].make);
		assert_null(gitrepo_open(f.dir, &f.e));
		err_format(&f.e, &text);
		assert_true(text_starts(buf_str(&text) + strlen(f.dir) + 2,
		    cases[i].message));
		scratch_end(&f.s);
	}
}

static void
a_store_of_another_user_is_refused(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	if (chown(f.dir, 12345, (gid_t)-1) < 0) {
		print_message("needs root to give the store away\n");
		end(&f);
		skip();
	}
	assert_null(gitrepo_open(f.dir, &f.e));
	assert_message(&f, &f.e, "the store belongs to user 12345, not to "
	    "user 0 who runs driftctl [run it as that user, or chown the "
	    "store]");
	end(&f);
}

static void
configuration_of_users_changes_nothing(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	scratch_sh(&f.s, "printf '[core]\\n\\tbad bad bad\\n' >.gitconfig");
	gitrepo_close(f.repo);
	setenv("HOME", f.s.dir, 1);
	setenv("XDG_CONFIG_HOME", f.s.dir, 1);
	f.repo = gitrepo_open(f.dir, &f.e);
	assert_non_null(f.repo);
	snapshot(&f, "one\n");
	end(&f);
}

static void
a_ref_moves_only_from_where_it_was_expected(void **state)
{
	struct fixture f;
	struct oid a, b, got;

	(void)state;
	start(&f);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_BASELINE, &got,
	    &f.e), 0);
	a = snapshot(&f, "one\n");
	b = snapshot(&f, "two\n");
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &a, NULL,
	    &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b, &a,
	    &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b, &a,
	    &f.e), -1);
	assert_int_equal(f.e.kind, ERR_BUSY);
	assert_true(text_starts(f.e.what, "'refs/driftctl/baseline' was moved "
	    "by another run meanwhile, or is locked: "));
	err_clear(&f.e);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b,
	    &(struct oid){ { 0 } }, &f.e), -1);
	assert_int_equal(f.e.kind, ERR_BUSY);
	err_clear(&f.e);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_BASELINE, &got,
	    &f.e), 1);
	assert_true(oid_equal(&got, &b));
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/x",
	    &(struct oid){ { 9 } }, NULL, &f.e), -1);
	assert_true(text_starts(f.e.what, "cannot move 'refs/heads/x': "));
	end(&f);
}

static void
a_damaged_ref_is_told(void **state)
{
	struct fixture f;
	struct oid oid;

	(void)state;
	start(&f);
	snapshot(&f, "one\n");
	scratch_sh(&f.s, "echo zzz >store/repo.git/refs/heads/live");
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_LIVE, &oid, &f.e),
	    -1);
	assert_true(text_starts(f.e.what, "'refs/heads/live' is damaged: "));
	end(&f);
}

static void
a_diff_is_one_that_patch_takes(void **state)
{
	static const struct {
		const char *a, *b, *want;
		int rc;
	} cases[] = {
		{ "a\nb\n", "a\nb\n", "", 0 },
		{ "a\nb\nc\nd\n", "a\nb\nX\nd\n", "--- old\n+++ new\\x1b\n"
		    "@@ -2,3 +2,3 @@ a\n b\n-c\n+X\n d\n", 1 },
		{ "a", "b", "--- old\n+++ new\\x1b\n@@ -1 +1 @@\n-a\n"
		    "\\ No newline at end of file\n+b\n"
		    "\\ No newline at end of file\n", 1 },
		{ "", "a\n", "--- old\n+++ new\\x1b\n@@ -0,0 +1 @@\n+a\n",
		    1 },
		{ "a\001\n", "b\n", "--- old\n+++ new\\x1b\n@@ -1 +1 @@\n"
		    "-a\001\n+b\n", 1 },
	};
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gitrepo_text a = { cases[i].a, strlen(cases[i].a),
			"old" };
		struct gitrepo_text b = { cases[i].b, strlen(cases[i].b),
			"new\033" };

		buf_reset(&out);
		assert_int_equal(gitrepo_diff(&a, &b, 1, &out, &e),
		    cases[i].rc);
		assert_string_equal(buf_str(&out), cases[i].want);
	}
	buf_reset(&out);
	assert_int_equal(gitrepo_diff(
	    &(struct gitrepo_text){ "a\0b", 3, "old" },
	    &(struct gitrepo_text){ "a\0c", 3, "new" }, 3, &out, &e), 1);
	assert_string_equal(buf_str(&out), "binary files differ: old, new\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(git_reads_what_was_recorded),
		cmocka_unit_test(init_leaves_what_is_there),
		cmocka_unit_test(objects_come_back_as_they_went),
		cmocka_unit_test(
		    reading_says_what_is_missing_or_of_another_type),
		cmocka_unit_test(a_folder_that_is_no_repository_is_refused),
		cmocka_unit_test(a_store_of_another_user_is_refused),
		cmocka_unit_test(configuration_of_users_changes_nothing),
		cmocka_unit_test(a_ref_moves_only_from_where_it_was_expected),
		cmocka_unit_test(a_damaged_ref_is_told),
		cmocka_unit_test(a_diff_is_one_that_patch_takes),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
