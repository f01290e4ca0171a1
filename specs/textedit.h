/* SPDX-License-Identifier: MIT */
#ifndef SPECS_TEXTEDIT_H
#define SPECS_TEXTEDIT_H

#include <stddef.h>

#include "base/buf.h"

/* Small edits of a text in which every other byte stays. */

/* The end of line that most of a file's lines have: "\n" or "\r\n". */
const char *textedit_eol(const char *bytes, size_t len);
/* Puts len bytes in the place of [start, end). */
void textedit_splice(struct buf *text, size_t start, size_t end,
    const void *bytes, size_t len);
/* Adds whole lines at a line's start; at the end of a file that has no final
 * newline they get none either. */
void textedit_insert(struct buf *text, size_t at, const char *line);

#endif
