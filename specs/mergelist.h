/* SPDX-License-Identifier: MIT */
#ifndef SPECS_MERGELIST_H
#define SPECS_MERGELIST_H

#include "base/buf.h"
#include "base/mem.h"
#include "specs/view.h"

/*
 * Values that are lists whose members stand in no order: what each side added
 * and took out is in the result. A value whose order has a meaning (nsswitch,
 * PAM, postfix's restrictions and maps) is none of them.
 */

/* What stands between the members, or NULL: no such list. Of a row the section
 * is NULL. */
const char *mergelist_separators(const struct view *v, const char *section,
    const char *name);

struct mergelist_input {
	const char *separators;
	const char *base, *mine, *theirs;	/* values */
	const char *text;	/* mine's value as it stands in the file */
	size_t len;
};

/*
 * False where both sides changed what may be the same member, and where
 * members are quoted, negated or there twice. Else appends mine's text with
 * the members that it is to have, and *out_words has these in their order,
 * one blank after each.
 */
bool mergelist(const struct mergelist_input *in, struct buf *out_text,
    struct buf *out_words);
/* Appends a value's members like that. */
void mergelist_words(const char *separators, const char *value,
    struct buf *out);

#endif
