/* SPDX-License-Identifier: MIT */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;

/*
 * A path is absolute within the root ("/etc/pam.d/imap"), has no "." or "..",
 * no empty component and no slash at its end; "/" is the root itself. Bytes
 * are any but NUL.
 *
 * Order: as bytes, but a slash sorts before every other byte, so that what a
 * folder holds follows it directly. All lists of entries are in this order.
 */
int path_cmp(const char *a, const char *b);

/* Absolute, with neither "//" nor "." nor ".." in it, and not "/" itself. */
bool path_is_regular(const char *path);

/* The last component; "" of "/". Borrowed from path. */
const char *path_name(const char *path);
/* Appends the parent: "/etc" of "/etc/fstab", "/" of "/etc" and of "/". */
void path_parent(struct buf *out, const char *path);
/* True when path is folder or lies below it. */
bool path_is_under(const char *path, const char *folder);
/* True when both lie in the same folder. */
bool path_same_folder(const char *a, const char *b);
/* Replaces out by folder + "/" + name. */
void path_join(struct buf *out, const char *folder, const char *name);
/*
 * Appends the path that a person typed, made regular: relative ones count from
 * cwd, repeated slashes and "." fall away. ".." is refused.
 */
int path_normalize(struct buf *out, const char *typed, const char *cwd,
    struct err *e);
/* Replaces out by where a symlink at path leads, made regular without a look
 * at the machine. */
void path_link(struct buf *out, const char *path, const char *target);

#endif
