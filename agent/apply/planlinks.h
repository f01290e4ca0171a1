/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_PLANLINKS_H
#define AGENT_APPLY_PLANLINKS_H

#include <stdbool.h>

#include "agent/apply/plan.h"

/* One path while a plan is being made, in path order. */
struct node {
	const char *path;
	const struct wish *wish;
	const struct entry *want;	/* NULL: shall be absent */
	const struct entry *have;
	enum step_kind kind;
	bool needed, implied;
	unsigned differs;
	const char *source;
};

struct nodes {
	struct node *items;
	size_t n, cap;
};

struct planning {
	const struct manifest *have, *known;
	struct nodes nodes;
	struct plan *out;
	bool *claimed;	/* have's inodes that a group of wishes took over */
};

void drop_nodes(struct nodes *l);		/* for CLEANUP */
void drop_planning(struct planning *pl);	/* for CLEANUP */

/* NULL when nothing is wished for path. */
struct node *plan_node(const struct planning *pl, const char *path);

/*
 * Decides which names share an inode. A group of names keeps a living inode
 * whose content is right and which no outsider has a name of; else it gets a
 * new one, put at one name and linked to the others.
 */
void planlinks_settle(struct planning *pl);

#endif
