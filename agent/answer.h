/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ANSWER_H
#define AGENT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/inputs.h"
#include "agent/options.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * What a verb said the last time it was asked the same thing, kept in the
 * store with everything that the words depended on: the stat cache (every
 * tracked object), and `inputs`, the other files that were looked at (specs,
 * configuration, package database, refs, the program). While all of these are
 * what they were, the answer is the same, and is given without a library being
 * loaded. Anything else, and the full program thinks anew. Needs libc alone.
 */
struct answer {
	int exit_code;
	struct buf text;	/* for stdout */
};

/* True and the answer when it can be given again. */
bool answer_recall(const struct options *o, struct answer *out);

/*
 * The same of one question that has no words in it, whoever asks it in which
 * language: which snapshot has the machine as it is. For hooks, which come from
 * anywhere.
 */
bool answer_recall_state(const struct options *o, struct oid *out);
void answer_keep_state(const struct options *o, const struct oid *snapshot,
    uint64_t seen_sum, const struct inputs *inputs, int64_t since);

/*
 * The same of what follows from the inputs alone, whatever is tracked: text
 * that is no answer to anybody. What is recalled appends to out, and the
 * inputs go to in.
 */
bool answer_recall_derived(const struct options *o, struct buf *out,
    struct inputs *in);
void answer_keep_derived(const struct options *o, const struct buf *text,
    const struct inputs *inputs, int64_t since);

/*
 * Keeps an answer given at a moment when the stat cache was `seen_sum`. since
 * is when the work began (statcache_now): inputs that changed later than that
 * make it worthless, as do those that are no longer what they were when they
 * were added, and then nothing is kept. valid_until: seconds since the epoch
 * from when time itself changes the answer, 0 = never. A clock that was set
 * back since makes it worthless, too.
 */
void answer_keep(const struct options *o, const struct answer *a,
    uint64_t seen_sum, const struct inputs *inputs, int64_t since,
    int64_t valid_until);

#endif
