/* SPDX-License-Identifier: MIT */
#include "agent/pkg/pkgversion.h"

#include <stdlib.h>
#include <string.h>

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

/* A tilde sorts before the end, letters before all other signs. rpm's caret
 * comes after the end and before everything else. */
static int
rank(char c)
{
	if (c == '~')
		return -1;
	if (c == '\0' || is_digit(c))
		return 0;
	if (c == '^')
		return 1;
	return is_letter(c) ? (unsigned char)c : (unsigned char)c + 256;
}

static int
cmp_text(const char **a, const char **b)
{
	while ((**a != '\0' && !is_digit(**a)) ||
	    (**b != '\0' && !is_digit(**b))) {
		int x = rank(**a), y = rank(**b);

		if (x != y)
			return x - y;
		(*a)++;
		(*b)++;
	}
	return 0;
}

static int
cmp_number(const char **a, const char **b)
{
	size_t n, m;
	int differs;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	n = strspn(*a, "0123456789");
	m = strspn(*b, "0123456789");
	if (n != m)
		return n < m ? -1 : 1;
	differs = memcmp(*a, *b, n);
	*a += n;
	*b += m;
	return differs;
}

/* One part of a version: upstream's, or the distribution's. */
static int
cmp_part(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		int n = cmp_text(&a, &b);

		if (n == 0)
			n = cmp_number(&a, &b);
		if (n != 0)
			return n;
	}
	return 0;
}

static const char *
skip_epoch(const char *v, long *out)
{
	size_t n = strspn(v, "0123456789");

	*out = 0;
	if (n == 0 || v[n] != ':')
		return v;
	*out = strtol(v, NULL, 10);
	return v + n + 1;
}

/* The last hyphen parts the revision off. */
static char *
split(const char *v, const char **out_revision)
{
	char *copy = xstrdup(v), *hyphen = strrchr(copy, '-');

	*out_revision = "";
	if (hyphen != NULL) {
		*hyphen = '\0';
		*out_revision = hyphen + 1;
	}
	return copy;
}

int
pkgversion_cmp(const char *a, const char *b)
{
	const char *a_revision, *b_revision;
	long a_epoch, b_epoch;
	CLEANUP(drop_free) char *a_version = NULL, *b_version = NULL;
	int n;

	a_version = split(skip_epoch(a, &a_epoch), &a_revision);
	b_version = split(skip_epoch(b, &b_epoch), &b_revision);
	if (a_epoch != b_epoch)
		return a_epoch < b_epoch ? -1 : 1;
	n = cmp_part(a_version, b_version);
	return n != 0 ? n : cmp_part(a_revision, b_revision);
}

bool
pkgversion_backwards(const struct pkgchanges *c)
{
	size_t back = 0, on = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct pkgchange *p = &c->items[i];
		int n = p->was != NULL && p->is != NULL ?
		    pkgversion_cmp(p->was, p->is) : 0;

		back += n > 0;
		on += n < 0;
	}
	return back > on;
}
