/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

static bool one_by_one;

static int
ask(const char *script, const char *user, unsigned seconds, size_t max,
    struct sandbox_answer *out, struct err *e)
{
	static const char *const scratch[] = { "/run/probe/deep", "/var/lib",
		NULL };
	static const char *const env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C.UTF-8", NULL };
	const char *const argv[] = { "probe", "-c", script, NULL };
	const struct sandbox s = { "/bin/sh", argv, env, user, scratch,
		seconds, max, one_by_one };

	return sandbox_run(&s, out, e);
}

static void
expect(const char *script, const char *user, int code, const char *said,
    const char *err)
{
	CLEANUP(drop_sandbox_answer) struct sandbox_answer a = { 0 };
	struct err e = { 0 };

	if (ask(script, user, 20, 1 << 16, &a, &e) < 0)
		fail_msg("%s: %s", script, e.what);
	if (said != NULL)
		assert_string_equal(buf_str(&a.out), said);
	if (err != NULL)
		assert_string_equal(buf_str(&a.err), err);
	assert_int_equal(a.exit, code);
}

static void
skip_unless_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("only root can shut a program off\n");
	skip();
}

static void
both_streams_and_the_exit_code_come_back(void **state)
{
	(void)state;
	skip_unless_root();
	expect("echo a; echo b >&2; exit 3", NULL, 3, "a\n", "b\n");
	expect("kill -TERM $$", NULL, 128 + 15, "", "");
	expect("cat", NULL, 0, "", "");
	expect("echo $0; env | sort", NULL, 0, "probe\nLC_ALL=C.UTF-8\n"
	    "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nPWD=/\n", "");
	/* What driftctl itself ignores is not ignored by others. */
	expect("kill -PIPE $$", NULL, 128 + 13, "", "");
}

static void
nothing_can_be_written(void **state)
{
	(void)state;
	skip_unless_root();
	expect("for f in /etc/probe /usr/probe /var/probe /proc/sys/x "
	    "/dev/kmsg; do (: > $f) 2> /dev/null && echo $f; done; "
	    "mount -o remount,rw / 2> /dev/null && echo mount; "
	    "ls /dev", NULL, 0, "fd\nfull\nnull\nrandom\nstderr\nstdin\n"
	    "stdout\nurandom\nzero\n", NULL);
	expect("(echo 1 > /etc/passwd) 2> /dev/null || echo no; "
	    "(echo 1 > /proc/sys/kernel/core_pattern) 2> /dev/null || "
	    "echo no", NULL, 0, "no\nno\n", "");
}

static void
what_is_written_to_scratch_folders_is_forgotten(void **state)
{
	struct stat st;

	(void)state;
	skip_unless_root();
	for (int i = 0; i < 2; i++)
		expect("ls -d /var/lib/dpkg /var/lib/x; "
		    "ls /run/probe/deep /tmp; touch /var/lib/dpkg/probe && "
		    "echo x > /var/lib/x && echo y > /run/probe/deep/y && "
		    "echo z > /tmp/z && echo z > /var/tmp/z && echo fine",
		    NULL, 0, "/var/lib/dpkg\n/run/probe/deep:\n\n/tmp:\nfine\n",
		    "ls: cannot access '/var/lib/x': No such file or "
		    "directory\n");
	assert_int_equal(stat("/run/probe", &st), -1);
	assert_int_equal(stat("/var/lib/x", &st), -1);
	assert_int_equal(stat("/var/lib/dpkg/probe", &st), -1);
}

static void
no_network_is_reached(void **state)
{
	(void)state;
	skip_unless_root();
	expect("grep -c : /proc/net/dev; grep -o 'lo:' /proc/net/dev", NULL, 0,
	    "1\nlo:\n", "");
}

