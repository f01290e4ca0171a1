/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/report/findingtext.h"
#include "agent/report/found.h"
#include "agent/report/pasttext.h"
#include "agent/report/report.h"
#include "base/text.h"
#include "base/tr.h"

/* CommonMark, with nothing but lists, emphasis and fenced code. */

enum { NAMES_MAX = 10 };

/* Nothing in it means anything: not to Markdown, nor to HTML. */
static void
plain(struct buf *out, const char *text)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	text_escape(&safe, text, strlen(text));
	for (size_t i = 0; i < safe.len; i++) {
		char c = safe.bytes[i];

		if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '&')
			buf_adds(out, "&amp;");
		else if (strchr("\\`*_{}[]()#+!|>~", c) != NULL)
			buf_addf(out, "\\%c", c);
		else
			buf_addc(out, c);
	}
}

/* The longest run of backticks, which a fence has to be longer than. */
static size_t
ticks_in(const char *text)
{
	size_t most = 0;

	for (size_t n = 0; *text != '\0'; text++) {
		n = *text == '`' ? n + 1 : 0;
		if (n > most)
			most = n;
	}
	return most;
}

static void
ticks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_addc(out, '`');
}

static void
code(struct buf *out, const char *text)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };
	size_t n;

	text_escape(&safe, text, strlen(text));
	n = ticks_in(buf_str(&safe)) + 1;
	ticks(out, n);
	if (n > 1)
		buf_addc(out, ' ');
	buf_adds(out, buf_str(&safe));
	if (n > 1)
		buf_addc(out, ' ');
	ticks(out, n);
}

static void
diff(struct buf *out, const struct model_change *c)
{
	size_t n;

	if (c->diff == NULL)
		return;
	n = ticks_in(c->diff) + 1;
	if (n < 3)
		n = 3;
	buf_adds(out, "\n  ");
	ticks(out, n);
	buf_adds(out, "diff\n");
	for (const char *p = c->diff; *p != '\0';) {
		size_t len = strcspn(p, "\n");

		buf_adds(out, "  ");
		buf_add(out, p, len);
		buf_addc(out, '\n');
		p += len + (p[len] == '\n');
	}
	if (c->cut)
		buf_addf(out, "  %s\n", _("(and so on)"));
	buf_adds(out, "  ");
	ticks(out, n);
	buf_adds(out, "\n\n");
}

static void
heading(struct buf *out, const char *text)
{
	buf_addf(out, "\n## %s\n\n", text);
}

static void
add_finding(const struct model *m, const struct model_group *g,
    struct buf *out)
{
	const struct model_finding *f = &m->findings.items[g->items[0]];

	buf_addf(out, "- **%s** ", findingtext_word(f));
	for (size_t i = 0; i < g->n && i < NAMES_MAX; i++) {
		const struct model_finding *x = &m->findings.items[g->items[i]];

		buf_adds(out, i > 0 ? ", " : "");
		code(out, x->path);
		if (x->line > 0)
			buf_addf(out, ":%u", x->line);
	}
	if (g->n > NAMES_MAX)
		buf_addf(out, _(" and %zu more"), g->n - NAMES_MAX);
	/* What follows is said of one. */
	buf_adds(out, g->n > 1 ? C_("paths", ", each") : "");
	buf_adds(out, ": ");
	plain(out, f->what);
	if (f->rule != NULL && f->kind != FINDING_CHANGE) {
		buf_adds(out, " (");
		plain(out, f->spec);
		buf_addc(out, '/');
		plain(out, f->rule);
		buf_addc(out, ')');
	}
	buf_addc(out, '\n');
	if (f->cause != NULL) {
		buf_adds(out, "  \n  ");
		plain(out, f->cause);
		buf_addc(out, '\n');
	}
	if (f->why != NULL && f->flagged && !f->known) {
		buf_adds(out, "  \n  ");
		plain(out, f->why);
		buf_addc(out, '\n');
	}
	if (g->remedy != NULL && f->flagged) {
		buf_adds(out, "  \n  → ");
		code(out, g->remedy);
		buf_addc(out, '\n');
	}
	if (f->change > 0 && !f->known)
		diff(out, &m->changes.items[f->change - 1]);
}

