/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_RPMFILE_H
#define AGENT_PREFLIGHT_RPMFILE_H

#include "agent/preflight/incoming.h"

/* Adds rpm packages, what is made obsolete by them below the root, and of the
 * files that are asked for what is in them. */
int rpmfile_read(const struct root *r, const struct strlist *files,
    struct idnames *ids, struct incoming *in, struct err *e);

#endif
