/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITFOLD_H
#define SNAPSHOTS_GITFOLD_H

#include <stddef.h>

#include "base/err.h"
#include "snapshots/gitrepo.h"

/*
 * Keeps the store small: many packs into one, and history let go. Old packs go
 * only when the new one is on disk for good; a kill in between costs space
 * until the next run, never an object. The caller holds the store's lock.
 */

/*
 * When there are more than max_packs packs, folds the smallest of them into
 * one, as many as leave half of max_packs and as none much larger is rewritten
 * for. Returns how many packs were folded, -1 on failure.
 */
int gitfold_small(struct gitrepo *r, size_t max_packs, struct err *e);

/*
 * Keeps what can be reached from the commits keep and from all refs, where the
 * commits in cut (may be NULL) have no parents any more, and lets go of
 * everything else.
 */
int gitfold_prune(struct gitrepo *r, const struct oidlist *keep,
    const struct oidset *cut, struct err *e);

#endif
