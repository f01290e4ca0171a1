/* SPDX-License-Identifier: MIT */
#include "agent/preflight/debversion.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* A tilde comes before the end, letters before all else. */
static int
order(const char *p, const char *end)
{
	unsigned char c = p < end ? (unsigned char)*p : 0;

	if (c == '\0' || isdigit(c))
		return 0;
	if (c == '~')
		return -1;
	return isalpha(c) ? c : c + 256;
}

static int
cmp_number(const char **a, const char *a_end, const char **b,
    const char *b_end)
{
	int first = 0;

	while (*a < a_end && **a == '0')
		++*a;
	while (*b < b_end && **b == '0')
		++*b;
	for (;;) {
		int x = *a < a_end && isdigit((unsigned char)**a);
		int y = *b < b_end && isdigit((unsigned char)**b);

		if (x != y)
			return x - y;
		if (!x)
			return first;
		if (first == 0)
			first = **a - **b;
		++*a;
		++*b;
	}
}

static int
cmp_part(const char *a, const char *a_end, const char *b, const char *b_end)
{
	while (a < a_end || b < b_end) {
		int n;

		while ((a < a_end && !isdigit((unsigned char)*a)) ||
		    (b < b_end && !isdigit((unsigned char)*b))) {
			n = order(a, a_end) - order(b, b_end);
			if (n != 0)
				return n;
			a += a < a_end;
			b += b < b_end;
		}
		n = cmp_number(&a, a_end, &b, b_end);
		if (n != 0)
			return n;
	}
	return 0;
}

/* [EPOCH:]UPSTREAM[-REVISION] */
struct parts {
	const char *epoch, *epoch_end, *up, *up_end, *rev, *rev_end;
};

static struct parts
split(const char *v)
{
	const char *end = v + strlen(v), *colon = strchr(v, ':');
	const char *up = colon != NULL ? colon + 1 : v;
	const char *dash = memrchr(up, '-', (size_t)(end - up));

	return (struct parts){ v, colon != NULL ? colon : v, up,
		dash != NULL ? dash : end, dash != NULL ? dash + 1 : end,
		end };
}

int
debversion_cmp(const char *a, const char *b)
{
	struct parts x = split(a), y = split(b);
	int n = cmp_part(x.epoch, x.epoch_end, y.epoch, y.epoch_end);

	if (n == 0)
		n = cmp_part(x.up, x.up_end, y.up, y.up_end);
	return n != 0 ? n : cmp_part(x.rev, x.rev_end, y.rev, y.rev_end);
}
