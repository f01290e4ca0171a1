/* SPDX-License-Identifier: MIT */
#include "agent/semantic/worddiff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define STRONG "\033[7m"
#define WEAK "\033[27m"
#define END "\033[0m"

struct line {
	const char *s;
	size_t len;
};

struct lines {
	struct line *items;
	size_t n, cap;
};

static void
drop_lines(struct lines *l)
{
	free(l->items);
}

/* A tab is as harmless as it is common in configuration. */
static void
escape(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		const char *tab = memchr(s + i, '\t', len - i);
		size_t n = tab != NULL ? (size_t)(tab - s) - i : len - i;

		text_escape(out, s + i, n);
		i += n;
		if (tab != NULL) {
			buf_addc(out, '\t');
			i++;
		}
	}
}

/* A line with what stands before and behind each range. */
static void
add_ranged(struct buf *out, const struct line *l,
    const struct word_ranges *r, const char *open, const char *close)
{
	size_t at = 0;

	for (size_t i = 0; i < r->n; i++) {
		escape(out, l->s + at, r->items[i].start - at);
		buf_adds(out, open);
		escape(out, l->s + r->items[i].start, r->items[i].end -
		    r->items[i].start);
		buf_adds(out, close);
		at = r->items[i].end;
	}
	escape(out, l->s + at, l->len - at);
}

static void
add_colored(struct buf *out, char sign, const struct line *l,
    const struct word_ranges *r)
{
	buf_addf(out, "%s%c", sign == '-' ? RED : GREEN, sign);
	add_ranged(out, l, r, STRONG, WEAK);
	buf_adds(out, END "\n");
}

/* Both lines as one: what is the same stands once. */
static void
add_merged(struct buf *out, const struct line *a, const struct line *b,
    const struct word_ranges *went, const struct word_ranges *came)
{
	size_t at = 0, in_b = 0, i = 0, k = 0;

	buf_addc(out, ' ');
	while (at < a->len || in_b < b->len) {
		size_t to = a->len, to_b = b->len, same;

		if (i < went->n && went->items[i].start == at) {
			buf_adds(out, "[-");
			escape(out, a->s + at, went->items[i].end - at);
			buf_adds(out, "-]");
			at = went->items[i++].end;
			if (k >= came->n || came->items[k].start != in_b)
				continue;
		}
		if (k < came->n && came->items[k].start == in_b) {
			buf_adds(out, "{+");
			escape(out, b->s + in_b, came->items[k].end - in_b);
			buf_adds(out, "+}");
			in_b = came->items[k++].end;
			continue;
		}
		to = i < went->n ? went->items[i].start : a->len;
		to_b = k < came->n ? came->items[k].start : b->len;
		same = to - at < to_b - in_b ? to - at : to_b - in_b;
		if (same == 0)
			break;
		escape(out, a->s + at, same);
		at += same;
		in_b += same;
	}
	buf_addc(out, '\n');
}

static void
add_marked(struct buf *out, char sign, const struct line *l)
{
	buf_adds(out, sign == '-' ? " [-" : " {+");
	escape(out, l->s, l->len);
	buf_adds(out, sign == '-' ? "-]\n" : "+}\n");
}

static void
add_one(struct buf *out, char sign, const struct line *l,
    enum word_style style)
{
	const struct word_ranges none = { 0 };

	if (style == WORDS_COLORED) {
		add_colored(out, sign, l, &none);
	} else if (style == WORDS_MARKED) {
		add_marked(out, sign, l);
	} else {
		buf_addc(out, sign);
		escape(out, l->s, l->len);
		buf_addc(out, '\n');
	}
}

/* Lines that went, then lines that came: as many are taken for pairs. */
static void
add_run(struct buf *out, struct lines *went, struct lines *came,
    enum word_style style)
{
	bool paired = style != WORDS_PLAIN && went->n == came->n;
	CLEANUP(drop_buf) struct buf later = { 0 };

	for (size_t i = 0; paired && i < went->n; i++) {
		const struct line *a = &went->items[i], *b = &came->items[i];
		CLEANUP(drop_word_ranges) struct word_ranges x = { 0 };
		CLEANUP(drop_word_ranges) struct word_ranges y = { 0 };
		bool alike = words_changed(a->s, a->len, b->s, b->len, &x, &y);

		if (style == WORDS_COLORED) {
			add_colored(out, '-', a, &x);
			add_colored(&later, '+', b, &y);
		} else if (alike) {
			add_merged(out, a, b, &x, &y);
		} else {
			add_marked(out, '-', a);
			add_marked(out, '+', b);
		}
	}
	buf_add(out, buf_str(&later), later.len);
	for (size_t i = 0; !paired && i < went->n; i++)
		add_one(out, '-', &went->items[i], style);
	for (size_t i = 0; !paired && i < came->n; i++)
		add_one(out, '+', &came->items[i], style);
	went->n = came->n = 0;
}

void
words_write(struct buf *out, const struct buf *diff, enum word_style style)
{
	CLEANUP(drop_lines) struct lines went = { 0 };
	CLEANUP(drop_lines) struct lines came = { 0 };
	const char *p = buf_str(diff), *end = p + diff->len;
	bool in_hunk = false;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl != NULL ? nl : end) - p);
		bool color = style == WORDS_COLORED;
		const char *paint = !color ? "" : *p == '@' ? CYAN :
		    *p == '-' ? RED : *p == '+' ? GREEN : "";

		if (in_hunk && *p == '-' && came.n > 0)
			add_run(out, &went, &came, style);
		if (in_hunk && (*p == '-' || *p == '+')) {
			*VEC_ADD(*p == '-' ? &went : &came) =
			    (struct line){ p + 1, n - 1 };
		} else {
			add_run(out, &went, &came, style);
			in_hunk |= *p == '@';
			buf_adds(out, paint);
			escape(out, p, n);
			buf_addf(out, "%s\n", paint[0] != '\0' ? END : "");
		}
		p += n + (nl != NULL);
	}
	add_run(out, &went, &came, style);
}
