/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_RULESTHEN_H
#define AGENT_PREFLIGHT_RULESTHEN_H

#include "agent/machine.h"
#include "agent/preflight/foresee.h"
#include "agent/preflight/overlay.h"

/*
 * The catalogue as it will apply: its specs ask for packages, paths and the
 * release that are there then.
 */
struct rulesthen {
	struct machine *m;
	const struct foresight *then;
	const struct overlay *overlay;
};

int rulesthen_make(const struct rulesthen *r, struct catalogue *out,
    struct err *e);

#endif
