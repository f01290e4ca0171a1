/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_UNDO_H
#define AGENT_APPLY_UNDO_H

#include "agent/apply/plan.h"
#include "base/err.h"
#include "base/root.h"
#include "snapshots/rollback.h"

/*
 * What an undo wishes for: everything saved as it was, what was new absent.
 * Borrowed from the rollback, whose manifest is `known` for plan_make.
 */
void rollback_wishes(const struct rollback *r, struct wishes *out);

/*
 * What is now at all paths the rollback names, read whole: `have` for
 * plan_make. Names of one inode are found among these paths.
 */
int undo_live(const struct root *root, const struct rollback *r,
    struct manifest *out, struct err *e);

/*
 * Adds the same to what is known to be there, and puts it in the place of
 * that: a rollback names contents by their bytes, a snapshot may know only a
 * sealed one.
 */
int undo_look_at(const struct root *root, const struct rollback *r,
    struct manifest *live, struct err *e);

#endif
