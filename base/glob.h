/* SPDX-License-Identifier: MIT */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;
struct strlist;

/*
 * Patterns of paths: `*` and `?` within one component (a leading dot is
 * nothing special: configuration hides nothing from us), `[a-z]` and `[!a-z]`,
 * `**` as a whole component for any number of components, none included but
 * at the end, where it is everything below; `{a,b}` expands before anything
 * else. A backslash takes the next byte as it is.
 */

/* Adds each alternative of pattern to out; patterns without braces are added
 * as they are. Refuses unbalanced braces, more than 64 of them, more than 4096
 * alternatives, and what is longer than any path. */
int glob_braces(const char *pattern, struct strlist *out, struct err *e);

/* Whether anything that pattern (without braces) matches may lie in folder. */
bool glob_reaches(const char *pattern, const char *folder);

/* One component (len bytes of pattern) against one name. */
bool glob_name(const char *pattern, size_t len, const char *name);

/* A whole pattern without braces against a whole path. */
bool glob_path(const char *pattern, const char *path);

/* The same for one pattern and many paths: most are told by the plain bytes
 * that it ends with. The pattern is borrowed. */
struct glob {
	const char *pattern;
	const char *tail;
	size_t tail_len;
};
struct glob glob_ready(const char *pattern);
bool glob_fits(const struct glob *g, const char *path);

/* True when len bytes of pattern hold none of * ? [ \ */
bool glob_literal(const char *pattern, size_t len);

/* Appends the pattern that matches this path alone, braces expanded or not. */
void glob_escape(struct buf *out, const char *path);

#endif
