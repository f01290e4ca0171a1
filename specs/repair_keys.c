/* SPDX-License-Identifier: MIT */
#include "specs/repair_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/tr.h"
#include "specs/textedit.h"
#include "specs/views/reader.h"

/* Each edit copies and reads the whole text, so their number is bounded. */
enum { EDITS_MAX = 100 };

/* One key of one rule in one text; read again after each edit. */
struct fix {
	unsigned edits;
	struct judge *j;
	const struct view *view;
	const struct key_demand *d;
	struct buf *text;
	struct arena tree;	/* of the last reading alone */
	struct view_node top;
};

static void
drop_fix(struct fix *f)
{
	arena_done(&f->tree);
}

static const char *
section_of(const struct fix *f)
{
	return f->d->section != NULL ? f->d->section : "";
}

static int
read_again(struct fix *f, struct err *e)
{
	arena_done(&f->tree);
	return f->view->parse(f->j->path, buf_str(f->text), f->text->len,
	    &f->tree, &f->top, e);
}

/* 1 when the test holds, 0 when not, -1 when that cannot be told. */
static int
holds(struct fix *f, const struct test *t, struct err *e)
{
	struct values v = { 0 };
	size_t i;
	enum verdict is;

	if (read_again(f, e) < 0)
		return -1;
	keys_collect(f->j, f->view, &f->top, section_of(f), f->d->key, &v);
	is = test_values(f->j, f->view, t, &v, false, &i, e);
	return is == VERDICT_CANNOT_TELL ? -1 : is == VERDICT_HOLDS;
}

static int
no_way(struct fix *f, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, f->j->path, _("'%s%s%s' cannot be "
	    "repaired: %s"), section_of(f), section_of(f)[0] ? "." : "",
	    f->d->key, why);
}

/*
 * The nodes of the key that count, as keys_collect sees them; out has room for
 * all. Returns their number.
 */
static size_t
counting(struct fix *f, struct view_node ***out, bool all)
{
	struct view_node *s, *k;
	size_t n = 0, total = 0;

	for (s = f->top.child; s != NULL; s = s->next)
		for (k = s->child; k != NULL; k = k->next)
			total++;
	*out = arena_alloc(&f->tree, (total + 1) * sizeof(**out));
	for (s = f->top.child; s != NULL; s = s->next) {
		int adds = f->view->accumulates(s->name, f->d->key);

		if (!view_same(f->view, s->name, section_of(f)))
			continue;
		for (k = s->child; k != NULL; k = k->next) {
			if (!view_same(f->view, k->name, f->d->key))
				continue;
			if (all) {
				(*out)[n++] = k;
			} else if (adds && k->value[0] == '\0') {
				n = adds == VIEW_ADDS_ALWAYS ? n : 0;
			} else if (adds || n == 0) {
				(*out)[n++] = k;
			} else if (!f->view->first_wins) {
				(*out)[0] = k;
			}
		}
	}
	return n;
}

/* A key of its own, at the end of its section or in a new one. */
static int
add_key(struct fix *f, const char *value, struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct view_node *s, *at = NULL;

	for (s = f->top.child; s != NULL; s = s->next)
		if (view_same(f->view, s->name, section_of(f)))
			at = s;
	if (at == NULL && !f->view->sections)
		return no_way(f, _("there is no such section"), e);
	if (at == NULL)
		buf_addf(&line, "%s[%s]\n", f->text->len > 0 ? "\n" : "",
		    section_of(f));
	if (f->view->write_key(f->d->key, value, &line) < 0)
		return no_way(f, _("the value has a newline"), e);
	textedit_insert(f->text, at != NULL ? at->end : f->text->len,
	    buf_str(&line));
	return 0;
}

static int
count_edit(struct fix *f, struct err *e)
{
	char why[128];

	if (f->edits++ < EDITS_MAX)
		return 0;
	snprintf(why, sizeof(why), _("it takes more than %d edits"),
	    EDITS_MAX);
	return no_way(f, why, e);
}

/* Puts the comment mark before each line of a node, the last one first. */
static int
comment_out(struct fix *f, const struct view_node *k, struct err *e)
{
	const char *mark = f->view->comment;
	const struct view_node *s, *o;

	for (s = f->top.child; s != NULL; s = s->next)
		for (o = s->child; o != NULL; o = o->next)
			if (o != k && o->start < k->end && o->end > k->start)
				return no_way(f, _("another key stands on the "
				    "same line"), e);
	for (size_t at = k->end; at-- > k->start;) {
		if (at != k->start && f->text->bytes[at - 1] != '\n')
			continue;
		if (count_edit(f, e) < 0)
			return -1;
		textedit_splice(f->text, at, at, mark, strlen(mark));
	}
	return 0;
}

static int
comment_out_all(struct fix *f, struct err *e)
{
	struct view_node **nodes;
	size_t n = counting(f, &nodes, true);

	/* From the end, so that the spans before it stay right. */
	while (n-- > 0)
		if (comment_out(f, nodes[n], e) < 0)
			return -1;
	return 0;
}

