/* SPDX-License-Identifier: MIT */
#ifndef AGENT_RESTOREUNIT_H
#define AGENT_RESTOREUNIT_H

#include "agent/restore.h"

/* One result of a rule about a unit, and where to look for what was. */
struct restoreunit {
	struct machine *m;
	const struct restore_request *q;
	const struct assessment *a;
	const struct manifest *baseline;
	const struct result *result;
	const char *reason;
	struct restore_wishes *out;
};

/*
 * Of a unit the file comes back that decides; where none does, because
 * something is gone, all that is gone of it: as in the last snapshot in which
 * the rule held. Nothing is removed.
 */
int restore_wish_unit(const struct restoreunit *u, struct err *e);

#endif
