/* SPDX-License-Identifier: MIT */
#include "agent/apply/live.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/meta.h"
#include "base/tr.h"

/*
 * The time of a folder moves with the names in it, and the change time with
 * anything, links elsewhere included, so neither is asked.
 */
bool
live_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
	    a->st_gid == b->st_gid && (S_ISDIR(a->st_mode) ||
	    (a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec));
}

static int
moved(const char *path, struct err *e)
{
	return err_set(e, ERR_BUSY, path,
	    _("changes while it is read [run again]"));
}

static int
read_content(int fd, uint64_t max, struct digest *d, struct live *l,
    const char *path, struct err *e)
{
	struct stat now;

	if ((uint64_t)l->st.st_size > max) {
		l->en.content = CONTENT_UNREADABLE;
		return 0;
	}
	if (file_read_fd(fd, path, max, &l->bytes, e) < 0)
		return -1;
	if (fstat(fd, &now) < 0)
		return err_sys(e, path, _("cannot look at it"));
	if (!live_same(&now, &l->st) || l->bytes.len != l->en.size)
		return moved(path, e);
	digest_object(d, "blob", buf_str(&l->bytes), l->bytes.len, &l->en.oid);
	l->has_bytes = true;
	return 0;
}

int
live_read(int dirfd, const char *name, const char *path, uint64_t max,
    struct digest *d, struct arena *a, struct live *out, struct err *e)
{
	CLEANUP(drop_fd) int fd = -1;
	struct stat opened;

	out->en = (struct entry){ .path = path };
	out->has_bytes = false;
	buf_reset(&out->bytes);
	if (name[0] == '\0')
		name = ".";
	if (fstatat(dirfd, name, &out->st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 :
		    err_sys(e, path, _("cannot look at it"));
	if (S_ISREG(out->st.st_mode) || S_ISDIR(out->st.st_mode)) {
		fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			return err_sys(e, path, _("cannot open"));
		if (fstat(fd, &opened) < 0)
			return err_sys(e, path, _("cannot look at it"));
		if (!live_same(&opened, &out->st))
			return moved(path, e);
	}
	if (meta_read(dirfd, name, fd, &out->st, path, a, &out->en, e) < 0)
		return -1;
	if (out->en.kind == ENTRY_FILE &&
	    read_content(fd, max, d, out, path, e) < 0)
		return -1;
	return 1;
}

void
live_done(struct live *l)
{
	buf_done(&l->bytes);
}
