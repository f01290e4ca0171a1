/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/report/findingtext.h"
#include "agent/report/pasttext.h"
#include "agent/report/report.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { GROUP_NAMES = 6, DIFF_INDENT = 4 };

/* A report being written. */
struct writing {
	const struct model *m;
	bool color;
	struct buf *out;
	const char *said;	/* the reason given last */
};

static void
head(struct writing *w, const char *text)
{
	buf_addf(w->out, w->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

/* What goes in red, what comes in green; the lines are escaped already. */
static void
add_diff(struct writing *w, const char *diff, bool cut)
{
	for (const char *p = diff; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\n");
		const char *paint = !w->color ? NULL : *p == '-' ?
		    "\033[31m" : *p == '+' ? "\033[32m" : *p == '@' ?
		    "\033[36m" : NULL;

		buf_addf(w->out, "%*s%s%.*s%s\n", DIFF_INDENT, "",
		    paint != NULL ? paint : "", (int)n, p,
		    paint != NULL ? "\033[0m" : "");
		p += n + (p[n] == '\n');
	}
	if (cut)
		buf_addf(w->out, _("%*s(and so on: driftctl diff)\n"),
		    DIFF_INDENT, "");
}

static const struct model_change *
change_of(const struct writing *w, const struct model_finding *f)
{
	return f->change > 0 ? &w->m->changes.items[f->change - 1] : NULL;
}

/* Since when, in which transaction, by which package. */
static void
add_origin(struct writing *w, const struct model_finding *f)
{
	const struct transaction *t = model_transaction(w->m, f->transaction);
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (f->known && f->since != 0) {
		buf_adds(&line, _("open since "));
		pasttext_time(&line, f->since);
	}
	if (t != NULL) {
		buf_adds(&line, line.len > 0 ? "; " : "");
		buf_addf(&line, _("since %s"), t->command[0] != '\0' ?
		    t->command : t->origin);
	}
	if (f->cause != NULL)
		buf_addf(&line, "%s%s", line.len > 0 ? ": " : "", f->cause);
	if (line.len > 0)
		wrap_text(w->out, FINDINGTEXT_INDENT, buf_str(&line));
}

/* A rule may complain of what is old: this says what is new. */
static void
add_changed(struct writing *w, const struct model_change *c)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, "%s%s%s%s", c->kind == MODEL_ADDED ? _("was added") :
	    c->kind == MODEL_REMOVED ? _("was removed") : _("changed: "),
	    c->kind == MODEL_CHANGED && c->details != NULL ? c->details : "",
	    c->secret ? " " : "", c->secret ? _("(secret, not shown)") : "");
	wrap_text(w->out, FINDINGTEXT_INDENT, buf_str(&line));
}

/* "each of 3 paths: is not there [mail-auth/service-files]", and where. */
static void
add_finding(struct writing *w, const struct model_group *g)
{
	const struct model_finding *f = &w->m->findings.items[g->items[0]];
	const struct model_change *c = change_of(w, f);
	CLEANUP(drop_buf) struct buf line = { 0 };

	findingtext_label(w->out, findingtext_word(f),
	    w->color ? findingtext_color(f) : NULL);
	findingtext_places(&line, w->m, g);
	buf_adds(&line, ": ");
	text_escape(&line, f->what, strlen(f->what));
	if (g->n == 1 && f->below > 0)
		buf_addf(&line, ngettext(" (and %zu entry below it)",
		    " (and %zu entries below it)", f->below), f->below);
	findingtext_rule(&line, f);
	wrap_safe(w->out, FINDINGTEXT_INDENT, FINDINGTEXT_INDENT,
	    buf_str(&line));
	if (g->n > 1)
		findingtext_names(w->out, w->m, g);
	add_origin(w, f);
	if (c != NULL && !f->known && f->kind != FINDING_CHANGE)
		add_changed(w, c);
	findingtext_advice(w->out, f, g->remedy, f->known ? f->why : w->said,
	    w->m->verbose > 0);
	w->said = f->why;
	if (c != NULL && !f->known)
		add_diff(w, c->diff, c->cut);
}

