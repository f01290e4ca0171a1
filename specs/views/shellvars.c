/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <ctype.h>
#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/*
 * Assignments as sh(1) reads them: /etc/sysconfig, /etc/default. Other commands
 * are passed over; expansions stay as they are written.
 */
struct shell {
	const char *s, *name;
	size_t at, len;
	unsigned line;
};

static bool
name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

/* The length of NAME in front of `=` at p, 0 when there is no assignment. */
static size_t
assignment(const struct shell *x)
{
	size_t i = x->at;

	if (i >= x->len || !name_start(x->s[i]))
		return 0;
	while (i < x->len &&
	    (name_start(x->s[i]) || isdigit((unsigned char)x->s[i])))
		i++;
	return i < x->len && x->s[i] == '=' ? i - x->at : 0;
}

static void
take(struct shell *x, struct buf *out)
{
	x->line += x->s[x->at] == '\n';
	buf_addc(out, x->s[x->at++]);
}

/* $(…), `…` and (…) as they stand, up to the closing byte. */
static int
verbatim(struct shell *x, char open, char close, struct buf *out,
    struct err *e)
{
	unsigned from = x->line;
	int depth = 1;

	take(x, out);
	while (x->at < x->len) {
		char c = x->s[x->at];

		if (c == '\\' && x->at + 1 < x->len)
			take(x, out);
		else if (c == close)
			depth--;
		else if (c == open)
			depth++;
		take(x, out);
		if (depth == 0)
			return 0;
	}
	return err_at(e, x->name, from, 0, _("'%c' without its '%c'"), open,
	    close);
}

/* At a `$` or a backquote; 0 when it was but an ordinary byte. */
static int
expansion(struct shell *x, struct buf *out, struct err *e)
{
	if (x->s[x->at] == '`')
		return verbatim(x, '`', '`', out, e);
	take(x, out);
	if (x->at < x->len && x->s[x->at] == '(')
		return verbatim(x, '(', ')', out, e);
	return 0;
}

static int
single_quoted(struct shell *x, struct buf *out, struct err *e)
{
	unsigned from = x->line;

	for (x->at++; x->at < x->len; take(x, out)) {
		if (x->s[x->at] == '\'') {
			x->at++;
			return 0;
		}
	}
	return err_at(e, x->name, from, 0, _("a ' without the closing one"));
}

static int
double_quoted(struct shell *x, struct buf *out, struct err *e)
{
	unsigned from = x->line;

	x->at++;
	while (x->at < x->len) {
		char c = x->s[x->at];
		char next = x->at + 1 < x->len ? x->s[x->at + 1] : '\0';

		if (c == '"') {
			x->at++;
			return 0;
		}
		if (c == '\\' && next == '\n') {
			x->at += 2;
			x->line++;
		} else if (c == '\\' && next && strchr("\"\\$`", next)) {
			x->at++;
			take(x, out);
		} else if (c == '$' || c == '`') {
			if (expansion(x, out, e) < 0)
				return -1;
		} else {
			take(x, out);
		}
	}
	return err_at(e, x->name, from, 0, _("a \" without the closing one"));
}

/* One word: quoted and bare pieces up to a blank or an operator. */
static int
word(struct shell *x, struct buf *out, struct err *e)
{
	size_t start = x->at;
	int done = 0;

	while (done == 0 && x->at < x->len) {
		char c = x->s[x->at];

		if (c == '\'') {
			done = single_quoted(x, out, e);
		} else if (c == '"') {
			done = double_quoted(x, out, e);
		} else if (c == '$' || c == '`') {
			done = expansion(x, out, e);
		} else if (c == '(' && x->at == start) {
			done = verbatim(x, '(', ')', out, e);
		} else if (c == '\\' && x->at + 1 < x->len) {
			x->at++;
			if (x->s[x->at] != '\n') {
				take(x, out);
			} else {
				x->at++;
				x->line++;
			}
		} else if (is_blank(c) || strchr("\n;&|<>()", c) != NULL) {
			break;
		} else {
			take(x, out);
		}
	}
	return done;
}

static void
skip_blanks(struct shell *x)
{
	while (x->at < x->len && is_blank(x->s[x->at]))
		x->at++;
}

static void
skip_line(struct shell *x)
{
	const char *lf = memchr(x->s + x->at, '\n', x->len - x->at);

	x->at = lf != NULL ? (size_t)(lf - x->s) + 1 : x->len;
	x->line++;
}

/* The assignments of one line; each node spans the lines it takes. */
static int
one_line(struct shell *x, struct tree *t, struct err *e)
{
	struct line l = { .start = x->at, .no = x->line };
	struct view_node *first = NULL;
	size_t n;

	skip_blanks(x);
	if (x->len - x->at > 7 && memcmp(x->s + x->at, "export", 6) == 0 &&
	    is_blank(x->s[x->at + 6])) {
		x->at += 6;
		skip_blanks(x);
	}
	while ((n = assignment(x)) > 0) {
		CLEANUP(drop_buf) struct buf value = { 0 };
		struct view_node *node;

		l.no = x->line;
		node = tree_two(t, x->s + x->at, n, &l);
		first = first == NULL ? node : first;
		x->at += n + 1;
		node->value_start = x->at;
		if (word(x, &value, e) < 0)
			return -1;
		node->value_end = x->at;
		node->value = arena_memdup(t->arena, buf_str(&value),
		    value.len);
		skip_blanks(x);
		while (x->at < x->len && x->s[x->at] == ';') {
			x->at++;
			skip_blanks(x);
		}
	}
	skip_line(x);
	for (; first != NULL; first = first->next)
		first->end = x->at;
	t->one->end = x->at;
	return 0;
}

static int
shellvars_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct shell x = { .name = name, .len = len, .line = 1 };
	struct reader r;
	struct tree t;
	struct line l = { .no = 1 };

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	x.s = r.bytes;
	tree_start(&t, a, r.bytes, out);
	tree_one(&t, "", 0, &l);
	while (x.at < x.len)
		if (one_line(&x, &t, e) < 0)
			return -1;
	return 0;
}

static bool
plain_word(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_./:,@%+=-", *p))
			return false;
	return *s != '\0';
}

static int
shellvars_write_value(const char *value, const char *was, size_t was_len,
    struct buf *out)
{
	if (strpbrk(value, "\n\r") != NULL)
		return -1;
	if (was_len > 0 && was[0] == '\'' && strchr(value, '\'') == NULL) {
		buf_addf(out, "'%s'", value);
		return 0;
	}
	if (was_len > 0 && was[0] != '"' && plain_word(value)) {
		buf_adds(out, value);
		return 0;
	}
	buf_addc(out, '"');
	for (; *value != '\0'; value++) {
		if (strchr("\"\\$`", *value) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *value);
	}
	buf_addc(out, '"');
	return 0;
}

static int
shellvars_write_key(const char *key, const char *value, struct buf *out)
{
	buf_addf(out, "%s=", key);
	return shellvars_write_value(value, NULL, 0, out);
}

const struct view view_shellvars = {
	.name = "shellvars",
	.parse = shellvars_parse,
	.write_key = shellvars_write_key,
	.write_value = shellvars_write_value,
	.accumulates = accumulates_never,
	.separators = " \t\n",
	.comment = "#",
};
