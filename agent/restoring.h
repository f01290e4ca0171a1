/* SPDX-License-Identifier: MIT */
#ifndef AGENT_RESTORING_H
#define AGENT_RESTORING_H

#include "agent/progress.h"
#include "agent/restore.h"

/*
 * A restore from beginning to end, whoever asked for it: look, plan, carry
 * out, judge again. The caller opens the machine and its store, takes the
 * lock, fills in the request, and shows what he likes in between.
 */
struct restoring {
	struct machine *m;
	struct restore_request q;
	const char *title;	/* of the rollback: "restore" */
	struct capture *taken;	/* by rules: just now, whole; NULL: none */
	struct assessment a;	/* before; by rules whole */
	struct restore_wishes w;
	struct plan plan;
	struct buf id;		/* of the rollback, once there is one */
	struct scope only;	/* the paths asked for */
	struct progress progress;
	size_t written, placed;	/* for it */
};

/* What came of it. */
struct restored {
	bool done;
	int exit_code;
	bool judged;		/* after holds what rules leave to a person */
	struct assessment after;
};

/* Neither paths nor all: what rules ask for. */
bool restoring_by_rules(const struct restoring *r);
/* Looks and plans. */
int restoring_plan(struct restoring *r, struct err *e);
/* All of the plan or nothing of it. */
int restoring_carry_out(struct restoring *r, struct restored *out,
    struct err *e);
/* What is left afterwards, and with which exit code. */
int restoring_judge(struct restoring *r, struct restored *out, struct err *e);

/* For CLEANUP; the machine stays open. */
void drop_restoring(struct restoring *r);
void drop_restored(struct restored *r);

#endif
