/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECCONFIG_H
#define SPECS_SPECCONFIG_H

#include "specs/spec.h"
#include "specs/shape.h"

/* `config:` of a rule; into is the struct rule. */
void specconfig(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
extern const struct shape specconfig_shape;
/* Puts in the lenses that the rule's paths stand for where none is said. */
void specconfig_check(struct reader *r, struct rule *rule);

#endif
