/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BESIDE_H
#define AGENT_BESIDE_H

#include "snapshots/manifest.h"

/* What package managers and ucf(1) lay beside a file under a name of theirs. */

/* How many bytes of path are the name of what it was put aside of or lies
 * beside, as .rpmsave and .dpkg-dist; 0 when it is none of these. */
size_t beside_base(const char *path);

/* Of those that are not as they were: a copy of what was at the path, and the
 * package's version that was not put in place; else left as they are. In the
 * arena. */
void beside_find(const struct manifest *was, const struct manifest *is,
    const char *path, struct arena *a, const char **out_aside,
    const char **out_beside);

#endif
