/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_BESIDE_H
#define AGENT_PKG_BESIDE_H

#include "base/mem.h"
#include "snapshots/manifest.h"

/* What package managers put beside a file rather than in its place. */
struct beside {
	const char *copy;	/* of what was there, or NULL */
	const char *version;	/* the package's, or NULL */
};

/* How many bytes of path are the name of what it was put aside of or lies
 * beside, as .rpmsave and .dpkg-dist; 0 when it is none of these. */
size_t beside_of(const char *path);
/* What came beside path since; in the arena. */
void beside_look(const struct manifest *was, const struct manifest *is,
    const char *path, struct arena *a, struct beside *out);

#endif
