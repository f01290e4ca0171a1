/* SPDX-License-Identifier: MIT */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stddef.h>

#include "base/err.h"

struct buf;

/*
 * Regular expressions of PCRE2 over bytes: no UTF mode, so that any file can
 * be searched. Time, depth and memory of a match are bounded; an expression
 * that explodes is answered with "cannot tell". Not shared between threads.
 */
struct regex;

/* Bytes [start, end) of what was searched. */
struct regex_span {
	size_t start, end;
};

/* NULL with PCRE2's words and the place in the pattern in e->what. */
struct regex *regex_new(const char *pattern, struct err *e);
/* Only says whether it is one, which costs less. */
int regex_check(const char *pattern, struct err *e);
void regex_free(struct regex *re);
void drop_regex(struct regex **re);	/* for CLEANUP */

/*
 * 1 where the expression matches somewhere in the len bytes of s (out, when
 * not NULL, is the whole match), 0 where it does not, -1 when a limit was hit
 * and nothing can be told.
 */
int regex_match(const struct regex *re, const char *s, size_t len,
    struct regex_span *out);

/* The same from byte `from` on, which what precedes it is still seen from.
 * group, when not NULL, is the first group that took part, else all of it. */
int regex_find(const struct regex *re, const char *s, size_t len, size_t from,
    struct regex_span *out, struct regex_span *group);

/*
 * Appends s to out with each match replaced by `with`, where $1, ${1} and
 * ${name} stand for groups and $$ for the sign itself. 1 when something was
 * replaced, 0 when nothing matched (out is left alone), -1 on a limit or a
 * replacement that names no group.
 */
int regex_substitute(const struct regex *re, const char *s, size_t len,
    const char *with, struct buf *out, struct err *e);

/* -1 when `with` uses a group by number that the expression has not. */
int regex_check_replacement(const struct regex *re, const char *with,
    struct err *e);

#endif
