/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_SINCE_H
#define AGENT_REPORT_SINCE_H

#include "agent/machine.h"
#include "agent/report/model.h"

/* Everything needed to say what changed since a snapshot, and by whom. */
struct since {
	struct machine *m;
	const struct oid *from, *live;	/* that snapshot, and the newest */
	bool recorded;		/* the newest has what is now */
	const struct capture *now;
	struct model *model;	/* with its transactions */
};

/* Fills in model->changes, with bounded diffs, and model->masked. */
int since_changes(struct since *s, struct err *e);

/*
 * A time as a person types it: "2026-11-21", "2026-11-21 19:30", "@SECONDS",
 * "36h", "3d", "2w", "today", "yesterday". -1 when it is none of these.
 */
int since_parse(const char *text, int64_t now, int64_t *out);

#endif
