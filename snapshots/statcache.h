/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_STATCACHE_H
#define SNAPSHOTS_STATCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/root.h"
#include "base/strlist.h"

/*
 * What the last capture saw, so that what has not changed since is never read
 * again: one flat file in path order, mapped, with a checksum, replaced in one
 * step. It holds the folders that were listed and the names that were asked
 * for and not found, too: an unchanged cache means an unchanged capture. A
 * missing or damaged cache costs time only. This module needs libc alone.
 *
 * Timestamps lie within a tick of the clock (git's racy-git.txt): an object
 * changed in the last moments before it was read may change again without any
 * stat data showing it. Such objects are kept as SEEN_UNTRUSTED and read again.
 */
enum seen_flag {
	SEEN_ENTRY = 1 << 0,	/* an entry of the manifest, with its line */
	SEEN_ABSENT = 1 << 1,	/* was asked for and is not there */
	SEEN_LISTED = 1 << 2,	/* a folder whose names were read */
	SEEN_UNTRUSTED = 1 << 3,
	SEEN_STORED = 1 << 4,	/* its content is in the cache's commit */
	SEEN_NEWS = 1 << 5,	/* STATCACHE_PARTLY: this is not; of a folder
				 * that, or something in it went */
};

struct seen_stat {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;	/* ns since the epoch */
	uint32_t mode, uid, gid;
};

struct seen_stat seen_stat_of(const struct stat *st);
bool seen_stat_equal(const struct seen_stat *a, const struct seen_stat *b);

/* Adds it to a checksum.h: the struct itself has bytes that mean nothing. */
uint64_t seen_stat_sum(uint64_t sum, const struct seen_stat *st);

/* One object; strings are borrowed from the cache or from who writes it. */
struct seen {
	const char *path;
	const char *line;	/* its line of the manifest, no newline */
	size_t line_len;
	unsigned flags;
	struct seen_stat st;
	struct oid oid;
};

struct statcache;

/*
 * Opens the cache; NULL when there is none that can be trusted, which is not
 * an error. key says what the capture depended on (scope, limits): a cache
 * made with another key is of no use. key NULL takes any.
 */
struct statcache *statcache_open(int dirfd, const char *name,
    const uint64_t *key);
void statcache_close(struct statcache *c);
void drop_statcache(struct statcache **c);	/* for CLEANUP */

/* What the cache's commit has of what the cache has. */
enum statcache_as {
	STATCACHE_OTHER,	/* who knows */
	STATCACHE_BUT_TIMES,	/* all of it, and nothing else; times aside */
	STATCACHE_SAME,		/* all of it as it stands here, line by line */
	STATCACHE_PARTLY,	/* that, but for what is SEEN_NEWS */
};

/* The checksum, which names this very cache; and what was stored with it. */
uint64_t statcache_sum(const struct statcache *c);
enum statcache_as statcache_as(const struct statcache *c);
/* Its objects, in path order. */
size_t statcache_n(const struct statcache *c);
void statcache_get(const struct statcache *c, size_t i, struct seen *out);
/* True when it would be written with these items as it is. */
bool statcache_holds(const struct statcache *c, const struct seen *items,
    size_t n);
/* The snapshot that has the content of all that is SEEN_STORED. */
const struct oid *statcache_commit(const struct statcache *c);

/* Finds path; calls in path order cost next to nothing. False: not there. */
bool statcache_find(struct statcache *c, const char *path, struct seen *out);

/* The names in a folder that was listed and is still what it was, in order;
 * false when it is not. */
bool statcache_names(struct statcache *c, const char *path,
    const struct seen_stat *now, struct strlist *out);

/* When a capture starts: what changed later than this is not trusted. */
int64_t statcache_now(void);
/* Whether an object with these times, captured since then, may be racy. */
bool statcache_racy(const struct seen_stat *st, int64_t since);

/* Writes items (sorted by path) as the new cache; *out_sum is its checksum. */
int statcache_write(int dirfd, const char *name, uint64_t key,
    const struct oid *commit, enum statcache_as as, const struct seen *items,
    size_t n, uint64_t *out_sum, struct err *e);

#endif
