/* SPDX-License-Identifier: MIT */
#include "agent/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/root.h"
#include "snapshots/statcache.h"
#include "tests/unit/scratch.h"

/* A store with a stat cache of root/f, and an answer that depends on input. */
struct asked {
	struct scratch s;
	char root[96], store[96], input[96], missing[96];
	struct options o;
	struct inputs inputs;
	uint64_t sum;
	int64_t since;
};

static void
write_cache(struct asked *a)
{
	const struct oid commit = { "x" };
	struct seen seen = { .path = "/f", .flags = SEEN_ENTRY };
	struct stat st;
	struct err e = { 0 };
	CLEANUP(drop_fd) int fd = openat(a->s.dirfd, "store",
	    O_PATH | O_DIRECTORY);

	assert_int_equal(fstatat(a->s.dirfd, "root/f", &st, 0), 0);
	seen.st = seen_stat_of(&st);
	assert_int_equal(statcache_write(fd, "statcache", 1, &commit, STATCACHE_OTHER, &seen, 1,
	    &a->sum, &e), 0);
}

static void
keep_until(struct asked *a, int64_t valid_until)
{
	struct answer answer = { .exit_code = 1 };

	buf_adds(&answer.text, "the answer\n");
	answer_keep(&a->o, &answer, a->sum, &a->inputs, a->since, valid_until);
	buf_done(&answer.text);
}

static void
keep(struct asked *a)
{
	keep_until(a, 0);
}

static void
start(struct asked *a)
{
	*a = (struct asked){ .o = { .root = a->root, .root_given = true,
		.store = a->store, .verb = "check" } };
	scratch_start(&a->s);
	snprintf(a->root, sizeof(a->root), "%s/root", a->s.dir);
	snprintf(a->store, sizeof(a->store), "%s/store", a->s.dir);
	snprintf(a->input, sizeof(a->input), "%s/input", a->s.dir);
	snprintf(a->missing, sizeof(a->missing), "%s/missing", a->s.dir);
	scratch_sh(&a->s, "mkdir -p root store/answers; echo > root/f; "
	    "echo > input; sleep 0.05");
	a->since = statcache_now();
	inputs_add(&a->inputs, a->input);
	inputs_add(&a->inputs, a->missing);
	write_cache(a);
	keep(a);
}

static void
end(struct asked *a)
{
	inputs_done(&a->inputs);
	scratch_end(&a->s);
}

static bool
recalls(const struct options *o)
{
	struct answer again = { 0 };
	bool is = answer_recall(o, &again);

	if (is) {
		assert_string_equal(buf_str(&again.text), "the answer\n");
		assert_int_equal(again.exit_code, 1);
	}
	buf_done(&again.text);
	return is;
}

static void
the_same_question_gets_the_same_answer(void **state)
{
	struct asked a;

	(void)state;
	start(&a);
	assert_true(recalls(&a.o));
	assert_true(recalls(&a.o));
	end(&a);
}

static void
another_question_gets_none(void **state)
{
	char *words[] = { (char *)"x", NULL };
	struct asked a;
	struct options o;

	(void)state;
	start(&a);
#define DIFFERENT(change) do {						\
	o = a.o;							\
	change;								\
	assert_false(recalls(&o));					\
} while (0)
	DIFFERENT(o.verb = "snapshot");
	DIFFERENT(o.format = FORMAT_JSON);
	DIFFERENT(o.verbose = 1);
	DIFFERENT(o.config = "x");
	DIFFERENT((o.argc = 1, o.argv = words));
	DIFFERENT((o.specs.n = 1, o.specs.items = words));
#undef DIFFERENT
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	assert_false(recalls(&a.o));
	setenv("LC_ALL", "C", 1);
	end(&a);
}

static void
a_word_in_another_place_is_another_question(void **state)
{
	char *words[] = { (char *)"x", NULL };
	struct asked a;
	struct options o;

	(void)state;
	start(&a);
	a.o.config = "x";
	keep(&a);
	assert_true(recalls(&a.o));
	o = a.o;
	o.config = NULL;
	o.specs.n = 1;
	o.specs.items = words;
	assert_false(recalls(&o));
	a.o = o;
	keep(&a);
	assert_true(recalls(&a.o));
	/* The same word as the verb's own. */
	o = a.o;
	o.specs.n = 0;
	o.argc = 1;
	o.argv = words;
	assert_false(recalls(&o));
	end(&a);
}

static void
what_it_depended_on_changes_and_it_is_void(void **state)
{
	static const char *const changes[] = {
		"echo > input", "rm input", "chmod 600 input", "touch missing",
		"echo x > root/f", "rm root/f", "rm store/statcache",
		"rm store/answers/*", "mv root r; mkdir root",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct asked a;

		start(&a);
		assert_true(recalls(&a.o));
		scratch_sh(&a.s, "sleep 0.02; %s", changes[i]);
		if (recalls(&a.o))
			fail_msg("still given after: %s", changes[i]);
		end(&a);
	}
}

static void
an_input_as_young_as_the_work_keeps_nothing(void **state)
{
	struct asked a;

	(void)state;
	start(&a);
	scratch_sh(&a.s, "rm store/answers/*; echo y > input");
	keep(&a);
	scratch_sh(&a.s, "test -z \"$(ls -A store/answers)\"");
	end(&a);
}

