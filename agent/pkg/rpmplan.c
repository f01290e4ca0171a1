/* SPDX-License-Identifier: MIT */
#include "agent/pkg/rpmplan.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"

static const char header[] = "\ndriftctl-plan 1\n";
enum { WORDS_MAX = 5 };

static void
put(struct buf *out, const char *word)
{
	buf_addc(out, ' ');
	text_encode(out, word, strlen(word));
}

void
rpmplan_begin(struct buf *out)
{
	buf_adds(out, header + 1);
}

void
rpmplan_comes(struct buf *out, const char *file, bool beside)
{
	buf_adds(out, "comes");
	put(out, file);
	buf_adds(out, beside ? " beside\n" : "\n");
}

void
rpmplan_leaves(struct buf *out, const struct package *p, const char *by)
{
	buf_adds(out, "leaves");
	put(out, p->name);
	put(out, p->version);
	put(out, p->arch);
	if (by != NULL)
		put(out, by);
	buf_addc(out, '\n');
}

void
rpmplan_script(struct buf *out, const char *name, const char *program,
    const char *body)
{
	buf_adds(out, "script");
	put(out, name);
	put(out, program);
	put(out, body);
	buf_addc(out, '\n');
}

void
rpmplan_end(struct buf *out)
{
	buf_adds(out, "end\n");
}

/* A line being read. */
struct reading {
	const char *name;
	unsigned line;
	const struct rpmplan_reader *to;
	struct arena arena;	/* of the line */
	const char *words[WORDS_MAX];
	int n;
};

static int
odd(const struct reading *r, struct err *e)
{
	return err_at(e, r->name, r->line, 0,
	    _("this is no line of a plan of packages"));
}

/* NUL can be in none of it, so an encoded one is a lie. */
static int
split(struct reading *r, const char *at, const char *end)
{
	r->n = 0;
	while (at < end) {
		const char *to = memchr(at, ' ', (size_t)(end - at));
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_free) char *word = NULL;

		if (to == NULL)
			to = end;
		word = xmemdup(at, (size_t)(to - at));
		if (r->n == WORDS_MAX || strlen(word) != (size_t)(to - at) ||
		    text_decode(&b, word, strlen(word)) < 0 ||
		    memchr(buf_str(&b), '\0', b.len) != NULL)
			return -1;
		r->words[r->n++] = arena_memdup(&r->arena, buf_str(&b), b.len);
		at = to < end ? to + 1 : end;
	}
	return 0;
}

/* 1 at the last line. */
static int
take(struct reading *r, struct err *e)
{
	const char *what = r->n > 0 ? r->words[0] : "";

	if (strcmp(what, "end") == 0 && r->n == 1)
		return 1;
	if (strcmp(what, "comes") == 0 && (r->n == 2 || (r->n == 3 &&
	    strcmp(r->words[2], "beside") == 0)))
		r->to->comes(r->to->ctx, r->words[1], r->n == 3);
	else if (strcmp(what, "leaves") == 0 && (r->n == 4 || r->n == 5))
		r->to->leaves(r->to->ctx, &(struct package){ PACKAGE_RPM,
		    r->words[1], r->words[2], r->words[3], false },
		    r->n == 5 ? r->words[4] : NULL);
	else if (strcmp(what, "script") == 0 && (r->n == 4 || r->n == 3))
		r->to->script(r->to->ctx, r->words[1], r->words[2],
		    r->n == 4 ? r->words[3] : "");
	else
		return odd(r, e);
	return 0;
}

int
rpmplan_parse(const char *name, const char *bytes, size_t len,
    const struct rpmplan_reader *to, struct err *e)
{
	struct reading r = { .name = name, .to = to };
	const char *end = bytes + len;
	const char *at = memmem(bytes, len, header, strlen(header));
	int n = 0;

	if (at == NULL)
		return err_at(e, name, 1, 0, _("this is no plan of packages"));
	for (const char *p = bytes; p < at; p++)
		r.line += *p == '\n';
	r.line += 2;
	at += strlen(header);
	while (n == 0) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));

		r.line++;
		if (nl == NULL)
			return err_at(e, name, r.line, 0,
			    _("the plan of packages was cut off"));
		n = split(&r, at, nl) < 0 ? odd(&r, e) : take(&r, e);
		arena_done(&r.arena);
		at = nl + 1;
	}
	return n < 0 ? -1 : 0;
}
