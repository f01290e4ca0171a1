/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_APPLY_H
#define AGENT_APPLY_APPLY_H

#include "agent/apply/plan.h"
#include "base/err.h"
#include "base/root.h"

/*
 * Carries out a plan, all or nothing, whatever kills it in between
 * (design: rollback and journal first, then waves):
 *
 *  1. rollback/ID.* and the journal, on disk for good
 *  2. all new objects as temporaries beside their targets; one syncfs
 *  3. all renames, metadata of what stays in place, folders last; one syncfs
 *  4. the journal goes
 *
 * A run that dies in 2 or 3 is taken back by the next one (apply_recover), one
 * that fails takes itself back at once: when -1 is returned all is as before,
 * unless apply_pending says that this failed, too; then e names the rollback's
 * script, and tell was called with what had gone wrong first. Owners are
 * numbers: those in want are used as they are.
 */
struct apply_options {
	const struct root *root;
	int store_fd;		/* the store's folder: rollback/, journal/ */
	const char *id;		/* names the rollback; unique */
	const char *title;	/* why, for the rollback's list */
	/*
	 * Everything known to be there, to find other names of what will be
	 * replaced, so that an undo can put the names together again.
	 */
	const struct manifest *have;
	/* The bytes of want, where a step does not carry them. */
	int (*content)(void *ctx, const struct entry *want, struct buf *out,
	    struct err *e);
	void *ctx;
	/* What went wrong first, where taking back fails, too; may be NULL. */
	void (*tell)(const struct err *e);
	/* One line about each step as it is carried out; may be NULL. */
	void (*progress)(void *ctx, const struct step *s);
};

int apply_plan(const struct apply_options *o, const struct plan *p,
    struct err *e);

/*
 * Takes back what a dead run left half done. Returns 1 and its id in out_id
 * when there was something, 0 when not. Only to be called under the store's
 * lock, and before each apply_plan. Safe to be killed and called again. With
 * --root of another root than the journal's it fails and names that one.
 */
int apply_recover(const struct root *root, int store_fd, struct buf *out_id,
    struct err *e);

/* True when a journal lies there: a restore is under way or has died. */
bool apply_pending(int store_fd);
/* 1 and its id, 0 when none lies there, -1 where it cannot be read. */
int apply_pending_id(int store_fd, struct buf *out_id, struct err *e);

#endif
