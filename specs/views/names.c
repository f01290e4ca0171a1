/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

static const char *const hosts_fields[] = { "address", "names", NULL };
static const char *const aliases_fields[] = { "name", "targets", NULL };

static struct view_node *
add_field(struct tree *t, const struct line *l, const char *field,
    size_t start, size_t end)
{
	struct view_node *n = tree_two(t, field, strlen(field), l);

	n->start = start;
	n->end = end;
	tree_value(t, n, start, end);
	return n;
}

/* hosts(5): an address, its names, and a comment behind a # anywhere. */
static int
hosts_parse(const char *name, const char *bytes, size_t len, struct arena *a,
    struct view_node *out, struct err *e)
{
	struct reader r;
	struct tree t;
	struct line l;
	size_t start, end;

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	while (reader_says(&r, &l, &start, &end)) {
		const char *s = r.bytes;
		const char *hash = memchr(s + start, '#', end - start);
		size_t mid;

		end = hash != NULL ? (size_t)(hash - s) : end;
		trim(s, &start, &end);
		for (mid = start; mid < end && !is_blank(s[mid]); mid++)
			;
		/* glibc passes over an address without a name. */
		if (mid == end)
			return err_at(e, name, l.no, 0,
			    _("an address without a name"));
		tree_one(&t, "", 0, &l);
		add_field(&t, &l, hosts_fields[0], start, mid);
		trim(s, &mid, &end);
		add_field(&t, &l, hosts_fields[1], mid, end);
	}
	return 0;
}

/* The colon behind the name, which may be in quotes; or end. */
static size_t
find_colon(const char *s, size_t at, size_t end)
{
	bool quoted = false;

	for (; at < end && (quoted || s[at] != ':'); at++) {
		if (s[at] == '\\' && at + 1 < end)
			at++;
		else
			quoted ^= s[at] == '"';
	}
	return at < end ? at : end;
}

/* What the line and those that go on with it say; r stands behind them. */
static void
take_targets(struct tree *t, struct reader *r, const struct line *l,
    size_t start)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	size_t end = l->end, from, to;
	struct view_node *n;
	struct line more;

	trim(r->bytes, &start, &end);
	n = add_field(t, l, aliases_fields[1], start, end);
	buf_add(&b, r->bytes + start, end - start);
	while (reader_goes_on(r, &more, &from, &to)) {
		buf_addf(&b, "%s%.*s", b.len > 0 ? " " : "",
		    (int)(to - from), r->bytes + from);
		n->end = n->value_end = to;
		t->one->end = more.next;
	}
	n->value = arena_memdup(t->arena, buf_str(&b), b.len);
}

/* aliases(5) of Postfix and sendmail: `name: targets`, with lines that go on
 * where they begin with a blank. */
static int
aliases_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct reader r;
	struct tree t;
	struct line l;
	size_t start, end;

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	while (reader_says(&r, &l, &start, &end)) {
		const char *s = r.bytes;
		size_t colon, mid;
		bool quoted;

		if (start > l.start)
			return err_at(e, name, l.no, 0,
			    _("begins with a blank, but there is no line to "
			    "go on with"));
		colon = mid = find_colon(s, start, end);
		if (colon == end || colon == start)
			return err_at(e, name, l.no, 0,
			    _("no 'name: targets' on this line"));
		tree_one(&t, "", 0, &l);
		trim(s, &start, &mid);
		quoted = mid - start >= 2 && s[start] == '"' &&
		    s[mid - 1] == '"';
		add_field(&t, &l, aliases_fields[0], start + quoted,
		    mid - quoted);
		take_targets(&t, &r, &l, colon + 1);
	}
	return 0;
}

const struct view view_hosts = {
	.name = "hosts",
	.parse = hosts_parse,
	.accumulates = accumulates_never,
	.separators = " \t",
	.fields = hosts_fields,
};

const struct view view_aliases = {
	.name = "aliases",
	.parse = aliases_parse,
	.accumulates = accumulates_never,
	.separators = " \t,",
	.fields = aliases_fields,
};
