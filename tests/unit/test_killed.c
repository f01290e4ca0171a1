/* SPDX-License-Identifier: MIT */
/*
 * A restore that is killed at one system call after another, and so is the run
 * that takes it back. DRIFTCTL_KILL_EVERY=1 tries each single call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include "restoring.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct sweep {
	struct restoring r;
	struct manifest before, after, want;
	struct wishes wishes;
	struct plan plan;
	char id[64];
};

static int
run_restore(struct sweep *s)
{
	struct apply_options o = { .root = &s->r.live, .store_fd = s->r.store,
		.id = s->id, .title = "killed", .have = &s->before,
		.content = restoring_content, .ctx = &s->r };
	struct err e = { 0 };

	return apply_plan(&o, &s->plan, &e);
}

static int
run_recovery(struct sweep *s)
{
	struct err e = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };

	return apply_recover(&s->r.live, s->r.store, &id, &e);
}

/* 1 when it was killed before its n-th system call, 0 when it came to an end */
static int
killed_at(int (*run)(struct sweep *s), struct sweep *s, unsigned n)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run(s);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_EXITKILL);
	/* Each call stops the child twice: before and behind. */
	for (unsigned stops = 0; ; stops++) {
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status))
			return 0;
		assert_true(WIFSTOPPED(status));
		if (stops == 2 * n) {
			kill(pid, SIGKILL);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_true(WIFSIGNALED(status));
			return 1;
		}
	}
}

static void
expect_same(const struct sweep *s, const struct manifest *m, unsigned n)
{
	CLEANUP(drop_manifest) struct manifest now = { 0 };

	restoring_read(&s->r, &s->r.live, s->r.live_dir, &now);
	for (size_t i = 0; i < now.n || i < m->n; i++) {
		const struct entry *a = i < m->n ? &m->items[i] : NULL;
		const struct entry *b = i < now.n ? &now.items[i] : NULL;

		if (a == NULL || b == NULL || strcmp(a->path, b->path) != 0)
			fail_msg("killed at %u: '%s' where '%s' was", n,
			    b != NULL ? b->path : "-",
			    a != NULL ? a->path : "-");
		if (entry_differs(a, b) != 0)
			fail_msg("killed at %u: '%s' differs: %x", n, a->path,
			    entry_differs(a, b));
	}
}

static void
start_sweep(struct sweep *s)
{
	struct err e = { 0 };

	memset(s, 0, sizeof(*s));
	restoring_start(&s->r);
	scratch_sh(&s->r.s, "mkdir -p live/a/b live/gone/x want/new/deep && "
	    "cd live && echo 1 > a/changed && echo 2 > a/b/removed && "
	    "echo l > a/first && ln a/first a/second && ln a/first z && "
	    "echo f > gone/x/f && echo dir > swap && mkdir -p other/in && "
	    "echo o > other/in/o && echo m > meta && chmod 600 meta && "
	    "mkfifo fifo && cd ../want && mkdir a swap && "
	    "echo 11 > a/changed && echo ll > a/first && ln a/first a/second "
	    "&& echo n > new/deep/n && ln new/deep/n new/link && "
	    "echo s > swap/s && echo plain > other && cp -p ../live/meta . && "
	    "chmod 640 meta && ln -s x fifo && touch -d @1 a swap");
	if (geteuid() == 0)
		scratch_sh(&s->r.s, "cd live && chattr +i a/changed other/in "
		    "gone/x/f && chattr +a a && chattr +i ../want/swap");
	restoring_read(&s->r, &s->r.live, s->r.live_dir, &s->before);
	restoring_read(&s->r, &s->r.want, s->r.want_dir, &s->want);
	restoring_wish_all(&s->before, &s->want, &s->wishes);
	restoring_good(plan_make(&s->before, &s->want, &s->wishes, &s->plan,
	    &e), &e);
}

static void
end_sweep(struct sweep *s)
{
	plan_done(&s->plan);
	wishes_done(&s->wishes);
	manifest_done(&s->before);
	manifest_done(&s->want);
	restoring_end(&s->r);
}

static unsigned
step_of_sweep(unsigned fallback)
{
	const char *every = getenv("DRIFTCTL_KILL_EVERY");

	return every != NULL ? (unsigned)atoi(every) : fallback;
}

static void
no_leftovers(struct sweep *s)
{
	struct err e = { 0 };

	restoring_clean(&s->r);
	assert_false(apply_pending(s->r.store));
	restoring_good(rollback_remove(s->r.store, s->id, &e), &e);
}

