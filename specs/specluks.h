/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECLUKS_H
#define SPECS_SPECLUKS_H

#include "specs/shape.h"

/* `luks` of a rule; into is the struct rule. */
void specluks_luks(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
extern const struct shape specluks_shape;

#endif
