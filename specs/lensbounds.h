/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LENSBOUNDS_H
#define SPECS_LENSBOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What writing by a lens did to a text, of which it may touch but a part. */

bool lensbounds_same(const struct buf *a, const struct buf *b);
/* Whether now is the text with something put in at one place. */
bool lensbounds_only_adds(const struct buf *was, const struct buf *now);
/* Whether only the lines that have bytes from..to of it are others. */
bool lensbounds_within(const struct buf *was, size_t from, size_t to,
    const struct buf *now);

#endif
