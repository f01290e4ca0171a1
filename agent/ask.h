/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ASK_H
#define AGENT_ASK_H

#include "agent/machine.h"
#include "specs/eval.h"

/*
 * Asks the program of a rule's `command` (see evidence.ask), shut off as
 * sandbox.h has it. Only where the spec and the program are root's alone, and
 * only of the running system. What it looked at is added to the machine's
 * inputs; the answer's bytes belong to the arena. ev says what the files that
 * it reads are.
 */
int ask_command(struct machine *m, const struct evidence *ev,
    const struct rule *rule, struct arena *a, struct command_answer *out,
    struct err *e);

#endif
