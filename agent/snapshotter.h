/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SNAPSHOTTER_H
#define AGENT_SNAPSHOTTER_H

#include "agent/machine.h"
#include "agent/snapshottext.h"

struct snapshot_result {
	struct oid commit;	/* the newest snapshot now, made or not */
	bool made;		/* false: nothing had changed */
	struct capture live;	/* what was captured */
	uint64_t cache_sum;	/* of the stat cache, 0 = none */
};

/*
 * Records the live system, under the store's lock. Where nothing but times
 * moved since the last snapshot none is made.
 */
int snapshot_take(struct machine *m, const struct snapshot_reason *why,
    struct snapshot_result *out, struct err *e);
void snapshot_result_done(struct snapshot_result *r);
void drop_snapshot_result(struct snapshot_result *r);	/* for CLEANUP */

#endif
