/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_CAPTURING_H
#define SNAPSHOTS_CAPTURING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/pool.h"
#include "snapshots/capture.h"
#include "snapshots/inodes.h"

/* A capture on its way: what finds the entries and what reads them. */

struct batch;

/* Entry `slot` is another name of entry `first`. */
struct alias {
	size_t slot, first;
};

/*
 * A name of a file with several. Whether it is secret is known when all names
 * are: it is what any of them is.
 */
struct shared {
	size_t slot, seen;
	struct stat st;
	bool found;		/* in the cache, as known */
	struct seen known;
};

struct capturing {
	const struct capture_options *o;
	struct capture *out;
	struct pool *pool;
	struct batch *batch;	/* being filled, or NULL */
	int64_t since;
	struct inodes inodes;
	struct {
		struct alias *items;
		size_t n, cap;
	} aliases;
	struct {
		struct shared *items;
		size_t n, cap;
	} shared;
	struct {
		const char **items;
		size_t n, cap;
	} lines;		/* one for each entry */
	bool cache_stored;	/* SEEN_STORED in the cache can be believed */
	struct err failed;	/* what the caller's blob() came back with */
	struct err damage;	/* of the cache: what is there is read anew */
};

/* Whether a file at this path is to be sealed. */
bool capturing_secret(const struct capturing *c, const char *path);
void capturing_unknown(struct capture *out, const char *path,
    const char *why);
/* Fills in the entry of a slot from what the cache knows; false where it must
 * be read. */
bool capturing_known(struct capturing *c, const struct seen *known,
    size_t slot, size_t seen);

/* What is handed over in between is read by other threads. */
void capturing_start(struct capturing *c);
void capturing_submit(struct capturing *c, const char *path,
    const struct stat *st, bool secret, size_t slot, size_t seen);
int capturing_end(struct capturing *c, struct err *e);
/* Then what vanished while it was read is dropped. */
void capturing_settle(struct capturing *c);

#endif