static int
set_value(struct fix *f, const char *value, struct err *e)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct view_node **nodes, *k;
	size_t n = counting(f, &nodes, false);

	if (n == 0)
		return add_key(f, value, e);
	k = nodes[n - 1];
	if (f->view->write_value(value, f->text->bytes + k->value_start,
	    k->value_end - k->value_start, &b) < 0)
		return no_way(f, _("the value has a newline"), e);
	/* `Key` alone has no place for a value behind it yet. */
	if (k->value_start == k->value_end && k->value_start > 0 &&
	    f->view->first_wins &&
	    !is_blank(f->text->bytes[k->value_start - 1]) &&
	    f->text->bytes[k->value_start - 1] != '=')
		textedit_splice(&b, 0, 0, " ", 1);
	textedit_splice(f->text, k->value_start, k->value_end, b.bytes, b.len);
	while (--n > 0)
		if (comment_out(f, nodes[n - 1], e) < 0)
			return -1;
	return 0;
}

static bool
is_separator(const struct fix *f, char c)
{
	return c == '\n' || c == '\r' ||
	    (c != '\0' && strchr(f->view->separators, c) != NULL);
}

/* What a new word is set apart with: as the words before it are. */
static const char *
glue(const struct fix *f, const char *s, size_t start, size_t end)
{
	bool commas = strchr(f->view->separators, ',') != NULL;

	while (end > start && is_blank(s[end - 1]))
		end--;
	if (end == start || (commas && s[end - 1] == ','))
		return end == start ? "" : " ";
	for (size_t i = end; commas && i > start; i--)
		if (s[i - 1] == ',')
			return i < end && !is_blank(s[i]) &&
			    s[i] != '\n' ? "," : ", ";
	if (commas && !f->view->quoted_words &&
	    memchr(s + start, ' ', end - start) == NULL)
		return ", ";
	return " ";
}

/* Quotes around a whole value that a word belongs inside of. */
static bool
outer_quotes(const struct fix *f, const char *s, size_t start, size_t end)
{
	return f->view == view_find("shellvars") && end - start >= 2 &&
	    (s[start] == '"' || s[start] == '\'') && s[end - 1] == s[start];
}

static int
add_word(struct fix *f, const char *word, struct err *e)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct view_node **nodes, *k;
	const char *s = buf_str(f->text);
	size_t n = counting(f, &nodes, false), start, end;
	bool quoted, spaced = word[strcspn(word, f->view->separators)] != 0;

	if (n == 0 && !(spaced && f->view->quoted_words))
		return add_key(f, word, e);
	if (spaced && f->view->quoted_words)
		word = arena_printf(&f->j->arena, "\"%s\"", word);
	if (n == 0)
		return add_key(f, word, e);
	k = nodes[n - 1];
	start = k->value_start;
	end = k->value_end;
	quoted = outer_quotes(f, s, start, end);
	if (quoted) {
		buf_adds(&b, glue(f, s, ++start, --end));
		if (strpbrk(word, "\"'\\$`\n") != NULL)
			return no_way(f, _("the word needs quotes inside of "
			    "quotes"), e);
		buf_adds(&b, word);
		textedit_splice(f->text, end, end, b.bytes, b.len);
		return 0;
	}
	if (f->view == view_find("shellvars")) {
		buf_addf(&b, "%s%s%s", k->value, k->value[0] ? " " : "", word);
		return set_value(f, buf_str(&b), e);
	}
	buf_adds(&b, glue(f, s, start, end));
	buf_adds(&b, word);
	textedit_splice(f->text, end, end, b.bytes, b.len);
	return 0;
}

/* One word of the raw value at *at; false at the end. */
static bool
raw_word(const struct fix *f, size_t *at, size_t end, size_t *start,
    size_t *stop)
{
	const char *s = buf_str(f->text);
	char quote = '\0';
	size_t i = *at;

	for (; i < end; i++) {
		bool comment = i > 0 && s[i - 1] == '\n';

		if (comment) {
			while (i < end && is_blank(s[i]))
				i++;
			if (i < end && (s[i] == '#' || s[i] == ';'))
				while (i < end && s[i] != '\n')
					i++;
		}
		if (i < end && !is_separator(f, s[i]) &&
		    !(s[i] == '\\' && i + 1 < end &&
		    (s[i + 1] == '\n' || s[i + 1] == '\r')))
			break;
	}
	*start = i < end ? i : end;
	for (i = *start; i < end; i++) {
		if (quote != '\0' && s[i] == quote)
			quote = '\0';
		else if (quote == '\0' && f->view->quoted_words &&
		    (s[i] == '"' || s[i] == '\''))
			quote = s[i];
		else if (quote == '\0' && is_separator(f, s[i]))
			break;
	}
	*stop = *at = i;
	return *start < end;
}

