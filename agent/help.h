/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HELP_H
#define AGENT_HELP_H

#include "agent/command.h"

/* Appends how driftctl is called and what its verbs do; NULL ends them. */
void help_all(const struct command *const *commands, struct buf *out);
/* Appends how one verb is called, what it does, what its options are for. */
void help_verb(const struct command *c, struct buf *out);

#endif
