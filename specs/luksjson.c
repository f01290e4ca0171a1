/* SPDX-License-Identifier: MIT */
#include "specs/luksjson.h"

#include <stdbool.h>
#include <string.h>

/* libcryptsetup accepts no more than 32 levels of objects and lists. */
enum { DEPTH_MAX = 40, WHERE_MAX = 512 };

struct reading {
	const char *p, *end;
	char where[WHERE_MAX];
	size_t where_len;
	int too_long;		/* levels whose names do not fit */
	void (*each)(void *arg, const char *where, const char *text,
	    size_t len);
	void *arg;
};

static bool value(struct reading *r, int depth);

static char
next(struct reading *r)
{
	while (r->p < r->end && strchr(" \t\r\n", *r->p) != NULL &&
	    *r->p != '\0')
		r->p++;
	return r->p < r->end ? *r->p : '\0';
}

static bool
is(struct reading *r, char c)
{
	if (next(r) != c)
		return false;
	r->p++;
	return true;
}

/* The text between quotes; plain: nothing in it is escaped. */
static bool
text(struct reading *r, const char **out, size_t *out_len, bool *plain)
{
	if (!is(r, '"'))
		return false;
	*out = r->p;
	*plain = true;
	for (; r->p < r->end && *r->p != '"'; r->p++) {
		if (*r->p == '\\' && r->p + 1 < r->end) {
			*plain = false;
			r->p++;
		}
	}
	if (r->p >= r->end)
		return false;
	*out_len = (size_t)(r->p++ - *out);
	return true;
}

/* One name more behind those in `where`; leave() takes it away again. */
static size_t
enter(struct reading *r, const char *name, size_t len)
{
	size_t before = r->where_len;

	if (r->too_long > 0 || before + len + 2 > WHERE_MAX ||
	    memchr(name, '/', len) != NULL) {
		r->too_long++;
		return before;
	}
	if (before > 0)
		r->where[r->where_len++] = '/';
	memcpy(r->where + r->where_len, name, len);
	r->where_len += len;
	r->where[r->where_len] = '\0';
	return before;
}

static void
leave(struct reading *r, size_t before)
{
	if (r->too_long > 0)
		r->too_long--;
	r->where_len = before;
	r->where[before] = '\0';
}

static bool
object(struct reading *r, int depth)
{
	if (is(r, '}'))
		return true;
	do {
		const char *name;
		size_t len, before;
		bool plain, good;

		if (!text(r, &name, &len, &plain) || !is(r, ':'))
			return false;
		before = enter(r, name, len);
		good = value(r, depth);
		leave(r, before);
		if (!good)
			return false;
	} while (is(r, ','));
	return is(r, '}');
}

static bool
list(struct reading *r, int depth)
{
	if (is(r, ']'))
		return true;
	do {
		if (!value(r, depth))
			return false;
	} while (is(r, ','));
	return is(r, ']');
}

static bool
value(struct reading *r, int depth)
{
	const char *s;
	size_t len;
	bool plain;

	if (depth > DEPTH_MAX)
		return false;
	if (next(r) == '"') {
		if (!text(r, &s, &len, &plain))
			return false;
		if (plain && r->too_long == 0)
			r->each(r->arg, r->where, s, len);
		return true;
	}
	if (is(r, '{'))
		return object(r, depth + 1);
	if (is(r, '['))
		return list(r, depth + 1);
	/* A number, true, false, null. */
	s = r->p;
	while (r->p < r->end && *r->p != '\0' &&
	    strchr(",]} \t\r\n", *r->p) == NULL)
		r->p++;
	return r->p > s;
}

void
luksjson_texts(const char *json, size_t len,
    void (*each)(void *arg, const char *where, const char *text, size_t len),
    void *arg)
{
	struct reading r = { .p = json, .end = json + len, .each = each,
		.arg = arg };

	value(&r, 0);
}
