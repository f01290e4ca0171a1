/* SPDX-License-Identifier: MIT */
#ifndef SPECS_EVAL_COMMAND_H
#define SPECS_EVAL_COMMAND_H

#include "specs/eval.h"

/* Whether the answer is what the rule demands: 1 or 0, -1 when an expression
 * cannot be tried on it. */
int eval_command_accepts(const struct command_demand *d,
    const struct command_answer *a, struct err *e);

#endif