static void
findings(struct writing *w, const char *title, bool known)
{
	bool any = false;

	for (size_t i = 0; i < w->m->finding_groups.n; i++) {
		const struct model_group *g = &w->m->finding_groups.items[i];
		const struct model_finding *f =
		    &w->m->findings.items[g->items[0]];

		if ((!f->flagged && f->kind != FINDING_UNKNOWN) ||
		    f->known != known)
			continue;
		if (!any)
			head(w, title);
		any = true;
		add_finding(w, g);
	}
}

/* By whom and when, as far as anybody knows. */
static void
add_change_origin(struct writing *w, const struct model_change *c)
{
	const struct transaction *t = model_transaction(w->m, c->transaction);
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (t != NULL)
		buf_adds(&line, t->command[0] != '\0' ? t->command :
		    t->origin);
	if (c->package != NULL)
		buf_addf(&line, "%s%s", t != NULL ? ": " : _("of "),
		    c->package);
	if (t == NULL && c->snapshot != NULL)
		buf_addf(&line, "%s%s", line.len > 0 ? "; " : "",
		    c->snapshot);
	if (line.len > 0)
		wrap_text(w->out, FINDINGTEXT_INDENT, buf_str(&line));
}

static void
add_change(struct writing *w, const struct model_group *g)
{
	const struct model_change *c = &w->m->changes.items[g->items[0]];
	static const char *const words[] = { [MODEL_ADDED] = N_("added"),
		[MODEL_REMOVED] = N_("removed"),
		[MODEL_CHANGED] = N_("changed") };
	CLEANUP(drop_buf) struct buf line = { 0 };

	findingtext_label(w->out, _(words[c->kind]), NULL);
	for (size_t i = 0; i < g->n && i < GROUP_NAMES; i++)
		buf_addf(&line, "%s%s", i > 0 ? ", " : "",
		    w->m->changes.items[g->items[i]].path);
	if (g->n > GROUP_NAMES)
		buf_addf(&line, _(" and %zu more"), g->n - GROUP_NAMES);
	if (c->details != NULL && c->kind == MODEL_CHANGED) {
		CLEANUP(drop_buf) struct buf differs = { 0 };

		/* Values are one file's own. */
		if (g->n > 1)
			entry_difference_text(&differs, c->differs);
		buf_addf(&line, ": %s", g->n > 1 ? buf_str(&differs) :
		    c->details);
	}
	if (c->secret)
		buf_addf(&line, " %s", _("(secret, not shown)"));
	wrap_from(w->out, FINDINGTEXT_INDENT, FINDINGTEXT_INDENT,
	    buf_str(&line));
	add_change_origin(w, c);
	for (size_t i = 0; i < g->n; i++) {
		c = &w->m->changes.items[g->items[i]];
		/* Of many it would be what the package changed. */
		if (g->n <= 2)
			add_diff(w, c->diff, c->cut);
	}
}

static void
changes(struct writing *w)
{
	bool any = false;

	for (size_t i = 0; i < w->m->change_groups.n; i++) {
		const struct model_group *g = &w->m->change_groups.items[i];

		if (w->m->changes.items[g->items[0]].told)
			continue;
		if (!any)
			head(w, _("changed"));
		any = true;
		add_change(w, g);
	}
	if (w->m->masked > 0 && w->m->verbose > 0)
		buf_addf(w->out, ngettext("%zu file differs in nothing but a "
		    "time in its text\n", "%zu files differ in nothing but "
		    "times in their text\n", w->m->masked), w->m->masked);
}

