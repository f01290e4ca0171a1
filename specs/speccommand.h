/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECCOMMAND_H
#define SPECS_SPECCOMMAND_H

#include "specs/shape.h"

enum { COMMAND_SECONDS = 10, COMMAND_SECONDS_MAX = 60 };

/* `command` of a rule; into is the struct rule. */
void speccommand(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
extern const struct shape speccommand_shape;

#endif
