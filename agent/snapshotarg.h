/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SNAPSHOTARG_H
#define AGENT_SNAPSHOTARG_H

#include "agent/machine.h"

/* What a person may type for a snapshot or a path, made regular. */

/* "live", "baseline", "live~3", hex digits; see gitwalk_resolve. */
int snapshot_resolve(struct machine *m, const char *typed, struct oid *out,
    struct err *e);
/* Every path absolute within the root; relative ones count from the current
 * folder, which only makes sense on the running system. */
int paths_normalize(const struct machine *m, struct strlist *paths,
    struct err *e);
/* True when path is one of the paths or below one; no paths: always. */
bool paths_cover(const struct strlist *paths, const char *path);

#endif
