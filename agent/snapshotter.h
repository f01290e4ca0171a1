/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SNAPSHOTTER_H
#define AGENT_SNAPSHOTTER_H

#include "agent/machine.h"

/* Why a snapshot is taken. */
struct snapshot_reason {
	const char *subject;	/* one line for `git log` */
	const char *trigger;	/* "init", "manual", "restore", "accept"… */
	bool even_if_same;
	const char *trailers;	/* further ones, whole lines; may be NULL */
};

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

/* Appends a message with the trailers every commit of ours has. */
void snapshot_message(const struct machine *m,
    const struct snapshot_reason *why, struct buf *out);

/* Appends the first hex digits that name a commit for a person. */
void snapshot_name(const struct oid *o, struct buf *out);
/* What a verb that records says in JSON: doc/snapshot.schema.json. */
void snapshot_json(const char *verb, const struct oid *commit, bool made,
    int exit_code, struct buf *out);
/* Appends local time, "2026-11-21 19:30:12". */
void snapshot_time(int64_t t, struct buf *out);

#endif
