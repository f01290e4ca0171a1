/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_LIVE_H
#define AGENT_APPLY_LIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/entry.h"
#include "base/err.h"
#include "base/mem.h"

/* One object as it is at this moment. */
struct live {
	struct entry en;	/* user, group and hardlink are not set */
	struct stat st;
	struct buf bytes;	/* of a file that was not too large */
	bool has_bytes;
};

/*
 * Reads dirfd/name whole: 1, 0 when nothing is there, -1. Strings belong to
 * the arena. Content of more than max bytes is left out (CONTENT_UNREADABLE).
 * What changes while it is read is an error. live->bytes is used again.
 */
int live_read(int dirfd, const char *name, const char *path, uint64_t max,
    struct digest *d, struct arena *a, struct live *out, struct err *e);
void live_done(struct live *l);

/* True when both are the same object, unchanged as far as stat(2) tells. */
bool live_same(const struct stat *a, const struct stat *b);

#endif
