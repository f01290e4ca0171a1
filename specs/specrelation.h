/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECRELATION_H
#define SPECS_SPECRELATION_H

#include "specs/shape.h"

/* `each`, and `in`, `not-in`, `equals` or `exists` of a relation; into is the
 * struct rule, whose relation is there. */
void specrelation_each(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specrelation_other(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specrelation_exists(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specrelation_unique(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

/* Says what the mapping of a relation lacks or has twice. */
void specrelation_check(struct reader *r, const struct node *n,
    const struct rule *rule);

/* What a side looks like, and `exists`. */
extern const struct shape specrelation_side_shape, specrelation_exists_shape;

#endif
