/* SPDX-License-Identifier: MIT */
#include "agent/preflight/foretell.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/attributetext.h"
#include "agent/pkg/beside.h"
#include "agent/preflight/afterwards.h"
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
	return path + beside_of(path);
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
	else if (a->suspect.was == NULL && a->suspect.is == NULL)
		attribute_packages(a->was, a->is, out);
	else
		attribute_packages(a->suspect.was, a->suspect.is, out);
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

static const char *const deeds[SCRIPT_DEEDS] = {
	[SCRIPT_NAMES] = N_("%s (line %u) of %s %s names it"),
	[SCRIPT_TOUCHES] = N_("%s (line %u) of %s %s may set its "
	    "permissions"),
	[SCRIPT_EDITS] = N_("%s (line %u) of %s %s may edit it"),
	[SCRIPT_MAKES] = N_("%s (line %u) of %s %s may write it anew"),
	[SCRIPT_REMOVES] = N_("%s (line %u) of %s %s may remove it"),
	[SCRIPT_MOVES] = N_("%s (line %u) of %s %s may rename it"),
	[SCRIPT_COPIES] = N_("%s (line %u) of %s %s may copy it"),
	[SCRIPT_LINKS] = N_("%s (line %u) of %s %s may make it a symlink"),
	[SCRIPT_RM_CONFFILE] = N_("%s (line %u) of %s %s may remove it"),
	[SCRIPT_MV_CONFFILE] = N_("%s (line %u) of %s %s may rename it"),
	[SCRIPT_UCF] = N_("%s (line %u) of %s %s may replace it"),
};

void
foretell_maybe(const struct outlook *o, struct buf *out)
{
	const struct mark *m = o->maybe;

	if (m != NULL)
		buf_addf(out, _(deeds[m->act.deed]), m->script->name,
		    m->act.line, m->package->name, m->package->version);
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
	size_t n = text_columns(word, strlen(word));

	if (color)
		buf_addf(out, "%s%s\033[0m", code, word);
	else
		buf_adds(out, word);
	buf_addf(out, "%*s", (int)(n < INDENT ? INDENT - n : 1), "");
}

/* Paths, so many as are shown, and what is said of them. */
static void
add_paths(struct buf *out, const struct strlist *paths, bool all,
    const char *said)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	size_t shown = all || paths->n <= SHOWN + 1 ? paths->n : SHOWN;

	for (size_t i = 0; i < shown; i++)
		buf_addf(&line, "%s%s", i > 0 ? ", " : "", paths->items[i]);
	if (shown < paths->n)
		buf_addf(&line, _(" and %zu more"), paths->n - shown);
	buf_addf(&line, ":%s", said);
	wrap_from(out, INDENT, INDENT, buf_str(&line));
}

/* How many from i on are of one rule and say the same for one reason. */
static size_t
alike(const struct risk *items, size_t n, size_t i)
{
	const struct result *x = items[i].then;
	CLEANUP(drop_buf) struct buf first = { 0 };
	size_t k;

	if (items[i].because != NULL)
		foretell_sentence(items[i].because, &first);
	for (k = i + 1; k < n && items[k].then->rule == x->rule &&
	    strcmp(items[k].then->what, x->what) == 0; k++) {
		CLEANUP(drop_buf) struct buf next = { 0 };

		if (items[k].because != NULL)
			foretell_sentence(items[k].because, &next);
		if (strcmp(buf_str(&first), buf_str(&next)) != 0)
			break;
	}
	return k - i;
}

/* said: the rule told of before, whose reason need not be told again. */
static void
add_risks(const struct forecast *f, const struct risk *r, size_t n,
    const struct rule *said, bool all, bool color, struct buf *out)
{
	const struct result *t = r->then;
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (t->verdict == VERDICT_FAILS)
		add_word(out, _("at risk"), "\033[1;31m", color);
	else
		add_word(out, _("unknown"), "\033[1;35m", color);
	for (size_t i = 0; i < n; i++)
		strlist_add(&paths, r[i].then->path);
	buf_addf(&line, " %s [%s/%s]", t->what, t->rule->spec->name,
	    t->rule->id);
	add_paths(out, &paths, all, buf_str(&line));
	buf_reset(&line);
	if (r->because != NULL) {
		foretell_sentence(r->because, &line);
		wrap_text(out, INDENT, buf_str(&line));
	}
	if (t->verdict == VERDICT_FAILS && t->rule->why != NULL &&
	    t->rule != said)
		wrap_text(out, INDENT, t->rule->why);
	afterwards_risks(f, r, n, out);
}

