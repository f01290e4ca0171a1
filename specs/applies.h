/* SPDX-License-Identifier: MIT */
#ifndef SPECS_APPLIES_H
#define SPECS_APPLIES_H

#include "specs/shape.h"

/*
 * `applies:` is a condition: a mapping whose keys must all hold.
 *
 *	package: NAME or a list		one of them is installed
 *	path: PATTERN or a list		one of them is there
 *	os: ID or a list		the ID of os-release(5); * and ? allowed
 *	all: a list of conditions	each holds
 *	any: a list of conditions	one holds
 *	not: a condition or a list	none holds
 *
 * A list in place of a mapping is `all`. Reads it to its end, whatever the
 * answer, so that all mistakes are told; out_why says what decided.
 */
bool applies_here(struct reader *r, const struct node *n,
    const char **out_why);
/* For the schema. */
extern const struct shape applies_shape;

#endif
