/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_OIDSET_H
#define SNAPSHOTS_OIDSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"

/*
 * A set of object names. Names are hashes already, so their first bytes say
 * where they go. A zeroed struct is an empty set.
 */
struct oidset {
	struct oid *slots;	/* cap of them, a power of two */
	size_t n, cap;
	bool zero;		/* the all-zero name marks a free slot */
};

/* True when oid was not in the set before. */
bool oidset_add(struct oidset *s, const struct oid *oid);
bool oidset_has(const struct oidset *s, const struct oid *oid);
void oidset_done(struct oidset *s);
void drop_oidset(struct oidset *s);	/* for CLEANUP */

#endif