static void
add_all_risks(const struct forecast *f, const struct risk *items, size_t n,
    bool all, bool color, struct buf *out)
{
	const struct rule *said = NULL;

	for (size_t i = 0; i < n;) {
		size_t k = alike(items, n, i);

		add_risks(f, &items[i], k, said, all, color, out);
		said = items[i].then->rule;
		i += k;
	}
}

/* Paths with one sentence. */
struct group {
	int decision;		/* or MAYBE */
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

/* MAYBE: of no decision, as nobody can tell. */
enum { MAYBE = DECISIONS };

static void
group(struct groups *g, const struct outlook *o, int decision)
{
	CLEANUP(drop_buf) struct buf sentence = { 0 };
	struct group *x;
	size_t i = 0;

	if (decision == MAYBE)
		foretell_maybe(o, &sentence);
	else
		foretell_sentence(o, &sentence);
	while (i < g->n && (g->items[i].decision != decision ||
	    strcmp(g->items[i].sentence, buf_str(&sentence)) != 0))
		i++;
	if (i == g->n) {
		x = VEC_ADD(g);
		x->decision = decision;
		x->sentence = buf_steal(&sentence);
	}
	strlist_add(&g->items[i].paths, o->path);
}

/* Of which outlooks a rule that is at risk has told, by their names where all
 * are listed. */
static void
mark_told(const struct forecast *f, const struct risk *items, size_t n,
    bool *told)
{
	for (size_t i = 0; i < n; i++) {
		const struct outlook *o = items[i].because;

		if (o != NULL && (f->m->o->verbose <= 0 ||
		    strcmp(o->path, items[i].then->path) == 0))
			told[o - f->outlooks.items] = true;
	}
}

/* Notes are for files that a rule is about, others are counted. */
static bool
tells(const struct outlook *o, int verbose)
{
	if (verbose > 0)
		return o->a.how != HOW_NOT;
	if (o->a.decision == DECISION_NOTE)
		return verbose == 0 && o->ruled;
	return o->a.decision >= DECISION_FLAG ||
	    (verbose == 0 && o->a.decision == DECISION_MERGE);
}

/* What nobody can tell is told of files that somebody cares for. */
static bool
tells_maybe(const struct outlook *o, int verbose)
{
	if (o->maybe == NULL || o->a.remains == REMAINS_GONE)
		return false;
	if (verbose != 0 || o->ruled)
		return verbose > 0 || (verbose == 0 && o->maybe->act.deed !=
		    SCRIPT_NAMES);
	return o->maybe->act.deed != SCRIPT_NAMES &&
	    o->maybe->act.deed != SCRIPT_TOUCHES &&
	    (o->a.local == LOCAL_EDITED || o->a.local == LOCAL_OWN);
}

static void
add_group(const struct group *g, bool all, bool color, struct buf *out)
{
	const char *word = g->decision == MAYBE ? N_("maybe") :
	    words[g->decision] != NULL ? words[g->decision] : N_("flag");

	add_word(out, _(word), g->decision >= DECISION_FLAG &&
	    g->decision != MAYBE ? "\033[1;33m" : "\033[2m", color);
	add_paths(out, &g->paths, all, "");
	wrap_text(out, INDENT, g->sentence);
}

/* Each subject has a line of its own. */
static void
add_line(struct buf *out, struct buf *line)
{
	wrap_from(out, 0, 2, buf_str(line));
	buf_reset(line);
}

/* "apt was asked"; where others are here as well, why not them. */
static void
add_asked(const struct forecast *f, struct buf *line, struct buf *out)
{
	if (f->manager == NULL)
		return;
	buf_addf(line, _("%s was asked"), f->manager);
	if (f->others.n > 0)
		buf_adds(line, _(", as packages and os-release have it [or "
		    "--manager "));
	for (size_t i = 0; i < f->others.n; i++)
		buf_addf(line, "%s%s", i > 0 ? "|" : "",
		    f->others.items[i]);
	if (f->others.n > 0)
		buf_addc(line, ']');
	add_line(out, line);
}

static void
add_summary(const struct forecast *f, size_t hidden, struct buf *out)
{
	size_t n[DECISIONS] = { 0 }, gone = 0;
	size_t unknown = f->unknowns.n;
	CLEANUP(drop_buf) struct buf line = { 0 };

	add_asked(f, &line, out);
	for (size_t i = 0; i < f->outlooks.n; i++)
		n[f->outlooks.items[i].a.decision]++;
	for (size_t i = 0; i < f->in.leaving.n; i++)
		gone += !f->in.leaving.items[i].replaced;
	buf_addf(&line, ngettext("%zu package comes", "%zu packages come",
	    f->in.coming.n), f->in.coming.n);
	buf_addf(&line, ngettext(", %zu goes", ", %zu go", gone), gone);
	add_line(out, &line);
	buf_addf(&line, ngettext("%zu rule judged: ", "%zu rules judged: ",
	    f->now.rules), f->now.rules);
	if (f->risks.n == 0)
		buf_adds(&line, _("none is at risk"));
	else
		buf_addf(&line, ngettext("%zu finding is new",
		    "%zu findings are new", f->risks.n), f->risks.n);
	if (unknown > 0)
		buf_addf(&line, ngettext(", %zu is not known",
		    ", %zu are not known", unknown), unknown);
	add_line(out, &line);
	buf_addf(&line, ngettext("%zu entry tracked: %zu flagged, %zu to "
	    "merge, %zu noted", "%zu entries tracked: %zu flagged, %zu to "
	    "merge, %zu noted", f->tracked), f->tracked, n[DECISION_FLAG],
	    n[DECISION_MERGE], n[DECISION_NOTE]);
	if (hidden > 0)
		buf_addf(&line, ngettext(" (-v lists %zu of them)",
		    " (-v lists %zu of them)", hidden), hidden);
	add_line(out, &line);
}

static void
add_leaving_specs(const struct forecast *f, bool color, struct buf *out)
{
	if (f->leaving_specs.n == 0)
		return;
	add_word(out, _("note"), "\033[2m", color);
	add_paths(out, &f->leaving_specs, true, ngettext(" this spec does "
	    "not apply any more then", " these specs do not apply any more "
	    "then", f->leaving_specs.n));
}

void
foretell_risks(const struct forecast *f, bool color, struct buf *out)
{
	add_all_risks(f, f->risks.items, f->risks.n, false, color, out);
}

void
foretell_text(const struct forecast *f, bool color, struct buf *out)
{
	CLEANUP(drop_groups) struct groups groups = { 0 };
	CLEANUP(drop_free) bool *told = xcalloc(f->outlooks.n + 1,
	    sizeof(*told));
	int verbose = f->m->o->verbose;
	size_t hidden = 0;

	mark_told(f, f->risks.items, f->risks.n, told);
	if (verbose > 0)
		mark_told(f, f->unknowns.items, f->unknowns.n, told);
	add_all_risks(f, f->risks.items, f->risks.n, verbose > 0, color, out);
	add_all_risks(f, f->unknowns.items, f->unknowns.n, verbose > 0, color,
	    out);
	for (size_t i = 0; i < f->in.wanting.n; i++) {
		add_word(out, _("unknown"), "\033[1;35m", color);
		wrap_from(out, INDENT, INDENT, f->in.wanting.items[i].what);
		wrap_text(out, INDENT, f->in.wanting.items[i].why);
	}
	for (size_t i = 0; i < f->outlooks.n; i++) {
		const struct outlook *o = &f->outlooks.items[i];

		if (told[i])
			continue;
		if (tells(o, verbose))
			group(&groups, o, (int)o->a.decision);
		else
			hidden += o->a.decision == DECISION_NOTE;
	}
	for (size_t i = 0; i < f->outlooks.n; i++)
		if (tells_maybe(&f->outlooks.items[i], verbose))
			group(&groups, &f->outlooks.items[i], MAYBE);
	if (verbose >= 0)
		add_leaving_specs(f, color, out);
	for (size_t i = 0; i < groups.n; i++)
		add_group(&groups.items[i], verbose > 0, color, out);
	if (verbose >= 0) {
		add_summary(f, hidden, out);
		afterwards_sum(f, out);
	}
}
