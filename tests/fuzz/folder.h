/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

/* A folder of the fuzzer's own, for what is only read from files; it goes when
 * the fuzzer ends. */
static char folder_dir[64];

static inline int
folder_drop_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
folder_drop(void)
{
	nftw(folder_dir, folder_drop_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Its descriptor; folders end with NULL. */
static inline int
folder_open(const char *const *folders)
{
	static int fd = -1;
	struct err e = { 0 };

	if (fd >= 0)
		return fd;
	/* Where a sync costs nothing, if there is such a place. */
	snprintf(folder_dir, sizeof(folder_dir), "%s/driftctl-fuzz.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder_dir) == NULL || atexit(folder_drop) != 0)
		abort();
	fd = open(folder_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(fd >= 0);
	for (; *folders != NULL; folders++)
		if (file_mkdirs(fd, *folders, 0700, &e) < 0)
			abort();
	return fd;
}

static inline void
folder_write(int fd, const char *name, const void *bytes, size_t len)
{
	int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	struct err e = { 0 };

	if (file < 0 || file_write_fd(file, name, bytes, len, &e) < 0)
		abort();
	close(file);
}

#endif
