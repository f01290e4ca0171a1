/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_OTHERROOT_H
#define AGENT_BEGIN_OTHERROOT_H

#include "agent/machine.h"

/* A system below another root, with its own specs and names. */
struct otherroot {
	struct options o;
	struct machine m;
	struct scope scope, secrets;	/* what of it is looked at */
};

/*
 * Opens the system in dir, and settles on it what it tracks as well as what
 * `with` does. Refused where it is the same as with's.
 */
int otherroot_open(const struct machine *with, const char *dir,
    struct otherroot *out, struct err *e);
void drop_otherroot(struct otherroot *r);	/* for CLEANUP */

#endif
