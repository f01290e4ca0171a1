/* SPDX-License-Identifier: MIT */
#ifndef SPECS_REPAIR_KEYS_H
#define SPECS_REPAIR_KEYS_H

#include "specs/judge.h"

/* Edits text in place until all `keys` of the rule hold; -1 where there is no
 * way to, with the key in e. */
int repair_keys(struct judge *j, struct buf *text, struct err *e);

/* The end of line that most of a file's lines have: "\n" or "\r\n". */
const char *repair_eol(const char *bytes, size_t len);
/* Puts len bytes in the place of [start, end). */
void repair_splice(struct buf *text, size_t start, size_t end,
    const void *bytes, size_t len);
/* Adds whole lines at a line's start; at the end of a file that has no final
 * newline they get none either. */
void repair_insert(struct buf *text, size_t at, const char *line);

#endif
