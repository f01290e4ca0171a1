/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *
buf_reserve(struct buf *b, size_t len)
{
	size_t need = b->len + len + 1;

	if (need < len)
		need = SIZE_MAX;
	if (need > b->cap) {
		size_t cap = b->cap + b->cap / 2 + 64;

		if (cap < need)
			cap = need;
		b->bytes = xreallocarray(b->bytes, cap, 1);
		b->cap = cap;
	}
	return b->bytes + b->len;
}

void
buf_add(struct buf *b, const void *p, size_t len)
{
	char *at = buf_reserve(b, len);

	if (len > 0)
		memcpy(at, p, len);
	b->len += len;
	b->bytes[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	enum { GUESS = 128 };
	char *at = buf_reserve(b, GUESS);
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(at, GUESS + 1, fmt, ap);
	va_end(ap);
	if (n > GUESS)
		vsnprintf(buf_reserve(b, (size_t)n), (size_t)n + 1, fmt,
		    again);
	va_end(again);
	if (n > 0)
		b->len += (size_t)n;
	b->bytes[b->len] = '\0';
}

void
buf_reset(struct buf *b)
{
	buf_truncate(b, 0);
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len > b->len || b->bytes == NULL)
		return;
	b->len = len;
	b->bytes[len] = '\0';
}

const char *
buf_str(const struct buf *b)
{
	return b->len > 0 ? b->bytes : "";
}

char *
buf_steal(struct buf *b)
{
	char *s;

	if (b->bytes == NULL)
		return xstrdup("");
	b->bytes[b->len] = '\0';
	s = b->bytes;
	*b = (struct buf){ 0 };
	return s;
}

void
buf_done(struct buf *b)
{
	free(b->bytes);
	*b = (struct buf){ 0 };
}

void
drop_buf(struct buf *b)
{
	buf_done(b);
}

bool
buf_equal(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}
