/* SPDX-License-Identifier: MIT */
#include "specs/specnumbers.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"

struct unit {
	const char *name;
	int64_t many;
};

static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

static const struct unit bytes[] = {
	{ "", 1 }, { "B", 1 }, { "KiB", 1LL << 10 }, { "MiB", 1LL << 20 },
	{ "GiB", 1LL << 30 }, { "TiB", 1LL << 40 }, { NULL, 0 },
};

/* No "m", which is a minute to some and a month to others. */
static const struct unit seconds[] = {
	{ "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 },
	{ "w", 604800 }, { NULL, 0 },
};

static const char *
takes(const struct unit *units)
{
	if (units == seconds)
		return _("'%s' takes a duration, not '%s' [a number and s, "
		    "min, h, d or w, as in 7d]");
	if (units == bytes)
		return _("'%s' takes a size, not '%s' [a number of bytes, or "
		    "with KiB, MiB, GiB or TiB]");
	return _("'%s' takes a whole number, not '%s'");
}

/* -1 when the value is none, which was told. */
static int64_t
number(struct reader *r, const struct node_pair *p, const struct unit *units)
{
	const char *text = read_text(r, p->key, p->value), *end;
	const struct unit *u = units;
	int64_t n;

	if (text == NULL)
		return -1;
	end = text + strspn(text, "0123456789");
	n = (int64_t)strtoll(text, NULL, 10);
	while (u->name != NULL && strcmp(u->name, end + strspn(end, " ")) != 0)
		u++;
	if (end != text && end - text <= 12 && u->name != NULL &&
	    n <= INT64_MAX / 4 / u->many)
		return n * u->many;
	diagnostics_add(r->diags, p->value->at, takes(units), p->key, text);
	return -1;
}

int64_t
specnumbers_seconds(struct reader *r, const struct node_pair *p)
{
	return number(r, p, seconds);
}

int64_t
specnumbers_whole(struct reader *r, const struct node_pair *p)
{
	return number(r, p, plain);
}

struct reading {
	struct bound *out;
	const struct unit *units;
};

static void
at_least(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct reading *x = into;

	(void)k;
	x->out->least = number(r, p, x->units);
	x->out->has_least = true;
}

static void
at_most(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct reading *x = into;

	(void)k;
	x->out->most = number(r, p, x->units);
	x->out->has_most = true;
}

static void
equals(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct reading *x = into;

	(void)k;
	x->out->least = x->out->most = number(r, p, x->units);
	x->out->has_least = x->out->has_most = true;
}

static const struct keyword bound_keys[] = {
	{ "at-least", at_least, 0, NULL, &shape_amount, N_("this, or more") },
	{ "at-most", at_most, 0, NULL, &shape_amount, N_("this, or less") },
	{ "equals", equals, 0, NULL, &shape_amount, N_("exactly this") },
	{ 0 },
};

const struct shape specnumbers_number_shape = {
	.takes = TAKES_TEXT | TAKES_MAP, .pattern = "^[0-9]+$",
	.keys = bound_keys,
};

const struct shape specnumbers_shape = {
	.name = "bound", .takes = TAKES_MAP, .keys = bound_keys,
};

static void
bound(struct reader *r, const struct node_pair *p, const struct unit *units,
    struct bound *out)
{
	struct reading x = { out, units };
	const struct node *n = p->value;

	out->at = p->at;
	read_keys(r, p->key, n, bound_keys, &x);
	if (n->kind != NODE_MAP)
		return;
	if (n->map.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'%s' demands nothing [add 'at-most', 'at-least' or "
		    "'equals']"), p->key);
	else if (node_find(n, "equals") != NULL && n->map.n > 1)
		diagnostics_add(r->diags, p->at,
		    _("'equals' says all there is to say of '%s' [take the "
		    "rest out]"), p->key);
	else if (out->has_least && out->has_most && out->least > out->most)
		diagnostics_add(r->diags, p->at,
		    _("nothing is both 'at-least' and 'at-most' these"));
}

void
specnumbers_number(struct reader *r, const struct node_pair *p,
    struct bound *out)
{
	struct reading x = { out, plain };

	if (p->value->kind == NODE_MAP) {
		bound(r, p, plain, out);
		return;
	}
	out->at = p->at;
	if (read_is(r, p->key, p->value, TAKES_TEXT | TAKES_MAP))
		equals(r, NULL, p, &x);
}

static struct bound *
new_bound(struct reader *r, const struct node_pair *p,
    const struct unit *units)
{
	struct bound *out = arena_alloc(r->arena, sizeof(*out));

	bound(r, p, units, out);
	return out;
}

void
specnumbers_count(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	((struct rule *)into)->count = new_bound(r, p, plain);
}

void
specnumbers_size(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	((struct rule *)into)->size = new_bound(r, p, bytes);
}

void
specnumbers_age(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	((struct rule *)into)->age = new_bound(r, p, seconds);
}

static void
newest_age(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	bound(r, p, seconds, &((struct newest_demand *)into)->age);
}

static void
newest_size(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	bound(r, p, bytes, &((struct newest_demand *)into)->size);
}

static const struct keyword newest_keys[] = {
	{ "of", keyword_paths, offsetof(struct newest_demand, of), NULL, NULL,
	    N_("patterns of those compared; without it those of the rule") },
	{ "age", newest_age, 0, NULL, &specnumbers_shape,
	    N_("how long ago it was changed") },
	{ "size", newest_size, 0, NULL, &specnumbers_shape,
	    N_("how many bytes it has") },
	{ 0 },
};

const struct shape specnumbers_newest_shape = {
	.takes = TAKES_MAP, .keys = newest_keys,
};

void
specnumbers_newest(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct newest_demand *d = arena_alloc(r->arena, sizeof(*d));

	d->at = p->at;
	read_keys(r, k->name, p->value, newest_keys, d);
	if (p->value->kind == NODE_MAP &&
	    node_find(p->value, "age") == NULL &&
	    node_find(p->value, "size") == NULL)
		diagnostics_add(r->diags, p->at,
		    _("'newest' demands nothing [add 'age' or 'size']"));
	((struct rule *)into)->newest = d;
}
