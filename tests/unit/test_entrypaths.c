/* SPDX-License-Identifier: MIT */
#include "agent/entrypaths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/strlist.h"

static const char *const patterns[] = {
	"/**", "/*", "/*/*", "/etc/*", "/etc/**", "/etc/**/*.conf",
	"/etc/*/b.conf", "/etc/*/*", "/etc/a*/**", "/etc/?/c.conf",
	"/etc/[ab]/*.conf", "/etc/a.d/*", "/etc/a-b/*", "/etc/\\*/x",
	"/**/x", "/etc/**/a/**", "/no/*", "/etc/a/b.con[f]", "/etc/a/*onf",
	"/etc/a/**/**", "/usr/*/x", "/*/a/*.conf", "/e*/a",
};

static void
collect(void *list, const struct entry *en)
{
	strlist_add(list, en->path);
}

/* Folders are not always entries themselves. */
static void
make(struct manifest *m, unsigned round)
{
	static const char *const tops[] = { "/etc", "/usr", "/etc/a",
		"/etc/a.d", "/etc/a-b", "/etc/*", "/etc/b", "/etc/a/a",
		"/etc/a/a/deep" };
	static const char *const names[] = { "b.conf", "c.conf", "x", "a~",
		".h" };

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		if ((round >> i & 1) == 0) {
			struct entry *en = manifest_add(m);

			en->kind = ENTRY_DIR;
			en->path = arena_strdup(&m->arena, tops[i]);
		}
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			struct entry *en = manifest_add(m);

			en->kind = ENTRY_FILE;
			en->path = arena_printf(&m->arena, "%s/%s", tops[i],
			    names[k]);
		}
	}
	manifest_sort(m);
}

static void
all_that_matches_is_found_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 1U << 9; round += 37) {
		CLEANUP(drop_manifest) struct manifest m = { 0 };

		make(&m, round);
		for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]);
		    i++) {
			CLEANUP(drop_strlist) struct strlist found = { 0 };
			size_t k = 0;

			entrypaths_match(&m, patterns[i], collect, &found);
			for (size_t n = 0; n < m.n; n++) {
				const char *path = m.items[n].path;

				if (!glob_path(patterns[i], path))
					continue;
				if (k == found.n ||
				    strcmp(found.items[k++], path) != 0)
					fail_msg("%s: misses %s", patterns[i],
					    path);
			}
			assert_int_equal(k, found.n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_matches_is_found_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
