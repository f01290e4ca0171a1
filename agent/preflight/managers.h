/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_MANAGERS_H
#define AGENT_PREFLIGHT_MANAGERS_H

#include "agent/preflight/forecast.h"
#include "agent/preflight/planned.h"

/*
 * Asks the running system's package manager what an upgrade would do, and
 * reads the packages that its cache holds. What is not there is among what is
 * wanting, with the command that gets it. dist: `zypper dup`, which moves to
 * another release; apt and dnf know no such difference. name: which one, NULL
 * for the system's own.
 */
int managers_ask(struct forecast *f, const char *name, bool dist,
    struct err *e);

#endif
