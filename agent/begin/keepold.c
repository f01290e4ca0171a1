/* SPDX-License-Identifier: MIT */
#include "agent/begin/keepold.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

enum { OLD_MAX = 8 << 20, MANY = 1000 };

/*
 * The name of the one kept as number i. apt, dpkg, dnf, pacman and Debian's
 * cron read no name that ends in ".bak"; cronie reads any that does not end in
 * "~" or is one of rpm's.
 */
static char *
name_of(const char *name, const char *path, unsigned i)
{
	const char *suffix = text_starts(path, "/etc/cron.d/") ? ".bak~" :
	    ".bak";

	return i == 0 ? xasprintf("%s%s", name, suffix) :
	    xasprintf("%s.%u%s", name, i, suffix);
}

/* 1, 0 where it is not there. */
static int
read_old(const struct root *r, const char *path, struct buf *out,
    mode_t *out_mode, struct err *e)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot open"));
	*out_mode = st.st_mode & 0777;
	return file_read_fd(fd, path, OLD_MAX, out, e) < 0 ? -1 : 1;
}

static bool
says_the_same(int dir, const char *name, const struct buf *old)
{
	CLEANUP(drop_fd) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	CLEANUP(drop_buf) struct buf is = { 0 };
	struct err ignored = { 0 };

	return fd >= 0 && file_read_fd(fd, name, OLD_MAX, &is,
	    &ignored) == 0 && is.len == old->len &&
	    memcmp(is.bytes, old->bytes, is.len) == 0;
}

static int
write_new(int fd, const char *name, const struct buf *old, struct err *e)
{
	if (file_write_fd(fd, name, old->bytes, old->len, e) < 0)
		return -1;
	return fsync(fd) < 0 ? err_sys(e, name, _("cannot sync")) : 0;
}

/* Where it says the same already, it is kept. */
static int
keep_as(int dir, const char *name, const struct buf *old, mode_t mode,
    struct err *e)
{
	/* libzypp runs whatever can be executed, by any name. */
	CLEANUP(drop_fd) int fd = openat(dir, name, O_WRONLY | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0666);

	if (fd < 0 && errno == EEXIST)
		return says_the_same(dir, name, old) ? 1 : 0;
	if (fd < 0)
		return err_sys(e, name, _("cannot create"));
	if (write_new(fd, name, old, e) < 0) {
		unlinkat(dir, name, 0);
		return -1;
	}
	return file_sync_dir(dir, name, e) < 0 ? -1 : 1;
}

int
keepold(const struct root *r, int dir, const char *path,
    const char *content, struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf old = { 0 };
	const char *name = strrchr(path, '/') + 1;
	mode_t mode = 0;
	int n = read_old(r, path, &old, &mode, e);

	if (n <= 0 || (old.len == strlen(content) &&
	    memcmp(old.bytes, content, old.len) == 0))
		return n < 0 ? -1 : 0;
	for (unsigned i = 0; i < MANY; i++) {
		CLEANUP(drop_free) char *as = name_of(name, path, i);

		n = keep_as(dir, as, &old, mode, e);
		if (n < 0)
			return -1;
		if (n == 0)
			continue;
		buf_addf(out, "%.*s%s", (int)(name - path), path, as);
		return 1;
	}
	return err_set(e, ERR_SYSTEM, path, _("too many are kept beside it "
	    "[remove some of %s.*]"), path);
}
