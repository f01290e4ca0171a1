/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_STORE_H
#define SNAPSHOTS_STORE_H

#include <stdbool.h>

#include "base/err.h"
#include "snapshots/gitrepo.h"
#include "snapshots/manifest.h"
#include "snapshots/packfile.h"

/* The store's folder: design and file formats are in driftctl-store(5). */
struct store;
struct seal_key;

/* Makes the folder (0700) and an empty repository; an existing store is left
 * as it is, half-made ones are completed. */
int store_init(const char *dir, struct err *e);
/* NULL when there is none, it is another user's, or it is damaged. */
struct store *store_open(const char *dir, struct err *e);
void store_close(struct store *s);

/* Borrowed. */
int store_fd(const struct store *s);
const char *store_dir(const struct store *s);
struct gitrepo *store_repo(const struct store *s);

/*
 * One writer at a time: waits at most `seconds` for whoever has the lock.
 * ERR_BUSY names its process. Held until store_close.
 */
int store_lock(struct store *s, unsigned seconds, struct err *e);
/* True when another run holds it now; appends its process ("?" unknown). */
bool store_locked(const struct store *s, struct buf *out_who);

/*
 * The key that secrets are sealed with; path is below dirfd. With make, one is
 * made where there is none. Without it secrets can be neither recorded nor
 * restored.
 */
int store_load_key(struct store *s, int dirfd, const char *path, bool make,
    struct err *e);
const struct seal_key *store_key(const struct store *s);

/* Reads a snapshot's entries; m is empty before. */
int store_load(struct store *s, const struct oid *commit, struct manifest *m,
    struct err *e);
/* The same for some paths: their entries, all below them, and the folders they
 * lie in. A path that is not there is no error. */
int store_load_paths(struct store *s, const struct oid *commit,
    const struct strlist *paths, struct manifest *m, struct err *e);
/* One entry of a snapshot, in the arena: 1, 0 when it is not there. */
int store_entry(struct store *s, const struct oid *commit, const char *path,
    struct arena *a, struct entry *out, struct err *e);
/* Appends the content of a file of any snapshot, unsealed. ERR_MISSING when
 * only its digest was recorded. */
int store_content(struct store *s, const struct entry *en, struct buf *out,
    struct err *e);

/* A pack for the blobs of a snapshot to come, handed to store_save. */
struct packfile *store_pack(struct store *s, struct err *e);
/* Adds a blob unless the store has it. */
int store_add_blob(struct store *s, struct packfile *p,
    const struct packed *o, struct err *e);

/*
 * A manifest, and the lines of text of its entries where they are known (see
 * trees_build); lines may be NULL. last may be, too: a snapshot that has what
 * `same` says (capture.h), and all of it, times aside, where all is set.
 */
struct store_state {
	const struct manifest *manifest;
	const char *const *lines;
	const struct oid *last;
	const size_t *same;
	bool all;
};

/*
 * Compares a snapshot with a state: the entries of those folders that differ
 * go to was and now (now's strings are the state's).
 */
int store_compare(struct store *s, const struct oid *commit,
    const struct store_state *state, struct manifest *was,
    struct manifest *now, struct err *e);

struct store_commit {
	const char *ref;	/* moved to the new commit */
	const struct oid *parent;	/* NULL: the first */
	const char *message;	/* subject, empty line, body, trailers */
	bool even_if_same;	/* commit although nothing differs */
};

/*
 * Makes a commit of the state, whose new blobs are in pack (freed in any
 * case), on disk for good when it returns. 1 and its name; 0 when nothing but
 * times differs from the parent: no commit, no object, not a byte written.
 */
int store_save(struct store *s, const struct store_state *state,
    struct packfile *pack, const struct store_commit *how,
    struct oid *out_commit, struct err *e);

#endif
