/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_AFTERWARDS_H
#define AGENT_PREFLIGHT_AFTERWARDS_H

#include "agent/preflight/forecast.h"

/*
 * What becomes of required state that an upgrade puts at risk: what a hook puts
 * right by itself when the upgrade ends, and what a person has to type.
 */

/* Whether a hook is in place that would see the upgrade. */
bool afterwards_hooked(const struct forecast *f);

bool afterwards_itself(const struct forecast *f, const struct risk *r);
/* What to type of n risks of one rule, "" where no command helps. */
void afterwards_remedy(const struct forecast *f, const struct risk *r,
    size_t n, struct buf *out);

/* A line of what follows from n risks of one rule. */
void afterwards_risks(const struct forecast *f, const struct risk *r,
    size_t n, struct buf *out);
/* How many are whose, and what to do before; nothing without risks. */
void afterwards_sum(const struct forecast *f, struct buf *out);

#endif
