/* SPDX-License-Identifier: MIT */
#include "base/exec.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/scratch.h"

static int
sh(const char *script, size_t max, unsigned seconds, struct buf *out,
    int *code, struct err *e)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	return exec_run(argv, max, seconds, out, code, e);
}

static void
the_answer_and_the_exit_code_come_back(void **state)
{
	static const struct { const char *script, *says; int code; } cases[] = {
		{ "echo hello; exit 3", "hello\n", 3 },
		{ "exit 0", "", 0 },
		{ "echo lost >&2; cat", "", 0 },
		{ "kill -TERM $$", "", 128 + 15 },
		{ "printf 'a\\0b' | wc -c", "3\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct err e = { 0 };
		int code = -1;

		assert_int_equal(sh(cases[i].script, 100, 10, &b, &code, &e),
		    0);
		assert_string_equal(buf_str(&b), cases[i].says);
		assert_int_equal(code, cases[i].code);
	}
}

static void
words_reach_the_program_as_they_are(void **state)
{
	const char *const argv[] = { "printf", "%s|", "a b", "$HOME", ";id",
		NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };
	int code;

	(void)state;
	assert_int_equal(exec_run(argv, 100, 10, &b, &code, &e), 0);
	assert_string_equal(buf_str(&b), "a b|$HOME|;id|");
}

static void
too_long_an_answer_is_an_error(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err e = { 0 };
	int code = 77;

	(void)state;
	assert_int_equal(sh("yes", 1000, 30, &b, &code, &e), -1);
	err_format(&e, &said);
	assert_string_equal(buf_str(&said),
	    "sh: answered more than 1000 bytes");
	assert_int_equal(code, 77);
}

static void
nobody_is_waited_for_for_ever(void **state)
{
	/* The second holds no pipe any more, and the third leaves a child. */
	static const char *const scripts[] = { "sleep 60",
		"exec >&-; sleep 60", "sleep 60 & exit 0" };

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };
		time_t began = time(NULL);
		int code;

		assert_int_equal(sh(scripts[i], 1000, 1, &b, &code, &e), -1);
		err_format(&e, &said);
		assert_string_equal(buf_str(&said),
		    "sh: gave no answer in 1 s");
		assert_true(time(NULL) - began < 10);
	}
}

static void
a_program_that_is_not_there_is_told(void **state)
{
	const char *const argv[] = { "no-such-program-here", NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err e = { 0 };
	int code;

	(void)state;
	assert_int_equal(exec_run(argv, 100, 10, &b, &code, &e), -1);
	err_format(&e, &said);
	assert_string_equal(buf_str(&said), "no-such-program-here: "
	    "cannot start: No such file or directory");
}

static void
input_and_environment_are_its_own(void **state)
{
	const char *const argv[] = { "sh", "-c",
		"env | sort | grep -v '^PWD=\\|^_=\\|^SHLVL='; wc -c; "
		"echo lost >&2; exit 4", NULL };
	const char *const env[] = { "PATH=/usr/bin:/bin", "A=b c", NULL };
	CLEANUP(drop_buf) struct buf in = { 0 }, b = { 0 };
	struct err e = { 0 };
	int code = -1;

	(void)state;
	/* More than any pipe holds. */
	for (int i = 0; i < 300000; i++)
		buf_addc(&in, 'x');
	assert_int_equal(exec_with(&(struct exec){ .argv = argv, .env = env,
	    .in = &in, .max = 100, .seconds = 10 }, &b, &code, &e), 0);
	assert_int_equal(code, 4);
	assert_string_equal(buf_str(&b),
	    "A=b c\nPATH=/usr/bin:/bin\n300000\n");
}

static void
input_need_not_be_read(void **state)
{
	const char *const argv[] = { "true", NULL };
	CLEANUP(drop_buf) struct buf in = { 0 }, b = { 0 };
	struct err e = { 0 };
	int code = -1;

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_addc(&in, 'x');
	assert_int_equal(exec_with(&(struct exec){ .argv = argv, .in = &in,
	    .max = 100, .seconds = 10 }, &b, &code, &e), 0);
	assert_int_equal(code, 0);
}

static void
what_is_too_much_is_dropped_where_nobody_minds(void **state)
{
	const char *const argv[] = { "sh", "-c",
		"echo said >&2; head -c 1000000 /dev/zero | tr '\\0' x; "
		"exit 5", NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };
	int code = -1;

	(void)state;
	assert_int_equal(exec_with(&(struct exec){ .argv = argv, .max = 10,
	    .seconds = 10, .lenient = true }, &b, &code, &e), 0);
	assert_int_equal(code, 5);
	assert_string_equal(buf_str(&b), "said\nxxxxx");
}

static void
signals_that_we_ignore_end_a_program_all_the_same(void **state)
{
	const char *const argv[] = { "sh", "-c", "kill -INT $$; echo lives",
		NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };
	int code = -1;

	(void)state;
	signal(SIGINT, SIG_IGN);
	assert_int_equal(exec_run(argv, 100, 10, &b, &code, &e), 0);
	signal(SIGINT, SIG_DFL);
	assert_int_equal(code, 128 + SIGINT);
	assert_int_equal(b.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_and_the_exit_code_come_back),
		cmocka_unit_test(words_reach_the_program_as_they_are),
		cmocka_unit_test(too_long_an_answer_is_an_error),
		cmocka_unit_test(nobody_is_waited_for_for_ever),
		cmocka_unit_test(a_program_that_is_not_there_is_told),
		cmocka_unit_test(input_and_environment_are_its_own),
		cmocka_unit_test(input_need_not_be_read),
		cmocka_unit_test(
		    what_is_too_much_is_dropped_where_nobody_minds),
		cmocka_unit_test(
		    signals_that_we_ignore_end_a_program_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
