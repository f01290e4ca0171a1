/* SPDX-License-Identifier: MIT */
#ifndef AGENT_WITNESS_H
#define AGENT_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "specs/eval.h"

/*
 * Stands between a rule and its evidence and notes everything that is asked,
 * with a digest of what was answered. While the same questions have the same
 * answers the rule's verdict is the same, whatever else changed.
 */
enum question {
	ASKED_ENTRY,
	ASKED_FIND,
	ASKED_BYTES,
	ASKED_HIDDEN,
	ASKED_BASELINE,
	ASKED_LOOK,
	QUESTIONS
};

struct asked {
	enum question what;
	const char *path;
	struct oid answer;
};

struct witness;

/* real and baseline (NULL: there is none) are borrowed. */
struct witness *witness_new(const struct evidence *real,
    const struct oid *baseline);
void witness_free(struct witness *w);
void drop_witness(struct witness **w);	/* for CLEANUP */

/* Forgets what was asked; what is asked of the evidence returned is noted. */
const struct evidence *witness_listen(struct witness *w);
/*
 * What was asked, in order, until the next witness_listen. False when
 * something was asked whose answer no digest stands for (a program's or a
 * device's), or too much to be worth keeping.
 */
bool witness_heard(const struct witness *w, const struct asked **out,
    size_t *out_n);

/*
 * Asks again; true when the answer is the same. The content of what is tracked
 * is not read for that: the capture knows what it is.
 */
bool witness_same(struct witness *w, const struct asked *a);

#endif
