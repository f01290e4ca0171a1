/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_HOOKS_H
#define AGENT_BEGIN_HOOKS_H

#include "agent/doctor/checkup.h"

/* What calls driftctl on this machine, and what would: package managers, and
 * what looks at it each night and at boot. */
struct begin_hooks {
	struct checkup c;
};

void begin_hooks_look(struct begin_hooks *h, const struct machine *m);
void drop_begin_hooks(struct begin_hooks *h);	/* for CLEANUP */

/* A line each, and what to type where one is missing. */
void begin_hooks_text(const struct begin_hooks *h, struct buf *out);
/* The list "hooks" of an object that is open. */
struct json;
void begin_hooks_json(const struct begin_hooks *h, struct json *j);

/*
 * Puts what is missing, or is not what ships, where it belongs below the root,
 * and says so in out. -1 with the first that could not be; those before it
 * stay.
 */
int begin_hooks_install(struct begin_hooks *h, const struct machine *m,
    struct buf *out, struct err *e);

#endif