static void
wherever_a_restore_is_killed_all_is_as_before_or_as_wished(void **state)
{
	unsigned step = step_of_sweep(7), n;
	struct sweep s;

	(void)state;
	start_sweep(&s);
	for (n = 1; ; n += step) {
		struct err e = { 0 };
		CLEANUP(drop_buf) struct buf id = { 0 };
		bool was_pending;

		snprintf(s.id, sizeof(s.id), "20260101T000000Z-%u", n);
		if (killed_at(run_restore, &s, n) == 0)
			break;
		was_pending = apply_pending(s.r.store);
		restoring_good(apply_recover(&s.r.live, s.r.store, &id, &e),
		    &e);
		if (!was_pending && rollback_there(s.r.store, s.id) &&
		    !rollback_undone(s.r.store, s.id))
			break;
		expect_same(&s, &s.before, n);
		no_leftovers(&s);
	}
	print_message("%u system calls\n", n);
	assert_true(n > 100);
	expect_same(&s, &s.want, n);
	restoring_clean(&s.r);
	end_sweep(&s);
}

/* One restore killed before call `at`, its taking back before call `n`. */
static int
kill_both(struct sweep *s, unsigned at, unsigned n)
{
	struct err e = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };
	int again;

	snprintf(s->id, sizeof(s->id), "20260101T000000Z-%u-%u", at, n);
	if (killed_at(run_restore, s, at) == 0)
		return -1;
	if (!apply_pending(s->r.store) && rollback_there(s->r.store, s->id))
		return -1;
	again = killed_at(run_recovery, s, n);
	restoring_good(apply_recover(&s->r.live, s->r.store, &id, &e), &e);
	expect_same(s, &s->before, at * 10000 + n);
	no_leftovers(s);
	return again;
}

static void
wherever_taking_back_is_killed_it_goes_on_the_next_time(void **state)
{
	unsigned step = step_of_sweep(43), pairs = 0;
	struct sweep s;
	int again = 0;

	(void)state;
	start_sweep(&s);
	for (unsigned at = 50; again >= 0; at += 7 + step)
		for (unsigned n = 1; (again = kill_both(&s, at, n)) > 0;
		    n += step)
			pairs++;
	print_message("%u pairs\n", pairs);
	assert_true(pairs > 20);
	end_sweep(&s);
}

static void
nothing_else_is_begun_before_a_dead_restore_is_taken_back(void **state)
{
	struct sweep s;
	struct err e = { 0 }, other = { 0 }, again = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };
	struct apply_options o;

	(void)state;
	start_sweep(&s);
	snprintf(s.id, sizeof(s.id), "20260101T000000Z-x");
	assert_int_equal(killed_at(run_restore, &s, 450), 1);
	assert_true(apply_pending(s.r.store));
	o = (struct apply_options){ .root = &s.r.live,
		.store_fd = s.r.store, .id = "20260101T000001Z-y",
		.content = restoring_content, .ctx = &s.r };
	assert_int_equal(apply_plan(&o, &s.plan, &e), -1);
	assert_string_equal(e.what, "an earlier restore was cut off and not "
	    "yet taken back [run 'driftctl undo']");
	assert_int_equal(apply_recover(&s.r.want, s.r.store, &id, &other),
	    -1);
	assert_non_null(strstr(other.what, "a restore of this root was cut "
	    "off and must be taken back first [run again with --root '"));
	scratch_sh(&s.r.s, "f=$(echo store/journal/*); cp $f saved; echo x >> $f");
	assert_int_equal(apply_recover(&s.r.live, s.r.store, &id, &again),
	    -1);
	assert_non_null(strstr(again.what, "damaged, or no journal that this "
	    "driftctl knows [if a restore was interrupted, 'sh "));
	scratch_sh(&s.r.s, "f=$(echo store/journal/*); cat saved > $f");
	restoring_good(apply_recover(&s.r.live, s.r.store, &id, &e), &e);
	assert_string_equal(buf_str(&id), s.id);
	assert_true(rollback_undone(s.r.store, s.id));
	expect_same(&s, &s.before, 0);
	no_leftovers(&s);
	end_sweep(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    wherever_a_restore_is_killed_all_is_as_before_or_as_wished),
		cmocka_unit_test(
		    nothing_else_is_begun_before_a_dead_restore_is_taken_back),
		cmocka_unit_test(
		    wherever_taking_back_is_killed_it_goes_on_the_next_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
