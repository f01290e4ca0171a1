/* SPDX-License-Identifier: MIT */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

/*
 * A folder for one test, and other programs as the judges in it. Included by
 * tests that need it, after cmocka.h.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct scratch {
	char dir[64];
	int dirfd;
	int packs;	/* a second folder, closed with the first; or -1 */
};

static inline void
scratch_start(struct scratch *s)
{
	snprintf(s->dir, sizeof(s->dir), "/tmp/driftctl-unit.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->dirfd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(s->dirfd >= 0);
	s->packs = -1;
}

/* The exit status of a command of sh(1) run in the folder. */
__attribute__((format(printf, 2, 3))) static inline int
scratch_try(const struct scratch *s, const char *fmt, ...)
{
	char command[4096], all[4400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(command));
	snprintf(all, sizeof(all), "export LC_ALL=C GIT_CONFIG_NOSYSTEM=1 "
	    "GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent; "
	    "cd %s && { %s\n}", s->dir, command);
	return system(all);
}

#define scratch_sh(...) do {						\
	if (scratch_try(__VA_ARGS__) != 0)				\
		fail_msg("%s", "a command failed, see above");		\
} while (0)

static inline void
scratch_write(const struct scratch *s, const char *name, const void *bytes,
    size_t len)
{
	int fd = openat(s->dirfd, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (int)len);
	close(fd);
}

static inline void
scratch_end(struct scratch *s)
{
	int r;

	if (s->packs >= 0)
		close(s->packs);
	close(s->dirfd);
	r = scratch_try(s, "cd / && rm -rf %s", s->dir);
	assert_int_equal(r, 0);
}

#endif
