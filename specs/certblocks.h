/* SPDX-License-Identifier: MIT */
#ifndef SPECS_CERTBLOCKS_H
#define SPECS_CERTBLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CERTBLOCK_LABEL_MAX = 64 };

/* From "-----BEGIN LABEL-----" to its end (RFC 7468), as text. */
struct certblock {
	char label[CERTBLOCK_LABEL_MAX];
	const char *bytes;
	size_t len;
	unsigned line;		/* of its BEGIN, from 1 */
	bool encrypted;		/* its headers say so (RFC 1421) */
};

typedef int certblock_fn(void *arg, const char *name,
    const struct certblock *b, struct err *e);

/*
 * Cuts a file of PEM into its blocks, for their lines; what is in them is for
 * libcrypto to read. A block without its end is handed on as well. Stops where
 * take says so (not 0) and returns that.
 */
int certblocks(const char *name, const char *bytes, size_t len,
    certblock_fn *take, void *arg, struct err *e);

#endif
