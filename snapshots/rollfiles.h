/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_ROLLFILES_H
#define SNAPSHOTS_ROLLFILES_H

#include "base/buf.h"
#include "base/err.h"

/* The files of a rollback by their endings; see rollback.h. */
#define ROLL_DIR "rollback"
#define ROLL_TAR ".tar.zst"
#define ROLL_PLAIN ".tar"	/* only until it stands behind the script */
#define ROLL_LIST ".list"
#define ROLL_SCRIPT ".sh"
#define ROLL_META ".meta"
#define ROLL_UNDONE ".undone"
#define ROLL_HEADER "driftctl-rollback 1\n"

/* Ends a text of lines with one that tells a torn text from a whole one. */
void rollfiles_seal(struct buf *text);
/* Checks that line and takes it away; first is the line it must start with. */
int rollfiles_unseal(struct buf *text, const char *first, const char *where,
    struct err *e);

#endif
