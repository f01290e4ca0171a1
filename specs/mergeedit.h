/* SPDX-License-Identifier: MIT */
#ifndef SPECS_MERGEEDIT_H
#define SPECS_MERGEEDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"
#include "specs/merge3.h"
#include "specs/mergeside.h"

/* Edits of mine's text, gathered in any order and made at once. */
struct mergeedits {
	struct arena arena;
	const struct mergeside *mine, *theirs;
	struct mergeedit {
		size_t start, end, seq;
		const char *bytes;
		size_t len;
		bool lines;	/* whole ones, not a part of one */
	} *items;
	size_t n, cap;
	const struct view_node *added;	/* the last new section of theirs */
};

/*
 * mine's values of a group become theirs; either may be NULL (not both).
 * fields: where not NULL, only values i with fields[i] change. -1 where the
 * lines cannot be taken apart.
 */
int mergeedits_take(struct mergeedits *l, const struct mergegroup *mine,
    const struct mergegroup *theirs, const bool *fields);
/* The text of one of mine's values. */
struct mergeedit_value {
	const struct view_node *value;
	const char *bytes;
	size_t len;
};
void mergeedits_put(struct mergeedits *l, const struct mergeedit_value *v);
/* Both versions, and the base's lines where there is one, between markers. */
int mergeedits_mark(struct mergeedits *l, const struct merge3_input *in,
    const struct mergeside *base_side, const struct mergegroup *base,
    const struct mergegroup *mine, const struct mergegroup *theirs);
/* mine's text with all edits made; -1 where two of them overlap. */
int mergeedits_make(struct mergeedits *l, struct buf *out);
void mergeedits_done(struct mergeedits *l);
void drop_mergeedits(struct mergeedits *l);	/* for CLEANUP */

#endif
