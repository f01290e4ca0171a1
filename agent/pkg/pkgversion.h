/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_PKGVERSION_H
#define AGENT_PKG_PKGVERSION_H

#include <stdbool.h>

#include "agent/pkg/pkglist.h"

/*
 * Compares versions with their epoch: < 0, 0, > 0. As deb-version(7) has it,
 * which is what rpm-version(7) says, too, of all but odd punctuation; a caret
 * is rpm's.
 */
int pkgversion_cmp(const char *a, const char *b);

/*
 * Most of what changed its version went back to an older one: an older state
 * of the system was booted or put back, or somebody downgraded.
 */
bool pkgversion_backwards(const struct pkgchanges *c);

#endif
