/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_CHECKUP_H
#define AGENT_TELL_CHECKUP_H

#include "agent/machine.h"

/* What keeps notifiers from being told, or did lately; texts are in the
 * arena. */
struct tell_complaint {
	const char *who;	/* "webhook hooks.example.org" */
	const char *what;	/* "was not told since 2026-11-22 …: …" */
	const char *remedy;	/* what to do, or "" */
};
struct tell_checkup {
	struct arena arena;
	struct tell_complaint *items;
	size_t n, cap;
	size_t notifiers;	/* how many there are, the report's mail too */
};

/* Opens nothing but what notifiers need; sends nothing. */
int tell_checkup(struct machine *m, struct tell_checkup *out, struct err *e);
void drop_tell_checkup(struct tell_checkup *c);	/* for CLEANUP */

#endif
