/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_READER_H
#define SNAPSHOTS_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/entry.h"
#include "base/mem.h"
#include "base/root.h"
#include "snapshots/packfile.h"
#include "snapshots/statcache.h"

struct seal_key;

enum reading_state {
	READING_GOOD,
	READING_MOVING,		/* kept changing while it was read */
	READING_GONE,
	READING_UNKNOWN,	/* could not be read; why says the reason */
};

/* One object to read, and what came of it; zeroed but for the first three. */
struct reading {
	const char *path;
	mode_t mode;	/* as it was last seen, 0 = unknown: saves a stat */
	bool secret;
	enum reading_state state;
	struct arena arena;	/* of en's strings */
	struct entry en;	/* path and owners' names are not set */
	struct seen_stat st;
	struct packed packed;	/* of a file's content, where wanted */
	bool again;	/* came and went: another try may tell more */
	char why[256];
};

void reading_done(struct reading *r);

/* What one thread needs to read with; never shared. */
struct reader;
struct reader *reader_new(const struct root *root, const struct seal_key *seal,
    uint64_t max_size, bool pack);
void reader_free(struct reader *r);

/*
 * Reads one object whole: metadata, and a file's content as a git blob (sealed
 * where it is secret). Stat data before and after must agree, or it is read
 * again, three times at most.
 */
void reader_read(struct reader *r, struct reading *out);

/* Whether bytes hold a private key, a LUKS header or the URL of a notifier,
 * whatever their path. */
bool reader_finds_secret(const struct buf *bytes);

#endif
