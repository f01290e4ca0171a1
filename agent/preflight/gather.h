/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_GATHER_H
#define AGENT_PREFLIGHT_GATHER_H

#include "agent/preflight/forecast.h"

/* Reads packages from their files, rpm and deb alike. */
int gather_files(struct forecast *f, const struct strlist *files,
    struct err *e);
/* Names of packages that will go, commas between; purged: with their
 * conffiles. */
int gather_leaving(struct forecast *f, const char *names, bool purged,
    struct err *e);
/* What dpkg(1) does with edited conffiles, as its configuration and apt's have
 * it: "force-confnew" without "force-confdef"; else they stay. */
void gather_answer(struct forecast *f);

#endif
