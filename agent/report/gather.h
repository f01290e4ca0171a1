/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_GATHER_H
#define AGENT_REPORT_GATHER_H

#include "agent/assess.h"
#include "agent/report/history.h"
#include "agent/report/model.h"

/* Makes the model of a report from the machine, its store, and what is. */

struct gathering {
	struct machine *m;	/* its store is open; locked unless look_only */
	int64_t since;		/* 0: since the last report */
	bool look_only;		/* record nothing */
	bool discreet;		/* others than root may read it */
	/* The rest is gather's own. The model borrows from it. */
	struct snapshot_result *snapshot;
	struct assessment a;
	struct history history;
	struct oid from, live;	/* the snapshots at both ends */
	bool has_from;
	struct model model;	/* folded */
};

/* Fills in everything. Unless look_only, a snapshot is taken first. */
int gather(struct gathering *g, struct err *e);
/*
 * Once it was told: the next report begins here. Not for those of another time
 * (since), as these would swallow what nobody read.
 */
int gather_told(struct gathering *g, struct err *e);
/* The last transaction alone; needs no lock, and looks at nothing else. */
int gather_last(struct gathering *g, struct err *e);
void gathering_done(struct gathering *g);
void drop_gathering(struct gathering *g);	/* for CLEANUP */

#endif
