/* SPDX-License-Identifier: MIT */
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/rootwalk.h"
#include "base/strlist.h"
#include "base/tr.h"

enum { LINKS_MAX = 40 };	/* as path_resolution(7) */

int
root_open(struct root *r, const char *dir, struct err *e)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, dir, _("cannot open the root"));
	r->fd = fd;
	r->dir = xstrdup(dir);
	return 0;
}

void
root_close(struct root *r)
{
	if (r->dir != NULL)
		close(r->fd);
	free(r->dir);
	*r = (struct root){ .fd = -1 };
}

void
drop_root(struct root *r)
{
	root_close(r);
}

static int
open2(int dirfd, const char *path, int flags, unsigned resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = resolve,
	};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

static const char *
relative(const char *path)
{
	while (*path == '/')
		path++;
	return *path != '\0' ? path : ".";
}

int
root_open_in(const struct root *r, const char *path, int flags)
{
	int fd = open2(r->fd, relative(path), flags, RESOLVE_IN_ROOT);

	return fd < 0 && errno == ENOSYS ? rootwalk_in(r, path, flags) : fd;
}

static int
open_strictly(int dirfd, const char *path, int flags)
{
	int fd = open2(dirfd, path, flags,
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

	return fd < 0 && errno == ENOSYS ? rootwalk_at(dirfd, path, flags) :
	    fd;
}

int
root_open_at(const struct root *r, const char *path, int flags)
{
	CLEANUP(drop_fd) int dir = -1;
	char piece[PATH_MAX];

	path = relative(path);
	while (strlen(path) >= PATH_MAX) {
		size_t n = PATH_MAX - 1;
		int next;

		while (n > 0 && path[n] != '/')
			n--;
		if (n == 0) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(piece, path, n);
		piece[n] = '\0';
		next = open_strictly(dir >= 0 ? dir : r->fd, piece,
		    O_PATH | O_DIRECTORY);
		if (next < 0)
			return -1;
		if (dir >= 0)
			close(dir);
		dir = next;
		path = relative(path + n);
	}
	return open_strictly(dir >= 0 ? dir : r->fd, path, flags | O_NOFOLLOW);
}

int
root_open_parent(const struct root *r, const char *path, const char **out_name)
{
	CLEANUP(drop_buf) struct buf parent = { 0 };
	int fd;

	path_parent(&parent, path);
	fd = root_open_at(r, buf_str(&parent), O_PATH | O_DIRECTORY);
	if (fd >= 0)
		*out_name = path_name(path);
	return fd;
}

/*
 * Reads the symlink at path; 0 when it is none or is not there. A symlink that
 * is longer than we can take is an error, not a truth cut short.
 */
static int
read_link(const struct root *r, const char *path, struct buf *out)
{
	CLEANUP(drop_fd) int dir = -1;
	const char *name;
	ssize_t n;

	if ((dir = root_open_parent(r, path, &name)) < 0)
		return 0;
	n = readlinkat(dir, name, buf_reserve(out, PATH_MAX), PATH_MAX);
	if (n <= 0)
		return 0;
	if (n >= PATH_MAX)
		return -1;
	out->len += (size_t)n;
	out->bytes[out->len] = '\0';
	return 1;
}

static void
drop_last(struct buf *done)
{
	while (done->len > 0 && done->bytes[done->len - 1] != '/')
		buf_truncate(done, done->len - 1);
	if (done->len > 0)
		buf_truncate(done, done->len - 1);
}

static int
resolve(const struct root *r, const char *path, struct buf *out,
    struct strlist *links, struct err *e)
{
	CLEANUP(drop_buf) struct buf done = { 0 };
	CLEANUP(drop_free) char *rest = xstrdup(path);
	int followed = 0;

	for (char *p = rest;;) {
		CLEANUP(drop_buf) struct buf target = { 0 };
		size_t n, before = done.len;
		int is_link = 0;
		char *next;

		while (*p == '/')
			p++;
		if (*p == '\0')
			break;
		n = strcspn(p, "/");
		if (n == 1 && p[0] == '.') {
			p += n;
			continue;
		}
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			drop_last(&done);
			p += n;
			continue;
		}
		buf_addc(&done, '/');
		buf_add(&done, p, n);
		if (p[n] == '/')
			is_link = read_link(r, buf_str(&done), &target);
		if (is_link < 0 || followed > LINKS_MAX)
			return err_set(e, ERR_INPUT, path,
			    _("too many symlinks on the way"));
		if (is_link == 0) {
			p += n;
			continue;
		}
		followed++;
		if (links != NULL && !strlist_has(links, buf_str(&done)))
			strlist_add(links, buf_str(&done));
		buf_truncate(&done, buf_str(&target)[0] == '/' ? 0 : before);
		next = xasprintf("%s%s", buf_str(&target), p + n);
		free(rest);
		rest = p = next;
	}
	buf_adds(out, done.len > 0 ? buf_str(&done) : "/");
	return 0;
}

/* Most paths lead through no symlink at all: one call of the kernel tells. */
static bool
is_there_itself(const struct root *r, const char *path, bool last_too)
{
	CLEANUP(drop_fd) int fd = -1;
	const char *name;
	struct stat st;

	if (!path_is_regular(path))
		return false;
	if (!last_too)
		return (fd = root_open_parent(r, path, &name)) >= 0;
	return (fd = root_open_at(r, path, O_PATH)) >= 0 &&
	    fstat(fd, &st) == 0 && !S_ISLNK(st.st_mode);
}

int
root_resolve(const struct root *r, const char *path, struct buf *out,
    struct strlist *links, struct err *e)
{
	size_t len = strlen(path);
	bool last_too = len > 2 && strcmp(path + len - 2, "/.") == 0;
	CLEANUP(drop_free) char *plain = xmemdup(path,
	    last_too ? len - 2 : len);

	if (!is_there_itself(r, plain, last_too))
		return resolve(r, path, out, links, e);
	buf_adds(out, plain);
	return 0;
}

char *
root_outside(const struct root *r, const char *path)
{
	size_t n = strlen(r->dir);

	while (n > 0 && r->dir[n - 1] == '/')
		n--;
	return xasprintf("%.*s%s", (int)n, r->dir, path);
}
