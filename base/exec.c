/* SPDX-License-Identifier: MIT */
#include "base/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/monotime.h"
#include "base/tr.h"

extern char **environ;

/* A file that is in no folder: whoever reads it slowly, or not at all, holds
 * nobody up. -1 with errno. */
static int
input_of(const struct exec *x)
{
	CLEANUP(drop_fd) int fd = memfd_create("input", MFD_CLOEXEC);
	struct err ignored = { 0 };

	if (fd < 0 || file_write_fd(fd, x->argv[0], x->in->bytes, x->in->len,
	    &ignored) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return fd_steal(&fd);
}

/* What we ignore, or a package manager that called us, is nothing to it. */
static void
plain_signals(posix_spawnattr_t *attr)
{
	sigset_t set;

	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
}

static int
start(const struct exec *x, int in_fd, int out_fd, pid_t *out_pid)
{
	char *const *argv = (char *const *)x->argv;
	char *const *env = x->env != NULL ?
	    (char *const *)x->env : environ;
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int n;

	posix_spawn_file_actions_init(&fa);
	if (in_fd >= 0)
		posix_spawn_file_actions_adddup2(&fa, in_fd, 0);
	else
		posix_spawn_file_actions_addopen(&fa, 0, "/dev/null",
		    O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out_fd, 1);
	if (x->lenient)
		posix_spawn_file_actions_adddup2(&fa, out_fd, 2);
	else
		posix_spawn_file_actions_addopen(&fa, 2, "/dev/null",
		    O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	/* A group of its own, so that what it starts ends with it. */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	plain_signals(&attr);
	n = posix_spawnp(out_pid, argv[0], &fa, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	errno = n;
	return n == 0 ? 0 : -1;
}

/* Who is waited for, and until when. */
struct patience {
	const char *name;
	unsigned seconds;
	int64_t end;
};

/* Until something can be read from fd: 1; or, where there is none, from other:
 * 0. */
static int
await_either(const struct patience *w, int fd, int other, struct err *e)
{
	for (;;) {
		struct pollfd p[] = { { .fd = fd, .events = POLLIN },
			{ .fd = other, .events = POLLIN } };
		int64_t left = w->end - monotime_ms();

		if (left <= 0)
			return err_set(e, ERR_SYSTEM, w->name,
			    _("gave no answer in %u s"), w->seconds);
		if (poll(p, 2, (int)left) < 0 && errno != EINTR)
			return err_sys(e, w->name, _("cannot wait for it"));
		if (p[0].revents != 0 || p[1].revents != 0)
			return p[0].revents != 0;
	}
}

/* Reads until the end of input. Where it is lenient, until the program ends:
 * what that leaves running may have its output open for good. */
static int
collect(const struct patience *w, int fd, int ended, const struct exec *x,
    struct buf *out, struct err *e)
{
	size_t most = out->len + x->max;

	for (;;) {
		ssize_t n = await_either(w, fd, x->lenient ? ended : -1, e);

		if (n <= 0)
			return (int)n;
		n = read(fd, buf_reserve(out, 65536), 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, w->name,
			    _("cannot read its answer"));
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->bytes[out->len] = '\0';
		if (out->len > most && !x->lenient)
			return err_set(e, ERR_SYSTEM, w->name,
			    _("answered more than %zu bytes"), x->max);
		if (out->len > most)
			buf_truncate(out, most);
	}
}

/* It may have closed its output and go on all the same. */
static int
await_all(const struct patience *w, pid_t pid, int fd, const struct exec *x,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_fd) int ended = (int)syscall(SYS_pidfd_open, pid, 0);

	if (ended < 0)
		return err_sys(e, w->name, _("cannot wait for it"));
	if (collect(w, fd, ended, x, out, e) < 0)
		return -1;
	return await_either(w, ended, -1, e) < 0 ? -1 : 0;
}

int
exec_with(const struct exec *x, struct buf *out, int *out_code,
    struct err *e)
{
	const struct patience w = { x->argv[0], x->seconds,
		monotime_ms() + (int64_t)x->seconds * 1000 };
	CLEANUP(drop_fd) int in = x->in != NULL ? input_of(x) : -1;
	int fds[2], status, n;
	pid_t pid;

	if (x->in != NULL && in < 0)
		return err_sys(e, x->argv[0], _("cannot pass its input on"));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(e, x->argv[0], _("cannot make a pipe"));
	CLEANUP(drop_fd) int rd = fds[0];
	CLEANUP(drop_fd) int wr = fds[1];
	if (start(x, in, wr, &pid) < 0)
		return err_sys(e, x->argv[0], _("cannot start"));
	close(fd_steal(&wr));
	n = await_all(&w, pid, rd, x, out, e);
	if (n < 0)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n == 0)
		*out_code = WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
	return n;
}

int
exec_run(const char *const *argv, size_t max, unsigned seconds,
    struct buf *out, int *out_code, struct err *e)
{
	return exec_with(&(struct exec){ .argv = argv, .max = max,
	    .seconds = seconds }, out, out_code, e);
}
