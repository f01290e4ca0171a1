/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_OLDSCRIPTS_H
#define AGENT_PREFLIGHT_OLDSCRIPTS_H

#include "agent/preflight/incoming.h"
#include "base/file.h"

/*
 * A deb says nothing of the version that it takes the place of: that is found
 * among those before, and what dpkg keeps of its scripts is read. A script that
 * is there and cannot be read is lacking.
 */
void oldscripts_read(const struct root *root, const struct owners *before,
    struct incoming *in);

#endif
