/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTIC_WORDDIFF_H
#define AGENT_SEMANTIC_WORDDIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What of two lines differs, in whole words. */
struct word_range {
	size_t start, end;	/* bytes: [start, end) */
};

struct word_ranges {
	struct word_range *items;	/* in order, apart from each other */
	size_t n, cap;
};

/*
 * Fills the ranges of a that are not in b, and of b that are not in a. A word
 * is letters, digits and _ (all of UTF-8 beyond ASCII, never cut within a
 * character), a run of blanks, or one other character. False, and no ranges,
 * where too little is the same for that to help. Bounded in time: of very long
 * lines only what is the same at both ends is found.
 */
bool words_changed(const char *a, size_t a_len, const char *b, size_t b_len,
    struct word_ranges *out_a, struct word_ranges *out_b);
void drop_word_ranges(struct word_ranges *r);	/* for CLEANUP */

/* How a diff of lines is written. */
enum word_style {
	WORDS_PLAIN,	/* the lines alone */
	WORDS_COLORED,	/* for a terminal: changed words stand out */
	WORDS_MARKED,	/* "a [-old-]{+new+} line", as git's --word-diff */
};

/*
 * Appends a unified diff, escaped for a terminal, its lines painted or marked;
 * a run of lines that went and one of as many that came are taken in pairs.
 */
void words_write(struct buf *out, const struct buf *diff,
    enum word_style style);

#endif
