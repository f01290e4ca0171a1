/* SPDX-License-Identifier: MIT */
#include "agent/pkg/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

static int
cmp(const void *a, const void *b)
{
	return path_cmp(*(char *const *)a, *(char *const *)b);
}

void
wanted_settle(struct strlist *w)
{
	size_t n = 0;

	if (w->n > 1)
		qsort(w->items, w->n, sizeof(*w->items), cmp);
	for (size_t i = 0; i < w->n; i++) {
		if (n > 0 && path_is_under(w->items[i], w->items[n - 1]))
			free(w->items[i]);
		else
			w->items[n++] = w->items[i];
	}
	w->n = n;
}

/* The first that is behind path. */
static size_t
behind(const struct strlist *w, const char *path)
{
	return VEC_LOWER(w->n, i, path_cmp(w->items[i], path) <= 0);
}

bool
wanted_has(const struct strlist *w, const char *path)
{
	/* None lies below another, so that what would hold path is next to
	 * it. */
	size_t i = behind(w, path);

	return i > 0 && path_is_under(path, w->items[i - 1]);
}

bool
wanted_in(const struct strlist *w, const char *dir)
{
	size_t n = strlen(dir), i = behind(w, dir);

	if (wanted_has(w, dir))
		return true;
	return i < w->n && strncmp(w->items[i], dir, n) == 0;
}
