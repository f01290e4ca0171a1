/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECLAYERS_H
#define SPECS_SPECLAYERS_H

#include "specs/specread.h"

/* `layers:` of a rule, and its words. */
extern const char *const speclayers_words[];
void speclayers_key(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
/*
 * Says what makes no sense with it, and puts the paths of all layers in place
 * of those that the rule, which is whole but for this, was written with.
 */
void speclayers_rule(struct reader *r, const struct node *n,
    struct rule *rule);

#endif
