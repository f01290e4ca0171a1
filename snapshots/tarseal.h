/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TARSEAL_H
#define SNAPSHOTS_TARSEAL_H

#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

/*
 * The checksum at the end of an archive: a SHA-256 of all before it, in a frame
 * that zstd skips (RFC 8878, 3.1.2).
 */
enum { TARSEAL_LEN = 8 + 8 + SHA256_LEN };

/* The frame for what d was given. */
void tarseal_make(struct digest *d, unsigned char out[TARSEAL_LEN]);

/* An archive in a file or, with fd -1, in memory. */
struct tarseal_source {
	const char *where;
	int fd;
	const char *bytes;
	uint64_t len;
};

/* 1 when the checksum at the end is right, 0 when there is none, -1. */
int tarseal_check(const struct tarseal_source *s, struct err *e);

#endif
