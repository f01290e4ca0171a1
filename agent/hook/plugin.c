/* SPDX-License-Identifier: MIT */
#include "agent/hook/plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/hook/zypp.h"
#include "agent/tell/tell.h"
#include "base/file.h"
#include "base/tr.h"

enum { CHUNK = 65536 };

struct plugin {
	const struct upgrade *u;
	int out;
	bool begun;		/* and its end is still to be judged */
};

/*
 * A Ctrl-C at the terminal goes to zypper's whole process group, us included,
 * and so does what a closing terminal sends: we are to see the end of what it
 * interrupts.
 */
static void
leave_group(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	setsid();
}

typedef int work(const struct upgrade *u, struct err *e);

static int
work_begin(const struct upgrade *u, struct err *e)
{
	return upgrade_begin(u, e);
}

static int
work_end(const struct upgrade *u, struct err *e)
{
	return upgrade_end(u, false, e);
}

static int
work_interrupted(const struct upgrade *u, struct err *e)
{
	return upgrade_end(u, true, e);
}

/* zypper waits for the end of our pipes: a child that goes on must not hold
 * them. What it has to say goes to the one given. */
static void
let_go(int said)
{
	CLEANUP(drop_fd) int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; fd >= 0 && i < 2; i++)
		dup2(fd, i);
	dup2(said, STDERR_FILENO);
}

static _Noreturn void
child(const struct upgrade *u, work *do_it, int said)
{
	struct err e = { 0 };

	let_go(said);
	if (do_it(u, &e) < 0)
		tell_failure(u->o, u->origin, &e);
	_exit(0);
}

/* zypper has it in its log. */
static void
pass_on(int said)
{
	char bytes[4096];
	struct err ignored = { 0 };
	ssize_t n;

	while ((n = read(said, bytes, sizeof(bytes))) > 0)
		file_write_fd(STDERR_FILENO, "stderr", bytes, (size_t)n,
		    &ignored);
}

static void
wait_for(pid_t pid)
{
	CLEANUP(drop_fd) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = { .fd = fd, .events = POLLIN };

	if (fd >= 0)
		poll(&end, 1, PLUGIN_PATIENCE * 1000);
	waitpid(pid, NULL, WNOHANG);
}

static void
run_child(const struct plugin *p, work *do_it)
{
	struct err e = { 0 };
	int fds[2] = { -1, -1 };
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0 || (pid = fork()) < 0) {
		err_sys(&e, p->u->origin, _("cannot start a process"));
		tell_failure(p->u->o, p->u->origin, &e);
	} else if (pid == 0) {
		child(p->u, do_it, fds[1]);
	} else {
		wait_for(pid);
		pass_on(fds[0]);
	}
	drop_fd(&fds[0]);
	drop_fd(&fds[1]);
}

static void
act(struct plugin *p, enum zypp_command c)
{
	switch (c) {
	case ZYPP_COMMITBEGIN:
		run_child(p, work_begin);
		p->begun = true;
		break;
	case ZYPP_COMMITEND:
		run_child(p, work_end);
		p->begun = false;
		break;
	case ZYPP_PLUGINEND:
	case ZYPP_DISCONNECT:
		/* Its commit failed or was interrupted. */
		if (p->begun)
			run_child(p, work_interrupted);
		p->begun = false;
		break;
	case ZYPP_NONE:
	case ZYPP_PLUGINBEGIN:
	case ZYPP_OTHER:
		break;
	}
}

/* Whether it is still read is nothing to us. */
static void
answer(const struct plugin *p, enum zypp_command c)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };

	zypp_answer(c, &text);
	file_write_fd(p->out, "stdout", text.bytes, text.len, &ignored);
}

int
plugin_run(const struct upgrade *u, int in, int out, struct err *e)
{
	CLEANUP(drop_zypp) struct zypp_reader z = { 0 };
	CLEANUP(drop_free) char *bytes = xmalloc(CHUNK);
	struct plugin p = { .u = u, .out = out };
	ssize_t n;

	leave_group();
	while ((n = read(in, bytes, CHUNK)) > 0 ||
	    (n < 0 && errno == EINTR)) {
		const char *at = bytes;
		enum zypp_command c;

		while (n > 0 && (c = zypp_read(&z, &at, bytes + n)) !=
		    ZYPP_NONE) {
			act(&p, c);
			answer(&p, c);
		}
	}
	if (n < 0)
		err_sys(e, "stdin", _("cannot read"));
	/* zypper is gone: killed, most likely. */
	if (p.begun)
		run_child(&p, work_interrupted);
	return n < 0 ? -1 : 0;
}
