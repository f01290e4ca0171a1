/* SPDX-License-Identifier: MIT */
#ifndef BASE_ARCHIVER_H
#define BASE_ARCHIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/entry.h"
#include "base/err.h"

/*
 * Archives as bytes, without a judgement on what is in them: whoever reads
 * those of others looks at the names himself. Names are the bytes they are,
 * whatever locale the user has.
 */

enum archiver_format { ARCHIVER_TAR, ARCHIVER_CPIO, ARCHIVER_AR };

/* What may be unpacked on the way. */
enum archiver_filters {
	ARCHIVER_NONE,
	ARCHIVER_ZSTD,
	ARCHIVER_BUILT_IN,	/* the common ones, without other programs */
	ARCHIVER_PACKAGED,	/* those that rpm and dpkg use, likewise */
};

struct archiver_reader;

struct archiver_source {
	const char *where;	/* in messages */
	const char *damaged;	/* what to say: "damaged: %s", a reason */
	enum archiver_format format;
	enum archiver_filters filters;
	/* Without the locale that leaves names alone as well as can be. */
	bool any_locale;
	/* One of: a member of another archive, a file, bytes in memory. */
	struct archiver_reader *outer;
	int fd;			/* or -1 */
	const void *bytes;
	size_t len;
};

/* All that it names must outlive the reader. NULL on failure. */
struct archiver_reader *archiver_open(const struct archiver_source *from,
    struct err *e);
void drop_archiver_reader(struct archiver_reader **r);	/* for CLEANUP */

/* The strings live until the next member. */
struct archiver_member {
	const char *name;	/* NULL: it cannot be read */
	const char *link;	/* what it is a hard link to, or NULL */
	bool is_known;		/* whether it is of a kind that entries have */
	enum entry_kind kind;
	uint64_t size;
};

enum archiver_next {
	ARCHIVER_END = 0,
	ARCHIVER_MEMBER = 1,
	ARCHIVER_WARNED = 2,	/* a member of which something was lost */
};

/* An enum archiver_next, or -1. */
int archiver_next(struct archiver_reader *r, struct archiver_member *out,
    struct err *e);
/*
 * Of the member at hand: mode, owners, time, a device's numbers, and where a
 * symlink leads, NULL for nowhere. out->kind must be set; strings go to a.
 */
void archiver_facts(struct archiver_reader *r, struct arena *a,
    struct entry *out);
/* Inode flags, attributes and ACLs; -1 for an ACL that is none. */
int archiver_extras(struct archiver_reader *r, struct arena *a,
    struct entry *out);
/* Its content into out; 1 for more than max bytes, -1 on failure. */
int archiver_bytes(struct archiver_reader *r, struct buf *out, size_t max,
    struct err *e);
/* Says that the archive is damaged, with the reason last heard; -1. */
int archiver_damaged(struct archiver_reader *r, struct err *e);

struct archiver_writer;
typedef int archiver_sink(void *ctx, const void *bytes, size_t len,
    struct err *e);

enum archiver_output {
	ARCHIVER_PAX_ZSTD,	/* all metadata; compressed */
	ARCHIVER_GNU_PLAIN,	/* what is older than ACLs; no compression */
};

/* A tar archive whose bytes go to sink, where for messages. NULL on failure. */
struct archiver_writer *archiver_create(const char *where,
    enum archiver_output output, archiver_sink *sink, void *ctx,
    struct err *e);
/*
 * Adds an entry of any kind but a socket, a file with these bytes. Members have
 * the entries' paths without the / before them. Returns 0, 1 where some inode
 * flags are not in it, or -1: nothing can be added any more.
 */
int archiver_add(struct archiver_writer *w, const struct entry *en,
    const void *bytes, size_t len, struct err *e);
int archiver_finish(struct archiver_writer *w, struct err *e);
/* Nothing goes to sink any more. NULL is allowed. */
void archiver_free(struct archiver_writer *w);

#endif
