/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPOINPUTS_H
#define AGENT_REPOINPUTS_H

#include "agent/machine.h"

/* Adds to the machine's inputs what an answer depends on in the store: where
 * its refs stand, its key, and whether a restore is under way. */
void repoinputs_add(struct machine *m);

#endif
