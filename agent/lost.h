/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LOST_H
#define AGENT_LOST_H

#include "agent/finding.h"
#include "agent/machine.h"

/*
 * Findings of required paths that are neither there nor in the baseline: n of
 * f's items, by index. Each is told from where the path can be had: the newest
 * snapshot that has it, else the package that ships it, else nobody knows.
 */
void lost_mend(struct machine *m, struct findings *f, const size_t *which,
    size_t n);

#endif