static void
past(struct writing *w)
{
	const struct model *m = w->m;

	if (m->mended.n > 0)
		head(w, _("in order again"));
	for (size_t i = 0; i < m->mended.n; i++)
		pasttext_mended(w->out, &m->mended.items[i]);
	if (m->transactions.n > 0)
		head(w, _("package transactions"));
	for (size_t i = 0; i < m->transactions.n; i++)
		pasttext_transaction_short(w->out, m,
		    &m->transactions.items[i]);
	if (m->restores.n > 0)
		head(w, _("put back or merged by hand"));
	for (size_t i = 0; i < m->restores.n; i++)
		pasttext_restore(w->out, m, &m->restores.items[i]);
	if (m->accepts.n > 0)
		head(w, _("accepted"));
	for (size_t i = 0; i < m->accepts.n; i++)
		pasttext_accept(w->out, &m->accepts.items[i]);
}

static void
to_do(struct writing *w)
{
	const struct model *m = w->m;

	if (m->merges.n > 0)
		head(w, _("to merge"));
	for (size_t i = 0; i < m->merges.n; i++) {
		buf_adds(w->out, "  ");
		text_escape(w->out, m->merges.items[i].leftover,
		    strlen(m->merges.items[i].leftover));
		buf_addc(w->out, '\n');
	}
	if (m->merges.n > 0)
		buf_addf(w->out, "%*s-> %s merge\n", FINDINGTEXT_INDENT, "",
		    m->command);
	if (m->complaints.n > 0)
		head(w, _("driftctl itself"));
	for (size_t i = 0; i < m->complaints.n; i++) {
		const struct model_complaint *c = &m->complaints.items[i];

		wrap_text(w->out, 2, c->what);
		if (c->remedy == NULL)
			continue;
		buf_addf(w->out, "%*s-> ", FINDINGTEXT_INDENT, "");
		text_escape(w->out, c->remedy, strlen(c->remedy));
		buf_addc(w->out, '\n');
	}
	if (m->troubles.n > 0)
		head(w, _("what this report could not find out"));
	for (size_t i = 0; i < m->troubles.n; i++)
		wrap_text(w->out, 2, m->troubles.items[i]);
}

static void
add_title(struct writing *w)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, _("driftctl on %s"), w->m->host);
	if (strcmp(w->m->root, "/") != 0)
		buf_addf(&line, _(" (root %s)"), w->m->root);
	buf_adds(&line, ": ");
	if (w->m->since != 0) {
		pasttext_time(&line, w->m->since);
		buf_adds(&line, _(" to "));
	}
	pasttext_time(&line, w->m->until);
	wrap_text(w->out, 0, buf_str(&line));
}

/* Lines of their own, as wide as fits. */
static void
add_summary(struct writing *w)
{
	CLEANUP(drop_buf) struct buf all = { 0 };

	findingtext_summary(&all, w->m);
	buf_addc(w->out, '\n');
	for (char *p = all.bytes; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		p[n] = '\0';
		wrap_safe(w->out, 0, 0, p);
		p += n + 1;
	}
}

static void
add_last(struct writing *w)
{
	if (w->m->transactions.n == 0)
		buf_adds(w->out, _("no package transaction is recorded "
		    "yet\n"));
	for (size_t i = 0; i < w->m->transactions.n; i++)
		pasttext_transaction(w->out, w->m,
		    &w->m->transactions.items[i]);
	for (size_t i = 0; i < w->m->troubles.n; i++)
		wrap_text(w->out, 0, w->m->troubles.items[i]);
}

void
report_text(const struct model *m, bool color, struct buf *out)
{
	struct writing w = { .m = m, .color = color, .out = out };

	if (m->moment) {
		report_text_findings(m, color, out);
		return;
	}
	if (m->last) {
		add_last(&w);
		return;
	}
	add_title(&w);
	findings(&w, _("needs you"), false);
	findings(&w, _("still open"), true);
	past(&w);
	changes(&w);
	to_do(&w);
	if (m->verbose >= 0)
		add_summary(&w);
}
