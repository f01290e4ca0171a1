/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_KEEPOLD_H
#define AGENT_BEGIN_KEEPOLD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/root.h"

/*
 * Keeps what the file path of the root says beside it, in its folder dir,
 * where that is not what it is going to say: as PATH.bak, or PATH.1.bak and so
 * on where others were kept before, which stay. Whoever reads that folder
 * ignores such a name. 1 and its path, synced; 0: there is nothing to keep.
 */
int keepold(const struct root *r, int dir, const char *path,
    const char *content, struct buf *out, struct err *e);

#endif