/* Read-only mounts keep nobody from either. */
static void
neither_sockets_nor_devices_outside_are_reached(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char dir[] = "/srv/probe-XXXXXX";
	CLEANUP(drop_free) char *script = NULL;
	CLEANUP(drop_free) char *node = NULL;
	CLEANUP(drop_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
	    0);

	(void)state;
	skip_unless_root();
	assert_non_null(mkdtemp(dir));
	node = xasprintf("%s/zero", dir);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/socket", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	script = xasprintf("python3 -c 'import socket\n"
	    "try: socket.socket(socket.AF_UNIX).connect(\"%s\")\n"
	    "except OSError as e: print(e.strerror)'\n"
	    "(head -c 1 %s) 2> /dev/null || echo none", a.sun_path, node);
	if (mknod(node, S_IFCHR | 0600, makedev(1, 5)) < 0)
		print_message("no devices can be made here\n");
	expect(script, NULL, 0, "Network is unreachable\nnone\n", "");
	expect("head -c 1 /dev/zero | wc -c; echo x > /dev/null", NULL, 0,
	    "1\n", "");
	unlink(node);
	unlink(a.sun_path);
	rmdir(dir);
}

static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 2;
}

/* Who reads it would do what it is told. */
static void
nothing_is_written_into_a_fifo_outside(void **state)
{
	char dir[] = "/srv/probe-XXXXXX", got[16];
	CLEANUP(drop_free) char *script = NULL;
	CLEANUP(drop_free) char *fifo = NULL;
	CLEANUP(drop_fd) int fd = -1;

	(void)state;
	skip_unless_root();
	if (!has_landlock()) {
		print_message("this kernel has no Landlock to keep a program "
		    "from FIFOs\n");
		skip();
	}
	assert_non_null(mkdtemp(dir));
	fifo = xasprintf("%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0666), 0);
	fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	/* Its own are its own, and files still go from folder to folder. */
	script = xasprintf("(echo poweroff > %s) 2> /dev/null || echo none\n"
	    "mkfifo /tmp/own; (echo own > /tmp/own &); cat /tmp/own\n"
	    "mkdir /tmp/a /var/lib/probed; echo moved > /tmp/a/x\n"
	    "mv /tmp/a/x /tmp/y; cat /tmp/y\n"
	    "echo kept > /var/lib/probed/x; cat /var/lib/probed/x\n"
	    "echo out > /dev/stdout", fifo);
	expect(script, NULL, 0, "none\nown\nmoved\nkept\nout\n", "");
	assert_int_equal(read(fd, got, sizeof(got)), -1);
	assert_int_equal(errno, EAGAIN);
	unlink(fifo);
	rmdir(dir);
}

static void
keys_are_out_of_reach(void **state)
{
	CLEANUP(drop_free) char *script = xasprintf("python3 -c 'import ctypes\n"
	    "c = ctypes.CDLL(None, use_errno=True)\n"
	    "for n in %d, %d, %d:\n"
	    " print(c.syscall(n, b\"user\", b\"driftctl-probe\", b\"x\", 1, -4),"
	    " ctypes.get_errno())'", (int)SYS_add_key, (int)SYS_request_key,
	    (int)SYS_keyctl);
	CLEANUP(drop_free) char *said = xasprintf("-1 %d\n-1 %d\n-1 %d\n",
	    ENOSYS, ENOSYS, ENOSYS);

	(void)state;
	skip_unless_root();
	expect(script, NULL, 0, said, "");
}

static void
few_rights_are_left(void **state)
{
	(void)state;
	skip_unless_root();
	expect("id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs)' "
	    "/proc/self/status", NULL, 0, "0\nCapEff:\t00000000000014cf\n"
	    "CapBnd:\t00000000000014cf\nNoNewPrivs:\t1\n", "");
	expect("id -un; id -Gn; grep -E '^CapEff' /proc/self/status; "
	    "cat /dev/null && cat /etc/shadow 2> /dev/null",
	    "nobody", 1,
	    "nobody\nnogroup\nCapEff:\t0000000000000000\n", "");
}

static bool
lives(const char *word)
{
	CLEANUP(drop_free) char *line = xasprintf("pgrep -f '[%c]%s' "
	    "> /dev/null", word[0], word + 1);

	return system(line) == 0;
}

/* They may hold the pipes, sit in another session, or ignore signals. */
static void
what_it_leaves_behind_ends_with_it(void **state)
{
	time_t before = time(NULL);

	(void)state;
	skip_unless_root();
	expect("setsid sh -c 'trap \"\" TERM HUP; sleep 4711' & echo done",
	    NULL, 0, "done\n", "");
	assert_true(time(NULL) - before < 10);
	assert_false(lives("sleep 4711"));
}

static void
its_time_and_its_words_are_bounded(void **state)
{
	CLEANUP(drop_sandbox_answer) struct sandbox_answer a = { 0 }, b = { 0 };
	struct err e = { 0 };

	(void)state;
	skip_unless_root();
	assert_int_equal(ask("trap '' TERM; sleep 4712 & sleep 4712", NULL, 1,
	    100, &a, &e), -1);
	assert_string_equal(e.what, "'probe' gave no answer in 1 s");
	assert_false(lives("sleep 4712"));
	err_clear(&e);
	assert_int_equal(ask("yes >&2", NULL, 20, 5000, &b, &e), -1);
	assert_string_equal(e.what, "'probe' printed more than 5000 bytes");
}

static void
what_cannot_run_is_an_error(void **state)
{
	static const char *const argv[] = { "probe", NULL };
	static const char *const env[] = { NULL };
	CLEANUP(drop_sandbox_answer) struct sandbox_answer a = { 0 };
	struct sandbox s = { .program = "/etc/passwd", .argv = argv,
		.env = env, .seconds = 5, .max = 10 };
	struct err e = { 0 };

	(void)state;
	skip_unless_root();
	assert_int_equal(sandbox_run(&s, &a, &e), -1);
	assert_string_equal(e.what, "'/etc/passwd' cannot be started");
	assert_int_equal(e.sys, EACCES);
	err_clear(&e);
	s.user = "no-such-user";
	assert_int_equal(sandbox_run(&s, &a, &e), -1);
	assert_string_equal(e.what,
	    "there is no user 'no-such-user' to ask it as");
}

/* Without the right to, nothing runs that is not shut off. */
static void
who_is_not_root_runs_nothing(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	skip_unless_root();
	if ((pid = fork()) == 0) {
		struct sandbox_answer a = { 0 };
		struct err e = { 0 };

		if (setuid(65534) < 0 ||
		    ask("echo x", NULL, 5, 100, &a, &e) == 0)
			_exit(1);
		_exit(e.sys == EPERM && strstr(e.what, "cannot be shut off "
		    "from network and files, so it is not run") != NULL ?
		    0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int
old_kernel(void **state)
{
	(void)state;
	one_by_one = true;
	return 0;
}

static int
new_kernel(void **state)
{
	(void)state;
	one_by_one = false;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_streams_and_the_exit_code_come_back),
		cmocka_unit_test(nothing_can_be_written),
		cmocka_unit_test_setup_teardown(nothing_can_be_written,
		    old_kernel, new_kernel),
		cmocka_unit_test(what_is_written_to_scratch_folders_is_forgotten),
		cmocka_unit_test(no_network_is_reached),
		cmocka_unit_test(
		    neither_sockets_nor_devices_outside_are_reached),
		cmocka_unit_test_setup_teardown(
		    neither_sockets_nor_devices_outside_are_reached,
		    old_kernel, new_kernel),
		cmocka_unit_test(nothing_is_written_into_a_fifo_outside),
		cmocka_unit_test(keys_are_out_of_reach),
		cmocka_unit_test(few_rights_are_left),
		cmocka_unit_test(what_it_leaves_behind_ends_with_it),
		cmocka_unit_test(its_time_and_its_words_are_bounded),
		cmocka_unit_test(what_cannot_run_is_an_error),
		cmocka_unit_test(who_is_not_root_runs_nothing),
	};

	/* As driftctl has it: what it writes is nobody else's to read. */
	umask(077);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
