/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Growing bytes. Invariants: a zeroed struct is an empty buffer; len counts
 * the bytes without the NUL that stands behind them once anything was added;
 * bytes may hold NUL. buf_str is never NULL.
 */
struct buf {
	char *bytes;
	size_t len, cap;
};

void buf_add(struct buf *b, const void *p, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for len more bytes; returns where they go. Add what was used to len. */
char *buf_reserve(struct buf *b, size_t len);
void buf_reset(struct buf *b);		/* empty, memory kept */
void buf_truncate(struct buf *b, size_t len);
const char *buf_str(const struct buf *b);
char *buf_steal(struct buf *b);		/* caller owns; never NULL */
void buf_done(struct buf *b);
void drop_buf(struct buf *b);		/* for CLEANUP */

/* Whether both have the same bytes. */
bool buf_equal(const struct buf *a, const struct buf *b);

#endif
