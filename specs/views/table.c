/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/* One table format: its fields in order, and how many a row must have. */
struct table {
	const char *page;	/* the man page, for messages */
	const char *const *fields;
	unsigned least, most;
	char colon;		/* fields stand between these; 0 = blanks */
	bool octal;		/* \040 stands for a blank */
};

static const char *const crypttab_fields[] = { "name", "device", "keyfile",
	"options", NULL };
static const char *const fstab_fields[] = { "device", "mountpoint", "type",
	"options", "dump", "pass", NULL };
static const char *const passwd_fields[] = { "name", "password", "uid", "gid",
	"gecos", "home", "shell", NULL };
static const char *const shadow_fields[] = { "name", "password", "changed",
	"min", "max", "warn", "inactive", "expire", "reserved", NULL };
static const char *const group_fields[] = { "name", "password", "gid",
	"members", NULL };
static const char *const nsswitch_fields[] = { "database", "services", NULL };

static const struct table crypttab = { "crypttab(5)", crypttab_fields, 2, 4,
	0, false };
static const struct table fstab = { "fstab(5)", fstab_fields, 3, 6, 0, true };
static const struct table passwd = { "passwd(5)", passwd_fields, 7, 7, ':',
	false };
static const struct table shadow = { "shadow(5)", shadow_fields, 8, 9, ':',
	false };
static const struct table group = { "group(5)", group_fields, 4, 4, ':',
	false };

static bool
octal_digit(char c)
{
	return c >= '0' && c <= '7';
}

/* fstab(5): a blank in a name is \040; any byte but NUL can be meant. */
static const char *
unoctal(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1), *p = out;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 3 < len && s[i + 1] < '4' &&
		    octal_digit(s[i + 1]) && octal_digit(s[i + 2]) &&
		    octal_digit(s[i + 3]) &&
		    memcmp(s + i + 1, "000", 3) != 0) {
			*p++ = (char)((s[i + 1] - '0') << 6 |
			    (s[i + 2] - '0') << 3 | (s[i + 3] - '0'));
			i += 3;
		} else {
			*p++ = s[i];
		}
	}
	return out;
}

static void
field(const struct table *how, struct tree *t, const struct line *l,
    unsigned i, size_t start, size_t end)
{
	const char *name = how->fields[i];
	struct view_node *n = tree_two(t, name, strlen(name), l);

	n->start = start;
	n->end = end;
	tree_value(t, n, start, end);
	if (how->octal)
		n->value = unoctal(t->arena, t->bytes + start, end - start);
}

/* Splits l into fields and returns their number, which may be one too many. */
static unsigned
split(const struct table *how, struct tree *t, const struct line *l,
    size_t at, size_t end)
{
	const char *s = t->bytes;
	unsigned n = 0;

	for (;;) {
		size_t start = at;

		while (at < end && (how->colon != 0 ? s[at] != how->colon :
		    !is_blank(s[at])))
			at++;
		/* What follows the last field as a comment is one. */
		if (how->colon == 0 && n >= how->least && s[start] == '#')
			return n;
		if (n < how->most)
			field(how, t, l, n, start, at);
		n++;
		if (at >= end || n > how->most)
			return n;
		at++;
		while (how->colon == 0 && at < end && is_blank(s[at]))
			at++;
	}
}

static int
row(const struct table *how, struct tree *t, const char *name,
    const struct line *l, size_t start, size_t end, struct err *e)
{
	unsigned n;

	tree_one(t, "", 0, l);
	n = split(how, t, l, start, end);
	/* nsswitch's compat mode: +user, -@group, mostly without the rest. */
	if (n < how->least && how->colon != 0 &&
	    strchr("+-", t->bytes[start]) != NULL)
		return 0;
	if (n < how->least)
		return err_at(e, name, l->no, 0,
		    _("%u fields, %s asks for at least %u"), n, how->page,
		    how->least);
	if (n > how->most)
		return err_at(e, name, l->no, 0,
		    _("more than the %u fields of %s"), how->most, how->page);
	return 0;
}

static int
table_parse(const struct table *how, const char *name, const char *bytes,
    size_t len, struct arena *a, struct view_node *out, struct err *e)
{
	struct reader r;
	struct tree t;
	struct line l;
	size_t start, end;

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	while (reader_says(&r, &l, &start, &end)) {
		if (how->colon != 0)
			end = l.end;
		if (row(how, &t, name, &l, start, end, e) < 0)
			return -1;
	}
	return 0;
}

/* nsswitch.conf(5): `database: services`, a # begins a comment anywhere. */
static int
nsswitch_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	static const struct table how = { "nsswitch.conf(5)", nsswitch_fields,
		2, 2, ':', false };
	struct reader r;
	struct tree t;
	struct line l;
	size_t start, end;

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	while (reader_says(&r, &l, &start, &end)) {
		const char *s = r.bytes, *hash, *colon;
		size_t mid, after;

		hash = memchr(s + start, '#', end - start);
		end = hash != NULL ? (size_t)(hash - s) : end;
		trim(s, &start, &end);
		colon = memchr(s + start, ':', end - start);
		if (colon == NULL || colon == s + start)
			return err_at(e, name, l.no, 0,
			    _("no 'database: services' on this line"));
		mid = (size_t)(colon - s);
		after = mid + 1;
		trim(s, &start, &mid);
		trim(s, &after, &end);
		tree_one(&t, "", 0, &l);
		field(&how, &t, &l, 0, start, mid);
		field(&how, &t, &l, 1, after, end);
	}
	return 0;
}

#define TABLE(x)							\
static int								\
x##_parse(const char *name, const char *bytes, size_t len,		\
    struct arena *a, struct view_node *out, struct err *e)		\
{									\
	return table_parse(&x, name, bytes, len, a, out, e);		\
}									\
									\
const struct view view_##x = {						\
	.name = #x,							\
	.parse = x##_parse,						\
	.accumulates = accumulates_never,				\
	.separators = " \t,",						\
	.fields = x##_fields,						\
}

TABLE(crypttab);
TABLE(fstab);
TABLE(passwd);
TABLE(shadow);
TABLE(group);

const struct view view_nsswitch = {
	.name = "nsswitch",
	.parse = nsswitch_parse,
	.accumulates = accumulates_never,
	.separators = " \t",
	.fields = nsswitch_fields,
};
