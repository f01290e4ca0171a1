/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITREF_H
#define SNAPSHOTS_GITREF_H

#include <stdbool.h>

#include "base/digest.h"

/*
 * Refs as plain files (gitrepository-layout(5)), without a git library, which
 * is started for all that is out of the ordinary: packed or symbolic refs,
 * damage, somebody else's lock. fd is the repository, name the ref in full.
 */

/* 1 and *out, 0 where there surely is none, -1: the library is to be asked. */
int gitref_read(int fd, const char *name, struct oid *out);
/*
 * Moves it, on disk for good when it returns true; expected as of
 * gitrepo_ref_set. False: nothing was done that the library could not do again.
 */
bool gitref_write(int fd, const char *name, const struct oid *oid,
    const struct oid *expected);

#endif
