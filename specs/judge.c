/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

/* A message is one line for a person; a longer value is cut. */
enum { SHOWN_MAX = 120, LINE_MAX_SHOWN = 320 };

static bool
sealed(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE &&
	    en->content == CONTENT_SEALED;
}

bool
judge_secret(const struct judge *j)
{
	return j->rule->secret || sealed(j->entry) || sealed(j->subject);
}

void
judge_held(struct judge *j)
{
	j->out->held++;
}

/* From the line of files read as one to the file and its own line. */
static void
find_part(const struct judge *j, struct about *about)
{
	for (size_t i = j->parts.n; about->line > 0 && i-- > 0;) {
		const struct judge_part *p = &j->parts.items[i];

		if (about->line <= p->before)
			continue;
		about->file = p->file;
		about->line -= p->before;
		return;
	}
}

static void
add(struct judge *j, enum verdict v, struct about about, const char *what)
{
	struct results *out = j->out;
	struct result *r = VEC_ADD(out);

	find_part(j, &about);
	r->rule = j->rule;
	r->verdict = v;
	r->path = arena_strdup(&out->arena, j->path);
	r->demand = about.demand;
	if (about.file != NULL && strcmp(about.file, j->path) != 0)
		r->decided_in = arena_strdup(&out->arena, about.file);
	r->line = about.line;
	r->at = about.at != NULL && about.at->line > 0 ? *about.at :
	    j->rule->at;
	r->what = arena_strdup(&out->arena, what);
}

static void
add_said(struct judge *j, enum verdict v, struct about about,
    const char *fmt, va_list ap)
{
	CLEANUP(drop_free) char *text = NULL;
	CLEANUP(drop_buf) struct buf what = { 0 };

	if (vasprintf(&text, fmt, ap) < 0)
		text = xstrdup(fmt);
	/* Again, for what came from the spec; it changes nothing twice. */
	text_escape(&what, text, strlen(text));
	add(j, v, about, buf_str(&what));
}

void
judge_add(struct judge *j, enum verdict v, struct about about,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_said(j, v, about, fmt, ap);
	va_end(ap);
}

void
judge_holds(struct judge *j, struct about about, const char *fmt, ...)
{
	va_list ap;

	judge_held(j);
	if (!j->out->keep_held)
		return;
	va_start(ap, fmt);
	add_said(j, VERDICT_HOLDS, about, fmt, ap);
	va_end(ap);
}

void
judge_unknown(struct judge *j, const char *demand, const struct place *at,
    const struct err *e)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct about about = { demand, e->where[0] ? e->where : NULL, e->line,
		at };

	/* A parser may quote what it stumbled over. */
	if (judge_secret(j) && e->kind == ERR_INPUT && e->line > 0)
		buf_adds(&why, _("not readable in its format (hidden: the "
		    "rule is secret)"));
	else
		text_escape(&why, e->what, strlen(e->what));
	if (e->sys != 0)
		buf_addf(&why, ": %s", strerror(e->sys));
	judge_add(j, VERDICT_CANNOT_TELL, about, "%s", buf_str(&why));
}

static const char *
quoted(struct judge *j, const char *bytes, size_t len, size_t max)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	bool cut = len > max;

	/* Not in the middle of a letter. */
	for (len = cut ? max : len; cut && len > 0 &&
	    ((unsigned char)bytes[len] & 0xc0) == 0x80;)
		len--;
	buf_addc(&b, '\'');
	text_escape(&b, bytes, len);
	buf_adds(&b, cut ? "'…" : "'");
	return arena_strdup(&j->arena, buf_str(&b));
}

const char *
judge_show(struct judge *j, const char *bytes, size_t len)
{
	return judge_secret(j) ? _("(hidden)") :
	    quoted(j, bytes, len, SHOWN_MAX);
}

const char *
judge_show_line(struct judge *j, const char *bytes, size_t len)
{
	return judge_secret(j) ? _("(hidden)") :
	    quoted(j, bytes, len, LINE_MAX_SHOWN);
}

const char *
judge_shows(struct judge *j, const char *s)
{
	return judge_show(j, s, strlen(s));
}

