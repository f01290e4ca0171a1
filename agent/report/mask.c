/* SPDX-License-Identifier: MIT */
#include "agent/report/mask.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* A text being read, up to where a line ends. */
struct reading {
	const char *p, *end;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
digits(struct reading *r, size_t least, size_t most)
{
	size_t n = 0;

	while (r->p + n < r->end && is_digit(r->p[n]))
		n++;
	if (n < least || n > most)
		return false;
	r->p += n;
	return true;
}

static bool
one_of(struct reading *r, const char *set)
{
	if (r->p >= r->end || strchr(set, *r->p) == NULL)
		return false;
	r->p++;
	return true;
}

static void
blanks(struct reading *r)
{
	while (one_of(r, " \t"))
		;
}

static bool
name(struct reading *r, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t n = strlen(*names);

		if ((size_t)(r->end - r->p) < n ||
		    strncasecmp(r->p, *names, n) != 0)
			continue;
		r->p += n;
		while (r->p < r->end && is_letter(*r->p))
			r->p++;
		return true;
	}
	return false;
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
	"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL };
static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat", "Sun", NULL };

/* "19:30", "19:30:12", "19:30:12.5", with "PM", "Z", "+02:00", "CEST". */
static bool
clock_time(struct reading *r)
{
	static const char *const halves[] = { "AM", "PM", NULL };
	struct reading before;

	if (!digits(r, 1, 2) || !one_of(r, ":") || !digits(r, 2, 2))
		return false;
	if (one_of(r, ":") && !digits(r, 2, 2))
		return false;
	if (one_of(r, ".,"))
		digits(r, 1, 9);
	before = *r;
	blanks(r);
	if (name(r, halves))
		before = *r;
	blanks(r);
	if (one_of(r, "+-") && digits(r, 2, 4)) {
		if (one_of(r, ":"))
			digits(r, 2, 2);
		return true;
	}
	*r = before;
	blanks(r);
	/* A zone's name is in capitals; other words are the text's. */
	for (size_t n = 0; r->p + n < r->end; n++) {
		if (r->p[n] >= 'A' && r->p[n] <= 'Z')
			continue;
		if (n >= 1 && n <= 5 && !is_letter(r->p[n])) {
			r->p += n;
			return true;
		}
		break;
	}
	*r = before;
	return true;
}

/* "2026-11-21 19:30", "2026/11/21T19:30:12Z", "21.11.2026, 19:30": the year in
 * full, or it might be an address. */
static bool
numbers(struct reading *r)
{
	const char *from = r->p;
	bool first;

	if (!digits(r, 1, 4))
		return false;
	first = r->p - from == 4;
	if ((!first && r->p - from > 2) || !one_of(r, "-/.") ||
	    !digits(r, 1, 2) || !one_of(r, "-/.") ||
	    !digits(r, first ? 1 : 4, first ? 2 : 4))
		return false;
	one_of(r, ",");
	if (!one_of(r, "T_"))
		blanks(r);
	return clock_time(r);
}

/* "Sat Nov 21 19:30:12 UTC 2026", "Sat, 21 Nov 2026 19:30:12 +0100" */
static bool
words(struct reading *r)
{
	struct reading before;

	if (name(r, weekdays)) {
		one_of(r, ",");
		blanks(r);
	}
	if (name(r, months)) {
		one_of(r, ".");
		blanks(r);
		if (!digits(r, 1, 2))
			return false;
	} else {
		if (!digits(r, 1, 2))
			return false;
		one_of(r, ".");
		blanks(r);
		if (!one_of(r, "-") && r->p >= r->end)
			return false;
		if (!name(r, months))
			return false;
	}
	one_of(r, ",-");
	blanks(r);
	before = *r;
	if (digits(r, 4, 4))
		blanks(r);
	else
		*r = before;
	if (!clock_time(r))
		return false;
	before = *r;
	blanks(r);
	if (!digits(r, 4, 4))
		*r = before;
	return true;
}

/* Seconds of our decades, behind a word that ends in "time" or "date". */
static bool
seconds(const char *line, struct reading *r)
{
	const char *from = r->p, *word;

	if (!digits(r, 10, 10) || (*from != '1' && *from != '2'))
		return false;
	word = from;
	while (word > line && strchr(" \t=:\"'", word[-1]) != NULL)
		word--;
	return word != from && word - line >= 4 &&
	    (strncasecmp(word - 4, "time", 4) == 0 ||
	    strncasecmp(word - 4, "date", 4) == 0 ||
	    strncasecmp(word - 5 >= line ? word - 5 : word, "stamp", 5) == 0);
}

/* The bytes of a moment that begins at p; 0: none does. */
static size_t
moment(const char *line, const char *p, const char *end)
{
	struct reading r = { p, end };

	/* Not in the middle of a word or number. */
	if (p > line && (is_digit(p[-1]) || is_letter(p[-1]) ||
	    strchr("-/.", p[-1]) != NULL))
		return 0;
	if (numbers(&r) || (r.p = p, words(&r)) ||
	    (r.p = p, seconds(line, &r)))
		return (size_t)(r.p - p);
	return 0;
}

static void
mask(const struct buf *in, struct buf *out)
{
	const char *p = buf_str(in), *end = p + in->len, *line = p;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *to = nl != NULL ? nl : end;
		size_t n = is_digit(*p) || is_letter(*p) ?
		    moment(line, p, to) : 0;

		if (n > 0) {
			buf_addc(out, '\1');
			p += n;
			continue;
		}
		buf_addc(out, *p);
		if (*p++ == '\n')
			line = p;
	}
}

bool
mask_same(const struct buf *a, const struct buf *b)
{
	CLEANUP(drop_buf) struct buf x = { 0 };
	CLEANUP(drop_buf) struct buf y = { 0 };

	mask(a, &x);
	mask(b, &y);
	return x.len == y.len && memcmp(buf_str(&x), buf_str(&y), x.len) == 0;
}
