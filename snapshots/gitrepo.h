/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_GITREPO_H
#define SNAPSHOTS_GITREPO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/strlist.h"
#include "snapshots/gitobject.h"
#include "snapshots/oidset.h"

struct buf;

/*
 * The bare git repository of the store. Nobody's configuration but its own is
 * ever read. Objects are written by packfile.h; one writer at a time is the
 * caller's promise (the store's lock), readers come and go.
 */

/*
 * Starts the library; whatever needs it does so by itself, as most runs do not.
 * It can be called again and again, and its memory goes with the process
 * unless as many stops follow.
 */
int gitrepo_start(struct err *e);
void gitrepo_stop(void);

struct gitrepo;

/* NULL on failure: not there, not a repository, another user's, damaged. */
struct gitrepo *gitrepo_open(const char *dir, struct err *e);
void gitrepo_close(struct gitrepo *r);
void drop_gitrepo(struct gitrepo **r);		/* for CLEANUP */

/* Borrowed: the folder as it was named, and it and objects/pack opened. */
const char *gitrepo_dir(const struct gitrepo *r);
int gitrepo_fd(const struct gitrepo *r);
int gitrepo_pack_fd(const struct gitrepo *r);

/*
 * Appends an object's bytes, whose hash was checked. type is "blob", "tree" or
 * "commit". ERR_MISSING when there is none.
 */
int gitrepo_read(struct gitrepo *r, const struct oid *oid, const char *type,
    struct buf *out, struct err *e);
/* Does not look for packs that came since gitrepo_open or _refresh. */
bool gitrepo_has(struct gitrepo *r, const struct oid *oid);
/* Sees packs and the shallow file as they are now. */
int gitrepo_refresh(struct gitrepo *r, struct err *e);

int gitrepo_commit(struct gitrepo *r, const struct oid *oid,
    struct gitcommit *out, struct err *e);
/* Commits whose parents were let go. Borrowed. */
const struct oidset *gitrepo_shallow(const struct gitrepo *r);

int gitrepo_tree(struct gitrepo *r, const struct oid *tree,
    gittree_each *each, void *ctx, struct err *e);
/* 1 and *out, 0 when there is no such ref, -1. name is in full. */
int gitrepo_ref_get(struct gitrepo *r, const char *name, struct oid *out,
    struct err *e);
/*
 * Moves a ref, on disk for good when it returns. With expected (zero: must not
 * exist) only if it stands there still; ERR_BUSY otherwise. NULL: whatever it
 * was.
 */
int gitrepo_ref_set(struct gitrepo *r, const char *name,
    const struct oid *oid, const struct oid *expected, struct err *e);
/* Appends the full names of all refs, damaged ones included, sorted. */
int gitrepo_refs(struct gitrepo *r, struct strlist *out, struct err *e);

/*
 * The objects whose names begin with these hexadecimal digits: 1 and *out, 0
 * none, 2 several, -1.
 */
int gitrepo_prefix(struct gitrepo *r, const char *hex, struct oid *out,
    struct err *e);

/* Appends the oid of every object of one pack; idx is its index's name in
 * objects/pack. */
struct oidlist {
	struct oid *items;
	size_t n, cap;
};
void drop_oidlist(struct oidlist *l);		/* for CLEANUP */
int gitrepo_pack_list(struct gitrepo *r, const char *idx,
    struct oidlist *out, struct err *e);

/*
 * Writes one pack of these objects, as deltas where that pays, into the folder
 * dir below the repository (pack-*.pack and .idx). names go with oids and may
 * be NULL, as may each one: objects of one name are tried against each other.
 */
int gitrepo_pack_write(struct gitrepo *r, const struct oidlist *oids,
    char *const *names, const char *dir, struct err *e);

struct gitrepo_text {
	const char *bytes;
	size_t len;
	const char *label;	/* behind --- or +++; escaped here */
};

/*
 * Appends the unified diff from a to b with that many lines of context; nothing
 * when they are equal, one line saying so when either is binary. The lines of
 * the texts are as they are: escaping them for a terminal is the caller's.
 * Returns 1 when they differ, 0 when not.
 */
int gitrepo_diff(const struct gitrepo_text *a, const struct gitrepo_text *b,
    unsigned context, struct buf *out, struct err *e);

/*
 * Appends what becomes of a when what b has changed since base is put into it,
 * line by line; where both changed the same lines differently, both stand
 * between markers with the labels. base may be NULL: then all that differs
 * does. Returns 1 when there are markers, 0 when not.
 */
int gitrepo_merge(const struct gitrepo_text *base,
    const struct gitrepo_text *a, const struct gitrepo_text *b,
    struct buf *out, struct err *e);

#endif