static void
findings(const struct model *m, const char *title, bool known,
    struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < m->finding_groups.n; i++) {
		const struct model_group *g = &m->finding_groups.items[i];
		const struct model_finding *f =
		    &m->findings.items[g->items[0]];

		if ((!f->flagged && f->kind != FINDING_UNKNOWN) ||
		    f->known != known)
			continue;
		if (!any)
			heading(out, title);
		any = true;
		add_finding(m, g, out);
	}
}

static void
add_found(const struct transaction *t, const char *kind, const char *label,
    struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->findings.n; i++) {
		if (strcmp(t->findings.items[i].kind, kind) != 0)
			continue;
		buf_adds(out, n == 0 ? "  - " : ", ");
		if (n++ == 0)
			buf_adds(out, label);
		code(out, found_name(&t->findings.items[i]));
	}
	if (n > 0)
		buf_addc(out, '\n');
}

static void
add_transaction(const struct model *m, const struct transaction *t,
    struct buf *out)
{
	buf_adds(out, "- ");
	pasttext_time(out, t->ended != 0 ? t->ended : t->began);
	buf_addc(out, ' ');
	code(out, t->command[0] != '\0' ? t->command : t->origin);
	buf_addc(out, '\n');
	for (size_t i = 0; i < t->packages.n &&
	    (m->last || i < NAMES_MAX); i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		pkgchange_text(&t->packages.items[i], &line);
		buf_adds(out, "  - ");
		plain(out, buf_str(&line));
		buf_addc(out, '\n');
	}
	if (!m->last && t->packages.n > NAMES_MAX)
		buf_addf(out, ngettext("  - and %zu more package\n",
		    "  - and %zu more packages\n",
		    t->packages.n - NAMES_MAX), t->packages.n - NAMES_MAX);
	add_found(t, "restored", _("put back: "), out);
	/* Of the last one these are told above, each with its remedy. */
	if (!m->last) {
		add_found(t, "flagged", _("found: "), out);
		add_found(t, "unknown", _("cannot tell: "), out);
	}
	add_found(t, "merge", _("to merge: "), out);
	for (size_t i = 0; i < t->failed.n; i++) {
		buf_adds(out, "  - ");
		plain(out, t->failed.items[i]);
		buf_addc(out, '\n');
	}
	if (t->rollback[0] != '\0')
		buf_addf(out, "  - → `%s undo %s`\n", m->command,
		    t->rollback);
}

static void
add_names(const struct strlist *l, size_t all, struct buf *out)
{
	for (size_t i = 0; i < l->n && i < NAMES_MAX; i++) {
		buf_adds(out, i > 0 ? ", " : ": ");
		code(out, l->items[i]);
	}
	if (all > NAMES_MAX)
		buf_addf(out, _(" and %zu more"), all - NAMES_MAX);
	buf_addc(out, '\n');
}

static void
past(const struct model *m, struct buf *out)
{
	if (m->mended.n > 0)
		heading(out, _("In order again"));
	for (size_t i = 0; i < m->mended.n; i++) {
		buf_adds(out, "- ");
		if (m->mended.items[i].what != NULL)
			plain(out, m->mended.items[i].what);
		else
			code(out, m->mended.items[i].id);
		buf_addc(out, '\n');
	}
	if (m->transactions.n > 0)
		heading(out, _("Package transactions"));
	for (size_t i = 0; i < m->transactions.n; i++)
		add_transaction(m, &m->transactions.items[i], out);
	if (m->restores.n > 0)
		heading(out, _("Put back or merged by hand"));
	for (size_t i = 0; i < m->restores.n; i++) {
		const struct model_restore *r = &m->restores.items[i];

		buf_adds(out, "- ");
		pasttext_time(out, r->when);
		buf_addc(out, ' ');
		plain(out, r->title);
		buf_adds(out, r->undone ? _(" (taken back since)") : "");
		add_names(&r->paths, r->n, out);
	}
	if (m->accepts.n > 0)
		heading(out, _("Accepted"));
	for (size_t i = 0; i < m->accepts.n; i++) {
		const struct model_accept *a = &m->accepts.items[i];

		buf_adds(out, "- ");
		pasttext_time(out, a->when);
		buf_addc(out, ' ');
		plain(out, a->who);
		buf_adds(out, ", ");
		plain(out, a->reason);
		add_names(&a->paths, a->paths.n, out);
	}
}

