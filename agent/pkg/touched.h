/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TOUCHED_H
#define AGENT_TOUCHED_H

#include "agent/pkg/owners.h"

/* A package before and after a transaction; NULL: it was not there. */
struct touched {
	const struct package *was, *is;
};

/* Those that are not the same. */
struct touched_list {
	const struct owners *before, *after;
	struct touched *items;	/* of the arena */
	size_t n, cap;
};

void touched_find(const struct owners *before, const struct owners *after,
    struct arena *a, struct touched_list *out);

/* Whether a package is as it was. */
bool touched_not(const struct package *was, const struct package *is);
/* What has come of a package, or what it has come from; NULL: nothing. */
const struct package *touched_other(const struct owners *o,
    const struct package *p);

/* The one that nobody proved to have changed the path, but that is nearest:
 * its own, else one with something in the same folder; known is its own before
 * and after. Left as it is where there is none. */
void touched_suspect(const struct touched_list *l, const struct touched *known,
    const char *path, struct touched *out);

#endif
