/* SPDX-License-Identifier: MIT */
#include "agent/synopsis.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "agent/wrap.h"
#include "base/mem.h"
#include "base/tr.h"

/* What stands between a word and the one before it. */
enum glue {
	GLUE_BLANK,	/* "--rule ID" */
	GLUE_TIGHT,	/* "-n|--dry-run": one or the other */
	GLUE_APART,	/* a bracket, or " | " */
	GLUE_OTHERWISE,	/* " | " outside of brackets: another way to call it */
};

struct word {
	char text[64];
	enum glue glue;
	bool value;		/* of the option before it */
	bool start;		/* of a way to call it, options aside */
};

enum { MAX_WORDS = 64 };

struct reader {
	const char *at;
	int depth;
};

static bool
is_word(char c)
{
	return c != '\0' && strchr(" \n[]|,.", c) == NULL;
}

static bool
next_word(struct reader *r, struct word *out)
{
	bool blank = false, bar = false, bracket = false;
	size_t n;

	for (; *r->at != '\0' && !is_word(*r->at); r->at++) {
		blank |= *r->at == ' ' || *r->at == '\n';
		bar |= *r->at == '|';
		bracket |= *r->at == '[' || *r->at == ']';
		r->depth += (*r->at == '[') - (*r->at == ']');
	}
	if (*r->at == '\0')
		return false;
	if (bar && blank)
		out->glue = r->depth == 0 ? GLUE_OTHERWISE : GLUE_APART;
	else if (bar)
		out->glue = GLUE_TIGHT;
	else
		out->glue = bracket ? GLUE_APART : GLUE_BLANK;
	for (n = 0; is_word(r->at[n]); n++)
		;
	snprintf(out->text, sizeof(out->text), "%.*s", (int)n, r->at);
	r->at += n;
	return true;
}

static bool
is_option(const struct word *w)
{
	return w->text[0] == '-';
}

bool
synopsis_is_placeholder(const char *word)
{
	return isupper((unsigned char)word[0]) != 0;
}

static size_t
read_words(const char *args, struct word *w)
{
	struct reader r = { args, 0 };
	bool after = false, start = true;
	size_t n = 0;

	while (n < MAX_WORDS && next_word(&r, &w[n])) {
		start |= w[n].glue == GLUE_OTHERWISE;
		w[n].value = after && !is_option(&w[n]) &&
		    w[n].glue == (w[n - 1].value ? GLUE_TIGHT : GLUE_BLANK);
		after = is_option(&w[n]) || w[n].value;
		w[n].start = start && !after;
		start = start && after;
		n++;
	}
	return n;
}

void
synopsis_value(const char *args, const char *option, struct strlist *out)
{
	struct word w[MAX_WORDS];
	size_t n = read_words(args, w);
	bool meant = false;

	for (size_t i = 0; i < n; i++) {
		/* "-o|--output FILE": the value is both of theirs. */
		if (is_option(&w[i]))
			meant = strcmp(w[i].text, option) == 0 || (meant &&
			    w[i].glue == GLUE_TIGHT && !w[i - 1].value);
		else if (meant && w[i].value)
			strlist_add(out, w[i].text);
	}
}

static void
add_once(struct strlist *out, const struct word *w)
{
	/* What begins with a colon is glued to the word before it. */
	if (!w->value && !is_option(w) && w->text[0] != ':' &&
	    !strlist_has(out, w->text))
		strlist_add(out, w->text);
}

/* One way to call it: words, or a literal first that must have been typed. */
static void
add_way(const struct word *w, size_t n, const struct strlist *before,
    struct strlist *out)
{
	bool meant = false;
	size_t i = 0;

	if (!synopsis_is_placeholder(w[0].text)) {
		do {
			meant |= before->n > 0 &&
			    strcmp(before->items[0], w[i].text) == 0;
			if (before->n == 0)
				add_once(out, &w[i]);
			i++;
		} while (i < n && w[i].glue == GLUE_TIGHT);
		if (!meant)
			return;
	}
	for (; i < n; i++)
		add_once(out, &w[i]);
}

void
synopsis_arguments(const char *args, const struct strlist *before,
    struct strlist *out)
{
	struct word w[MAX_WORDS];
	size_t n = read_words(args, w), to;

	for (size_t i = 0; i < n; i = to) {
		for (to = i + 1; to < n && !w[to].start; to++)
			;
		if (w[i].start)
			add_way(&w[i], to - i, before, out);
	}
}

/* Up to where the line can be broken next: a blank outside of brackets, with
 * one way to call it before it, or one more argument after it. */
static size_t
unbroken(const char *s)
{
	size_t n = 0;
	int depth = 0;

	for (; s[n] != '\0'; n++) {
		depth += (s[n] == '[') - (s[n] == ']');
		if (depth == 0 && n > 0 && s[n] == ' ' && (s[n - 1] == '|' ||
		    ((s[n - 1] == ']' || s[n - 1] == '.') && s[n + 1] != '|')))
			break;
	}
	return n;
}

void
synopsis_usage(const char *verb, const char *args, struct buf *out)
{
	CLEANUP(drop_buf) struct buf plain = { 0 };
	size_t indent, col;

	for (; *args != '\0'; args++) {
		bool blank = *args == ' ' || *args == '\n';

		if (!blank || (plain.len > 0 &&
		    buf_str(&plain)[plain.len - 1] != ' '))
			buf_addc(&plain, blank ? ' ' : *args);
	}
	col = out->len;
	buf_addf(out, _("usage: driftctl %s"), verb);
	indent = out->len - col + 1;
	col = indent - 1;
	for (const char *at = buf_str(&plain); *at != '\0';) {
		size_t n = unbroken(at);

		if (col > indent && col + 1 + n > WRAP_WIDTH - 1) {
			buf_addf(out, "\n%*s", (int)indent - 1, "");
			col = indent - 1;
		}
		buf_addc(out, ' ');
		buf_add(out, at, n);
		col += n + 1;
		at += n + (at[n] == ' ');
	}
	buf_addc(out, '\n');
}
