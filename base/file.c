/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/tr.h"

int
file_read_fd(int fd, const char *where, uint64_t max, struct buf *out,
    struct err *e)
{
	struct stat st;
	size_t start = out->len, chunk = 8192;

	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    (uint64_t)st.st_size <= max)
		chunk = (size_t)st.st_size + 1;
	for (;;) {
		char *at = buf_reserve(out, chunk);
		ssize_t n = read(fd, at, chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, where, _("cannot read"));
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len - start > max)
			return err_set(e, ERR_INPUT, where,
			    _("larger than the %llu bytes allowed here"),
			    (unsigned long long)max);
		chunk = 65536;
	}
	buf_reserve(out, 0)[0] = '\0';
	return 0;
}

int
file_read(int dirfd, const char *name, uint64_t max, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, name, _("cannot open"));
	return file_read_fd(fd, name, max, out, e);
}

int
file_write_fd(int fd, const char *where, const void *bytes, size_t len,
    struct err *e)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, where, _("cannot write"));
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_sync_dir(int dirfd, const char *where, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, where, _("cannot sync the folder"));
	return 0;
}

static int
write_temp(int dirfd, const char *temp, const char *name, const void *bytes,
    size_t len, mode_t mode, bool sync, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, temp,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return err_sys(e, name, _("cannot create"));
	if (file_write_fd(fd, name, bytes, len, e) < 0)
		return -1;
	if (sync && fsync(fd) < 0)
		return err_sys(e, name, _("cannot sync"));
	return 0;
}

/* The folder that name stands in, synced. */
static int
sync_parent(int dirfd, const char *name, struct err *e)
{
	const char *slash = strrchr(name, '/');
	CLEANUP(drop_free) char *dir = slash == NULL ? xstrdup(".") :
	    xmemdup(name, (size_t)(slash - name) + 1);
	CLEANUP(drop_fd) int fd = openat(dirfd, dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, dir, _("cannot sync the folder"));
	return 0;
}

static int
replace(int dirfd, const char *name, const void *bytes, size_t len,
    mode_t mode, bool sync, struct err *e)
{
	CLEANUP(drop_free) char *temp = xasprintf("%s.tmp.%ld", name,
	    (long)getpid());

	if (write_temp(dirfd, temp, name, bytes, len, mode, sync, e) < 0) {
		unlinkat(dirfd, temp, 0);
		return -1;
	}
	if (renameat(dirfd, temp, dirfd, name) < 0) {
		err_sys(e, name, _("cannot rename into place"));
		unlinkat(dirfd, temp, 0);
		return -1;
	}
	return sync ? sync_parent(dirfd, name, e) : 0;
}

int
file_replace(int dirfd, const char *name, const void *bytes, size_t len,
    mode_t mode, struct err *e)
{
	return replace(dirfd, name, bytes, len, mode, true, e);
}

int
file_replace_quick(int dirfd, const char *name, const void *bytes, size_t len,
    mode_t mode, struct err *e)
{
	return replace(dirfd, name, bytes, len, mode, false, e);
}

/* With the errno of the mkdir that came before, or what is there instead. */
static bool
is_folder(int dirfd, const char *path)
{
	struct stat st;

	if (errno != EEXIST || fstatat(dirfd, path, &st, 0) < 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

int
file_mkdirs(int dirfd, const char *path, mode_t mode, struct err *e)
{
	CLEANUP(drop_free) char *p = xstrdup(path);

	for (char *s = p;; s++) {
		char c = *s;

		if (c != '/' && c != '\0')
			continue;
		*s = '\0';
		if (s != p && mkdirat(dirfd, p, mode) < 0 &&
		    !is_folder(dirfd, p))
			return err_sys(e, p, _("cannot make the folder"));
		if (c == '\0')
			return 0;
		*s = c;
	}
}

int
file_names(int dirfd, const char *name, struct strlist *out)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(drop_dir) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *de;

	if (d == NULL)
		return -1;
	fd = -1;
	/* NULL is the end as well as a failure (readdir(3)). */
	while ((errno = 0, de = readdir(d)) != NULL)
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			strlist_add(out, de->d_name);
	return errno == 0 ? 0 : -1;
}
