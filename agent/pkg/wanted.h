/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_WANTED_H
#define AGENT_PKG_WANTED_H

#include "base/strlist.h"

/* Sorts the paths asked for, for the questions below, and leaves out what lies
 * below another. */
void wanted_settle(struct strlist *w);
/* True when path is one of them or below one. */
bool wanted_has(const struct strlist *w, const char *path);
/* True when something in the folder may be; dir ends with a slash. */
bool wanted_in(const struct strlist *w, const char *dir);

#endif
