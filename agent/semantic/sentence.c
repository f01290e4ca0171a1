/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sensediff.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/tr.h"

/* A value of more bytes is cropped; two of more together are not told, but
 * that they differ: the lines of the text diff tell it better. */
enum { VALUE_SHOWN = 60, VALUES_SHOWN = 100, LABEL_SHOWN = 60, DEPTH = 64 };

static const char *
crop(struct arena *a, const char *s, size_t most)
{
	size_t len = strlen(s), n = 0;

	if (len <= most)
		return s;
	while (n < most) {
		uint32_t code;
		size_t k = text_utf8(s + n, len - n, &code);

		n += k > 0 ? k : 1;
	}
	return arena_printf(a, "%.*s…", (int)n, s);
}

static const char *
value(struct arena *a, const char *s, bool quoted)
{
	s = crop(a, s, VALUE_SHOWN);
	if (s[0] == '\0')
		return _("(empty)");
	return quoted ? arena_printf(a, "'%s'", s) : s;
}

/* The labels from the top down, without those that say nothing. */
static size_t
labels(const struct sense_place *at, const struct sense *out[DEPTH])
{
	size_t n = 0;

	for (const struct sense_place *p = at; p != NULL && n < DEPTH;
	    p = p->up)
		if (p->node->label[0] != '\0')
			out[n++] = p->node;
	for (size_t i = 0; i < n / 2; i++) {
		const struct sense *x = out[i];

		out[i] = out[n - 1 - i];
		out[n - 1 - i] = x;
	}
	return n;
}

/*
 * "[section] key", "auth: pam_sss.so", "disk vda: driver type". *out_colon:
 * what follows is set off by a colon, as none stands there yet. What is called
 * by a value that is told anyway is told by its name.
 */
static const char *
place(struct arena *a, const struct sense_place *at, bool is_own,
    bool *out_colon)
{
	const struct sense *parts[DEPTH];
	size_t n = labels(at, parts), plain = 0;
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		bool section = (parts[i]->flags & SENSE_SECTION) != 0;

		if (i > 0)
			buf_adds(&b, plain == 1 &&
			    !(parts[i - 1]->flags & SENSE_SECTION) ? ": " :
			    " ");
		buf_adds(&b, crop(a, is_own && parts[i] == at->node ?
		    parts[i]->name : parts[i]->label, LABEL_SHOWN));
		plain += !section;
	}
	*out_colon = plain < 2;
	/* The element that is all of a file has no other. */
	if (b.len == 0 && at != NULL)
		return at->node->name;
	return arena_memdup(a, buf_str(&b), b.len);
}

static const char *
changed(struct arena *a, const struct sense_story *s,
    const struct semantic_change *c, bool colon)
{
	const struct sense *n = s->at->node;
	const struct sense_place *up = s->at->up;

	if (s->secret)
		return arena_printf(a, _("%s changed (secret)"), c->place);
	if (s->spacing)
		return arena_printf(a, _("%s: only the spacing of its value "
		    "changed"), c->place);
	if ((c->was == NULL && c->is == NULL) || (c->was != NULL &&
	    c->is != NULL && strlen(c->was) + strlen(c->is) > VALUES_SHOWN)) {
		if (up != NULL && (up->node->flags & SENSE_SECTION) &&
		    up->node->label[0] != '\0')
			return arena_printf(a, _("%s of %s changed"),
			    crop(a, n->label, LABEL_SHOWN),
			    crop(a, up->node->label, LABEL_SHOWN));
		return arena_printf(a, _("%s changed"), c->place);
	}
	return arena_printf(a, colon ? _("%s: %s -> %s") : _("%s %s -> %s"),
	    c->place, value(a, c->was != NULL ? c->was : "", false),
	    value(a, c->is != NULL ? c->is : "", false));
}

/*
 * Whether it can only be a name: in a secret file a line of a key in base64
 * that a backslash went missing before may look like `key = value`.
 */
static bool
is_name(const char *label)
{
	return label[strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789"
	    "_-./:@ []")] == '\0' && strlen(label) <= LABEL_SHOWN;
}

/* What the place is below, for something in it that is not named. */
static void
not_named(struct arena *a, const struct sense_story *s,
    struct semantic_change *c)
{
	bool colon;

