/* SPDX-License-Identifier: MIT */
#include "agent/hook/pkglock.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { STEP_MS = 50 };

static const char *const locks[] = {
	"/usr/lib/sysimage/rpm/.rpm.lock", "/var/lib/rpm/.rpm.lock",
	"/var/lib/dpkg/lock",
};

/* All of them lock the whole file with fcntl(2), to write. */
static bool
held(const struct root *r, const char *path, pid_t but)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fd >= 0 && fcntl(fd, F_GETLK, &l) == 0 &&
	    l.l_type != F_UNLCK && (but == 0 || l.l_pid != but);
}

static bool
any_held(const struct root *r, pid_t but)
{
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++)
		if (held(r, locks[i], but))
			return true;
	return false;
}

bool
pkglock_wait(const struct root *r, pid_t but, unsigned seconds)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

	for (unsigned ms = 0; any_held(r, but); ms += STEP_MS) {
		if (ms >= seconds * 1000)
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}
