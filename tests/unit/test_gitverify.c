/* SPDX-License-Identifier: MIT */
#include "snapshots/gitverify.h"

#include "tests/unit/git_store.h"

struct problems {
	struct buf text;
	size_t n_objects;
};

static void
problem(void *ctx, const char *where, const char *what)
{
	buf_addf(&((struct problems *)ctx)->text, "%s: %s\n", where, what);
}

static void
progress(void *ctx, size_t n)
{
	((struct problems *)ctx)->n_objects = n;
}

static int
verify(struct fixture *f, struct problems *p)
{
	struct gitverify v = { problem, progress, p };

	gitrepo_close(f->repo);
	f->repo = gitrepo_open(f->dir, &f->e);
	assert_non_null(f->repo);
	return gitverify_run(f->repo, &v, &f->e);
}

static void
verify_names_what_is_damaged(void **state)
{
	static const struct {
		const char *damage, *told[3];
	} cases[] = {
		{ "true", { NULL } },
		{ "printf x | dd of=$(ls *.pack | head -1) bs=1 seek=40 "
		    "conv=notrunc 2>/dev/null",
		    { ".pack: damaged: its checksum does not match its "
		      "content [bring it back from a backup]\n",
		      "snapshot " } },
		{ "printf x | dd of=$(ls *.idx | head -1) bs=1 seek=1100 "
		    "conv=notrunc 2>/dev/null",
		    { ".idx: damaged: its checksum does not match its "
		      "content [bring it back from a backup]\n" } },
		{ "truncate -s 10 $(ls *.pack | head -1)",
		    { ".pack: damaged: cut short\n", "snapshot " } },
		{ "a=$(ls *.pack | head -1); b=$(ls *.pack | tail -1); "
		    "cp -f $a $b", { ".idx: damaged: it is the index of "
		    "another pack\n" } },
		{ "rm -f $(ls *.pack | head -1)",
		    { ".pack: cannot open: No such file or directory\n" } },
		{ "rm -f *", { "snapshot ", "is missing" } },
		{ "echo zzz >../../refs/heads/live",
		    { "refs/heads/live: 'refs/heads/live' is damaged: " } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct problems p = { 0 };
		int n;

		start(&f);
		snapshot(&f, "one\n");
		snapshot(&f, "two\n");
		scratch_sh(&f.s, "cd store/repo.git/objects/pack && "
		    "chmod 644 * && %s", cases[i].damage);
		n = verify(&f, &p);
		if (cases[i].told[0] == NULL) {
			assert_int_equal(n, 0);
			assert_int_equal(p.n_objects, 11);
		} else {
			if (n <= 0)
				fail_msg("case %zu: nothing told", i);
		}
		for (size_t t = 0; t < 3 && cases[i].told[t] != NULL; t++) {
			if (strstr(buf_str(&p.text), cases[i].told[t]) == NULL)
				fail_msg("case %zu: not told: %s\nbut: %s", i,
				    cases[i].told[t], buf_str(&p.text));
		}
		buf_done(&p.text);
		end(&f);
	}
}

static void
a_damaged_shallow_file_is_told(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	scratch_sh(&f.s, "echo nonsense >store/repo.git/shallow");
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), -1);
	assert_message(&f, &f.e,
	    "hallow:1:1: damaged: 'nonsense' is no name of a snapshot");
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_names_what_is_damaged),
		cmocka_unit_test(a_damaged_shallow_file_is_told),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
