/* SPDX-License-Identifier: MIT */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct buf;

/* Appends everything fd still holds; more than max bytes is an error. */
int file_read_fd(int fd, const char *where, uint64_t max, struct buf *out,
    struct err *e);
/* The same for a name under dirfd (AT_FDCWD allowed); follows symlinks. */
int file_read(int dirfd, const char *name, uint64_t max, struct buf *out,
    struct err *e);

/* Writes all of it, however often write(2) returns early. */
int file_write_fd(int fd, const char *where, const void *bytes, size_t len,
    struct err *e);

/*
 * Puts bytes in place of dirfd/name in one step: temporary in the same folder,
 * fsync, rename, fsync of the folder. On failure the old file stands.
 */
int file_replace(int dirfd, const char *name, const void *bytes, size_t len,
    mode_t mode, struct err *e);

/* The same without any sync: for what only saves time (a cache). */
int file_replace_quick(int dirfd, const char *name, const void *bytes,
    size_t len, mode_t mode, struct err *e);

/* mkdir -p below dirfd, each new folder with mode. */
int file_mkdirs(int dirfd, const char *path, mode_t mode, struct err *e);

/*
 * Adds the names in the folder dirfd/name ("." for dirfd itself), in no order;
 * no symlink is followed. -1 with errno, also where only some could be read.
 */
struct strlist;
int file_names(int dirfd, const char *name, struct strlist *out);

int file_sync_dir(int dirfd, const char *where, struct err *e);

#endif
