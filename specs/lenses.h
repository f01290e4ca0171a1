/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LENSES_H
#define SPECS_LENSES_H

#include "specs/lens.h"

/*
 * Lenses for files of the machine. A process of its own reads them, since what
 * is in them can make the library crash or loop; lenses once loaded stay
 * loaded as long as this lives.
 */
struct lenses;

/* So much is read within a second or two, unless thousands of nodes are
 * asked for. */
enum { LENSES_MAX = 256 * 1024, LENSES_SECONDS = 4 };

struct lenses *lenses_new(void);	/* starts nothing yet */
void lenses_free(struct lenses *l);
void drop_lenses(struct lenses **l);	/* for CLEANUP */

/* A file and what it is read with. */
struct lens_text {
	const char *lens, *name, *bytes;
	size_t len;
};

/* One expression and what it picks; wrong.kind is set where it cannot be
 * told. */
struct lens_question {
	const char *match;
	struct lens_values values;
	struct err wrong;
};

/* Answers n questions about one text; -1 where it could not be read. */
int lenses_ask(struct lenses *l, const struct lens_text *text,
    struct lens_question *q, size_t n, struct arena *a, struct err *e);
/* See lens_nodes. */
int lenses_nodes(struct lenses *l, const struct lens_text *text,
    struct arena *a, struct lens_nodes *out, struct err *e);
/* See lens_write. */
int lenses_edit(struct lenses *l, const struct lens_text *text,
    const struct lens_edit *edit, struct buf *out, struct err *e);

/* Where the library finds its lenses; NULL at the end. */
extern const char *const lenses_folders[];

/* The lens that the library itself reads a path with, NULL when it knows
 * none; a pattern is taken for the paths it stands for. */
const char *lenses_for_path(const char *path);
/* Whether there is such a lens ("Sshd" or "Sshd.lns"): known, or put here by
 * the site. *out_near is the name that may have been meant, or NULL. */
bool lenses_has(const char *name, const char **out_near);

#endif
