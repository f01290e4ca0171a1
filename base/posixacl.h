/* SPDX-License-Identifier: MIT */
#ifndef BASE_POSIXACL_H
#define BASE_POSIXACL_H

#include <stdbool.h>

#include "base/err.h"

struct buf;

/*
 * POSIX.1e ACLs as acl(5) short text with numeric ids, comma separated:
 * "user::rw-,user:1001:r--,group::r--,mask::r--,other::r--". path is one that
 * the kernel resolves to the object itself, such as /proc/self/fd/N.
 */

/* 1 and the text appended; 0 when there is none beyond the mode; -1. */
int posixacl_get(const char *path, bool is_default, const char *where,
    struct buf *out, struct err *e);
/* Sets it; text NULL removes it. */
int posixacl_set(const char *path, bool is_default, const char *text,
    const char *where, struct err *e);
/* Rewrites any valid ACL text into the form above; -1 when it is none. */
int posixacl_normal(const char *text, struct buf *out);
/* What the mask of text in the form above lets through, 0 to 7; -1 without. */
int posixacl_mask(const char *text);

#endif
