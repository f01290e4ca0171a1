/* SPDX-License-Identifier: MIT */
#include "agent/ledger/owner.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { COMMAND_MAX = 200, GENERATIONS_MAX = 100 };

static ssize_t
read_some(const char *path, char *out, size_t size)
{
	CLEANUP(drop_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 || (n = read(fd, out, size - 1)) < 0)
		return -1;
	out[n] = '\0';
	return n;
}

struct stat_line {
	char state;
	int parent;
	uint64_t start;
};

/* The name stands in brackets and may have brackets and blanks in it. */
static int
read_stat(pid_t pid, struct stat_line *out)
{
	char path[64], text[1024];
	unsigned long long start;
	const char *rest;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (pid <= 0 || read_some(path, text, sizeof(text)) <= 0 ||
	    (rest = strrchr(text, ')')) == NULL ||
	    sscanf(rest + 1, " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	    "%*s %*s %*s %*s %*s %*s %*s %llu", &out->state, &out->parent,
	    &start) != 3)
		return -1;
	out->start = start;
	return 0;
}

static void
read_boot(char *out, size_t size)
{
	if (read_some("/proc/sys/kernel/random/boot_id", out, size) < 0)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

int
owner_of(pid_t pid, struct owner *out)
{
	struct owner o = { .pid = pid };
	struct stat_line s;

	if (read_stat(pid, &s) < 0 || s.state == 'Z' || s.state == 'X')
		return -1;
	o.start = s.start;
	read_boot(o.boot, sizeof(o.boot));
	*out = o;
	return 0;
}

static bool
read_program(pid_t pid, char *out, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	n = readlink(path, out, size - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

pid_t
owner_first(pid_t pid)
{
	char mine[PATH_MAX], parents[PATH_MAX];
	struct stat_line s;

	if (!read_program(pid, mine, sizeof(mine)))
		return pid;
	for (int i = 0; i < GENERATIONS_MAX && read_stat(pid, &s) == 0 &&
	    read_program(s.parent, parents, sizeof(parents)) &&
	    strcmp(mine, parents) == 0; i++)
		pid = s.parent;
	return pid;
}

bool
owner_lives(const struct owner *o)
{
	struct owner now;

	return owner_of(o->pid, &now) == 0 && now.start == o->start &&
	    strcmp(now.boot, o->boot) == 0;
}

bool
owner_is_above(const struct owner *o, pid_t pid)
{
	struct stat_line s;

	if (!owner_lives(o))
		return false;
	for (int i = 0; pid > 0 && i < GENERATIONS_MAX; i++) {
		if (pid == o->pid)
			return true;
		if (read_stat(pid, &s) < 0)
			return false;
		pid = s.parent;
	}
	return false;
}

void
owner_command(pid_t pid, struct buf *out)
{
	char path[64], text[COMMAND_MAX + 1];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)pid);
	n = read_some(path, text, sizeof(text));
	while (n > 0 && text[n - 1] == '\0')
		n--;
	for (ssize_t i = 0; i < n; i++)
		buf_addc(out, text[i] == '\0' ? ' ' : text[i]);
}
