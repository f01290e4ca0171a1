/* SPDX-License-Identifier: MIT */
#include "snapshots/gitref.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

enum { HEX = 2 * OID_LEN };

int
gitref_read(int fd, const char *name, struct oid *out)
{
	char text[HEX + 2];
	ssize_t n;
	CLEANUP(drop_fd) int file = openat(fd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (file < 0)
		return errno == ENOENT && faccessat(fd, "packed-refs", F_OK,
		    AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT ? 0 : -1;
	n = read(file, text, sizeof(text));
	if (n != HEX + 1 || text[HEX] != '\n')
		return -1;
	text[HEX] = '\0';
	return text_unhex(text, out->b, OID_LEN) < 0 || oid_is_zero(out) ?
	    -1 : 1;
}

static bool
as_expected(int fd, const char *name, const struct oid *expected)
{
	struct oid is = { 0 };
	int n = gitref_read(fd, name, &is);

	if (n < 0)
		return false;
	return expected == NULL || oid_equal(&is, expected);
}

static bool
write_lock(int fd, const char *lock, const struct oid *oid)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int file = openat(fd, lock,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (file < 0)
		return false;
	text_hex(&text, oid->b, OID_LEN);
	buf_addc(&text, '\n');
	if (file_write_fd(file, lock, buf_str(&text), text.len,
	    &ignored) == 0 && fsync(file) == 0)
		return true;
	unlinkat(fd, lock, 0);
	return false;
}

bool
gitref_write(int fd, const char *name, const struct oid *oid,
    const struct oid *expected)
{
	CLEANUP(drop_free) char *lock = xasprintf("%s.lock", name);
	CLEANUP(drop_free) char *folder = xmemdup(name,
	    (size_t)(strrchr(name, '/') - name));
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int dir = openat(fd, folder,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0 || !write_lock(fd, lock, oid))
		return false;
	/* Whoever has the lock is the only one to move it. */
	if (!as_expected(fd, name, expected) ||
	    renameat(fd, lock, fd, name) < 0) {
		unlinkat(fd, lock, 0);
		return false;
	}
	return file_sync_dir(dir, name, &ignored) == 0;
}
