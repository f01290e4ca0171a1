/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECCONTENT_H
#define SPECS_SPECCONTENT_H

#include "specs/shape.h"

/* `lines` and `content` of a rule; into is the struct rule. */
void speccontent_lines(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void speccontent_content(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

/* What their values look like. */
extern const struct shape speccontent_lines_shape, speccontent_content_shape;

#endif
