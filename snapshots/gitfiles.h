/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITFILES_H
#define SNAPSHOTS_GITFILES_H

#include "base/err.h"
#include "snapshots/oidset.h"

/* The plain files of a repository that need no git library. */

#define GITFILES_LIVE "refs/heads/live"
#define GITFILES_BASELINE "refs/driftctl/baseline"
#define GITFILES_VENDOR "refs/heads/vendor"

/*
 * Makes the bare repository dir (0700), its HEAD at GITFILES_LIVE, or completes
 * one that was left half made. An existing one is left as it is.
 */
int gitfiles_init(const char *dir, struct err *e);
/* Whether it belongs to the user who runs this. */
int gitfiles_check_owner(int fd, const char *dir, struct err *e);
/* True where the repository fd is one as gitfiles_init makes it: nobody's
 * configuration says that its files are to be read differently. */
bool gitfiles_plain(int fd);
/* Which first bytes objects in files of their own have, as far as there are
 * folders for them; every one where that cannot be seen. */
void gitfiles_loose_folders(int fd, bool out[256]);
/* Whether an object lies there in a file of its own. */
bool gitfiles_loose(int fd, const struct oid *oid);

/*
 * The file `shallow` (gitrepository-layout(5)): commits whose parents were let
 * go. fd is the repository dir. A missing file is an empty set; *out is
 * replaced.
 */
int gitfiles_read_shallow(int fd, const char *dir, struct oidset *out,
    struct err *e);
/* Durable and atomic; an empty set removes the file. */
int gitfiles_write_shallow(int fd, const char *dir, const struct oidset *set,
    struct err *e);

/* Appends the names of all files in refs, damaged ones included. */
struct strlist;
int gitfiles_refs(int fd, const char *dir, struct strlist *out,
    struct err *e);

#endif
