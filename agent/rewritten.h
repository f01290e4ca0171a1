/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REWRITTEN_H
#define AGENT_REWRITTEN_H

#include "agent/machine.h"
#include "snapshots/compare.h"

/*
 * Marks the changes of live XML files that say the same as the baseline's: what
 * libvirt writes anew in another layout, with another comment above it, is the
 * same guest. What cannot be read or does not parse is not marked.
 */
void rewritten_mark(struct machine *m, struct changes *c);

/* Whether two files at path, of a format that is known for it, say the same
 * though their bytes are others. */
bool rewritten_same(const char *path, const struct buf *was,
    const struct buf *is);

#endif
