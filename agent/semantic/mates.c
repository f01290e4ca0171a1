/* SPDX-License-Identifier: MIT */
#include "agent/semantic/mates.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* So many of one name are tried with each other, and so much of each. */
enum { LIKE_MAX = 8, LIKE_CHILDREN = 16 };

struct ref {
	const struct sense *s;
	size_t i;
};

static struct sense **
list(const struct sense *parent, size_t n)
{
	struct sense **out = xcalloc(n + 1, sizeof(struct sense *));
	size_t i = 0;

	for (struct sense *c = parent->child; c != NULL; c = c->next)
		out[i++] = c;
	return out;
}

static int
by_name(const struct sense *x, const struct sense *y)
{
	int n = strcmp(x->name, y->name);

	return n != 0 ? n : strcmp(x->key, y->key);
}

static int
by_all(const void *x, const void *y)
{
	const struct ref *a = x, *b = y;
	int n = by_name(a->s, b->s);

	if (n == 0 && a->s->hash != b->s->hash)
		return a->s->hash < b->s->hash ? -1 : 1;
	return n != 0 ? n : a->i < b->i ? -1 : a->i > b->i;
}

static int
by_place(const void *x, const void *y)
{
	const struct ref *a = x, *b = y;

	return a->i < b->i ? -1 : a->i > b->i;
}

static struct ref *
sorted(struct sense *const *items, size_t n)
{
	struct ref *out = xcalloc(n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = (struct ref){ items[i], i };
	qsort(out, n, sizeof(*out), by_all);
	return out;
}

static void
pair(struct mates *m, size_t a, size_t b)
{
	m->of_a[a] = (long)b;
	m->of_b[b] = (long)a;
}

/* How much of what two nodes say is the same, in parts of 64. */
static unsigned
likeness(const struct sense *a, const struct sense *b)
{
	size_t most = a->n > b->n ? a->n : b->n, same = 0, i = 0;
	bool values = a->value != NULL && b->value != NULL;

	if (values)
		same += strcmp(a->value, b->value) == 0;
	for (const struct sense *x = a->child; x != NULL &&
	    i++ < LIKE_CHILDREN; x = x->next) {
		size_t k = 0;

		for (const struct sense *y = b->child; y != NULL &&
		    k++ < LIKE_CHILDREN; y = y->next) {
			if (x->hash == y->hash) {
				same++;
				break;
			}
		}
	}
	most = (most > LIKE_CHILDREN ? LIKE_CHILDREN : most) + values;
	return most == 0 ? 0 : (unsigned)(same * 64 / most);
}

/* Pairs the likest first, as far as they are `least` alike. */
static void
pair_likest(struct mates *m, const struct ref *a, size_t na,
    const struct ref *b, size_t nb, unsigned least)
{
	for (;;) {
		unsigned best = 0;
		size_t x = 0, y = 0;
		bool any = false;

		for (size_t i = 0; i < na; i++) {
			for (size_t k = 0; k < nb; k++) {
				unsigned like;

				if (m->of_a[a[i].i] != MATES_NONE ||
				    m->of_b[b[k].i] != MATES_NONE ||
				    strcmp(a[i].s->name, b[k].s->name) != 0)
					continue;
				like = likeness(a[i].s, b[k].s);
				if (like < least || (any && like <= best))
					continue;
				any = true;
				best = like;
				x = a[i].i;
				y = b[k].i;
			}
		}
		if (!any)
			return;
		pair(m, x, y);
	}
}

/* Takes those without a mate out of n sorted ones, in the order they stand. */
static size_t
left(const long *of, const struct ref *from, size_t n, struct ref *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (of[from[i].i] == MATES_NONE)
			out[kept++] = from[i];
	qsort(out, kept, sizeof(*out), by_place);
	return kept;
}

/* Of one name; scratch has room for both. */
static void
match_group(struct mates *m, const struct ref *a, size_t na,
    const struct ref *b, size_t nb, struct ref *scratch)
{
	struct ref *x = scratch, *y;
	size_t i = 0, k = 0, nx, ny;

	while (i < na && k < nb) {
		if (a[i].s->hash < b[k].s->hash) {
			i++;
		} else if (a[i].s->hash > b[k].s->hash) {
			k++;
		} else {
			if (sense_same(a[i].s, b[k].s))
				pair(m, a[i].i, b[k].i);
			i++;
			k++;
		}
	}
	nx = left(m->of_a, a, na, x);
	y = x + nx;
	ny = left(m->of_b, b, nb, y);
	if (nx <= LIKE_MAX && ny <= LIKE_MAX) {
		pair_likest(m, x, nx, y, ny, 0);
		return;
	}
	for (i = 0; i < nx && i < ny; i++)
		pair(m, x[i].i, y[i].i);
}

static size_t
group_end(const struct ref *r, size_t from, size_t n)
{
	size_t to = from + 1;

	while (to < n && by_name(r[from].s, r[to].s) == 0)
		to++;
	return to;
}

/* Whether no other of n sorted ones has the name. */
static bool
is_sole(const struct ref *r, size_t n, const char *name)
{
	size_t low = VEC_LOWER(n, i, strcmp(r[i].s->name, name) < 0);

	return low < n && strcmp(r[low].s->name, name) == 0 &&
	    (low + 1 == n || strcmp(r[low + 1].s->name, name) != 0);
}

/* The only disk of a guest is its disk, whatever became of it. */
static void
pair_soles(struct mates *m, const struct ref *a, const struct ref *b,
    const struct ref *left, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = left[i].s->name;
		long other = MATES_NONE;

		if (!is_sole(a, m->na, name) || !is_sole(b, m->nb, name))
			continue;
		for (size_t k = 0; k < m->nb && other == MATES_NONE; k++)
			if (strcmp(m->b[k]->name, name) == 0)
				other = (long)k;
		pair(m, left[i].i, (size_t)other);
	}
}

