/* SPDX-License-Identifier: MIT */
#ifndef AGENT_RPMDB_H
#define AGENT_RPMDB_H

#include "agent/inputs.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/root.h"
#include "base/strlist.h"

/*
 * Adds the names of the packages in rpm's database below the root; none where
 * there is no database. rpm itself is asked, about a copy: it writes where it
 * reads (sqlite's -wal and -shm). What was looked at is added to inputs.
 */
int rpmdb_names(const struct root *r, struct inputs *inputs,
    struct strlist *out, struct err *e);
/* Adds the names that rpm answered, one a line; the answer is used up. */
void rpmdb_parse(struct buf *answer, struct strlist *names);

#endif
