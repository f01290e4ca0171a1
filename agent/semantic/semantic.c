/* SPDX-License-Identifier: MIT */
#include "agent/semantic/semantic.h"

#include <string.h>

#include "agent/semantic/sense.h"
#include "agent/semantic/sensediff.h"
#include "base/tr.h"
#include "base/vec.h"

static const char *const kind_names[SEMANTIC_KINDS] = {
	[SEMANTIC_ADDED] = "added",
	[SEMANTIC_REMOVED] = "removed",
	[SEMANTIC_CHANGED] = "changed",
	[SEMANTIC_MOVED] = "moved",
	[SEMANTIC_GAINED] = "gained",
	[SEMANTIC_LOST] = "lost",
	[SEMANTIC_LAYOUT] = "layout",
};

const char *
semantic_kind_name(enum semantic_kind k)
{
	return kind_names[k];
}

void
semantic_done(struct semantic *s)
{
	arena_done(&s->arena);
	*s = (struct semantic){ 0 };
}

void
drop_semantic(struct semantic *s)
{
	semantic_done(s);
}

/* One side with a view; what a secret file has is not in the message. */
static int
read_side(const struct semantic_input *in, const struct view *v,
    const struct semantic_text *t, struct semantic *s, struct sense **out,
    struct err *wrong)
{
	struct err e = { 0 };

	if (sense_view(v, in->path, t->len > 0 ? t->bytes : "", t->len,
	    &s->arena, out, &e) == 0)
		return 0;
	if (in->secret)
		err_at(wrong, in->path, e.line, 0,
		    _("cannot be read as %s"), v->name);
	else
		*wrong = e;
	return -1;
}

static void
add_layout(const struct semantic_input *in, bool reordered,
    struct semantic *s)
{
	struct semantic_change *c;

	if (in->was.len == in->is.len && (in->was.len == 0 ||
	    memcmp(in->was.bytes, in->is.bytes, in->was.len) == 0))
		return;
	c = VEC_ADD_IN(&s->arena, s);
	c->kind = SEMANTIC_LAYOUT;
	c->place = "";
	c->secret = in->secret;
	c->sentence = reordered ?
	    _("only comments, spacing and the order of what stands in it "
	    "changed, which means the same") :
	    _("only comments and spacing changed");
}

static void
compare(const struct semantic_input *in, const struct sense *a,
    const struct sense *b, struct semantic *s)
{
	bool reordered = sensediff(a, b, in->secret, s);

	s->outcome = SEMANTIC_TOLD;
	/* Of a whole file it is the order that is told apart otherwise. */
	reordered |= a->gist != NULL && strcmp(a->gist, b->gist) != 0;
	if (s->n == 0)
		add_layout(in, reordered, s);
}

/* False where the view is not the one that these files are written for. */
static bool
by_view(const struct semantic_input *in, const struct view *v,
    struct semantic *s)
{
	struct err was = { 0 }, is = { 0 };
	struct sense *a, *b;
	bool read_a = read_side(in, v, &in->was, s, &a, &was) == 0;
	bool read_b = read_side(in, v, &in->is, s, &b, &is) == 0;

	if (!read_a && !read_b)
		return false;
	s->format = v->name;
	s->wrong = read_a ? is : was;
	if (read_a && read_b)
		compare(in, a, b, s);
	else
		s->outcome = read_a ? SEMANTIC_UNREAD_IS :
		    SEMANTIC_UNREAD_WAS;
	return true;
}

/* What a lens calls a name may be a secret: these files are not shown to it. */
static bool
by_lens(const struct semantic_input *in, struct semantic *s)
{
	const char *lens = in->lenses == NULL || in->secret ? NULL :
	    lenses_for_path(in->path);
	struct lens_text was = { lens, in->path, in->was.bytes, in->was.len };
	struct lens_text is = { lens, in->path, in->is.bytes, in->is.len };
	struct err ignored = { 0 };
	struct sense *a, *b;

	if (lens == NULL ||
	    sense_lens(in->lenses, &was, &s->arena, &a, &ignored) < 0 ||
	    sense_lens(in->lenses, &is, &s->arena, &b, &ignored) < 0)
		return false;
	s->format = arena_printf(&s->arena, _("the lens %s"), lens);
	compare(in, a, b, s);
	return true;
}

void
semantic_compare(const struct semantic_input *in, struct semantic *out)
{
	const struct view *v = in->view != NULL ? in->view :
	    view_for_path(in->path);

	*out = (struct semantic){ .outcome = SEMANTIC_UNKNOWN };
	if (in->was.len > SENSE_BYTES_MAX || in->is.len > SENSE_BYTES_MAX) {
		out->outcome = SEMANTIC_TOO_LARGE;
		return;
	}
	if (v != NULL && by_view(in, v, out))
		return;
	by_lens(in, out);
}

bool
semantic_summary(const char *path, const struct semantic_text *was,
    const struct semantic_text *is, bool secret, struct buf *out)
{
	const struct semantic_input in = { .path = path, .secret = secret,
		.was = *was, .is = *is };
	CLEANUP(drop_semantic) struct semantic s = { 0 };

	semantic_compare(&in, &s);
	if (s.outcome != SEMANTIC_TOLD || s.n == 0)
		return false;
	buf_adds(out, s.items[0].sentence);
	if (s.n > 1)
		buf_addf(out, ngettext(" (and %zu more change)",
		    " (and %zu more changes)", s.n - 1), s.n - 1);
	return true;
}
