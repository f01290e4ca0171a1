/* SPDX-License-Identifier: MIT */
#include "specs/matches.h"

#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/vec.h"

void
drop_matches(struct matches *m)
{
	free(m->items);
	arena_done(&m->arena);
}

static void
add_match(void *arg, const struct entry *en)
{
	struct matches *m = arg;
	struct entry *copy = arena_alloc(&m->arena, sizeof(*copy));

	*copy = entry_dup(&m->arena, en);
	*VEC_ADD(m) = copy;
}

void
matches_add(const struct evidence *ev, const char *pattern, struct matches *m)
{
	const struct entry *en;

	if (!glob_literal(pattern, strlen(pattern)))
		ev->find(ev->ctx, pattern, add_match, m);
	else if ((en = ev->entry(ev->ctx, pattern)) != NULL)
		add_match(m, en);
}

static int
by_path(const void *a, const void *b)
{
	const struct entry *const *x = a, *const *y = b;

	return path_cmp((*x)->path, (*y)->path);
}

/* A pattern may come from braces, so one path can be matched twice. */
void
matches_sort(struct matches *m)
{
	size_t n = 0;

	if (m->n == 0)
		return;
	qsort(m->items, m->n, sizeof(*m->items), by_path);
	for (size_t i = 1; i < m->n; i++)
		if (strcmp(m->items[n]->path, m->items[i]->path) != 0)
			m->items[++n] = m->items[i];
	m->n = n + 1;
}
