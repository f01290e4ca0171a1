/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/vec.h"
#include "tests/unit/one_spec.h"

#define CASES "tests/cases/lint"

static void
add_file(struct arena *a, const char *dir, const char *name,
    const char *extends, struct spec_sources *out)
{
	CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir, name);
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err e = { 0 };

	if (file_read(AT_FDCWD, path, SIZE_MAX, &bytes, &e) < 0)
		fail_msg("%s: %s", path, e.what);
	*VEC_ADD(out) = (struct spec_source){
		arena_printf(a, "%s%s", extends != NULL ? "spec.d/" : "",
		    name),
		arena_memdup(a, buf_str(&bytes), bytes.len), bytes.len,
		extends
	};
}

static void
names_in(const char *dir, struct strlist *out)
{
	CLEANUP(drop_dir) DIR *d = opendir(dir);
	const struct dirent *one;

	while (d != NULL && (one = readdir(d)) != NULL)
		if (one->d_name[0] != '.')
			strlist_add(out, one->d_name);
	strlist_sort(out);
}

/* The folder's spec.yaml and spec.d, and what is said of them. */
static void
lint(const char *dir, struct buf *out)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_free) char *extra = xasprintf("%s/spec.d", dir);
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct spec_sources sources = { 0 };
	struct arena a = { 0 };

	add_file(&a, dir, "spec.yaml", NULL, &sources);
	names_in(extra, &names);
	for (size_t i = 0; i < names.n; i++)
		add_file(&a, extra, names.items[i], "spec", &sources);
	catalogue_build(&f.c, sources.items, sources.n, NULL, NULL, &f.diags);
	for (size_t i = 0; i < f.diags.n; i++) {
		diagnostic_format(&f.diags.items[i], out);
		buf_addc(out, '\n');
	}
	free(sources.items);
	arena_done(&a);
}

static void
each_family_of_mistakes_is_told_in_these_words(void **state)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	(void)state;
	names_in(CASES, &names);
	assert_true(names.n > 20);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *dir = xasprintf("%s/%s", CASES,
		    names.items[i]);
		CLEANUP(drop_free) char *file = xasprintf("%s/expected", dir);
		CLEANUP(drop_buf) struct buf want = { 0 }, got = { 0 };
		struct err e = { 0 };

		lint(dir, &got);
		if (file_read(AT_FDCWD, file, SIZE_MAX, &want, &e) < 0)
			fail_msg("%s: %s\n%s", file, e.what, buf_str(&got));
		if (strcmp(buf_str(&want), buf_str(&got)) != 0)
			fail_msg("%s: got\n%s", dir, buf_str(&got));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_family_of_mistakes_is_told_in_these_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
