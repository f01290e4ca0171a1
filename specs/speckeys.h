/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECKEYS_H
#define SPECS_SPECKEYS_H

#include "specs/shape.h"

/*
 * One rule from its mapping. Without a mapping, id, path or why it is told,
 * and out holds what could be read.
 */
void speckeys_rule(struct reader *r, const struct node *n, struct rule *out);
/* The same for one of `relations`. */
void speckeys_relation(struct reader *r, const struct node *n,
    struct rule *out);

/* What each of them looks like. */
extern const struct shape speckeys_rule_shape, speckeys_relation_shape;

#endif
