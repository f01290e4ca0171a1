/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/*
 * postconf(5): `name = value`; a line that begins with a blank goes on with the
 * one above, empty lines and comments in between do not end it.
 */
static void
take_value(struct tree *t, struct reader *r, struct view_node *n, size_t from,
    size_t end)
{
	const char *s = r->bytes;
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct line l;
	size_t a, z;

	trim(s, &from, &end);
	tree_value(t, n, from, end);
	buf_add(&b, s + from, end - from);
	while (reader_goes_on(r, &l, &a, &z)) {
		if (b.len > 0)
			buf_addc(&b, ' ');
		buf_add(&b, s + a, z - a);
		if (n->value_start == n->value_end)
			n->value_start = a;
		n->value_end = z;
		n->end = l.next;
	}
	n->value = arena_memdup(t->arena, buf_str(&b), b.len);
}

static int
one_line(struct tree *t, struct reader *r, const char *name,
    const struct line *l, struct err *e)
{
	const char *s = r->bytes;
	const char *eq = memchr(s + l->start, '=', l->end - l->start);
	size_t start = l->start, name_end;
	struct view_node *n;

	if (is_blank(s[start]))
		return err_at(e, name, l->no, 0,
		    _("begins with a blank, but there is no line to go on "
		    "with"));
	if (eq == NULL || eq == s + start)
		return err_at(e, name, l->no, 0,
		    _("no 'name = value' on this line"));
	name_end = (size_t)(eq - s);
	trim(s, &start, &name_end);
	n = tree_two(t, s + start, name_end - start, l);
	take_value(t, r, n, (size_t)(eq - s) + 1, l->end);
	t->one->end = n->end;
	return 0;
}

static int
postfix_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct tree t;
	struct reader r;
	struct line l = { .no = 1 };

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	tree_one(&t, "", 0, &l);
	while (reader_next(&r, &l)) {
		size_t start = l.start, end = l.end;

		trim(r.bytes, &start, &end);
		if (start < end && r.bytes[start] == '#')
			t.one->end = l.next;
		else if (start < end && one_line(&t, &r, name, &l, e) < 0)
			return -1;
	}
	return 0;
}

static int
postfix_write_key(const char *key, const char *value, struct buf *out)
{
	buf_addf(out, "%s = ", key);
	return write_plain(value, NULL, 0, out);
}

const struct view view_postfix = {
	.name = "postfix",
	.parse = postfix_parse,
	.write_key = postfix_write_key,
	.write_value = write_plain,
	.accumulates = accumulates_never,
	.separators = " \t,",
	.comment = "#",
};
