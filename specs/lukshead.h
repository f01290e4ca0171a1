/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LUKSHEAD_H
#define SPECS_LUKSHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "specs/spec.h"

/*
 * LUKS headers, read by libcryptsetup from bytes in memory: nothing is
 * activated, asked for or written, and no device is opened.
 */

/* A keyslot that opens the volume. */
struct lukshead_slot {
	int no;
	uint64_t start, len;	/* of its key material */
};

/* Text belongs to the arena; none of it is anything of a key. */
struct lukshead {
	int version;		/* 1, 2 */
	const char *cipher;	/* "aes-xts-plain64" */
	int key_bits;		/* 0: no keyslot holds a volume key */
	const char *uuid;
	const char *label;	/* "" when it has none, as LUKS1 */
	uint64_t epoch;		/* of LUKS2: counts its changes; else 0 */
	struct texts hashes, pbkdfs;	/* of keyslots and digests, once each */
	struct {
		struct lukshead_slot *items;
		size_t n, cap;
	} slots;
	uint64_t size;		/* of all that belongs to the header */
	/* Of the two copies that LUKS2 keeps, the one that is damaged or older
	 * (1 or 2); 0: both are sound. */
	int bad_copy;
};

/*
 * Reads the header that the bytes begin with. more: they are but the beginning
 * of something larger, of which the metadata will do. ERR_INPUT says that this
 * is no header, or a damaged one; other errors that it could not be judged.
 */
int lukshead_read(const char *name, const char *bytes, size_t len, bool more,
    struct arena *a, struct lukshead *out, struct err *e);

#endif
