/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SNAPSHOTTEXT_H
#define AGENT_SNAPSHOTTEXT_H

#include "agent/machine.h"

/* How a snapshot is told of, in its own message and to people. */

/* Why a snapshot is taken. */
struct snapshot_reason {
	const char *subject;	/* one line for `git log` */
	const char *trigger;	/* "init", "manual", "restore", "accept"… */
	bool even_if_same;
	const char *trailers;	/* further ones, whole lines; may be NULL */
};

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
