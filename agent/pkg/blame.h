/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_BLAME_H
#define AGENT_PKG_BLAME_H

#include "agent/pkg/attribute.h"
#include "snapshots/store.h"

/*
 * attribute.h for a transaction whose two snapshots are in the store: what
 * packages had was written down before it (owners_load with what
 * attribute_wanted asks for), what they have now is looked up.
 */
struct blame;

/* were is borrowed. NULL and e; also where a package database that is there
 * cannot be read now. */
struct blame *blame_new(struct store *s, const struct root *r,
    const struct oid *before, const struct oid *after,
    const struct owners *were, struct err *e);
void blame_free(struct blame *b);
void drop_blame(struct blame **b);	/* for CLEANUP */

/* What packages have now. Borrowed. */
const struct owners *blame_now(const struct blame *b);
/* Who did it; texts belong to the blame. */
void blame_path(struct blame *b, const char *path, struct attribution *out);
/* The same of all that is not as it was, that a new version lies beside, or
 * that its package dropped and left. */
void blame_each(struct blame *b,
    void (*each)(void *arg, const char *path, const struct attribution *a),
    void *arg);

#endif
