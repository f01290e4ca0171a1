/* SPDX-License-Identifier: MIT */
#ifndef BASE_PATHSET_H
#define BASE_PATHSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/* Paths with a number each, found in log n. A zeroed struct is an empty one. */
struct pathset {
	struct arena arena;
	void *tree;		/* see tsearch(3) */
};

/* Of a path that is there already the number stays. */
void pathset_add(struct pathset *s, const char *path, size_t number);
bool pathset_has(const struct pathset *s, const char *path);
/* False, and *out untouched, when it is not there. */
bool pathset_find(const struct pathset *s, const char *path, size_t *out);
/* Empty, ready for use again. */
void pathset_done(struct pathset *s);

#endif
