/* SPDX-License-Identifier: MIT */
#include "agent/preflight/foretell.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/attributetext.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { INDENT = 10, SHOWN = 6 };

static const char *const sentences[HOWS] = {
	[HOW_NOT] = N_("nothing happens to it"),
	[HOW_DROPPED] = N_("%s no longer ships it"),
	[HOW_ERASED] = N_("%s goes, which has it"),
	[HOW_REPLACED] = N_("%s puts its own version in place"),
	[HOW_ASIDE] = N_("%s puts its own version in place"),
	[HOW_BESIDE] = N_("%s ships another version than what is here"),
	[HOW_MODE] = N_("%s ships it with other permissions"),
	[HOW_CAME] = N_("%s brings it"),
	[HOW_BACK] = N_("%s puts it back, though it was removed here"),
	[HOW_EDITED] = N_("%s edits it"),
	[HOW_TOUCHED] = N_("%s changes its permissions"),
	[HOW_MADE] = N_("%s makes it"),
	[HOW_TAKEN] = N_("%s removes it"),
	[HOW_UNASKED] = N_("whose it is is not known"),
	[HOW_STRANGE] = N_("no package changes"),
};

static void
say(struct buf *out, const char *sentence, const char *word)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	text_escape(&safe, word, strlen(word));
	buf_addf(out, sentence, buf_str(&safe));
}

/* ".rpmsave" of "/etc/x.rpmsave": so that many files have one sentence. */
static const char *
ending(const char *path)
{
	return path + attribute_beside(path);
}

/* "/usr/etc" of "/usr/etc/x" for "/etc/x". */
static void
say_folder(struct buf *out, const char *sentence, const char *path,
    const char *other)
{
	size_t tail = strlen(path + strcspn(path + 1, "/") + 1);
	size_t n = strlen(other);
	CLEANUP(drop_free) char *folder = xmemdup(other, n > tail &&
	    strcmp(other + n - tail, path + strlen(path) - tail) == 0 ?
	    n - tail : n);

	say(out, sentence, folder);
}

static void
add_fate(const struct attribution *a, struct buf *out)
{
	if (a->remains == REMAINS_KEPT)
		buf_adds(out, _("; what is here stays"));
	else if (a->aside != NULL)
		say(out, _("; what is here goes to %s"), ending(a->aside));
	else if (a->local == LOCAL_EDITED)
		buf_adds(out, _("; what was edited here goes without a "
		    "copy"));
	else if (a->remains == REMAINS_GONE && a->how != HOW_VENDOR)
		buf_adds(out, _("; it goes without a copy"));
}

/* A script is named with the line that does it. */
static void
add_who(const struct outlook *o, struct buf *out)
{
	const struct attribution *a = &o->a;
	const struct mark *by = o->by;

	if (by != NULL && (a->how >= HOW_EDITED || a->how == HOW_RENAMED))
		buf_addf(out, _("%s (line %u) of %s %s"), by->script->name,
		    by->act.line, by->package->name, by->package->version);
	else if (a->suspect_was == NULL && a->suspect_is == NULL)
		attribute_packages(a->was, a->is, out);
	else
		attribute_packages(a->suspect_was, a->suspect_is, out);
}

void
foretell_sentence(const struct outlook *o, struct buf *out)
{
	const struct attribution *a = &o->a;
	CLEANUP(drop_buf) struct buf who = { 0 };

	add_who(o, &who);
	if (a->how == HOW_VENDOR || a->how == HOW_RENAMED) {
		buf_adds(out, buf_str(&who));
		if (a->how == HOW_VENDOR)
			say_folder(out, _(" ships it in %s then"), o->path,
			    a->other);
		else
			say(out, _(" renames it to %s"), a->other);
		add_fate(a, out);
		return;
	}
	buf_addf(out, _(sentences[a->how == HOW_ASIDE &&
	    a->remains == REMAINS_GONE ? HOW_DROPPED : a->how]),
	    buf_str(&who));
	switch (a->how) {
	case HOW_DROPPED:
	case HOW_ERASED:
	case HOW_REPLACED:
	case HOW_ASIDE:
	case HOW_TAKEN:
		add_fate(a, out);
		break;
	case HOW_BESIDE:
		if (a->beside != NULL)
			say(out, _("; it comes beside as %s"),
			    ending(a->beside));
		break;
	default:
		break;
	}
	if (a->mode_lost)
		buf_adds(out, _("; permissions set here are lost"));
}

static const char *const words[DECISIONS] = {
	[DECISION_QUIET] = N_("quiet"),
	[DECISION_NOTE] = N_("note"),
	[DECISION_MERGE] = N_("merge"),
	[DECISION_FLAG] = N_("flag"),
};

static void
add_word(struct buf *out, const char *word, const char *code, bool color)
{
	size_t n = strlen(word);

	if (color)
		buf_addf(out, "%s%s\033[0m", code, word);
	else
		buf_adds(out, word);
	buf_addf(out, "%*s", (int)(n < INDENT ? INDENT - n : 1), "");
}

static void
add_risk(const struct forecast *f, const struct risk *r, bool color,
    struct buf *out)
{
	const struct result *t = r->then;
	CLEANUP(drop_buf) struct buf line = { 0 };

