/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECWHOLE_H
#define SPECS_SPECWHOLE_H

#include "specs/spec.h"

/*
 * Takes demands out that a mistake in the spec left half said, such as an
 * `xpath` without its expression: they were told of, and whoever judges the
 * rule by what is left of it need not ask whether a demand has all its parts.
 */
void specwhole(struct rule *rule);

#endif
