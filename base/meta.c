/* SPDX-License-Identifier: MIT */
#include "base/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/posixacl.h"
#include "base/tr.h"
#include "base/vec.h"

#ifndef FS_NOCOW_FL
#define FS_NOCOW_FL 0x00800000
#endif

enum {
	XATTR_TRIES = 8,
	FOLLOW = -2,	/* path is a link of /proc/self/fd: go through it */
};

/* Those of ioctl_iflags(2) that a person sets; the rest is the file system's */
static const struct { uint32_t bit; char letter; } flag_letter[] = {
	{ FS_SECRM_FL, 's' },
	{ FS_UNRM_FL, 'u' },
	{ FS_COMPR_FL, 'c' },
	{ FS_SYNC_FL, 'S' },
	{ FS_IMMUTABLE_FL, 'i' },
	{ FS_APPEND_FL, 'a' },
	{ FS_NODUMP_FL, 'd' },
	{ FS_NOATIME_FL, 'A' },
	{ FS_JOURNAL_DATA_FL, 'j' },
	{ FS_NOTAIL_FL, 't' },
	{ FS_DIRSYNC_FL, 'D' },
	{ FS_TOPDIR_FL, 'T' },
	{ FS_NOCOW_FL, 'C' },
};
#define N_FLAGS (sizeof(flag_letter) / sizeof(flag_letter[0]))

static uint32_t
flag_mask(void)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < N_FLAGS; i++)
		mask |= flag_letter[i].bit;
	return mask;
}

uint32_t
meta_flags_in_the_way(void)
{
	return FS_IMMUTABLE_FL | FS_APPEND_FL;
}

uint32_t
meta_flags_inherited(void)
{
	return FS_SECRM_FL | FS_UNRM_FL | FS_COMPR_FL | FS_SYNC_FL |
	    FS_NODUMP_FL | FS_NOATIME_FL | FS_JOURNAL_DATA_FL | FS_NOTAIL_FL |
	    FS_DIRSYNC_FL | FS_NOCOW_FL;
}

void
meta_flags_text(struct buf *out, uint32_t flags)
{
	for (size_t i = 0; i < N_FLAGS; i++)
		if (flags & flag_letter[i].bit)
			buf_addc(out, flag_letter[i].letter);
}

int
meta_flags_from(const char *text, uint32_t *out)
{
	uint32_t flags = 0;

	for (; *text != '\0'; text++) {
		size_t i = 0;

		while (i < N_FLAGS && flag_letter[i].letter != *text)
			i++;
		if (i == N_FLAGS)
			return -1;
		flags |= flag_letter[i].bit;
	}
	*out = flags;
	return 0;
}

int
meta_kind(mode_t mode, enum entry_kind *out)
{
	switch (mode & S_IFMT) {
	case S_IFREG: *out = ENTRY_FILE; return 0;
	case S_IFDIR: *out = ENTRY_DIR; return 0;
	case S_IFLNK: *out = ENTRY_SYMLINK; return 0;
	case S_IFIFO: *out = ENTRY_FIFO; return 0;
	case S_IFSOCK: *out = ENTRY_SOCKET; return 0;
	case S_IFBLK: *out = ENTRY_BLOCK; return 0;
	case S_IFCHR: *out = ENTRY_CHAR; return 0;
	default: return -1;
	}
}

/*
 * There are no *at() calls for extended attributes in the kernels we run on;
 * a path below /proc/self/fd names the object through its folder's descriptor
 * without anybody being able to slip in another one. Folder and name are
 * joined there, so a name may be as long as NAME_MAX.
 */
static void
proc_path(struct buf *out, int dirfd, const char *name)
{
	buf_reset(out);
	buf_addf(out, "/proc/self/fd/%d/%s", dirfd, name);
}

static ssize_t
list_xattr(int fd, const char *path, char *at, size_t len)
{
	if (fd >= 0)
		return flistxattr(fd, at, len);
	return fd == FOLLOW ? listxattr(path, at, len) :
	    llistxattr(path, at, len);
}

static ssize_t
get_xattr(int fd, const char *path, const char *name, char *at, size_t len)
{
	if (fd >= 0)
		return fgetxattr(fd, name, at, len);
	return fd == FOLLOW ? getxattr(path, name, at, len) :
	    lgetxattr(path, name, at, len);
}

/* 1 when read, 0 when the attribute went away meanwhile, -1 with errno. */
static int
read_value(int fd, const char *path, const char *name, struct buf *out)
{
	for (int i = 0; i < XATTR_TRIES; i++) {
		ssize_t n = get_xattr(fd, path, name, NULL, 0);

		if (n >= 0)
			n = get_xattr(fd, path, name,
			    buf_reserve(out, (size_t)n), (size_t)n);
		if (n >= 0) {
			out->len += (size_t)n;
			return 1;
		}
		if (errno == ENODATA)
			return 0;
		if (errno != ERANGE)
			return -1;
	}
	return -1;
}

