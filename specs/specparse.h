/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECPARSE_H
#define SPECS_SPECPARSE_H

#include "specs/shape.h"

/*
 * One spec from its mapping, to which the site's additions were merged. name
 * is what the spec is known by, after its file; r->vars.own comes empty and
 * holds the spec's variables afterwards.
 */
struct spec *spec_parse(struct reader *r, const char *name,
    const struct node *top);

/* What a whole spec looks like. */
extern const struct shape specparse_shape;

#endif
