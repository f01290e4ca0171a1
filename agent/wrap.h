/* SPDX-License-Identifier: MIT */
#ifndef AGENT_WRAP_H
#define AGENT_WRAP_H

#include <stddef.h>

#include "base/buf.h"

/* Columns of a terminal that nobody has made wider. */
enum { WRAP_WIDTH = 80 };

/*
 * Appends the words of text, escaped, up to the right margin, lines after the
 * first indented; col is the column that is reached already. Ends the line.
 */
void wrap_from(struct buf *out, size_t col, int indent, const char *text);
/* The same of a text that was escaped before. */
void wrap_safe(struct buf *out, size_t col, int indent, const char *safe);
/* As wrap_from, the first line indented like the others. */
void wrap_text(struct buf *out, int indent, const char *text);

#endif
