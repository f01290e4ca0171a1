/* SPDX-License-Identifier: MIT */
#include "specs/mergeside.h"
#include "tests/unit/merge_outcome.h"

/* A file of random keys; few names, so that sides meet. */
static void
random_file(const struct view *v, unsigned *seed, struct buf *out)
{
	int n = rand_r(seed) % 8;

	for (int i = 0; i < n; i++) {
		int what = rand_r(seed) % 6, k = rand_r(seed) % 5,
		    val = rand_r(seed) % 3;

		if (v->fields != NULL)
			buf_addf(out, what == 0 ? "# %d\n" : "r%d d%d k%d\n",
			    what == 0 ? val : i, val, k);
		else if (what == 0)
			buf_addf(out, "# %d\n", val);
		else if (what == 1 && v->sections)
			buf_addf(out, "[s%d]\n", val);
		else
			buf_addf(out, strcmp(v->name, "keyvalue") == 0 ?
			    "K%d %d\n" : "K%d=%d\n", k, val);
	}
}

static const char *const random_views[] = { "ini", "shellvars", "keyvalue",
	"postfix", "crypttab" };

enum { ROUNDS = 4000, VIEWS = sizeof(random_views) / sizeof(*random_views) };

/* Whether both texts say the same. */
static bool
alike(const char *view, const char *a, const char *b)
{
	CLEANUP(drop_mergeside) struct mergeside x = { 0 };
	CLEANUP(drop_mergeside) struct mergeside y = { 0 };
	struct err e = { 0 };

	if (mergeside_read(view_find(view), a, strlen(a), &x, &e) < 0 ||
	    mergeside_read(view_find(view), b, strlen(b), &y, &e) < 0 ||
	    x.n_groups != y.n_groups)
		return false;
	for (size_t i = 0; i < x.n_groups; i++)
		if (mergegroup_cmp(x.view, &x.groups[i], &y.groups[i]) != 0 ||
		    !mergegroup_same(&x.groups[i], &y.groups[i]))
			return false;
	return true;
}

static void
check_laws(const char *view, const char *b, const char *m, const char *t)
{
	const struct {
		const char *base, *mine, *theirs, *want;
	} laws[] = {
		{ b, m, b, m },	/* theirs did nothing: mine, to the byte */
		{ b, b, t, t },	/* mine did nothing: what theirs says */
		{ b, m, m, m },	/* both did the same: once */
	};

	for (int i = 0; i < 3; i++) {
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		merge(view, laws[i].base, laws[i].mine, laws[i].theirs, false,
		    false, &o);
		if (o.rc == 0)
			continue;
		assert_int_equal(o.out.n, 0);
		if (i != 1)
			assert_string_equal(buf_str(&o.out.text), m);
		assert_true(alike(view, buf_str(&o.out.text), laws[i].want));
	}
}

/* Merged once more with the same version nothing changes. */
static void
check_again(const char *view, const char *m, const char *t,
    const struct outcome *first)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)m;
	merge(view, t, buf_str(&first->out.text), t, false, false, &o);
	assert_int_equal(o.rc, 1);
	assert_int_equal(o.out.n, 0);
	assert_string_equal(buf_str(&o.out.text), buf_str(&first->out.text));
}

/* A value of mine is in the result, or its key is among the conflicts, or
 * the package has changed or dropped it and mine had not. */
static void
check_nothing_lost(const char *view, const char *b, const char *m,
    const char *t, const struct outcome *o)
{
	const struct view *v = view_find(view);
	CLEANUP(drop_mergeside) struct mergeside base = { 0 };
	CLEANUP(drop_mergeside) struct mergeside mine = { 0 };
	CLEANUP(drop_mergeside) struct mergeside theirs = { 0 };
	CLEANUP(drop_mergeside) struct mergeside result = { 0 };
	const char *text = buf_str(&o->out.text);
	struct err e = { 0 };

	assert_int_equal(mergeside_read(v, b, strlen(b), &base, &e), 0);
	assert_int_equal(mergeside_read(v, m, strlen(m), &mine, &e), 0);
	assert_int_equal(mergeside_read(v, t, strlen(t), &theirs, &e), 0);
	assert_int_equal(mergeside_read(v, text, strlen(text), &result, &e),
	    0);
	for (size_t i = 0; i < mine.n_groups; i++) {
		const struct mergegroup *g = &mine.groups[i];
		const struct mergegroup *was = mergeside_find(&base, g);
		const struct mergegroup *is = mergeside_find(&result, g);
		const struct mergegroup *their = mergeside_find(&theirs, g);

		if (mergegroup_same(was, their))
			assert_true(mergegroup_same(is, g));
		else if (mergegroup_same(was, g))
			assert_true(mergegroup_same(is, their));
		else if (mergegroup_same(g, their))
			assert_true(mergegroup_same(is, g));
		else
			assert_non_null(is);	/* value by value */
	}
}

static void
any_three_files_obey_the_laws_of_merging(void **state)
{
	unsigned seed = 1, clean = 0, conflicts = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		const char *view = random_views[i % VIEWS];
		const struct view *v = view_find(view);
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf m = { 0 };
		CLEANUP(drop_buf) struct buf t = { 0 };
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		random_file(v, &seed, &b);
		random_file(v, &seed, &m);
		random_file(v, &seed, &t);
		check_laws(view, buf_str(&b), buf_str(&m), buf_str(&t));
		merge(view, buf_str(&b), buf_str(&m), buf_str(&t), i % 2,
		    false, &o);
		if (o.rc == 0)
			continue;
		conflicts += o.out.n > 0;
		clean += o.out.n == 0;
		if (o.out.n > 0)
			continue;
		check_again(view, buf_str(&m), buf_str(&t), &o);
		check_nothing_lost(view, buf_str(&b), buf_str(&m),
		    buf_str(&t), &o);
	}
	assert_true(clean > ROUNDS / 20 && conflicts > ROUNDS / 20);
}

static void
lines_obey_the_laws_of_merging(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 500; i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf m = { 0 };
		struct buf out[3] = { 0 };
		struct gitrepo_text base, mine;
		struct err e = { 0 };

		random_file(view_find("ini"), &seed, &b);
		random_file(view_find("ini"), &seed, &m);
		base = git_text(buf_str(&b), "base");
		mine = git_text(buf_str(&m), "mine");
		assert_int_equal(gitrepo_merge(&base, &mine, &base, &out[0],
		    &e), 0);
		assert_int_equal(gitrepo_merge(&base, &base, &mine, &out[1],
		    &e), 0);
		assert_int_equal(gitrepo_merge(&base, &mine, &mine, &out[2],
		    &e), 0);
		for (int k = 0; k < 3; k++) {
			assert_string_equal(buf_str(&out[k]), buf_str(&m));
			buf_done(&out[k]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_three_files_obey_the_laws_of_merging),
		cmocka_unit_test(lines_obey_the_laws_of_merging),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
