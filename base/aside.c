/* SPDX-License-Identifier: MIT */
#include "base/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/monotime.h"
#include "base/tr.h"

enum {
	MESSAGE_MAX = 64 * 1024 * 1024,
	MEMORY_MORE = 512 * 1024 * 1024,	/* beyond what we have now */
};

struct aside {
	aside_work *work;
	pid_t pid;	/* 0: none is running */
	int fd;
};

struct aside *
aside_new(aside_work *work)
{
	struct aside *a = xcalloc(1, sizeof(*a));

	a->work = work;
	a->fd = -1;
	return a;
}

/* Ends it; what it was ended by before that, as waitpid tells. */
static int
end(struct aside *a)
{
	int status = 0;

	if (a->pid == 0)
		return 0;
	close(a->fd);
	a->fd = -1;
	kill(a->pid, SIGKILL);
	while (waitpid(a->pid, &status, 0) < 0 && errno == EINTR)
		;
	a->pid = 0;
	return status;
}

void
aside_free(struct aside *a)
{
	if (a == NULL)
		return;
	end(a);
	free(a);
}

/* Until bytes can move, or `until`: 1, 0 when it is too late, -1. */
static int
await(int fd, short events, int64_t until)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = until - monotime_ms();
		int n = poll(&p, 1, until < 0 ? -1 : left > 0 ? (int)left : 0);

		if (n < 0 && errno == EINTR)
			continue;
		return n;
	}
}

/* Moves len bytes: 1, 0 when it is too late, -1 when nobody is there. */
static int
move(int fd, void *bytes, size_t len, bool out, int64_t until)
{
	char *p = bytes;

	while (len > 0) {
		int ready = await(fd, out ? POLLOUT : POLLIN, until);
		ssize_t n;

		if (ready <= 0)
			return ready;
		n = out ? send(fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT) :
		    recv(fd, p, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 1;
}

static int
tell(int fd, const struct buf *b, int64_t until)
{
	uint64_t len = b->len;
	int n = move(fd, &len, sizeof(len), true, until);

	return n <= 0 ? n : move(fd, b->bytes, b->len, true, until);
}

static int
hear(int fd, struct buf *b, int64_t until)
{
	uint64_t len;
	int n = move(fd, &len, sizeof(len), false, until);

	buf_reset(b);
	if (n <= 0)
		return n;
	if (len > MESSAGE_MAX)
		return -1;
	n = move(fd, buf_reserve(b, (size_t)len + 1), (size_t)len, false,
	    until);
	if (n > 0) {
		b->len = (size_t)len;
		b->bytes[b->len] = '\0';
	}
	return n;
}

/* Memory counts from what was copied of ours. A sanitizer's own maps are
 * larger than any limit. */
static void
limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	struct rlimit r;

	if (f == NULL)
		return;
	if (fscanf(f, "%lld", &pages) == 1 && pages > 0 &&
	    getrlimit(RLIMIT_AS, &r) == 0) {
		rlim_t max = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) +
		    MEMORY_MORE;

		if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > max)
			r.rlim_cur = max;
		setrlimit(RLIMIT_AS, &r);
	}
	fclose(f);
#endif
}

/* Keeps nothing of ours open: neither locks nor anybody's pipe. */
static void
leave(int fd)
{
	const struct rlimit none = { 0, 0 };
	int null;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	/* What the terminal says is for the one that started us. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(2);
	syscall(SYS_close_range, 4U, ~0U, 0U);
	if ((null = open("/dev/null", O_RDWR)) < 0)
		_exit(2);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &none);
	limit_memory();
}

/* Nobody may be there any more to end it when it goes on for ever. */
static void
limit_time(unsigned seconds)
{
	struct rusage used;
	struct rlimit r;

	if (getrusage(RUSAGE_SELF, &used) < 0 || getrlimit(RLIMIT_CPU, &r) < 0)
		return;
	r.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    seconds + 2;
	setrlimit(RLIMIT_CPU, &r);
}

static void
serve(aside_work *work)
{
	struct buf ask = { 0 }, answer = { 0 };
	void *state = NULL;
	unsigned seconds;

	while (move(3, &seconds, sizeof(seconds), false, -1) > 0 &&
	    hear(3, &ask, -1) > 0) {
		limit_time(seconds);
		buf_reset(&answer);
		work(&state, &ask, &answer);
		if (tell(3, &answer, -1) <= 0)
			break;
	}
	_exit(0);
}

static int
start(struct aside *a, const char *name, struct err *e)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys(e, name, _("cannot make a pipe"));
	a->pid = fork();
	if (a->pid == 0) {
		leave(fds[1]);
		serve(a->work);
	}
	close(fds[1]);
	if (a->pid > 0) {
		a->fd = fds[0];
		return 0;
	}
	a->pid = 0;
	err_sys(e, name, _("cannot start a process to read it"));
	close(fds[0]);
	return -1;
}

int
aside_ask(struct aside *a, const char *name, const struct buf *ask,
    unsigned seconds, struct buf *answer, struct err *e)
{
	int64_t until = monotime_ms() + (int64_t)seconds * 1000;
	int n, status;

	if (a->pid == 0 && start(a, name, e) < 0)
		return -1;
	n = move(a->fd, &seconds, sizeof(seconds), true, until);
	if (n > 0)
		n = tell(a->fd, ask, until);
	if (n > 0)
		n = hear(a->fd, answer, until);
	if (n > 0)
		return 0;
	status = end(a);
	if (n == 0)
		return err_set(e, ERR_INPUT, name,
		    _("takes more than the %u s that it may take to read"),
		    seconds);
	if (WIFSIGNALED(status))
		return err_set(e, ERR_INPUT, name,
		    _("what reads it broke down (signal %d)"),
		    WTERMSIG(status));
	return err_set(e, ERR_INPUT, name,
	    _("what reads it broke down (exit %d)"), WEXITSTATUS(status));
}
