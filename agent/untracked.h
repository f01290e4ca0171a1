/* SPDX-License-Identifier: MIT */
#ifndef AGENT_UNTRACKED_H
#define AGENT_UNTRACKED_H

#include "agent/machine.h"
#include "snapshots/compare.h"

/*
 * What a snapshot has and the live side has not is not gone when nobody tracks
 * it any more: a spec, or what it applies to, went. Takes these from the
 * changes, unless they really are not there, and returns how many they were;
 * where it looked is added to the machine's inputs.
 */
size_t untracked_drop(struct machine *m, struct changes *c);

#endif