static bool
word_is(const struct fix *f, size_t start, size_t stop, const char *word)
{
	const char *s = buf_str(f->text);
	size_t n = strlen(word);

	if (f->view->quoted_words && stop - start == n + 2 &&
	    (s[start] == '"' || s[start] == '\'') && s[stop - 1] == s[start])
		return memcmp(s + start + 1, word, n) == 0;
	return stop - start == n && memcmp(s + start, word, n) == 0;
}

/* Cuts [start, stop) and the blanks and comma that set it apart. */
static void
cut_word(struct fix *f, size_t from, size_t to, size_t start, size_t stop)
{
	const char *s = buf_str(f->text);
	size_t a = start, b = stop;

	while (a > from && (s[a - 1] == ' ' || s[a - 1] == '\t' ||
	    s[a - 1] == ','))
		a--;
	if (a == from)
		while (b < to && (s[b] == ' ' || s[b] == '\t' ||
		    s[b] == ','))
			b++;
	textedit_splice(f->text, a, b, "", 0);
}

/* 1 when a word was cut, 0 when there is none left. */
static int
cut_one(struct fix *f, const char *word, struct err *e)
{
	struct view_node **nodes;
	size_t n = counting(f, &nodes, false);

	for (size_t i = 0; i < n; i++) {
		const struct view_node *k = nodes[i];
		size_t from = k->value_start, to = k->value_end, at, a, b;
		bool quoted = outer_quotes(f, buf_str(f->text), from, to);

		from += quoted;
		to -= quoted;
		for (at = from; raw_word(f, &at, to, &a, &b);) {
			if (!word_is(f, a, b, word))
				continue;
			/* An empty assignment would reset the others. */
			if (a == from && b == to &&
			    f->view->accumulates(section_of(f), f->d->key))
				return comment_out(f, k, e) < 0 ? -1 : 1;
			cut_word(f, from, to, a, b);
			return count_edit(f, e) < 0 ? -1 : 1;
		}
	}
	return 0;
}

static int
cut_words(struct fix *f, const struct test *t, struct err *e)
{
	for (size_t i = 0; i < t->values.n; i++) {
		int cut;

		do {
			cut = cut_one(f, t->values.items[i], e);
			if (cut < 0 || read_again(f, e) < 0)
				return -1;
		} while (cut > 0);
	}
	return 0;
}

static int
add_words(struct fix *f, const struct test *t, struct err *e)
{
	for (size_t i = 0; i < t->values.n; i++) {
		struct test one = { .op = TEST_INCLUDES,
			.values = { &t->values.items[i], 1, 1 } };
		int there = holds(f, &one, e);

		if (there < 0 || (there == 0 &&
		    add_word(f, t->values.items[i], e) < 0))
			return -1;
	}
	return 0;
}

static int
edit(struct fix *f, const struct test *t, struct err *e)
{
	const char *first = t->values.n > 0 ? t->values.items[0] : "";

	switch (t->op) {
	case TEST_EQUALS:
	case TEST_ONE_OF:
	case TEST_AT_LEAST:
	case TEST_AT_MOST:
		return set_value(f, first, e);
	case TEST_INCLUDES:
		return add_words(f, t, e);
	case TEST_EXCLUDES:
		return cut_words(f, t, e);
	case TEST_ABSENT:
		return comment_out_all(f, e);
	case TEST_MATCHES:
	case TEST_NOT_MATCHES:
		return no_way(f, _("an expression does not say which value "
		    "[use 'equals' or 'one-of']"), e);
	default:
		return no_way(f, _("no value is given [use 'equals']"), e);
	}
}

static int
repair_test(struct fix *f, const struct test *t, struct err *e)
{
	int is = holds(f, t, e);

	if (is != 0)
		return is < 0 ? -1 : 0;
	if (edit(f, t, e) < 0)
		return -1;
	is = holds(f, t, e);
	if (is == 0)
		return no_way(f, _("this format has no way to say it"), e);
	return is < 0 ? -1 : 0;
}

int
repair_keys(struct judge *j, struct buf *text, struct err *e)
{
	CLEANUP(drop_fix) struct fix f = { .j = j, .text = text };

	if (j->rule->keys.n == 0)
		return 0;
	f.view = j->rule->as != NULL ? view_find(j->rule->as) :
	    view_for_path(j->path);
	if (f.view == NULL || f.view->write_key == NULL)
		return err_set(e, ERR_INPUT, j->path,
		    _("no format with keys is known for this file [say 'as: "
		    "ini' or another view in the rule]"));
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < j->rule->keys.n; i++) {
			f.d = &j->rule->keys.items[i];
			for (size_t k = 0; k < f.d->tests.n; k++) {
				const struct test *t = &f.d->tests.items[k];

				if (turn == 0 && repair_test(&f, t, e) < 0)
					return -1;
				if (turn == 1 && holds(&f, t, e) != 1)
					return no_way(&f, _("what the rule "
					    "demands contradicts itself"), e);
			}
		}
	}
	return 0;
}
