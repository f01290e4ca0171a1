/* SPDX-License-Identifier: MIT */
#include "agent/semantic/worddiff.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

/* A table of so many words each; lines of more are compared from their ends. */
enum { WORDS_MAX = 400 };

struct words {
	struct word_range *items;
	size_t n, cap;
};

static void
drop_words(struct words *w)
{
	free(w->items);
}

void
drop_word_ranges(struct word_ranges *r)
{
	free(r->items);
	*r = (struct word_ranges){ 0 };
}

enum sort { LETTER, BLANK, OTHER };

/* Of the character at s; *out_len is its length. */
static enum sort
sort_of(const char *s, size_t len, size_t *out_len)
{
	uint32_t code;
	size_t n = text_utf8(s, len, &code);

	*out_len = n > 0 ? n : 1;
	if (n > 1)
		return LETTER;
	if (*s == ' ' || *s == '\t')
		return BLANK;
	return isalnum((unsigned char)*s) || *s == '_' ? LETTER : OTHER;
}

static void
split(const char *s, size_t len, struct words *out)
{
	for (size_t i = 0; i < len;) {
		size_t n, start = i;
		enum sort sort = sort_of(s + i, len - i, &n), next;

		for (i += n; sort != OTHER && i < len; i += n) {
			next = sort_of(s + i, len - i, &n);
			if (next != sort)
				break;
		}
		*VEC_ADD(out) = (struct word_range){ start, i };
	}
}

/* Two lines, and which of their words the other has, too. */
struct pairing {
	const char *a, *b;
	struct words x, y;
	bool *in_both_x, *in_both_y;
};

static bool
same(const struct pairing *p, size_t i, size_t k)
{
	size_t n = p->x.items[i].end - p->x.items[i].start;

	return n == p->y.items[k].end - p->y.items[k].start &&
	    memcmp(p->a + p->x.items[i].start, p->b + p->y.items[k].start,
	    n) == 0;
}

/* The longest common run of words of [from, nx) and [from, ny). */
static void
common(struct pairing *p, size_t from, size_t nx, size_t ny)
{
	size_t w = ny - from + 1, i = 0, k = 0;
	CLEANUP(drop_free) unsigned short *t = xcalloc((nx - from + 1) * w,
	    sizeof(*t));

	for (i = nx - from; i-- > 0;)
		for (k = ny - from; k-- > 0;) {
			unsigned short down = t[(i + 1) * w + k];
			unsigned short right = t[i * w + k + 1];

			t[i * w + k] = same(p, from + i, from + k) ?
			    (unsigned short)(t[(i + 1) * w + k + 1] + 1) :
			    down > right ? down : right;
		}
	i = k = 0;
	while (i < nx - from && k < ny - from) {
		if (same(p, from + i, from + k)) {
			p->in_both_x[from + i++] = true;
			p->in_both_y[from + k++] = true;
		} else if (t[(i + 1) * w + k] >= t[i * w + k + 1]) {
			i++;
		} else {
			k++;
		}
	}
}

static void
compare(struct pairing *p)
{
	size_t from = 0, nx = p->x.n, ny = p->y.n;

	for (; from < nx && from < ny && same(p, from, from); from++)
		p->in_both_x[from] = p->in_both_y[from] = true;
	for (; nx > from && ny > from && same(p, nx - 1, ny - 1); nx--, ny--)
		p->in_both_x[nx - 1] = p->in_both_y[ny - 1] = true;
	if (nx - from <= WORDS_MAX && ny - from <= WORDS_MAX)
		common(p, from, nx, ny);
}

static bool
is_blank(const char *s, const struct word_range *r)
{
	return s[r->start] == ' ' || s[r->start] == '\t';
}

/* A blank between two changed words of both lines changed with them. */
static void
join_blanks(struct pairing *p)
{
	size_t k = 0;

	for (size_t i = 0; i < p->x.n; i++) {
		if (!p->in_both_x[i])
			continue;
		while (!p->in_both_y[k])
			k++;
		if (i > 0 && i + 1 < p->x.n && k > 0 && k + 1 < p->y.n &&
		    is_blank(p->a, &p->x.items[i]) &&
		    !p->in_both_x[i - 1] && !p->in_both_x[i + 1] &&
		    !p->in_both_y[k - 1] && !p->in_both_y[k + 1])
			p->in_both_x[i] = p->in_both_y[k] = false;
		k++;
	}
}

static void
collect(const char *s, const struct words *w, const bool *in_both,
    struct word_ranges *out, size_t *out_same)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct word_range *r = &w->items[i];

		if (in_both[i])
			*out_same += is_blank(s, r) ? 0 : r->end - r->start;
		else if (out->n > 0 &&
		    out->items[out->n - 1].end == r->start)
			out->items[out->n - 1].end = r->end;
		else
			*VEC_ADD(out) = *r;
	}
}

static size_t
written(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += s[i] != ' ' && s[i] != '\t';
	return n;
}

bool
words_changed(const char *a, size_t a_len, const char *b, size_t b_len,
    struct word_ranges *out_a, struct word_ranges *out_b)
{
	CLEANUP(drop_words) struct words x = { 0 };
	CLEANUP(drop_words) struct words y = { 0 };
	CLEANUP(drop_free) bool *in_both_x = NULL;
	CLEANUP(drop_free) bool *in_both_y = NULL;
	struct pairing p = { .a = a, .b = b };
	size_t same_a = 0, same_b = 0;

	split(a, a_len, &x);
	split(b, b_len, &y);
	in_both_x = xcalloc(x.n + 1, sizeof(bool));
	in_both_y = xcalloc(y.n + 1, sizeof(bool));
	p.x = x;
	p.y = y;
	p.in_both_x = in_both_x;
	p.in_both_y = in_both_y;
	compare(&p);
	join_blanks(&p);
	collect(a, &x, in_both_x, out_a, &same_a);
	collect(b, &y, in_both_y, out_b, &same_b);
	/* A third of the shorter line. */
	if (same_a * 3 >= written(a, a_len) ||
	    same_b * 3 >= written(b, b_len))
		return true;
	drop_word_ranges(out_a);
	drop_word_ranges(out_b);
	return false;
}
