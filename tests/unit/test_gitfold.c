/* SPDX-License-Identifier: MIT */
#include "snapshots/gitfold.h"

#include "base/text.h"
#include "snapshots/gitwalk.h"
#include "tests/unit/git_store.h"

static int
count(void *ctx, const struct gitcommit *c, struct err *e)
{
	(void)c;
	(void)e;
	++*(int *)ctx;
	return 0;
}

static int
count_history(struct fixture *f)
{
	struct oid live;
	int n = 0;

	assert_int_equal(gitrepo_ref_get(f->repo, GITFILES_LIVE, &live,
	    &f->e), 1);
	assert_int_equal(gitwalk_history(f->repo, &live, count, &n, &f->e),
	    0);
	return n;
}

static void
many_packs_are_folded_into_few(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (int i = 0; i < 30; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d\n", i);
		snapshot(&f, text);
	}
	assert_int_equal(gitfold_small(f.repo, 40, &f.e), 0);
	scratch_sh(&f.s, "touch store/repo.git/objects/pack/tmp_pack_1_0");
	assert_int_equal(gitfold_small(f.repo, 10, &f.e), 30);
	scratch_sh(&f.s, "test $(ls store/repo.git/objects/pack | wc -l) = 2");
	scratch_sh(&f.s, "test ! -e store/repo.git/objects/tmp_fold");
	scratch_sh(&f.s, "git -C store/repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	assert_int_equal(count_history(&f), 30);
	assert_int_equal(gitfold_small(f.repo, 10, &f.e), 0);
	end(&f);
}

static void
history_can_be_cut(void **state)
{
	struct fixture f;
	struct oid c[6], none;
	struct oidset cut = { 0 };
	struct oidlist keep = { 0 };

	(void)state;
	start(&f);
	for (int i = 0; i < 6; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d\n", i);
		c[i] = snapshot(&f, text);
	}
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &c[1],
	    NULL, &f.e), 0);
	oidset_add(&cut, &c[4]);
	oidset_add(&cut, &c[1]);
	oidset_add(&cut, &(struct oid){ { 7 } });
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), 0);
	assert_int_equal(count_history(&f), 2);
	assert_true(gitrepo_has(f.repo, &c[1]));
	assert_false(gitrepo_has(f.repo, &c[0]));
	assert_false(gitrepo_has(f.repo, &c[2]));
	assert_int_equal(gitwalk_resolve(f.repo, "live~2", &none, &f.e), -1);
	scratch_sh(&f.s, "test $(wc -l <store/repo.git/shallow) = 2");
	scratch_sh(&f.s, "git -C store/repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	scratch_sh(&f.s, "test $(git -C store/repo.git log --format=%%H "
	    "live | wc -l) = 2");
	scratch_sh(&f.s, "test $(git -C store/repo.git cat-file "
	    "--batch-all-objects --batch-check | wc -l) = 16");
	/* A cut stays a cut. */
	err_clear(&f.e);
	assert_int_equal(gitfold_prune(f.repo, &keep, NULL, &f.e) < 0 ? -1 :
	    count_history(&f), 2);
	oidset_done(&cut);
	end(&f);
}

static void
nothing_goes_where_something_cannot_be_read(void **state)
{
	struct fixture f;
	struct oidlist keep = { 0 };
	struct oidset cut = { 0 };

	(void)state;
	start(&f);
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_message(&f, &f.e, "nothing would be left of it");
	err_clear(&f.e);
	snapshot(&f, "one\n");
	scratch_sh(&f.s, "mkdir kept && mv store/repo.git/objects/pack/* kept");
	snapshot(&f, "two\n");
	gitrepo_close(f.repo);
	f.repo = gitrepo_open(f.dir, &f.e);
	assert_non_null(f.repo);
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_true(text_ends(f.e.what, "is missing [run 'driftctl verify']"));
	scratch_sh(&f.s, "test $(ls store/repo.git/objects/pack | wc -l) = 2");
	err_clear(&f.e);
	scratch_sh(&f.s, "mv kept/* store/repo.git/objects/pack && "
	    "echo zzz >store/repo.git/refs/heads/other");
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_true(text_starts(f.e.what, "'refs/heads/other' is damaged: "));
	scratch_sh(&f.s, "test ! -e store/repo.git/shallow");
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_packs_are_folded_into_few),
		cmocka_unit_test(history_can_be_cut),
		cmocka_unit_test(nothing_goes_where_something_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
