/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CHARSET_H
#define AGENT_CHARSET_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Text, which is UTF-8, as a terminal of the locale shows it. True and the
 * bytes where they differ; false where the text can be printed as it is.
 * A character that the locale does not have becomes one that looks like it
 * (quotes, dashes, an arrow), or is written as its bytes, \xHH. In the locale
 * C, which says nothing of the terminal, letters stay what they are, and only
 * the dots of our own sentences become ASCII.
 */
bool charset_shown(const char *text, size_t len, struct buf *out);
/* The same with a charset that is named. */
bool charset_in(const char *charset, const char *text, size_t len,
    struct buf *out);

#endif
