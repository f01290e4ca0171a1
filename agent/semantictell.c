/* SPDX-License-Identifier: MIT */
#include "agent/semantictell.h"

#include "agent/json.h"
#include "agent/wrap.h"
#include "base/tr.h"

/* Both contents, where there are two to compare. */
struct contents {
	struct buf was, is;
};

static void
drop_contents(struct contents *c)
{
	buf_done(&c->was);
	buf_done(&c->is);
}

static bool
is_read(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE &&
	    (en->content == CONTENT_STORED || en->content == CONTENT_SEALED);
}

/*
 * 1: out is filled. Of a secret file 0 where it cannot be opened here: then it
 * is told as ever that it differs.
 */
static int
compare(const struct change *c, const struct change_content *from,
    struct lenses *lenses, struct contents *text, struct semantic *out,
    struct err *e)
{
	const bool secret = change_is_secret(c);
	struct semantic_input in = { .path = NULL, .lenses = lenses,
		.secret = secret };
	struct err sealed = { 0 };
	struct err *why = secret ? &sealed : e;

	if (!is_read(c->was) || !is_read(c->is) ||
	    !(c->differs & DIFF_CONTENT))
		return 0;
	if (from->was(from->ctx, c->was, &text->was, why) < 0 ||
	    from->is(from->ctx, c->is, &text->is, why) < 0)
		return secret ? 0 : -1;
	in.path = c->is->path;
	in.was = (struct semantic_text){ buf_str(&text->was), text->was.len };
	in.is = (struct semantic_text){ buf_str(&text->is), text->is.len };
	semantic_compare(&in, out);
	return 1;
}

static void
add_sentence(struct buf *out, const char *sentence)
{
	buf_adds(out, "  ");
	wrap_from(out, 2, 4, sentence);
}

/* Why the lines are shown. */
static void
add_outcome(struct buf *out, const struct semantic *s)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (s->outcome == SEMANTIC_TOO_LARGE)
		buf_adds(&b, _("too large to say what of it differs"));
	else if (s->outcome == SEMANTIC_UNREAD_IS && s->wrong.line > 0)
		buf_addf(&b, _("it can no longer be read as %s: line %u: %s"),
		    s->format, s->wrong.line, s->wrong.what);
	else if (s->outcome == SEMANTIC_UNREAD_IS)
		buf_addf(&b, _("it can no longer be read as %s: %s"),
		    s->format, s->wrong.what);
	else if (s->outcome == SEMANTIC_UNREAD_WAS && s->wrong.line > 0)
		buf_addf(&b, _("it could not be read as %s before: line %u: "
		    "%s"), s->format, s->wrong.line, s->wrong.what);
	else if (s->outcome == SEMANTIC_UNREAD_WAS)
		buf_addf(&b, _("it could not be read as %s before: %s"),
		    s->format, s->wrong.what);
	if (b.len > 0)
		add_sentence(out, buf_str(&b));
}

int
semantic_tell(const struct change *c, const struct change_content *from,
    const struct semantic_style *how, struct buf *out, struct err *e)
{
	CLEANUP(drop_contents) struct contents text = { 0 };
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	CLEANUP(drop_buf) struct buf notes = { 0 };
	int told = compare(c, from, how->lenses, &text, &s, e);

	if (told < 0)
		return -1;
	change_line(out, c);
	for (size_t i = 0; i < s.n; i++)
		add_sentence(out, s.items[i].sentence);
	if (told > 0)
		add_outcome(out, &s);
	if (told > 0 && s.outcome == SEMANTIC_TOLD && !how->lines_too)
		return 0;
	if (change_has_diff(c, &notes) == 0 || told == 0) {
		buf_adds(out, s.n == 0 ? buf_str(&notes) : "");
		return 0;
	}
	return change_diff_texts(c->is->path, &text.was, &text.is, how->words,
	    out, e);
}

static void
add_place(struct json *j, const char *key, unsigned line)
{
	if (line > 0)
		json_number(j, key, line);
}

static void
add_change(struct json *j, const struct semantic_change *c)
{
	json_open(j, NULL, '{');
	json_text(j, "kind", semantic_kind_name(c->kind));
	json_text(j, "place", c->place);
	json_text(j, "was", c->was);
	json_text(j, "is", c->is);
	if (c->kind == SEMANTIC_MOVED && c->beside != NULL)
		json_text(j, c->before ? "before" : "after", c->beside);
	json_bool(j, "secret", c->secret);
	add_place(j, "was-line", c->was_line);
	add_place(j, "is-line", c->is_line);
	json_text(j, "sentence", c->sentence);
	json_close(j, '}');
}

int
semantic_json(const struct change *c, const struct change_content *from,
    struct lenses *lenses, struct json *j, struct err *e)
{
	CLEANUP(drop_contents) struct contents text = { 0 };
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	int told = compare(c, from, lenses, &text, &s, e);

	if (told < 0)
		return -1;
	json_text(j, "format", s.format);
	if (told == 0 || s.outcome != SEMANTIC_TOLD) {
		json_text(j, "semantic", NULL);
		return 0;
	}
	json_open(j, "semantic", '[');
	for (size_t i = 0; i < s.n; i++)
		add_change(j, &s.items[i]);
	json_close(j, ']');
	return 0;
}