static int
read_list(int fd, const char *path, struct buf *out)
{
	for (int i = 0; i < XATTR_TRIES; i++) {
		ssize_t n = list_xattr(fd, path, buf_reserve(out, 1024), 1024);

		if (n < 0 && errno == ERANGE) {
			n = list_xattr(fd, path, NULL, 0);
			if (n > 0)
				n = list_xattr(fd, path,
				    buf_reserve(out, (size_t)n), (size_t)n);
		}
		if (n >= 0) {
			out->len += (size_t)n;
			return 0;
		}
		if (errno == ENOTSUP)
			return 0;
		if (errno != ERANGE)
			return -1;
	}
	return -1;
}

struct xattrs {
	struct xattr *items;
	size_t n, cap;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct xattr *)a)->name,
	    ((const struct xattr *)b)->name);
}

static void
keep_xattrs(struct xattrs *found, struct arena *a, struct entry *out)
{
	struct xattr *x;

	if (found->n == 0)
		return;
	x = arena_alloc(a, found->n * sizeof(*x));
	memcpy(x, found->items, found->n * sizeof(*x));
	qsort(x, found->n, sizeof(*x), by_name);
	out->xattrs = x;
	out->n_xattrs = (uint32_t)found->n;
}

static int
read_acl(const char *path, bool is_default, const char *where,
    struct arena *a, const char **out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	int n = posixacl_get(path, is_default, where, &text, e);

	if (n > 0)
		*out = arena_memdup(a, text.bytes, text.len);
	return n < 0 ? -1 : 0;
}

static int
read_xattrs(int fd, const char *path, const char *where, struct arena *a,
    struct entry *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf names = { 0 };
	CLEANUP(drop_buf) struct buf value = { 0 };
	struct xattrs found = { 0 };
	CLEANUP(drop_free) struct xattr *owned = NULL;

	if (read_list(fd, path, &names) < 0)
		return err_sys(e, where, _("cannot list attributes"));
	for (size_t i = 0; i < names.len; i += strlen(names.bytes + i) + 1) {
		const char *name = names.bytes + i;
		bool def = strcmp(name, "system.posix_acl_default") == 0;
		struct xattr *x;
		int n;

		if (def || strcmp(name, "system.posix_acl_access") == 0) {
			if (read_acl(path, def, where, a,
			    def ? &out->default_acl : &out->acl, e) < 0)
				return -1;
			continue;
		}
		buf_reset(&value);
		n = read_value(fd, path, name, &value);
		if (n < 0)
			return err_sys(e, where,
			    _("cannot read attribute '%s'"), name);
		if (n == 0)
			continue;
		x = VEC_ADD(&found);
		owned = found.items;
		x->name = arena_strdup(a, name);
		x->value = arena_memdup(a, value.bytes, value.len);
		x->len = (uint32_t)value.len;
	}
	keep_xattrs(&found, a, out);
	return 0;
}

int
meta_read_flags(int fd, uint32_t *out)
{
	int flags = 0;

	/* The ioctl takes an int whatever its name says: ioctl_iflags(2). */
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) {
		if (errno != ENOTTY && errno != EOPNOTSUPP && errno != ENOSYS &&
		    errno != EINVAL)
			return -1;
		flags = 0;
	}
	*out = (uint32_t)flags & flag_mask();
	return 0;
}

static int
read_target(int dirfd, const char *name, const char *where, struct arena *a,
    struct entry *out, struct err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0)
		return err_sys(e, where, _("cannot read the symlink"));
	if ((size_t)n == sizeof(target))
		return err_set(e, ERR_SYSTEM, where, _("symlink too long"));
	out->target = arena_memdup(a, target, (size_t)n);
	return 0;
}

int
meta_read(int dirfd, const char *name, int fd, const struct stat *st,
    const char *where, struct arena *a, struct entry *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf path = { 0 };

	if (meta_kind(st->st_mode, &out->kind) < 0)
		return err_set(e, ERR_SYSTEM, where, _("unknown file type"));
	out->mode = st->st_mode & 07777;
	out->uid = st->st_uid;
	out->gid = st->st_gid;
	out->mtime = st->st_mtim;
	if (out->kind == ENTRY_FILE)
		out->size = (uint64_t)st->st_size;
	if (out->kind == ENTRY_BLOCK || out->kind == ENTRY_CHAR) {
		out->major = major(st->st_rdev);
		out->minor = minor(st->st_rdev);
	}
	if (out->kind == ENTRY_SYMLINK &&
	    read_target(dirfd, name, where, a, out, e) < 0)
		return -1;
	if (fd >= 0 && meta_read_flags(fd, &out->flags) < 0)
		return err_sys(e, where, _("cannot read inode flags"));
	proc_path(&path, dirfd, name);
	return read_xattrs(fd, buf_str(&path), where, a, out, e);
}

static const struct xattr *
find_xattr(const struct entry *en, const char *name)
{
	for (uint32_t i = 0; i < en->n_xattrs; i++)
		if (strcmp(en->xattrs[i].name, name) == 0)
			return &en->xattrs[i];
	return NULL;
}