	c->place = place(a, s->at->up, false, &colon);
	if (c->place[0] == '\0')
		c->sentence = c->kind == SEMANTIC_ADDED ?
		    _("something was added (secret)") :
		    _("something was removed (secret)");
	else
		c->sentence = arena_printf(a, c->kind == SEMANTIC_ADDED ?
		    _("%s: something was added (secret)") :
		    _("%s: something was removed (secret)"), c->place);
}

static const char *
came_or_went(struct arena *a, const struct sense_story *s,
    struct semantic_change *c)
{
	const char *text = c->kind == SEMANTIC_ADDED ? c->is : c->was;

	if (s->secret && !is_name(s->at->node->label)) {
		not_named(a, s, c);
		return c->sentence;
	}
	if (s->secret && s->at->node->value != NULL)
		return arena_printf(a, c->kind == SEMANTIC_ADDED ?
		    _("%s was added (secret)") : _("%s was removed (secret)"),
		    c->place);
	if (text == NULL || text[0] == '\0' ||
	    strcmp(text, s->at->node->label) == 0)
		return arena_printf(a, c->kind == SEMANTIC_ADDED ?
		    _("%s was added") : _("%s was removed"), c->place);
	return arena_printf(a, c->kind == SEMANTIC_ADDED ?
	    _("%s was added: %s") : _("%s was removed (it was %s)"),
	    c->place, value(a, text, false));
}

static const char *
gained_or_lost(struct arena *a, const struct sense_story *s,
    const struct semantic_change *c)
{
	bool quoted = (s->item->flags & SENSE_QUOTED) != 0;

	if (c->kind == SEMANTIC_GAINED)
		return arena_printf(a, _("%s gained %s"), c->place,
		    value(a, c->is, quoted));
	return arena_printf(a, _("%s lost %s"), c->place,
	    value(a, c->was, quoted));
}

/* Of things that are called alike, what they say. */
static const char *
name_of(struct arena *a, const struct sense *n, const struct sense *other)
{
	bool quoted = (n->flags & SENSE_QUOTED) != 0;
	const char *s = n->label;

	if (s[0] == '\0' || (other != NULL && strcmp(s, other->label) == 0))
		s = n->gist != NULL ? n->gist : n->value != NULL ? n->value :
		    n->label;
	return value(a, s, quoted);
}

static const char *
moved(struct arena *a, const struct sense_story *s, struct semantic_change *c,
    bool colon)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	const char *at, *x;

	if (s->secret && (s->item->value != NULL || s->beside == NULL ||
	    strcmp(s->item->label, s->beside->label) == 0))
		return arena_printf(a, _("%s: the order changed (secret)"),
		    c->place);
	c->is = x = name_of(a, s->item, s->beside);
	buf_adds(&b, c->place);
	if (b.len > 0)
		buf_adds(&b, colon ? ": " : " ");
	at = arena_memdup(a, buf_str(&b), b.len);
	if (s->beside == NULL)
		return arena_printf(a, _("%s%s moved"), at, x);
	c->beside = name_of(a, s->beside, s->item);
	return arena_printf(a, c->before ? _("%s%s moved before %s") :
	    _("%s%s moved after %s"), at, x, c->beside);
}

void
sentence_tell(struct semantic *out, const struct sense_story *s,
    struct semantic_change *c)
{
	struct arena *a = &out->arena;
	bool colon;

	c->place = place(a, s->at, c->kind == SEMANTIC_CHANGED && c->was &&
	    strcmp(s->at->node->key, c->was) == 0, &colon);
	switch (c->kind) {
	case SEMANTIC_ADDED:
	case SEMANTIC_REMOVED:
		c->sentence = came_or_went(a, s, c);
		break;
	case SEMANTIC_CHANGED:
		c->sentence = changed(a, s, c, colon);
		break;
	case SEMANTIC_GAINED:
	case SEMANTIC_LOST:
		c->sentence = gained_or_lost(a, s, c);
		break;
	case SEMANTIC_MOVED:
		c->sentence = moved(a, s, c, colon);
		break;
	case SEMANTIC_LAYOUT:
	case SEMANTIC_KINDS:
		break;
	}
}
