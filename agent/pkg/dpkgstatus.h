/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_DPKGSTATUS_H
#define AGENT_PKG_DPKGSTATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/root.h"

/*
 * Whether bytes are what dpkg writes into its status file: each line "Field:
 * value" or going on with the one before, in each stanza a Package, a newline
 * at the end. dpkg refuses what is not, and what is read from it nevertheless
 * would be packages that are not there, or none. -1 with the line.
 */
int dpkgstatus_check(const char *name, const char *bytes, size_t len,
    struct err *e);
/* The same of one that is empty, or not there: packages that have their lists
 * in the folder info would be in it. */
int dpkgstatus_lacking(const struct root *r, const char *name,
    const char *info, bool there, struct err *e);

#endif
