/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SHAPE_H
#define SPECS_SHAPE_H

#include "specs/specread.h"

/*
 * What the value of a keyword looks like, told to editors: the tables that the
 * language is read by are what its JSON schema is made of. A shape is no check
 * of its own, and may allow what the reader refuses.
 */
struct shape {
	const char *name;	/* of the definition that it is in the schema;
				 * NULL: written out where it is met */
	unsigned takes;		/* enum takes */
	/* A text: a pattern (both PCRE2 and ECMA-262), or words. A variable
	 * may stand in its place unless it is taken as it stands. */
	const char *pattern;
	bool literal;
	const char *const *words;
	const char *const *(*words_of)(void);	/* in place of words */
	/* A mapping: the keys it may have, or what stands under any key. */
	const struct keyword *keys;
	const struct shape *values;
	const char *const *required;	/* keys without which it is nothing */
	/* A list: what its items are, and whether there must be one. */
	const struct shape *items;
	bool filled;
};

/* Any text; a list of texts or one alone; paths in the same way. */
extern const struct shape shape_text, shape_texts, shape_paths;
/* true or false; what names a spec or rule; a number; one with a unit. */
extern const struct shape shape_bool, shape_name, shape_number, shape_amount;
/* A type of object; a mode; a format. */
extern const struct shape shape_type, shape_mode, shape_view;

/* That of a keyword, by what reads it where it says none; false when nobody
 * knows. */
bool shape_of(const struct keyword *k, struct shape *out);

#endif
