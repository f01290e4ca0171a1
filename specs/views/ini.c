/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/* sssd.conf(5) and its kin: [section], key = value, # and ; comments. */
struct ini {
	struct tree tree;
	struct reader reader;
	const char *name;
};

/*
 * An indented line folds into the value above it (sssd), or is a key that was
 * indented for looks (smb.conf): it is a key where what stands before the
 * equals sign can be the name of one.
 */
static bool
looks_like_key(const char *s, size_t len)
{
	const char *eq = memchr(s, '=', len);

	for (const char *p = s; eq != NULL && p < eq; p++)
		if (strchr("()&|!*,'\"<>", *p) != NULL)
			return false;
	return eq != NULL && eq > s;
}

static int
section(struct ini *x, const struct line *l, size_t start, size_t end,
    struct err *e)
{
	const char *s = x->reader.bytes;
	size_t from = start + 1, to = end - 1;

	if (s[end - 1] != ']' || end - start < 2)
		return err_at(e, x->name, l->no, 0,
		    _("'[' without its ']' on the same line"));
	trim(s, &from, &to);
	tree_one(&x->tree, s + from, to - from, l);
	return 0;
}

/* Lines that go on with the value of key; joined with one blank. */
static void
fold(struct ini *x, struct view_node *key)
{
	const char *s = x->reader.bytes;
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct line l;

	while (reader_peek(&x->reader, &l)) {
		size_t start = l.start, end = l.end;

		trim(s, &start, &end);
		if (start == end || start == l.start || s[start] == '#' ||
		    s[start] == ';' || s[start] == '[' ||
		    looks_like_key(s + start, end - start))
			break;
		reader_next(&x->reader, &l);
		if (b.len == 0)
			buf_adds(&b, key->value);
		buf_addc(&b, ' ');
		buf_add(&b, s + start, end - start);
		key->value_end = end;
		key->end = l.next;
	}
	if (b.len > 0)
		key->value = arena_memdup(x->tree.arena, b.bytes, b.len);
}

static int
key(struct ini *x, const struct line *l, size_t start, size_t end,
    struct err *e)
{
	const char *s = x->reader.bytes;
	const char *eq = memchr(s + start, '=', end - start);
	struct view_node *n;
	size_t name_end, from;

	if (eq == NULL || eq == s + start)
		return err_at(e, x->name, l->no, 0,
		    _("neither 'key = value' nor a [section]"));
	name_end = (size_t)(eq - s);
	from = name_end + 1;
	trim(s, &start, &name_end);
	trim(s, &from, &end);
	n = tree_two(&x->tree, s + start, name_end - start, l);
	tree_value(&x->tree, n, from, end);
	fold(x, n);
	x->tree.one->end = n->end;
	return 0;
}

static int
ini_parse(const char *name, const char *bytes, size_t len, struct arena *a,
    struct view_node *out, struct err *e)
{
	struct ini x = { .name = name };
	struct line l = { .no = 1 };

	if (reader_start(&x.reader, name, bytes, len, e) < 0)
		return -1;
	tree_start(&x.tree, a, x.reader.bytes, out);
	tree_one(&x.tree, "", 0, &l);
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		x.reader.at = 3;
	while (reader_next(&x.reader, &l)) {
		size_t start = l.start, end = l.end;
		int done;

		trim(x.reader.bytes, &start, &end);
		if (start == end || strchr("#;", x.reader.bytes[start])) {
			/* The nameless section takes a comment that heads
			 * the file, so that a new key goes below it. */
			if (start < end && x.tree.one == out->child)
				x.tree.one->end = l.next;
			continue;
		}
		done = x.reader.bytes[start] == '[' ?
		    section(&x, &l, start, end, e) :
		    key(&x, &l, start, end, e);
		if (done < 0)
			return -1;
	}
	return 0;
}

static int
ini_write_key(const char *key_name, const char *value, struct buf *out)
{
	buf_addf(out, "%s = ", key_name);
	return write_plain(value, NULL, 0, out);
}

const struct view view_ini = {
	.name = "ini",
	.parse = ini_parse,
	.write_key = ini_write_key,
	.write_value = write_plain,
	.accumulates = accumulates_never,
	.separators = " \t,",
	.sections = true,
	.comment = "# ",
};
