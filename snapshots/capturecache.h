/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_CAPTURECACHE_H
#define SNAPSHOTS_CAPTURECACHE_H

#include "snapshots/capture.h"

/*
 * Between a capture and its stat cache: what of the capture is as the snapshot
 * `last` has it (out->same, ->last, ->as), known from a cache that was made
 * with the same scope and is of that snapshot.
 */
void capturecache_compare(struct capture *out, const struct statcache *cache,
    const struct oid *last);

/* Of each entry its line: who needs them all needs them more than once. */
void capturecache_fill_lines(struct capture *c);

/*
 * Writes the stat cache of a capture, unless it holds just that already. commit
 * is the last snapshot; with stored, it has the content of everything captured;
 * as says what else it has of it.
 */
struct capturecache_keep {
	uint64_t key;
	const struct oid *commit;
	bool stored;
	enum statcache_as as;
};
int capturecache_write(const struct capture *c, int dirfd, const char *name,
    const struct capturecache_keep *how, uint64_t *out_sum, struct err *e);

#endif
