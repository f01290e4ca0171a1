/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/views/reader.h"

/*
 * master(5) of Postfix: eight fields, then the arguments of the command. A line
 * that begins with a blank goes on with the one above; empty lines and comments
 * in between do not end it.
 */

static const char *const master_fields[] = { "service", "type", "private",
	"unpriv", "chroot", "wakeup", "maxproc", "command", "arguments",
	"options", NULL };

enum { COMMAND = 7, ARGUMENTS, OPTIONS };

/* A logical line and where its parts come from. */
struct logical {
	struct buf text;
	struct part {
		size_t at;	/* in text */
		struct line line;
	} *items;
	size_t n, cap;
};

static void
drop_logical(struct logical *l)
{
	buf_done(&l->text);
	free(l->items);
}

static void
add_part(struct logical *l, const char *s, struct line line, size_t start,
    size_t end)
{
	struct part *p;

	line.start = start;
	line.end = end;
	if (l->text.len > 0)
		buf_addc(&l->text, ' ');
	p = VEC_ADD(l);
	p->at = l->text.len;
	p->line = line;
	buf_add(&l->text, s + line.start, line.end - line.start);
}

/* The part that text + at comes from. */
static const struct part *
part_of(const struct logical *l, size_t at)
{
	size_t low = 0, high = l->n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (l->items[mid].at > at)
			high = mid;
		else
			low = mid;
	}
	return &l->items[low];
}

/* The next word from *at on, `{ a group }` as one; false at the end. */
static bool
next_word(const struct logical *l, size_t *at, bool groups, size_t *out_len)
{
	const char *s = buf_str(&l->text);
	size_t z, depth = 0;

	while (is_blank(s[*at]))
		++*at;
	for (z = *at; s[z] != '\0' && (depth > 0 || !is_blank(s[z])); z++) {
		depth += groups && s[z] == '{' && (depth > 0 || z == *at);
		depth -= groups && s[z] == '}' && depth > 0;
	}
	*out_len = z - *at;
	return z > *at;
}

static struct view_node *
add_field(struct tree *t, const struct logical *l, unsigned which, size_t at,
    size_t len)
{
	const struct part *p = part_of(l, at);
	size_t start = p->line.start + (at - p->at), end = start + len;
	struct view_node *n = tree_two(t, master_fields[which],
	    strlen(master_fields[which]), &p->line);

	n->start = start;
	n->end = end < p->line.end ? end : p->line.end;
	tree_value(t, n, n->start, n->end);
	n->value = arena_memdup(t->arena, buf_str(&l->text) + at, len);
	return n;
}

/* "{ a = b }" and "a=b" say the same. */
static const char *
plain_option(struct arena *a, const char *value)
{
	size_t len = strlen(value), start = 0, mid, after;
	const char *eq;

	if (len >= 2 && value[0] == '{' && value[len - 1] == '}') {
		start = 1;
		len--;
	}
	trim(value, &start, &len);
	eq = memchr(value + start, '=', len - start);
	if (eq == NULL)
		return arena_memdup(a, value + start, len - start);
	mid = (size_t)(eq - value);
	after = mid + 1;
	trim(value, &start, &mid);
	trim(value, &after, &len);
	return arena_printf(a, "%.*s=%.*s", (int)(mid - start),
	    value + start, (int)(len - after), value + after);
}

/* One `options` for each -o: the overrides of main.cf. */
static void
take_options(struct tree *t, const struct logical *l, size_t at)
{
	const char *s = buf_str(&l->text);
	struct view_node *n;
	size_t len;

	while (next_word(l, &at, true, &len)) {
		bool is = len >= 2 && strncmp(s + at, "-o", 2) == 0;
		bool apart = len == 2;

		at += is && !apart ? 2 : len;
		if (!is || !next_word(l, &at, true, &len))
			continue;
		n = add_field(t, l, OPTIONS, at, len);
		n->value = plain_option(t->arena, n->value);
		at += len;
	}
}

static bool
in_words(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

/* A number, perhaps with a ? behind it, or - for the default. */
static bool
is_count(const char *s, bool may_ask)
{
	size_t n = strspn(s, "0123456789");

	if (strcmp(s, "-") == 0)
		return true;
	return n > 0 && (s[n] == '\0' ||
	    (may_ask && strcmp(s + n, "?") == 0));
}

static bool
is_right(unsigned which, const char *value)
{
	static const char *const types[] = { "inet", "unix", "fifo", "pass",
		"unix-dgram", NULL };
	static const char *const flags[] = { "y", "n", "-", NULL };

	switch (which) {
	case 0:
		return true;
	case 1:
		return in_words(value, types);
	case 5:
	case 6:
		return is_count(value, which == 5);
	case COMMAND:
		return strchr(value, '/') == NULL;
	default:
		return in_words(value, flags);
	}
}

static int
one_service(struct tree *t, const struct logical *l, const char *name,
    struct err *e)
{
	unsigned no = l->items[0].line.no;
	size_t at = 0, len;

	tree_one(t, "", 0, &l->items[0].line);
	t->one->end = l->items[l->n - 1].line.next;
	for (unsigned i = 0; i <= COMMAND; i++) {
		const struct view_node *n;

		if (!next_word(l, &at, false, &len))
			return err_at(e, name, no, 0,
			    _("%u fields, master(5) asks for at least %d"),
			    i, COMMAND + 1);
		n = add_field(t, l, i, at, len);
		at += len;
		if (!is_right(i, n->value))
			return err_at(e, name, n->line, 0,
			    _("'%.40s' is no %s of master(5)"), n->value,
			    master_fields[i]);
	}
	if (next_word(l, &at, true, &len))
		add_field(t, l, ARGUMENTS, at, l->text.len - at);
	take_options(t, l, at);
	return 0;
}

static int
master_parse(const char *name, const char *bytes, size_t len,
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
		CLEANUP(drop_logical) struct logical whole = { 0 };

		if (start > l.start)
			return err_at(e, name, l.no, 0,
			    _("begins with a blank, but there is no line to "
			    "go on with"));
		add_part(&whole, r.bytes, l, start, end);
		while (reader_goes_on(&r, &l, &start, &end))
			add_part(&whole, r.bytes, l, start, end);
		if (one_service(&t, &whole, name, e) < 0)
			return -1;
	}
	return 0;
}

const struct view view_postfix_master = {
	.name = "postfix-master",
	.parse = master_parse,
	.accumulates = accumulates_never,
	.separators = " \t,",
	.fields = master_fields,
};
