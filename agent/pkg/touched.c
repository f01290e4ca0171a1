/* SPDX-License-Identifier: MIT */
#include "agent/pkg/touched.h"

#include <string.h>

#include "base/path.h"
#include "base/vec.h"

bool
touched_not(const struct package *was, const struct package *is)
{
	return was->removed == is->removed &&
	    strcmp(was->name, is->name) == 0 &&
	    strcmp(was->version, is->version) == 0 &&
	    strcmp(was->arch, is->arch) == 0;
}

const struct package *
touched_other(const struct owners *o, const struct package *p)
{
	return p != NULL ? owners_same(o, p) : NULL;
}

/* Whether one came while the version there was stayed: a kernel, or an upgrade
 * that did not end. */
static bool
came_beside(const struct owners *after, const struct package *was,
    const struct package *is)
{
	const struct package *still = touched_other(after, was);

	return !touched_not(was, is) && still != NULL &&
	    touched_not(was, still);
}

void
touched_find(const struct owners *before, const struct owners *after,
    struct arena *a, struct touched_list *out)
{
	*out = (struct touched_list){ .before = before, .after = after };
	for (size_t i = 0; i < before->packages.n; i++) {
		const struct package *p = &before->packages.items[i];
		const struct package *q = touched_other(after, p);

		if (package_is_software(p) &&
		    (q == NULL || !touched_not(p, q)))
			*VEC_ADD_IN(a, out) = (struct touched){ p, q };
	}
	for (size_t i = 0; i < after->packages.n; i++) {
		const struct package *q = &after->packages.items[i];
		const struct package *p = touched_other(before, q);

		if (package_is_software(q) &&
		    (p == NULL || came_beside(after, p, q)))
			*VEC_ADD_IN(a, out) = (struct touched){ p, q };
	}
}

/* Whether a package has something in the folder of the path. */
static bool
has_neighbour(const struct owners *o, const struct package *p,
    const char *path)
{
	size_t n = (size_t)(path_name(path) - path);

	if (p == NULL)
		return false;
	for (size_t i = 0; i < o->files.n; i++)
		if (owners_package(o, &o->files.items[i]) == p &&
		    strncmp(o->files.items[i].path, path, n) == 0)
			return true;
	return false;
}

void
touched_suspect(const struct touched_list *l, const struct touched *known,
    const char *path, struct touched *out)
{
	const struct touched *found = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct touched *p = &l->items[i];

		if ((known->was != NULL && p->was == known->was) ||
		    (known->is != NULL && p->is == known->is)) {
			found = p;
			break;
		}
		if (found == NULL &&
		    (has_neighbour(l->before, p->was, path) ||
		    has_neighbour(l->after, p->is, path)))
			found = p;
	}
	if (found == NULL && l->n == 1)
		found = &l->items[0];
	if (found != NULL)
		*out = *found;
}
