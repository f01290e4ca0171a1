/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VARS_H
#define SPECS_VARS_H

#include "base/err.h"
#include "base/mem.h"
#include "specs/catalogue.h"

/*
 * `${name}` in a spec. A site's variable goes before one of the spec, that
 * before a fact of the machine (hostname, os.id, os.version, arch). `$${` is
 * the text `${`. What a value holds is never looked at again. An empty list
 * leaves no text with it, and makes a regex that matches nothing; a single
 * text that needs it is refused.
 */
struct vars {
	const struct variables *site;	/* or NULL */
	const struct facts *facts;	/* or NULL: facts are "unknown" */
	struct variables own;		/* the spec's, in an arena */
};

/* What the text is for decides what a value becomes in it. */
enum vars_use {
	VARS_ONE,	/* one text; a list is refused */
	VARS_MANY,	/* one text for each value of a list */
	VARS_PATH,	/* one text; a list becomes {a,b} */
	VARS_REGEX,	/* one text; values are quoted, a list is (?:a|b) */
	VARS_REGEXES,	/* values are quoted, one text for each */
	VARS_REPLACEMENT, /* of a regex: $1 and ${1} stay, $ is doubled */
};

/* Adds what text becomes to out; e->what says which variable is wrong. */
int vars_expand(const struct vars *v, const char *text, enum vars_use use,
    struct arena *a, struct texts *out, struct err *e);

/* -1 and e->what where name cannot be that of a variable. */
int vars_check_name(const char *name, struct err *e);

#endif
