/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LUKSDIFF_H
#define SPECS_LUKSDIFF_H

#include "specs/lukshead.h"

/* A header with its bytes, of which there are at least `size`. */
struct luksdiff_side {
	struct lukshead head;
	const char *bytes;
};

/*
 * What a person must know of a kept header that is not that of the device, in
 * the arena: that it is another device's, or what was changed since. NULL when
 * they are the same, byte for byte but for what a backup leaves out.
 */
const char *luksdiff(const struct luksdiff_side *kept,
    const struct luksdiff_side *now, struct arena *a);

#endif