/* What went and what came, where a part says that it is the same. */
static void
match_rest(struct mates *m, const struct ref *a, const struct ref *b,
    struct ref *scratch, bool soles)
{
	size_t nx = left(m->of_a, a, m->na, scratch);
	size_t ny = left(m->of_b, b, m->nb, scratch + nx);

	if (nx == 0 || ny == 0 || nx > LIKE_MAX || ny > LIKE_MAX)
		return;
	if (soles)
		pair_soles(m, a, b, scratch, nx);
	pair_likest(m, scratch, nx, scratch + nx, ny, 32);
}

void
mates_find(struct mates *m, const struct sense *a, const struct sense *b,
    unsigned flags)
{
	CLEANUP(drop_free) struct ref *x = NULL;
	CLEANUP(drop_free) struct ref *y = NULL;
	CLEANUP(drop_free) struct ref *scratch = NULL;
	size_t i = 0, k = 0;

	*m = (struct mates){ list(a, a->n), list(b, b->n), a->n, b->n };
	m->of_a = xcalloc(m->na + 1, sizeof(long));
	m->of_b = xcalloc(m->nb + 1, sizeof(long));
	m->moved = xcalloc(m->nb + 1, sizeof(bool));
	for (size_t n = 0; n < m->na; n++)
		m->of_a[n] = MATES_NONE;
	for (size_t n = 0; n < m->nb; n++)
		m->of_b[n] = MATES_NONE;
	x = sorted(m->a, m->na);
	y = sorted(m->b, m->nb);
	scratch = xcalloc(m->na + m->nb + 1, sizeof(*scratch));
	while (i < m->na && k < m->nb) {
		int n = by_name(x[i].s, y[k].s);
		size_t to_a = group_end(x, i, m->na);
		size_t to_b = group_end(y, k, m->nb);

		if (n == 0)
			match_group(m, x + i, to_a - i, y + k, to_b - k,
			    scratch);
		i = n <= 0 ? to_a : i;
		k = n >= 0 ? to_b : k;
	}
	if (flags & SENSE_PAIRED)
		match_rest(m, x, y, scratch, (flags & SENSE_REPEATS) != 0);
}

/*
 * A longest run of places that only rises, of n indices into b in order: what
 * is not in it has moved.
 */
static void
keep_longest(struct mates *m, const size_t *at, size_t n)
{
	CLEANUP(drop_free) size_t *tail = xcalloc(n + 1, sizeof(*tail));
	CLEANUP(drop_free) size_t *before = xcalloc(n + 1, sizeof(*before));
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		long place = m->of_b[at[i]];
		size_t low = VEC_LOWER(len, k,
		    m->of_b[at[tail[k]]] < place);

		before[i] = low > 0 ? tail[low - 1] : n;
		tail[low] = i;
		len += low == len;
		m->moved[at[i]] = true;
	}
	for (size_t i = len > 0 ? tail[len - 1] : n; i < n; i = before[i])
		m->moved[at[i]] = false;
}

bool
mates_order(struct mates *m, bool same_name)
{
	CLEANUP(drop_free) struct ref *r = sorted(m->b, m->nb);
	CLEANUP(drop_free) size_t *at = xcalloc(m->nb + 1, sizeof(*at));
	bool any = false;
	size_t to;

	if (!same_name)
		qsort(r, m->nb, sizeof(*r), by_place);
	for (size_t i = 0; i < m->nb; i = to) {
		size_t n = 0;

		to = same_name ? i + 1 : m->nb;
		while (to < m->nb && strcmp(r[i].s->name,
		    r[to].s->name) == 0)
			to++;
		qsort(r + i, to - i, sizeof(*r), by_place);
		for (size_t k = i; k < to; k++)
			if (m->of_b[r[k].i] != MATES_NONE)
				at[n++] = r[k].i;
		if (n > 1)
			keep_longest(m, at, n);
	}
	for (size_t i = 0; i < m->nb; i++)
		any |= m->moved[i];
	return any;
}

bool
mates_reordered(const struct mates *m)
{
	long last = MATES_NONE;

	for (size_t i = 0; i < m->nb; i++) {
		if (m->of_b[i] == MATES_NONE)
			continue;
		if (m->of_b[i] < last)
			return true;
		last = m->of_b[i];
	}
	return false;
}

void
drop_mates(struct mates *m)
{
	free(m->a);
	free(m->b);
	free(m->of_a);
	free(m->of_b);
	free(m->moved);
}