static void
add_change(const struct model *m, const struct model_group *g,
    struct buf *out)
{
	const struct model_change *c = &m->changes.items[g->items[0]];
	const struct transaction *t = model_transaction(m, c->transaction);
	static const char *const words[] = { [MODEL_ADDED] = N_("added"),
		[MODEL_REMOVED] = N_("removed"),
		[MODEL_CHANGED] = N_("changed") };

	buf_addf(out, "- %s ", _(words[c->kind]));
	for (size_t i = 0; i < g->n && i < NAMES_MAX; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		code(out, m->changes.items[g->items[i]].path);
	}
	if (g->n > NAMES_MAX)
		buf_addf(out, _(" and %zu more"), g->n - NAMES_MAX);
	if (c->kind == MODEL_CHANGED && c->details != NULL && g->n == 1) {
		buf_adds(out, ": ");
		plain(out, c->details);
	}
	if (c->secret)
		buf_addf(out, " (%s)", _("secret, not shown"));
	if (t != NULL || c->package != NULL) {
		buf_adds(out, " (");
		plain(out, t == NULL ? "" : t->command[0] != '\0' ?
		    t->command : t->origin);
		buf_adds(out, t != NULL && c->package != NULL ? ": " : "");
		plain(out, c->package != NULL ? c->package : "");
		buf_addc(out, ')');
	}
	buf_addc(out, '\n');
	for (size_t i = 0; g->n <= 2 && i < g->n; i++)
		diff(out, &m->changes.items[g->items[i]]);
}

static void
changes(const struct model *m, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < m->change_groups.n; i++) {
		const struct model_group *g = &m->change_groups.items[i];

		if (m->changes.items[g->items[0]].told)
			continue;
		if (!any)
			heading(out, _("Changed"));
		any = true;
		add_change(m, g, out);
	}
}

static void
to_do(const struct model *m, struct buf *out)
{
	if (m->merges.n > 0)
		heading(out, _("To merge"));
	for (size_t i = 0; i < m->merges.n; i++) {
		buf_adds(out, "- ");
		code(out, m->merges.items[i].leftover);
		buf_addc(out, '\n');
	}
	if (m->complaints.n + m->troubles.n > 0)
		heading(out, _("driftctl itself"));
	for (size_t i = 0; i < m->complaints.n; i++) {
		buf_adds(out, "- ");
		plain(out, m->complaints.items[i].what);
		if (m->complaints.items[i].remedy != NULL) {
			buf_adds(out, " → ");
			code(out, m->complaints.items[i].remedy);
		}
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < m->troubles.n; i++) {
		buf_adds(out, "- ");
		plain(out, m->troubles.items[i]);
		buf_addc(out, '\n');
	}
}

void
report_markdown(const struct model *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf summary = { 0 };

	buf_adds(out, "# driftctl: ");
	plain(out, m->host);
	buf_addc(out, '\n');
	findings(m, m->moment ? _("Findings") : _("Needs you"), false, out);
	findings(m, _("Still open"), true, out);
	past(m, out);
	changes(m, out);
	to_do(m, out);
	if (m->last)
		return;
	findingtext_summary(&summary, m);
	buf_adds(out, "\n---\n\n");
	for (char *at = summary.bytes, *line;
	    (line = findingtext_line(&at)) != NULL;) {
		plain(out, line);
		buf_addc(out, '\n');
	}
}
