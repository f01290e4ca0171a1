/* SPDX-License-Identifier: MIT */
#include "specs/views/reader.h"

#include <string.h>

#include "base/tr.h"

int
reader_start(struct reader *r, const char *name, const char *bytes,
    size_t len, struct err *e)
{
	const char *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
	unsigned line = 1;

	memset(r, 0, sizeof(*r));
	r->bytes = len > 0 ? bytes : "";
	r->len = len;
	r->line = 1;
	if (nul == NULL)
		return 0;
	for (const char *s = bytes; s < nul; s++)
		line += *s == '\n';
	return err_at(e, name, line, 0, _("a NUL byte in a text file"));
}

bool
reader_peek(const struct reader *r, struct line *out)
{
	const char *lf;

	if (r->at >= r->len)
		return false;
	lf = memchr(r->bytes + r->at, '\n', r->len - r->at);
	out->start = r->at;
	out->end = lf != NULL ? (size_t)(lf - r->bytes) : r->len;
	out->next = lf != NULL ? out->end + 1 : r->len;
	out->no = r->line;
	if (out->end > out->start && r->bytes[out->end - 1] == '\r')
		out->end--;
	return true;
}

bool
reader_next(struct reader *r, struct line *out)
{
	if (!reader_peek(r, out))
		return false;
	r->at = out->next;
	r->line++;
	return true;
}

void
trim(const char *bytes, size_t *start, size_t *end)
{
	while (*start < *end && is_blank(bytes[*start]))
		++*start;
	while (*end > *start && is_blank(bytes[*end - 1]))
		--*end;
}

bool
reader_says(struct reader *r, struct line *out, size_t *start, size_t *end)
{
	while (reader_next(r, out)) {
		*start = out->start;
		*end = out->end;
		trim(r->bytes, start, end);
		if (*start < *end && r->bytes[*start] != '#')
			return true;
	}
	return false;
}

bool
reader_goes_on(struct reader *r, struct line *out, size_t *start,
    size_t *end)
{
	struct reader ahead = *r;

	if (!reader_says(&ahead, out, start, end) || *start == out->start)
		return false;
	*r = ahead;
	return true;
}

void
tree_start(struct tree *t, struct arena *a, const char *bytes,
    struct view_node *top)
{
	memset(t, 0, sizeof(*t));
	memset(top, 0, sizeof(*top));
	top->name = "";
	t->arena = a;
	t->bytes = bytes;
	t->top = top;
}

static struct view_node *
node_new(struct tree *t, const char *name, size_t len, const struct line *at)
{
	struct view_node *n = arena_alloc(t->arena, sizeof(*n));

	n->name = arena_memdup(t->arena, name, len);
	n->line = at->no;
	n->start = at->start;
	n->end = at->next;
	return n;
}

struct view_node *
tree_one(struct tree *t, const char *name, size_t len, const struct line *at)
{
	struct view_node *n = node_new(t, name, len, at);

	if (t->one == NULL)
		t->top->child = n;
	else
		t->one->next = n;
	t->one = n;
	t->two = NULL;
	return n;
}

struct view_node *
tree_two(struct tree *t, const char *name, size_t len, const struct line *at)
{
	struct view_node *n = node_new(t, name, len, at);

	if (t->two == NULL)
		t->one->child = n;
	else
		t->two->next = n;
	t->two = n;
	return n;
}

void
tree_value(struct tree *t, struct view_node *n, size_t start, size_t end)
{
	n->value_start = start;
	n->value_end = end;
	n->value = arena_memdup(t->arena, t->bytes + start, end - start);
}

int
write_plain(const char *value, const char *was, size_t was_len,
    struct buf *out)
{
	(void)was;
	(void)was_len;
	if (strpbrk(value, "\n\r") != NULL)
		return -1;
	buf_adds(out, value);
	return 0;
}

int
accumulates_never(const char *section, const char *key)
{
	(void)section;
	(void)key;
	return 0;
}
