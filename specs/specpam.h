/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECPAM_H
#define SPECS_SPECPAM_H

#include "specs/shape.h"

/* `pam` of a rule; into is the struct rule. */
void specpam_pam(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

/* What its value looks like. */
extern const struct shape specpam_shape;

#endif
