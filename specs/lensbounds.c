/* SPDX-License-Identifier: MIT */
#include "specs/lensbounds.h"

#include <string.h>

bool
lensbounds_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

bool
lensbounds_only_adds(const struct buf *was, const struct buf *now)
{
	size_t front = 0, back = 0;

	if (now->len < was->len)
		return false;
	while (front < was->len && was->bytes[front] == now->bytes[front])
		front++;
	while (back < was->len - front && was->bytes[was->len - 1 - back] ==
	    now->bytes[now->len - 1 - back])
		back++;
	return front + back == was->len;
}

bool
lensbounds_within(const struct buf *was, size_t from, size_t to,
    const struct buf *now)
{
	size_t rest;

	while (from > 0 && was->bytes[from - 1] != '\n')
		from--;
	while (to > from && to < was->len && was->bytes[to - 1] != '\n')
		to++;
	rest = was->len - to;
	return now->len >= from + rest &&
	    memcmp(was->bytes, now->bytes, from) == 0 &&
	    memcmp(was->bytes + to, now->bytes + now->len - rest, rest) == 0;
}
