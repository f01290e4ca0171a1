/* SPDX-License-Identifier: MIT */
#ifndef AGENT_MERGE_JOB_H
#define AGENT_MERGE_JOB_H

#include "agent/machine.h"
#include "agent/merge/leftover.h"
#include "base/buf.h"
#include "specs/merge3.h"

/* Where the version comes from that both sides were made from. */
enum merge_base {
	MERGE_BASE_NONE,
	MERGE_BASE_VENDOR,	/* the package's own, by its digest or by an
				 * earlier merge */
	MERGE_BASE_LEFTOVER,	/* an earlier leftover, dealt with since */
	MERGE_BASE_RECORDED,	/* the file as first recorded: whose it was
				 * nobody knows */
};

enum merge_state {
	MERGE_DONE,	/* there is a result to put in place */
	MERGE_SAME,	/* both say the same: the leftover alone goes */
	MERGE_CONFLICT,	/* the result is written beside, for a person */
	MERGE_REFUSED,	/* the same: it would break something */
	MERGE_WAITS,	/* a person has not finished what lies beside */
	MERGE_LEFT,	/* nothing can be done here */
	MERGE_UNKNOWN,	/* it could not be read */
};

/* By what the two were put together. */
enum merge_how {
	MERGE_BY_NOTHING,
	MERGE_BY_KEYS,	/* what the format says they say */
	MERGE_BY_LINES,
	MERGE_BY_HAND,	/* a person did, in the file beside */
};

/* One leftover and its file, and what comes of them. Strings belong to the
 * list's arena. */
struct merge_job {
	const char *path, *leftover, *beside;
	enum leftover_side side;
	unsigned rank;
	const struct entry *live, *left;	/* of the manifest */
	const struct entry *mine;	/* live or left */
	bool secret;
	struct buf mine_bytes, their_bytes, base_bytes, result;
	struct buf beside_bytes;	/* as it lies there now */
	bool has_beside;
	enum merge_base base;
	int64_t base_time;
	const char *base_commit;	/* hexadecimal */
	const char *base_trouble;	/* why none could be looked for */
	const struct view *view;	/* the format, where one is known */
	enum merge_state state;
	enum merge_how how;
	const char *reason;	/* for a person: why not; NULL */
	struct merge3_conflict *conflicts;
	size_t n_conflicts;
};

struct merge_jobs {
	struct arena arena;
	struct merge_job *items;
	size_t n, cap;
};

void merge_jobs_done(struct merge_jobs *l);
void drop_merge_jobs(struct merge_jobs *l);	/* for CLEANUP */

/* The end of the name of what is written beside; see job.c for the tilde. */
#define MERGE_BESIDE ".driftctl-merge~"

/* Reads a regular file of the machine whole, no symlink followed: 1, 0 when
 * nothing is there. */
int merge_read(struct machine *m, const char *path, struct buf *out,
    struct err *e);

/* Finds what the sides were made from; see merge_base. */
void merge_find_base(struct machine *m, struct merge_job *j,
    struct merge_jobs *l);

/*
 * Why the result must not be put in place: it does not parse although both
 * sides do, or a rule that holds now would not. NULL when it may. In the
 * arena.
 */
const char *merge_refusal(struct machine *m, const struct capture *live,
    const struct merge_job *j, struct arena *a);

/* Reads and merges one. Nothing is written. */
void merge_work(struct machine *m, const struct capture *live,
    struct merge_job *j, struct merge_jobs *l);

/* Whether a text has conflict markers; *out_line where the first stands. */
bool merge_has_markers(const struct buf *text, unsigned *out_line);

#endif
