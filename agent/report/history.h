/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_HISTORY_H
#define AGENT_REPORT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strlist.h"

/*
 * STORE/history: what reports told and what was accepted, one line each, only
 * ever added to (driftctl-store(5)). Each line has its own checksum: a damaged
 * or torn one is passed over and costs what it said. It is kept within bounds
 * by leaving out what is older than a year.
 */

/* When something that a report tells of was so. */
struct history_span {
	const char *id;		/* a finding's, or "merge:PATH" */
	const char *word;	/* "critical", "unknown", "merge"… */
	int64_t from, to;	/* to 0: it still is */
};

struct history_report {
	int64_t time;
	int exit_code;
	struct oid commit;	/* the newest snapshot then */
	/* Transactions and restores of its last moment that it told of: a
	 * second is long, and the next report begins in it. */
	struct strlist told;
	size_t accepts;		/* as many were there before it */
};

struct history_accept {
	int64_t time;
	const char *who, *commit, *reason;
	struct strlist paths;	/* none: all */
};

struct history {
	struct arena arena;
	struct {
		struct history_span *items;
		size_t n, cap;
	} spans;		/* by the time they began */
	struct {
		struct history_report *items;
		size_t n, cap;
	} reports;		/* oldest first */
	struct {
		struct history_accept *items;
		size_t n, cap;
	} accepts;
	size_t damaged;		/* lines passed over */
	size_t len;		/* bytes of the file */
};

/* Never fails: what it cannot read it counts. */
void history_parse(const char *bytes, size_t len, struct history *out);
/* No file: an empty history. */
int history_load(int store_fd, struct history *out, struct err *e);
void history_done(struct history *h);
void drop_history(struct history *h);		/* for CLEANUP */

/* The span that is open, or NULL. */
const struct history_span *history_open(const struct history *h,
    const char *id);
/* The last report, or NULL. */
const struct history_report *history_last(const struct history *h);

/* Lines to add. */
void history_add_open(struct buf *lines, int64_t now, const char *id,
    const char *word);
void history_add_shut(struct buf *lines, int64_t now, const char *id);
void history_add_report(struct buf *lines, const struct history_report *r);
void history_add_accept(struct buf *lines, const struct history_accept *a);

/* On disk for good when it returns. The store is locked. */
int history_append(int store_fd, const struct buf *lines, struct err *e);
/* Leaves out what ended before `before`, where the file has grown large. */
int history_trim(int store_fd, const struct history *h, int64_t before,
    struct err *e);

#endif
