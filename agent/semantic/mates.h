/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTIC_MATES_H
#define AGENT_SEMANTIC_MATES_H

#include "agent/semantic/sense.h"

/*
 * Which child of one version is which of the other: the same name, and of
 * those the same content, and of those the one most like it. O(n log n).
 */
enum { MATES_NONE = -1 };

struct mates {
	struct sense **a, **b;
	size_t na, nb;
	long *of_a, *of_b;	/* the index of the other, or MATES_NONE */
	/* Of b: it stands elsewhere among those that have a mate, though the
	 * fewest are said to. Filled by mates_order. */
	bool *moved;
};

/* flags are the parent's. */
void mates_find(struct mates *m, const struct sense *a, const struct sense *b,
    unsigned flags);
/*
 * Fills moved. same_name: only those of one name are put in an order. Returns
 * whether anything was said to have moved.
 */
bool mates_order(struct mates *m, bool same_name);
/* Whether any two have changed places, of whatever name. */
bool mates_reordered(const struct mates *m);
void drop_mates(struct mates *m);	/* for CLEANUP */

#endif
