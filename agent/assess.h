/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ASSESS_H
#define AGENT_ASSESS_H

#include "agent/finding.h"
#include "agent/machine.h"

/* The machine as it is, held against its baseline and its rules. */
struct assessment {
	struct capture live;
	struct oid baseline_commit;
	struct manifest was, now;	/* of folders that differ */
	struct manifest baseline;	/* whole; see assess_baseline */
	bool baseline_loaded;
	struct changes changes;
	struct results results;
	struct findings findings;
	bool has_baseline;
};

/* Captures (as `how` says), compares, judges. Changes nothing. */
int assess(struct machine *m, const struct machine_capture *how,
    struct assessment *out, struct err *e);
/* The comparing alone, of a->live with a->baseline_commit, whatever snapshot
 * that is. How many entries are not tracked any more, or -1. */
int assess_compare(struct machine *m, struct assessment *a, struct err *e);
/* The whole baseline, read when somebody first needs it. NULL and e. */
const struct manifest *assess_baseline(struct machine *m,
    struct assessment *a, struct err *e);
/* Remedies of drift that the baseline cannot help with become others; live is
 * what is there now. */
void assess_mend(struct machine *m, const struct oid *baseline,
    const struct manifest *live, struct findings *f);
void assessment_done(struct assessment *a);
void drop_assessment(struct assessment *a);	/* for CLEANUP */

/* Of changes between another state and the live capture: takes what is only
 * hidden, or moved with its folder, out of them. */
void assess_settle(struct assessment *a);

/* Judges every rule in force by the evidence given. */
struct evidence;
void assess_rules(const struct catalogue *cat, const struct evidence *ev,
    struct results *out);

#endif
