/* SPDX-License-Identifier: MIT */
#ifndef BASE_META_H
#define BASE_META_H

#include <sys/stat.h>

#include "base/entry.h"
#include "base/err.h"
#include "base/mem.h"

/* Type of the object a mode is of; -1 when we do not know such a type. */
int meta_kind(mode_t mode, enum entry_kind *out);

/*
 * Reads all metadata of dirfd/name into out: what st says, ACLs, extended
 * attributes, inode flags, a symlink's target. fd is the object opened for
 * reading, or -1 where it could not be or must not be. Content, names of
 * owners, path and hard links are the caller's.
 */
int meta_read(int dirfd, const char *name, int fd, const struct stat *st,
    const char *where, struct arena *a, struct entry *out, struct err *e);

/*
 * Makes all metadata of dirfd/name as want has it. uid and gid are used as
 * they are. Symlinks are never followed. The order is the kernel's: chown
 * drops set-id bits and capabilities, so they follow; an immutable object
 * takes no more, so flags come last. When `flags` is false, inode flags are
 * left for meta_write_flags.
 */
int meta_write(int dirfd, const char *name, const struct entry *want,
    bool flags, const char *where, struct err *e);
int meta_write_mtime(int dirfd, const char *name, struct timespec mtime,
    const char *where, struct err *e);

/*
 * Inode flags (FS_IOC_SETFLAGS) of a file or folder. Returns the flags it had
 * in *out_had when that is not NULL. Where the file system knows none, 0 is
 * what it has.
 */
int meta_read_flags(int fd, uint32_t *out);
int meta_write_flags(int dirfd, const char *name, uint32_t flags,
    uint32_t *out_had, const char *where, struct err *e);
/* The same of what is open. */
int meta_write_flags_fd(int fd, uint32_t flags, const char *where,
    struct err *e);

/* Flags that keep an object from being replaced or written. */
uint32_t meta_flags_in_the_way(void);
/* Those that a new object may take over from its folder. */
uint32_t meta_flags_inherited(void);
/* Flags that only an empty file takes (no copy-on-write). */
int meta_write_early_flags(int fd, uint32_t flags, const char *where,
    struct err *e);
/* Flags as chattr(1) letters, and back; -1 on an unknown letter. */
void meta_flags_text(struct buf *out, uint32_t flags);
int meta_flags_from(const char *text, uint32_t *out);

#endif
