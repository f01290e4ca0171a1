/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_CAPTURE_H
#define SNAPSHOTS_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/idnames.h"
#include "base/root.h"
#include "base/scope.h"
#include "snapshots/manifest.h"
#include "snapshots/packfile.h"
#include "snapshots/statcache.h"

struct seal_key;

struct capture_options {
	const struct root *root;
	const struct scope *scope;	/* settled */
	/*
	 * What is sealed: these paths, and every other name of their files.
	 * Where the scope is a part of what is tracked, `whole` is all of it,
	 * in which names are looked for; NULL: the scope is all.
	 */
	const struct scope *secrets, *whole;
	const struct seal_key *seal;	/* NULL: secrets cannot be compared */
	struct idnames *ids;
	/* NULL: read everything. It must outlive the capture, which points
	 * into it. */
	struct statcache *cache;
	/* The cache was made with this very scope: it knows what is in folders
	 * that have not changed. */
	bool cache_names;
	/* The last snapshot: what the cache says is stored in it is stored.
	 * NULL or another than the cache's: nothing is. */
	const struct oid *last;
	uint64_t max_size;		/* larger files by digest only */
	unsigned threads;
	/*
	 * Takes each blob that was read (not those that the cache knew), in
	 * path order, files with several names last; NULL when nothing is to
	 * be stored.
	 */
	int (*blob)(void *ctx, const struct packed *o, struct err *e);
	void *ctx;
	/* Called now and then with the number of files read; may be NULL. */
	void (*progress)(void *ctx, size_t files);
};

/* Something tracked that could not be looked at, and why. */
struct capture_unknown {
	const char *path, *why;
};

/*
 * The machine at one moment. seen is what the stat cache keeps, sorted by
 * path; its strings belong to the manifest's arena.
 */
struct capture {
	struct manifest manifest;
	/* Of each entry its line of text (no newline) where the cache had it,
	 * NULL otherwise: what need not be written anew. */
	const char **lines;
	struct {
		struct seen *items;
		size_t n, cap;
	} seen;
	struct {
		struct capture_unknown *items;
		size_t n, cap;
	} unknown;
	size_t files_read;
	/*
	 * What is known to be as the snapshot `last` has it: of each entry that
	 * is a folder the index behind all that is in it, 0 where something of
	 * that differs or may. NULL: nothing is known.
	 */
	size_t *same;
	bool *news;	/* of each entry SEEN_NEWS; NULL as same is */
	struct oid last;
	enum statcache_as as;	/* of all of it together */
	struct statcache *cache;	/* closed with the capture; or NULL */
};

/*
 * Captures everything in scope. What cannot be read is recorded as far as it
 * is known and listed as unknown; what vanishes meanwhile was never there; a
 * file that changes while it is read is read again, a few times, and then
 * taken as it is and not trusted.
 */
int capture_run(const struct capture_options *o, struct capture *out,
    struct err *e);
void capture_done(struct capture *c);
void drop_capture(struct capture *c);	/* for CLEANUP */

/* Why nothing is known of path, which need not have been met: it is, or lies
 * below, something unknown. NULL when that is not so. */
const char *capture_hides(const struct capture *c, const char *path);

/* What the cache depends on besides the file system. */
uint64_t capture_key(const struct capture_options *o);

#endif