const char *
judge_public(struct judge *j, const char *s)
{
	return j->rule->secret ? _("(hidden)") :
	    quoted(j, s, strlen(s), SHOWN_MAX);
}

const char *
judge_hidden(struct judge *j, const char *pattern)
{
	const struct evidence *ev = j->ev;

	/* What is known to be there only hides its own content. */
	if (ev->hidden == NULL || (glob_literal(pattern, strlen(pattern)) &&
	    ev->entry(ev->ctx, pattern) != NULL))
		return NULL;
	return ev->hidden(ev->ctx, pattern);
}

const char *
judge_hides(struct judge *j, const struct texts *patterns)
{
	const char *why = NULL;

	for (size_t i = 0; j->ev->hidden != NULL && i < patterns->n &&
	    why == NULL; i++) {
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err ignored = { 0 };

		/* The parser has refused what does not expand. */
		glob_braces(patterns->items[i], &all, &ignored);
		for (size_t k = 0; k < all.n && why == NULL; k++)
			why = judge_hidden(j, all.items[k]);
	}
	return why;
}

void
judge_until(struct judge *j, int64_t moment)
{
	int64_t *until = &j->out->valid_until;

	if (moment > j->ev->now && (*until == 0 || moment < *until))
		*until = moment;
}

void
judge_again(struct judge *j)
{
	int64_t *until = &j->out->valid_until;

	if (j->ev->now != 0 && (*until == 0 || j->ev->now < *until))
		*until = j->ev->now;
}

const char *
judge_wanted(struct judge *j, const char *s)
{
	return judge_show(j, s, strlen(s));
}

void
judge_dangling(struct judge *j)
{
	const char *target = j->entry->target;

	judge_add(j, VERDICT_FAILS, (struct about){ .demand = "present" },
	    _("is a symlink to %s, which is not there"),
	    judge_shows(j, target != NULL ? target : ""));
}

const struct regex *
judge_regex(struct judge *j, const char *pattern, struct err *e)
{
	struct regex_cache *c = j->regexes;
	struct cached_regex *r;

	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].re != NULL &&
		    strcmp(c->items[i].pattern, pattern) == 0)
			return c->items[i].re;
	r = VEC_ADD(c);
	r->pattern = pattern;
	r->re = regex_new(pattern, e);
	return r->re;
}

int
judge_bytes(struct judge *j, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	const struct entry *en = j->subject;

	if (j->joined != NULL) {
		judge_parts_bytes(j, j->joined, out_bytes, out_len);
		return 0;
	}
	/* With `type: symlink` the content is still that of the target. */
	if (en != NULL && en->kind != ENTRY_FILE && en->kind != ENTRY_SYMLINK)
		return err_set(e, ERR_INPUT, j->path,
		    _("is a %s, which has no content to judge"),
		    entry_kind_shown(en->kind));
	if (en != NULL && en->kind == ENTRY_FILE && en->size > CONTENT_MAX)
		return err_set(e, ERR_INPUT, j->path,
		    _("larger than the %d MiB whose content is judged"),
		    CONTENT_MAX / 1024 / 1024);
	if (j->ev->bytes(j->ev->ctx, j->path, out_bytes, out_len, e) < 0)
		return -1;
	if (*out_len > CONTENT_MAX)
		return err_set(e, ERR_INPUT, j->path,
		    _("larger than the %d MiB whose content is judged"),
		    CONTENT_MAX / 1024 / 1024);
	return 0;
}

int
judge_view(struct judge *j, const struct view **out_view,
    struct view_node *out, struct err *e)
{
	const struct view *v = j->rule->as != NULL ? view_find(j->rule->as) :
	    view_for_path(j->path);
	const char *bytes;
	size_t len;

	if (v == NULL)
		return err_set(e, ERR_INPUT, j->path,
		    _("no format is known for this file [say 'as: ini' or "
		    "another view in the rule]"));
	*out_view = v;
	if (j->joined != NULL) {
		judge_parts_view(j, v, j->joined, out);
		return 0;
	}
	if (judge_bytes(j, &bytes, &len, e) < 0 ||
	    v->parse(j->path, bytes, len, &j->arena, out, e) < 0)
		return -1;
	return 0;
}
