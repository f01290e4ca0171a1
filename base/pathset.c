/* SPDX-License-Identifier: MIT */
#include "base/pathset.h"

#include <search.h>
#include <stdint.h>
#include <string.h>

struct numbered {
	const char *path;
	size_t number;
};

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct numbered *)a)->path,
	    ((const struct numbered *)b)->path);
}

void
pathset_add(struct pathset *s, const char *path, size_t number)
{
	struct numbered *n;

	if (pathset_has(s, path))
		return;
	n = arena_alloc(&s->arena, sizeof(*n));
	n->path = arena_strdup(&s->arena, path);
	n->number = number;
	/* It fails for want of memory only, so end as all allocations do. */
	if (tsearch(n, &s->tree, by_path) == NULL)
		xmalloc(SIZE_MAX);
}

bool
pathset_find(const struct pathset *s, const char *path, size_t *out)
{
	const struct numbered key = { path, 0 };
	struct numbered *const *at = tfind(&key, &s->tree, by_path);

	if (at != NULL)
		*out = (*at)->number;
	return at != NULL;
}

bool
pathset_has(const struct pathset *s, const char *path)
{
	size_t ignored;

	return pathset_find(s, path, &ignored);
}

static void
keep(void *node)
{
	(void)node;
}

void
pathset_done(struct pathset *s)
{
	tdestroy(s->tree, keep);
	arena_done(&s->arena);
	s->tree = NULL;
}
