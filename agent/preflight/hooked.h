/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_HOOKED_H
#define AGENT_PREFLIGHT_HOOKED_H

#include <stdbool.h>

#include "agent/hook/aptlist.h"
#include "agent/options.h"
#include "base/err.h"

/*
 * For a hook that knows the packages before they are put in: tells what is at
 * risk, where driftctl.yaml has it so. *out_refused where it is to be refused.
 * What cannot be told refuses nothing.
 */
int preflight_hooked(const struct options *o, const struct aptlist *list,
    bool *out_refused, struct err *e);

#endif