/* What does not show in the times of the input itself. */
static void
an_input_that_moved_during_the_work_keeps_nothing(void **state)
{
	static const char *const moves[] = {
		"rm input", "mv d e", "mv d e; mv o d",
		"ln -sfn o/x l", "rm l", "mv o/x o/y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		struct asked a;
		char path[128];

		start(&a);
		scratch_sh(&a.s, "mkdir d o; echo > d/x; cp -p d/x o; "
		    "ln -s d/x l; sleep 0.05");
		a.since = statcache_now();
		snprintf(path, sizeof(path), "%s/d/x", a.s.dir);
		inputs_add(&a.inputs, path);
		snprintf(path, sizeof(path), "%s/l", a.s.dir);
		inputs_add(&a.inputs, path);
		snprintf(path, sizeof(path), "%s/o/x", a.s.dir);
		inputs_add(&a.inputs, path);
		scratch_sh(&a.s, "rm store/answers/*; %s", moves[i]);
		keep(&a);
		if (scratch_try(&a.s, "test -z \"$(ls -A store/answers)\""))
			fail_msg("kept after: %s", moves[i]);
		end(&a);
	}
}

/* Symlinks of the root lead where they lead within it. */
static void
a_turn_on_the_way_to_an_input_voids_the_answer(void **state)
{
	static const char *const turns[] = {
		"ln -sfn b mid", "ln -sfn /b mid", "ln -sfn b a/link",
		"rm a/in/x", "echo > a/in/x", "mv a/in i; ln -s /b a/in",
		"ln -s /b gone", "mkdir -p gone/far; echo > gone/far/x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		CLEANUP(drop_root) struct root r = { .fd = -1 };
		struct err e = { 0 };
		struct asked a;

		start(&a);
		scratch_sh(&a.s, "cd root; mkdir -p a/in b/far b/in; "
		    "echo > a/in/x; echo > b/x; cp -p a/in/x b/in/x; "
		    "cp -p a/in/x b/far/x; ln -s /a mid; ln -s in/x a/link; "
		    "sleep 0.05");
		a.since = statcache_now();
		assert_int_equal(root_open(&r, a.root, &e), 0);
		inputs_add_below(&a.inputs, &r, "/mid/in/x");
		inputs_add_below(&a.inputs, &r, "/a/link");
		inputs_add_below(&a.inputs, &r, "/gone/far/x");
		keep(&a);
		assert_true(recalls(&a.o));
		scratch_sh(&a.s, "cd root; sleep 0.02; %s", turns[i]);
		if (recalls(&a.o))
			fail_msg("still given after: %s", turns[i]);
		end(&a);
	}
}

static void
an_answer_ends_when_its_time_is_over(void **state)
{
	struct asked a;

	(void)state;
	start(&a);
	keep_until(&a, time(NULL) + 1000);
	assert_true(recalls(&a.o));
	keep_until(&a, time(NULL) - 1);
	assert_false(recalls(&a.o));
	/* It was made when the clock was wrong. */
	a.since += (int64_t)3600 * 1000000000;
	keep(&a);
	assert_false(recalls(&a.o));
	end(&a);
}

static void
a_damaged_answer_is_not_given(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct asked a;
	struct err e = { 0 };

	(void)state;
	start(&a);
	scratch_sh(&a.s, "cp store/answers/* answer");
	assert_int_equal(file_read(a.s.dirfd, "answer", 1 << 20, &b, &e), 0);
	for (size_t i = 0; i < b.len; i++) {
		const char was = b.bytes[i];

		b.bytes[i] = (char)(was ^ 1 << i % 8);
		scratch_write(&a.s, "bad", b.bytes, b.len);
		b.bytes[i] = was;
		scratch_sh(&a.s, "cp bad store/answers/*");
		if (recalls(&a.o))
			fail_msg("byte %zu of %zu", i, b.len);
	}
	for (size_t len = 0; len < b.len; len += 11) {
		scratch_write(&a.s, "bad", b.bytes, len);
		scratch_sh(&a.s, "cp bad store/answers/*");
		assert_false(recalls(&a.o));
	}
	end(&a);
}

static void
answers_that_are_gone_are_kept_again(void **state)
{
	struct asked a;

	(void)state;
	start(&a);
	scratch_sh(&a.s, "rm -r store/answers");
	assert_false(recalls(&a.o));
	keep(&a);
	assert_true(recalls(&a.o));
	end(&a);
}

static void
only_so_many_answers_are_kept(void **state)
{
	char config[16];
	struct asked a;

	(void)state;
	start(&a);
	for (int i = 0; i < 60; i++) {
		snprintf(config, sizeof(config), "c%d", i);
		a.o.config = config;
		keep(&a);
	}
	assert_true(recalls(&a.o));
	scratch_sh(&a.s, "test $(ls store/answers | wc -l) -le 24");
	end(&a);
}

static void
without_a_store_there_is_no_answer(void **state)
{
	struct asked a;

	(void)state;
	start(&a);
	a.o.store = "/nonexistent/store";
	assert_false(recalls(&a.o));
	keep(&a);
	assert_false(recalls(&a.o));
	end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_question_gets_the_same_answer),
		cmocka_unit_test(another_question_gets_none),
		cmocka_unit_test(a_word_in_another_place_is_another_question),
		cmocka_unit_test(what_it_depended_on_changes_and_it_is_void),
		cmocka_unit_test(an_input_as_young_as_the_work_keeps_nothing),
		cmocka_unit_test(
		    an_input_that_moved_during_the_work_keeps_nothing),
		cmocka_unit_test(
		    a_turn_on_the_way_to_an_input_voids_the_answer),
		cmocka_unit_test(an_answer_ends_when_its_time_is_over),
		cmocka_unit_test(a_damaged_answer_is_not_given),
		cmocka_unit_test(answers_that_are_gone_are_kept_again),
		cmocka_unit_test(only_so_many_answers_are_kept),
		cmocka_unit_test(without_a_store_there_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
