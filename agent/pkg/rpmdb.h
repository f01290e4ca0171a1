/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_RPMDB_H
#define AGENT_PKG_RPMDB_H

#include "agent/pkg/owners.h"

/*
 * rpm's database below the root, as librpm reads it. Adds packages and, of
 * their files, those under one of wanted (settled, see wanted.h; NULL: none);
 * no database adds nothing. librpm reads a copy, as it writes where it reads
 * (sqlite's -wal and -shm), and does so in driftctl-rpm, a program of its own:
 * it may end the process that meets a damaged database, and is no library that
 * every start should wait for.
 */
int rpmdb_read(const struct root *r, const struct strlist *wanted,
    struct owners *out, struct err *e);
/* The files of it whose stat data move with each change. */
void rpmdb_inputs(const struct root *r, struct inputs *inputs);

/*
 * What is in package files, and what they do to the packages in the database
 * below the root (which may have none): appends what driftctl-rpm prints, the
 * list of ownerstext.h and behind it the plan of rpmplan.h.
 */
int rpmdb_packages(const struct root *r, const struct strlist *files,
    struct buf *out, struct err *e);

#endif
