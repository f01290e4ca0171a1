/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/merge/job.h"

static void
a_leftover_is_known_by_the_end_of_its_name(void **state)
{
	static const struct {
		const char *path, *of;
		enum leftover_side side;
	} cases[] = {
		{ "/etc/a.rpmnew", "/etc/a", LEFTOVER_THEIRS },
		{ "/etc/a.conf.dpkg-dist", "/etc/a.conf", LEFTOVER_THEIRS },
		{ "/etc/a.dpkg-new", "/etc/a", LEFTOVER_THEIRS },
		{ "/etc/a.ucf-dist", "/etc/a", LEFTOVER_THEIRS },
		{ "/etc/a.ucf-new", "/etc/a", LEFTOVER_THEIRS },
		{ "/etc/a.pacnew", "/etc/a", LEFTOVER_THEIRS },
		{ "/etc/a.rpmsave", "/etc/a", LEFTOVER_MINE },
		{ "/etc/a.rpmorig", "/etc/a", LEFTOVER_MINE },
		{ "/etc/a.dpkg-old", "/etc/a", LEFTOVER_MINE },
		{ "/etc/a.dpkg-bak", "/etc/a", LEFTOVER_MINE },
		{ "/etc/a.ucf-old", "/etc/a", LEFTOVER_MINE },
		{ "/etc/a.pacsave", "/etc/a", LEFTOVER_MINE },
		/* A name of its own it must have. */
		{ "/etc/.rpmnew", NULL, 0 },
		{ "/etc/rpmnew", NULL, 0 },
		{ "/etc/a.rpmnew/x", NULL, 0 },
		{ "/etc/a.rpmnew~", NULL, 0 },
		{ "/etc/a.dpkg-tmp", NULL, 0 },
		{ "/", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum leftover_side side;
		unsigned rank;
		size_t n = leftover_of(cases[i].path, &side, &rank);

		if (cases[i].of == NULL) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(n, strlen(cases[i].of));
		assert_memory_equal(cases[i].path, cases[i].of, n);
		assert_int_equal(side, cases[i].side);
	}
}

static void
markers_stand_at_the_beginning_of_a_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;	/* 0: none */
	} cases[] = {
		{ "", 0 },
		{ "a\n=======\nb\n", 0 },	/* under a heading, say */
		{ "a\n <<<<<<< x\n", 0 },
		{ "a\n<<<<<<<x\n", 0 },
		{ "a\n<<<<<<< x\n", 2 },
		{ "a\nb\n||||||| x\n", 3 },
		{ ">>>>>>> x", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		unsigned line = 0;

		buf_adds(&b, cases[i].text);
		assert_int_equal(merge_has_markers(&b, &line),
		    cases[i].line > 0);
		assert_int_equal(line, cases[i].line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leftover_is_known_by_the_end_of_its_name),
		cmocka_unit_test(markers_stand_at_the_beginning_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
