/* SPDX-License-Identifier: MIT */
#include "agent/preflight/shelltokens.h"

#include <string.h>

#include "base/buf.h"
#include "base/vec.h"

enum { HEREDOCS_MAX = 8 };

struct lexing {
	struct shelltokens *out;
	const char *at;
	unsigned line;
	bool after_redirect;
	/* What ends the texts that follow the line. */
	const char *heredocs[HEREDOCS_MAX];
	bool stripped[HEREDOCS_MAX];
	int n_heredocs, wants_heredoc;
};

void
shelltokens_done(struct shelltokens *t)
{
	arena_done(&t->arena);
	*t = (struct shelltokens){ 0 };
}

void
drop_shelltokens(struct shelltokens *t)
{
	shelltokens_done(t);
}

static void
add(struct lexing *l, enum shelltoken_kind kind, const char *from, size_t len)
{
	*VEC_ADD_IN(&l->out->arena, l->out) = (struct shelltoken){ kind,
		arena_memdup(&l->out->arena, from, len), l->line };
}

static const char *
skip_single(struct lexing *l, const char *p)
{
	while (*p != '\0' && *p != '\'')
		l->line += *p++ == '\n';
	return *p != '\0' ? p + 1 : p;
}

/* Behind the bracket or quote that closes; what is in it may have its own. */
static const char *
skip_to(struct lexing *l, const char *p, char close, int depth)
{
	while (*p != '\0' && *p != close) {
		char c = *p;

		l->line += c == '\n';
		if (c == '\\' && p[1] != '\0') {
			l->line += p[1] == '\n';
			p += 2;
		} else if (c == '\'' && close != '"') {
			p = skip_single(l, p + 1);
		} else if (depth < 16 && (c == '"' || c == '`') &&
		    c != close) {
			p = skip_to(l, p + 1, c, depth + 1);
		} else if (depth < 16 && c == '$' && p[1] == '(') {
			p = skip_to(l, p + 2, ')', depth + 1);
		} else if (depth < 16 && c == '$' && p[1] == '{') {
			p = skip_to(l, p + 2, '}', depth + 1);
		} else if (depth < 16 && c == '(' && close == ')') {
			p = skip_to(l, p + 1, ')', depth + 1);
		} else {
			p++;
		}
	}
	return *p != '\0' ? p + 1 : p;
}

static bool
ends_word(char c)
{
	return c == '\0' || strchr(" \t\n;&|()<>", c) != NULL;
}

static const char *
word_end(struct lexing *l, const char *p)
{
	while (!ends_word(*p)) {
		if (*p == '\\' && p[1] != '\0') {
			l->line += p[1] == '\n';
			p += 2;
		} else if (*p == '\'') {
			p = skip_single(l, p + 1);
		} else if (*p == '"' || *p == '`') {
			p = skip_to(l, p + 1, *p, 0);
		} else if (*p == '$' && (p[1] == '(' || p[1] == '{')) {
			p = skip_to(l, p + 2, p[1] == '(' ? ')' : '}', 0);
		} else {
			p++;
		}
	}
	return p;
}

/* The word that ends a text, without its quotes. */
static void
note_heredoc(struct lexing *l, const char *from, const char *to)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (; from < to; from++)
		if (strchr("'\"\\", *from) == NULL)
			buf_addc(&b, *from);
	if (l->n_heredocs == HEREDOCS_MAX)
		return;
	l->heredocs[l->n_heredocs] = arena_memdup(&l->out->arena, buf_str(&b),
	    b.len);
	l->stripped[l->n_heredocs++] = l->wants_heredoc == 2;
}

static void
skip_heredocs(struct lexing *l)
{
	for (int i = 0; i < l->n_heredocs && *l->at != '\0';) {
		const char *p = l->at, *nl = strchrnul(p, '\n');
		size_t n;

		while (l->stripped[i] && *p == '\t')
			p++;
		n = (size_t)(nl - p);
		if (n == strlen(l->heredocs[i]) &&
		    memcmp(p, l->heredocs[i], n) == 0)
			i++;
		l->line++;
		l->at = *nl != '\0' ? nl + 1 : nl;
	}
	l->n_heredocs = 0;
}

static void
take_operator(struct lexing *l)
{
	const char *p = l->at;
	size_t n = strchr(";&|", *p) != NULL && p[1] == *p ? 2 : 1;

	add(l, SHELL_OPERATOR, p, n);
	l->at = p + n;
	if (*p != '\n')
		return;
	l->line++;
	skip_heredocs(l);
}

/* With the number before it, which says nothing of files. */
static void
take_redirect(struct lexing *l)
{
	const char *p = l->at;
	size_t n = 1;

	while (strchr("<>&|-", p[n]) != NULL && p[n] != '\0' && n < 3)
		n++;
	add(l, SHELL_REDIRECT, p, n);
	l->wants_heredoc = n >= 2 && p[0] == '<' && p[1] == '<' &&
	    (n < 3 || p[2] == '-') ? 1 + (n == 3) : 0;
	l->at = p + n;
}

static void
take_word(struct lexing *l)
{
	const char *from = l->at, *to = word_end(l, from);
	bool number = to > from &&
	    strspn(from, "0123456789") == (size_t)(to - from);

	if (to == from)
		to++;
	l->at = to;
	if (number && (*to == '<' || *to == '>'))
		return;
	if (l->wants_heredoc != 0)
		note_heredoc(l, from, to);
	l->wants_heredoc = 0;
	add(l, SHELL_WORD, from, (size_t)(to - from));
}

void
shelltokens_read(const char *script, struct shelltokens *out)
{
	struct lexing l = { .out = out, .at = script, .line = 1 };

	while (*l.at != '\0') {
		char c = *l.at;

		if (c == ' ' || c == '\t' || c == '\r') {
			l.at++;
		} else if (c == '\\' && l.at[1] == '\n') {
			l.line++;
			l.at += 2;
		} else if (c == '#') {
			l.at = strchrnul(l.at, '\n');
		} else if (strchr(";&|()\n", c) != NULL) {
			take_operator(&l);
		} else if (c == '<' || c == '>') {
			take_redirect(&l);
		} else {
			take_word(&l);
		}
	}
	add(&l, SHELL_OPERATOR, "\n", 1);
	add(&l, SHELL_END, "", 0);
}
