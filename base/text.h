/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;

/*
 * For human eyes: printable UTF-8 as it is, everything else (controls, C1,
 * bidirectional overrides, bytes that are no UTF-8) as \n, \t or \xHH. What
 * comes out never moves a cursor. One line in, one line out.
 */
void text_escape(struct buf *out, const char *bytes, size_t len);

/*
 * For our own files, reversible: one word without blanks. Bytes up to 0x20,
 * 0x7f and the backslash become \xHH; all others stay.
 */
void text_encode(struct buf *out, const char *bytes, size_t len);
/* The reverse; -1 where the word could not have come from text_encode. */
int text_decode(struct buf *out, const char *word, size_t len);

/* Columns that text takes: one for each letter, of however many bytes. */
size_t text_columns(const char *text, size_t len);
/* Appends text and blanks up to so many columns. */
void text_pad(struct buf *out, const char *text, size_t columns);

/* Appends s in single quotes for sh(1), whatever bytes it has but NUL. */
void text_quote_sh(struct buf *out, const char *s);
/* Appends a JSON string (RFC 8259) with its quotes; bytes that are no UTF-8
 * become U+FFFD. */
void text_quote_json(struct buf *out, const char *bytes, size_t len);

/* The candidate nearest to word by edits, NULL when none is near enough to be
 * what was meant. words ends with NULL. */
const char *text_nearest(const char *word, const char *const *words);

/* "16MiB", "64k", "100" -> bytes; -1 and e unset when it is no size. */
int text_size(const char *s, uint64_t *out);
/* Bytes for human eyes: "16.0 MiB". */
void text_size_human(struct buf *out, uint64_t bytes);

/* The length of the UTF-8 sequence at p, 0 when it is none (RFC 3629). */
size_t text_utf8(const char *p, size_t len, uint32_t *out_code);
bool text_is_utf8(const char *s);	/* NULL: nothing is not */

/* True when s starts with prefix. */
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/* Hexadecimal of len bytes, lower case. */
void text_hex(struct buf *out, const void *bytes, size_t len);
int text_unhex(const char *hex, void *out, size_t len);
/* Each %XX of either case becomes its byte; what is none, or %00, stays. */
void text_unpercent(char *s);

#endif
