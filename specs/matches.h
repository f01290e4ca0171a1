/* SPDX-License-Identifier: MIT */
#ifndef SPECS_MATCHES_H
#define SPECS_MATCHES_H

#include "specs/eval.h"

/* What some patterns match. A zeroed struct is empty. */
struct matches {
	struct arena arena;
	const struct entry **items;
	size_t n, cap;
};

/* Adds copies of what a pattern without braces matches. */
void matches_add(const struct evidence *ev, const char *pattern,
    struct matches *m);
/* In the order of paths, each of them once. */
void matches_sort(struct matches *m);
void drop_matches(struct matches *m);	/* for CLEANUP */

#endif
