/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECNUMBERS_H
#define SPECS_SPECNUMBERS_H

#include "specs/shape.h"

/* `count`, `size`, `age` and `newest` of a rule; into is the struct rule. */
void specnumbers_count(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specnumbers_size(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specnumbers_age(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void specnumbers_newest(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
/* A whole number, or a mapping of bounds. */
void specnumbers_number(struct reader *r, const struct node_pair *p,
    struct bound *out);

/* A duration as `age` takes it, in seconds; -1 when it is none, which was
 * told. */
int64_t specnumbers_seconds(struct reader *r, const struct node_pair *p);
/* The same for a whole number. */
int64_t specnumbers_whole(struct reader *r, const struct node_pair *p);

/* What a count, size or age looks like, specnumbers_number, and `newest`. */
extern const struct shape specnumbers_shape, specnumbers_number_shape,
    specnumbers_newest_shape;

#endif
