/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/report/found.h"
#include "agent/report/html.h"
#include "agent/report/markup.h"
#include "agent/report/pasttext.h"
#include "base/tr.h"

static void
when(struct buf *out, int64_t t)
{
	buf_adds(out, "<span class=\"mute\" style=\"color:#59636e\">");
	pasttext_time(out, t);
	buf_adds(out, "</span> ");
}

static void
remedy(struct buf *out, const struct model *m, const char *verb,
    const char *id)
{
	buf_adds(out, "<div><code class=\"cmd\" style=\"background:#f0f3f6;"
	    "padding:2px 6px\">");
	markup_text(out, m->command);
	buf_addf(out, " %s ", verb);
	markup_text(out, id);
	buf_adds(out, "</code></div>\n");
}

static void
packages(struct buf *out, const struct transaction *t)
{
	bool many = t->packages.n > 8;

	if (t->packages.n == 0)
		return;
	if (many)
		buf_addf(out, ngettext("<details><summary>%zu package"
		    "</summary>", "<details><summary>%zu packages</summary>",
		    t->packages.n), t->packages.n);
	buf_adds(out, "<table class=\"pk\" cellpadding=\"2\">\n");
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct pkgchange *p = &t->packages.items[i];

		buf_adds(out, "<tr><td>");
		html_code(out, p->name);
		buf_adds(out, "</td><td class=\"mute\">");
		markup_text(out, p->was != NULL ? p->was : _("new"));
		buf_adds(out, " → ");
		markup_text(out, p->is != NULL ? p->is : _("gone"));
		buf_adds(out, "</td></tr>\n");
	}
	buf_adds(out, many ? "</table></details>\n" : "</table>\n");
}

static void
found(struct buf *out, const struct transaction *t, const char *kind,
    const char *class, const char *label)
{
	bool any = false;

	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];

		if (strcmp(f->kind, kind) != 0)
			continue;
		if (!any)
			buf_addf(out, "<div><span class=\"tag %s\">%s</span>"
			    "</div><ul>\n", class, label);
		any = true;
		buf_adds(out, "<li>");
		html_code(out, found_name(f));
		buf_adds(out, " <span class=\"mute\">");
		markup_text(out, f->what);
		buf_adds(out, "</span></li>\n");
	}
	if (any)
		buf_adds(out, "</ul>\n");
}

static void
transaction(struct buf *out, const struct model *m,
    const struct transaction *t)
{
	CLEANUP(drop_buf) struct buf about = { 0 };

	buf_adds(out, "<div class=\"card\" data-row=\"past\">\n");
	when(out, t->ended != 0 ? t->ended : t->began);
	html_code(out, t->command[0] != '\0' ? t->command : t->origin);
	if (t->state != TRANSACTION_ENDED)
		buf_addf(out, " <span class=\"tag warning\">%s</span>",
		    t->state == TRANSACTION_OPEN ? _("not ended") :
		    _("was interrupted"));
	buf_addc(out, '\n');
	transaction_about(t, &about);
	if (about.len > 0) {
		buf_adds(out, "<div style=\"white-space:pre-line\">");
		markup_lines(out, buf_str(&about));
		buf_adds(out, "</div>\n");
	}
	packages(out, t);
	found(out, t, "restored", "good", _("put back"));
	if (t->rollback[0] != '\0')
		remedy(out, m, "undo", t->rollback);
	/* Of the last one these are told above, each with its remedy. */
	if (!m->last) {
		found(out, t, "flagged", "warning", _("found"));
		found(out, t, "unknown", "unknown", _("cannot tell"));
	}
	found(out, t, "merge", "info", _("to merge"));
	for (size_t i = 0; i < t->failed.n; i++) {
		buf_addf(out, "<div><span class=\"tag warning\">%s</span> ",
		    _("not done"));
		markup_text(out, t->failed.items[i]);
		buf_adds(out, "</div>\n");
	}
	buf_adds(out, "</div>\n");
}

static void
mended(struct buf *out, const struct model *m)
{
	if (m->mended.n > 0)
		html_heading(out, _("In order again"), m->mended.n);
	for (size_t i = 0; i < m->mended.n; i++) {
		const struct model_mended *x = &m->mended.items[i];

		buf_addf(out, "<div class=\"card\" data-row=\"past\">"
		    "<span class=\"tag good\">%s</span> ", _("in order"));
		if (x->what != NULL)
			markup_text(out, x->what);
		else
			html_code(out, x->id);
		buf_adds(out, " <span class=\"mute\">");
		if (x->since != 0) {
			buf_adds(out, _("was open since "));
			pasttext_time(out, x->since);
		}
		buf_adds(out, "</span></div>\n");
	}
}

static void
restores(struct buf *out, const struct model *m)
{
	if (m->restores.n > 0)
		html_heading(out, _("Put back or merged by hand"),
		    m->restores.n);
	for (size_t i = 0; i < m->restores.n; i++) {
		const struct model_restore *r = &m->restores.items[i];

		buf_adds(out, "<div class=\"card\" data-row=\"past\">");
		when(out, r->when);
		markup_text(out, r->title);
		buf_adds(out, r->undone ? _(" (taken back since)") : "");
		buf_adds(out, "<br>");
		html_paths(out, r->paths.items, r->paths.n, r->n);
		if (!r->undone)
			remedy(out, m, "undo", r->id);
		buf_adds(out, "</div>\n");
	}
}

static void
accepts(struct buf *out, const struct model *m)
{
	if (m->accepts.n > 0)
		html_heading(out, _("Accepted"), m->accepts.n);
	for (size_t i = 0; i < m->accepts.n; i++) {
		const struct model_accept *a = &m->accepts.items[i];

		buf_adds(out, "<div class=\"card\" data-row=\"past\">");
		when(out, a->when);
		buf_adds(out, "<b>");
		markup_text(out, a->who);
		buf_adds(out, "</b>: ");
		markup_text(out, a->reason);
		buf_adds(out, "<br>");
		if (a->paths.n > 0)
			html_paths(out, a->paths.items, a->paths.n,
			    a->paths.n);
		else
			buf_adds(out, _("everything as it was then"));
		buf_adds(out, "</div>\n");
	}
}

void
htmlpast(struct buf *out, const struct model *m)
{
	mended(out, m);
	if (m->transactions.n > 0)
		html_heading(out, _("Package transactions"),
		    m->transactions.n);
	for (size_t i = m->transactions.n; i > 0; i--)
		transaction(out, m, &m->transactions.items[i - 1]);
	restores(out, m);
	accepts(out, m);
}
