/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SUMMARIES_H
#define AGENT_SUMMARIES_H

#include "agent/assess.h"

/*
 * Says of changed files what of them differs, in one sentence, where their
 * format is known: of the first findings, which are the worst; the others are
 * told as ever, and together. Files are read for it, so only who prints all
 * findings asks. Of secrets no value is told.
 */
void summaries_add(struct machine *m, struct assessment *a);

#endif
