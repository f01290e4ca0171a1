/* SPDX-License-Identifier: MIT */
#include "base/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/monotime.h"
#include "base/tr.h"

extern char **environ;

static int
start(const char *const *argv, int out_fd, pid_t *out_pid)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int n;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out_fd, 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	/* A group of its own, so that what it starts ends with it. */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attr, 0);
	n = posix_spawnp(out_pid, argv[0], &fa, &attr, (char *const *)argv,
	    environ);
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

/* Until something can be read from fd. */
static int
await(const struct patience *w, int fd, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = w->end - monotime_ms();

		if (left <= 0)
			return err_set(e, ERR_SYSTEM, w->name,
			    _("gave no answer in %u s"), w->seconds);
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return err_sys(e, w->name, _("cannot wait for it"));
		if (p.revents != 0)
			return 0;
	}
}

/* Reads until the end of input. */
static int
collect(const struct patience *w, int fd, size_t max, struct buf *out,
    struct err *e)
{
	size_t start_len = out->len;

	for (;;) {
		ssize_t n;

		if (await(w, fd, e) < 0)
			return -1;
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
		if (out->len - start_len > max)
			return err_set(e, ERR_SYSTEM, w->name,
			    _("answered more than %zu bytes"), max);
	}
}

/* It may have closed its output and go on all the same. */
static int
await_end(const struct patience *w, pid_t pid, struct err *e)
{
	CLEANUP(drop_fd) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return err_sys(e, w->name, _("cannot wait for it"));
	return await(w, fd, e);
}

int
exec_run(const char *const *argv, size_t max, unsigned seconds,
    struct buf *out, int *out_code, struct err *e)
{
	const struct patience w = { argv[0], seconds,
		monotime_ms() + (int64_t)seconds * 1000 };
	int fds[2], status, n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(e, argv[0], _("cannot make a pipe"));
	CLEANUP(drop_fd) int rd = fds[0];
	CLEANUP(drop_fd) int wr = fds[1];
	if (start(argv, wr, &pid) < 0)
		return err_sys(e, argv[0], _("cannot start"));
	close(fd_steal(&wr));
	n = collect(&w, rd, max, out, e);
	if (n == 0)
		n = await_end(&w, pid, e);
	if (n < 0)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n == 0)
		*out_code = WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
	return n;
}
