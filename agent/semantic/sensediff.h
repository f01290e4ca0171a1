/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTIC_SENSEDIFF_H
#define AGENT_SEMANTIC_SENSEDIFF_H

#include "agent/semantic/semantic.h"
#include "agent/semantic/sense.h"

/* Where something stands: the nodes above it, the nearest first. */
struct sense_place {
	const struct sense_place *up;
	const struct sense *node;
};

/* Lists what differs between two trees; true where what is in another order,
 * though nobody minds, differs as well. secret: no value is told. */
bool sensediff(const struct sense *a, const struct sense *b, bool secret,
    struct semantic *out);

/* What a change is of. */
struct sense_story {
	const struct sense_place *at;
	const struct sense *item;	/* GAINED, LOST, MOVED: what */
	const struct sense *beside;	/* MOVED; NULL = none that stayed */
	bool spacing;			/* only the blanks of the value */
	bool secret;
};

/* Fills place and sentence, in the arena of out. */
void sentence_tell(struct semantic *out, const struct sense_story *story,
    struct semantic_change *c);

#endif
