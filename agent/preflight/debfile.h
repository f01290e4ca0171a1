/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_DEBFILE_H
#define AGENT_PREFLIGHT_DEBFILE_H

#include "agent/preflight/incoming.h"

/* Adds the package in a .deb as deb(5) has it; name is for messages. */
int debfile_read(int fd, const char *name, struct incoming *in,
    struct err *e);

#endif
