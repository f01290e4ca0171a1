/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECCHECK_H
#define SPECS_SPECCHECK_H

#include "specs/specread.h"

/*
 * What no single key of a rule shows: demands that contradict each other, and
 * formats that nobody can tell. Splits `Section.Key` once the format is known:
 * at the first dot, or behind the bracket of `[Section].Key`, where the
 * section's own name has a dot. Formats without sections take the key whole.
 * n is the rule's mapping.
 */
void speccheck_rule(struct reader *r, const struct node *n, struct rule *rule);

/* The last of these alone: n says where a mistake is, rule what is read of
 * which paths. Sets rule->as. */
void speccheck_format(struct reader *r, const struct node *n,
    struct rule *rule);

#endif
