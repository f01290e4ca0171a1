/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECCERT_H
#define SPECS_SPECCERT_H

#include "specs/shape.h"

/* `certificate` of a rule, and of a relation, whose operator it is; into is
 * the struct rule. */
void speccert_certificate(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void speccert_relation(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
extern const struct shape speccert_shape;

#endif
