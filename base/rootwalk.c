/* SPDX-License-Identifier: MIT */
#include "base/rootwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

/* A folder on the way, by its descriptor alone, so that nothing that is put in
 * its place meanwhile is followed. */
static int
open_folder(int dirfd, const char *name)
{
	int fd = openat(dirfd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), why = errno;
	struct stat st;

	if (fd >= 0)
		return fd;
	/* openat(2) says of a symlink that it is no folder. */
	if (why == ENOTDIR && fstatat(dirfd, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		why = ELOOP;
	errno = why;
	return -1;
}

int
rootwalk_at(int dirfd, const char *path, int flags)
{
	CLEANUP(drop_free) char *way = xstrdup(path);
	CLEANUP(drop_fd) int dir = -1;
	char *name = way, *slash;

	while ((slash = strchr(name, '/')) != NULL) {
		int next;

		*slash = '\0';
		if (strcmp(name, "..") == 0) {
			errno = EXDEV;
			return -1;
		}
		if (name[0] != '\0' && strcmp(name, ".") != 0) {
			next = open_folder(dir >= 0 ? dir : dirfd, name);
			if (next < 0)
				return -1;
			if (dir >= 0)
				close(dir);
			dir = next;
		}
		name = slash + 1;
	}
	if (strcmp(name, "..") == 0) {
		errno = EXDEV;
		return -1;
	}
	return openat(dir >= 0 ? dir : dirfd, name[0] != '\0' ? name : ".",
	    flags | O_NOFOLLOW | O_CLOEXEC);
}

int
rootwalk_in(const struct root *r, const char *path, int flags)
{
	/* Its last component counts as a parent, too, and is followed. */
	CLEANUP(drop_free) char *whole = xasprintf("/%s%s", path,
	    flags & O_NOFOLLOW ? "" : "/.");
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct err ignored = { 0 };

	if (root_resolve(r, whole, &real, NULL, &ignored) < 0) {
		errno = ELOOP;
		return -1;
	}
	return root_open_at(r, buf_str(&real), flags);
}
