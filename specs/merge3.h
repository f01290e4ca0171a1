/* SPDX-License-Identifier: MIT */
#ifndef SPECS_MERGE3_H
#define SPECS_MERGE3_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/view.h"

/*
 * Three versions of a configuration file made one, by what its format says
 * they say: the keys of each section, the rows of a table. Pure.
 */
struct merge3_text {
	const char *bytes;	/* NULL: there is none */
	size_t len;
};

struct merge3_input {
	const struct view *view;
	/* What both come from; without it all that differs is a conflict. */
	struct merge3_text base;
	struct merge3_text mine, theirs;
	/*
	 * Nobody knows that the base was the package's own: what mine has as
	 * the base may be its administrator's choice, too, so that only what
	 * theirs has as the base is settled.
	 */
	bool base_doubtful;
	/* The merge of the lines, where these do not conflict: taken when it
	 * says what is to be said, as it has the comments of both. */
	struct merge3_text lines;
	const char *mine_label, *theirs_label, *base_label;
};

/* One key or row that both sides changed, each in its way. */
struct merge3_conflict {
	const char *what;	/* "[global] workgroup", or a row's name */
	/* What each has, NULL where it has none. */
	const char *base, *mine, *theirs;
	unsigned line;		/* in mine; 0 = not in it */
};

struct merge3 {
	struct arena arena;
	struct buf text;	/* merged; with conflicts, marked */
	bool by_lines;		/* the text is that of input.lines */
	bool unlike;		/* input.lines says something else */
	struct merge3_conflict *items;
	size_t n, cap;
};

/*
 * 1: out has the merged text, or that with each conflict between markers. 0:
 * the format does not help here (e says why): the lines must do. mine's lines
 * stay as they are but for the keys and rows that change.
 */
int merge3(const struct merge3_input *in, struct merge3 *out, struct err *e);
void merge3_done(struct merge3 *m);
void drop_merge3(struct merge3 *m);	/* for CLEANUP */

#endif
