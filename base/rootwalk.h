/* SPDX-License-Identifier: MIT */
#ifndef BASE_ROOTWALK_H
#define BASE_ROOTWALK_H

#include "base/root.h"

/*
 * What root.h promises where there is no openat2(2), as before Linux 5.6:
 * slower, as each component is opened by itself, and otherwise the same.
 */

/* RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS; path is relative and without "..". */
int rootwalk_at(int dirfd, const char *path, int flags);
/* RESOLVE_IN_ROOT. */
int rootwalk_in(const struct root *r, const char *path, int flags);

#endif