	(void)f;
	if (t->verdict == VERDICT_FAILS)
		add_word(out, _("at risk"), "\033[1;31m", color);
	else
		add_word(out, _("unknown"), "\033[1;35m", color);
	buf_addf(&line, "%s: %s [%s/%s]", t->path, t->what,
	    t->rule->spec->name, t->rule->id);
	wrap_from(out, INDENT, INDENT, buf_str(&line));
	buf_reset(&line);
	if (r->because != NULL) {
		foretell_sentence(r->because, &line);
		wrap_text(out, INDENT, buf_str(&line));
	}
	if (t->verdict == VERDICT_FAILS && t->rule->why != NULL)
		wrap_text(out, INDENT, t->rule->why);
}

/* Paths with one sentence. */
struct group {
	enum decision decision;
	char *sentence;
	struct strlist paths;
};

struct groups {
	struct group *items;
	size_t n, cap;
};

static void
drop_groups(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		free(g->items[i].sentence);
		strlist_done(&g->items[i].paths);
	}
	free(g->items);
}

static void
group(struct groups *g, const struct outlook *o)
{
	CLEANUP(drop_buf) struct buf sentence = { 0 };
	struct group *x;
	size_t i = 0;

	foretell_sentence(o, &sentence);
	while (i < g->n && (g->items[i].decision != o->a.decision ||
	    strcmp(g->items[i].sentence, buf_str(&sentence)) != 0))
		i++;
	if (i == g->n) {
		x = VEC_ADD(g);
		x->decision = o->a.decision;
		x->sentence = buf_steal(&sentence);
	}
	strlist_add(&g->items[i].paths, o->path);
}

static void
add_group(const struct group *g, bool all, bool color, struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	size_t shown = all || g->paths.n <= SHOWN + 1 ? g->paths.n : SHOWN;
	const char *word = g->decision < DECISIONS ?
	    words[g->decision] : NULL;

	add_word(out, _(word != NULL ? word : "flag"), g->decision >=
	    DECISION_FLAG ? "\033[1;33m" : "\033[2m", color);
	for (size_t i = 0; i < shown; i++)
		buf_addf(&line, "%s%s", i > 0 ? ", " : "", g->paths.items[i]);
	if (shown < g->paths.n)
		buf_addf(&line, _(" and %zu more"), g->paths.n - shown);
	buf_addc(&line, ':');
	wrap_from(out, INDENT, INDENT, buf_str(&line));
	wrap_text(out, INDENT, g->sentence);
}

static void
add_summary(const struct forecast *f, struct buf *out)
{
	size_t n[DECISIONS] = { 0 }, gone = 0;
	CLEANUP(drop_buf) struct buf line = { 0 };

	for (size_t i = 0; i < f->outlooks.n; i++)
		n[f->outlooks.items[i].a.decision]++;
	for (size_t i = 0; i < f->in.leaving.n; i++)
		gone += !f->in.leaving.items[i].replaced;
	buf_addf(&line, ngettext("%zu package comes", "%zu packages come",
	    f->in.coming.n), f->in.coming.n);
	buf_addf(&line, ngettext(", %zu goes; ", ", %zu go; ", gone), gone);
	if (f->risks.n == 0)
		buf_addf(&line, _("no rule of %zu is at risk"), f->now.rules);
	else
		buf_addf(&line, ngettext("%zu finding of %zu rules is new",
		    "%zu findings of %zu rules are new", f->risks.n),
		    f->risks.n, f->now.rules);
	buf_addf(&line, _("; of %zu entries tracked %zu flagged, %zu to "
	    "merge, %zu noted"), f->tracked, n[DECISION_FLAG],
	    n[DECISION_MERGE], n[DECISION_NOTE]);
	wrap_from(out, 0, 0, buf_str(&line));
}

void
foretell_text(const struct forecast *f, bool color, struct buf *out)
{
	CLEANUP(drop_groups) struct groups groups = { 0 };
	int verbose = f->m->o->verbose;

	for (size_t i = 0; i < f->risks.n; i++)
		add_risk(f, &f->risks.items[i], color, out);
	for (size_t i = 0; i < f->unknowns.n; i++)
		add_risk(f, &f->unknowns.items[i], color, out);
	for (size_t i = 0; i < f->in.wanting.n; i++) {
		add_word(out, _("unknown"), "\033[1;35m", color);
		wrap_from(out, INDENT, INDENT, f->in.wanting.items[i].what);
		wrap_text(out, INDENT, f->in.wanting.items[i].why);
	}
	for (size_t i = 0; i < f->outlooks.n; i++) {
		const struct outlook *o = &f->outlooks.items[i];

		if (o->a.decision >= DECISION_FLAG || (verbose >= 0 &&
		    o->a.decision > DECISION_QUIET) || (verbose > 0 &&
		    o->a.how != HOW_NOT))
			group(&groups, o);
	}
	for (size_t i = 0; i < groups.n; i++)
		add_group(&groups.items[i], verbose > 0, color, out);
	if (verbose >= 0)
		add_summary(f, out);
}
