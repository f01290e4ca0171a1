/* SPDX-License-Identifier: MIT */
#include "agent/tell/terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* Name, process group, terminal and the group that is in its foreground: see
 * proc_pid_stat(5). */
struct stat_line {
	char name[32];
	int group, foreground;
	unsigned tty;
};

static int
read_stat(pid_t pid, struct stat_line *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	char path[64];
	const char *name, *rest;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (pid <= 0 || file_read(AT_FDCWD, path, 4096, &text, &ignored) < 0)
		return -1;
	name = strchr(buf_str(&text), '(');
	rest = strrchr(buf_str(&text), ')');
	if (name == NULL || rest == NULL || rest < name ||
	    (size_t)(rest - name) > sizeof(out->name) ||
	    sscanf(rest + 1, " %*c %*d %d %*d %u %d", &out->group, &out->tty,
	    &out->foreground) != 3)
		return -1;
	memcpy(out->name, name + 1, (size_t)(rest - name - 1));
	out->name[rest - name - 1] = '\0';
	return 0;
}

/* What it writes to, if that is its terminal. */
static int
open_terminal(pid_t pid, unsigned tty)
{
	CLEANUP(drop_fd) int fd = -1;
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%ld/fd/1", (long)pid);
	/* A look first: opening a pipe for writing is not without effect. */
	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return -1;
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	/* As the kernel packs it: minor 31..20 and 7..0, major 15..8. */
	if (fd < 0 || !isatty(fd) || fstat(fd, &st) < 0 ||
	    major(st.st_rdev) != (tty >> 8 & 0xff) ||
	    minor(st.st_rdev) != ((tty & 0xff) | (tty >> 12 & 0xfff00)))
		return -1;
	return fd_steal(&fd);
}

bool
terminal_write(pid_t pid, const char *name, const struct buf *lines)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_fd) int fd = -1;
	struct stat_line s;

	if (read_stat(pid, &s) < 0 || strcmp(s.name, name) != 0 ||
	    s.tty == 0 || s.group != s.foreground)
		return false;
	fd = open_terminal(pid, s.tty);
	if (fd < 0)
		return false;
	for (const char *at = buf_str(lines); *at != '\0';) {
		size_t len = strcspn(at, "\n");

		/* It may be in the middle of a line of its own, and raw. */
		buf_adds(&out, "\r\ndriftctl: ");
		buf_add(&out, at, len);
		at += len + (at[len] == '\n');
	}
	buf_adds(&out, "\r\n");
	return write(fd, out.bytes, out.len) == (ssize_t)out.len;
}