/* Where SELinux is in force a label can be changed, never taken away. */
static bool
may_stay(void)
{
	return errno == EACCES || errno == EPERM || errno == EOPNOTSUPP;
}

static int
write_xattrs(const char *path, const struct entry *want, const char *where,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf names = { 0 };

	if (read_list(FOLLOW, path, &names) < 0)
		return err_sys(e, where, _("cannot list attributes"));
	for (size_t i = 0; i < names.len; i += strlen(names.bytes + i) + 1) {
		const char *name = names.bytes + i;

		if (strncmp(name, "system.posix_acl_", 17) == 0 ||
		    find_xattr(want, name) != NULL)
			continue;
		if (removexattr(path, name) < 0 && errno != ENODATA &&
		    !(strcmp(name, "security.selinux") == 0 && may_stay()))
			return err_sys(e, where,
			    _("cannot remove attribute '%s'"), name);
	}
	for (uint32_t i = 0; i < want->n_xattrs; i++) {
		const struct xattr *x = &want->xattrs[i];
		CLEANUP(drop_buf) struct buf has = { 0 };

		if (read_value(FOLLOW, path, x->name, &has) > 0 &&
		    has.len == x->len &&
		    (x->len == 0 || memcmp(has.bytes, x->value, x->len) == 0))
			continue;
		if (setxattr(path, x->name, x->value, x->len, 0) < 0)
			return err_sys(e, where,
			    _("cannot set attribute '%s'"), x->name);
	}
	return 0;
}

static int
write_acls(const char *path, const struct entry *want, const char *where,
    struct err *e)
{
	if (want->kind == ENTRY_SYMLINK)
		return 0;
	if (posixacl_set(path, false, want->acl, where, e) < 0)
		return -1;
	if (want->kind != ENTRY_DIR)
		return 0;
	return posixacl_set(path, true, want->default_acl, where, e);
}

int
meta_write_mtime(int dirfd, const char *name, struct timespec mtime,
    const char *where, struct err *e)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, mtime };

	if (utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, where, _("cannot set the time"));
	return 0;
}

int
meta_write_early_flags(int fd, uint32_t flags, const char *where,
    struct err *e)
{
	int now;

	if ((flags & FS_NOCOW_FL) == 0)
		return 0;
	if (ioctl(fd, FS_IOC_GETFLAGS, &now) < 0)
		return err_sys(e, where, _("cannot read inode flags"));
	now |= FS_NOCOW_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &now) < 0)
		return err_sys(e, where, _("cannot set inode flags"));
	return 0;
}

int
meta_write_flags_fd(int fd, uint32_t flags, const char *where, struct err *e)
{
	uint32_t had;
	int now;

	if (meta_read_flags(fd, &had) < 0)
		return err_sys(e, where, _("cannot read inode flags"));
	if (had == (flags & flag_mask()))
		return 0;
	if (ioctl(fd, FS_IOC_GETFLAGS, &now) < 0)
		return err_sys(e, where, _("cannot read inode flags"));
	now = (int)(((uint32_t)now & ~flag_mask()) | (flags & flag_mask()));
	if (ioctl(fd, FS_IOC_SETFLAGS, &now) < 0)
		return err_sys(e, where, _("cannot set inode flags"));
	return 0;
}

int
meta_write_flags(int dirfd, const char *name, uint32_t flags,
    uint32_t *out_had, const char *where, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, where, _("cannot open to set inode flags"));
	if (out_had != NULL && meta_read_flags(fd, out_had) < 0)
		return err_sys(e, where, _("cannot read inode flags"));
	return meta_write_flags_fd(fd, flags, where, e);
}

/*
 * Everything is written through one O_PATH descriptor, so that whoever may
 * write in the folder cannot slip a symlink in between two calls.
 */
int
meta_write(int dirfd, const char *name, const struct entry *want,
    bool flags, const char *where, struct err *e)
{
	char path[64];
	struct stat st;
	enum entry_kind kind;
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, where, _("cannot open to set metadata"));
	if (meta_kind(st.st_mode, &kind) < 0 || kind != want->kind)
		return err_set(e, ERR_SYSTEM, where,
		    _("changed its type while metadata was being set"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fchownat(fd, "", want->uid, want->gid, AT_EMPTY_PATH) < 0)
		return err_sys(e, where, _("cannot set owner and group"));
	if (write_acls(path, want, where, e) < 0)
		return -1;
	/* With an ACL the group bits of the mode are its mask (acl(5)). */
	if (want->kind != ENTRY_SYMLINK && chmod(path, want->mode) < 0)
		return err_sys(e, where, _("cannot set the mode"));
	if (write_xattrs(path, want, where, e) < 0)
		return -1;
	if (meta_write_mtime(dirfd, name, want->mtime, where, e) < 0)
		return -1;
	if (!flags || (want->kind != ENTRY_FILE && want->kind != ENTRY_DIR))
		return 0;
	return meta_write_flags(dirfd, name, want->flags, NULL, where, e);
}
