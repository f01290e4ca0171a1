/* SPDX-License-Identifier: MIT */
#include "agent/report/html.h"

#include <string.h>

#include "agent/report/findingtext.h"
#include "agent/report/markup.h"
#include "agent/report/pasttext.h"
#include "agent/report/report.h"
#include "base/tr.h"

enum { PATHS_OPEN = 6, PATHS_MAX = 500, DIFFS_MAX = 20 };

void
html_heading(struct buf *out, const char *text, size_t n)
{
	buf_adds(out, "<h2>");
	markup_text(out, text);
	if (n > 0)
		buf_addf(out, " <small>%zu</small>", n);
	buf_adds(out, "</h2>\n");
}

void
html_code(struct buf *out, const char *text)
{
	buf_adds(out, "<code>");
	markup_text(out, text);
	buf_adds(out, "</code>");
}

static void
add_list(struct buf *out, char *const *items, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		buf_adds(out, i > from ? "<br>\n" : "");
		html_code(out, items[i]);
	}
}

void
html_paths(struct buf *out, char *const *items, size_t n, size_t all)
{
	size_t most = n < PATHS_MAX ? n : PATHS_MAX;
	size_t first = most <= PATHS_OPEN ? most : PATHS_OPEN - 1;

	add_list(out, items, 0, first);
	if (first < most) {
		buf_addf(out, ngettext("<details><summary>and %zu more"
		    "</summary>", "<details><summary>and %zu more</summary>",
		    all - first), all - first);
		add_list(out, items, first, most);
		if (all > most)
			buf_adds(out, "<br>…");
		buf_adds(out, "</details>");
	}
}

static void
tag(struct buf *out, const char *class, const char *word)
{
	static const struct {
		const char *class, *style;
	} table[] = {
		{ "critical", "background:#cf222e;color:#fff" },
		{ "warning", "background:#fff1c2;color:#6b4700" },
		{ "unknown", "background:#fbefff;color:#6639ba" },
		{ "good", "background:#dafbe1;color:#116329" },
	};
	const char *style = "background:#e6eaef;color:#454c54";

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].class, class) == 0)
			style = table[i].style;
	buf_addf(out, "<span class=\"tag %s\" style=\"%s;padding:1px 8px;"
	    "border-radius:10px;font-size:12px\">%s</span>", class, style,
	    word);
}

static const char *
class_of(const struct model_finding *f)
{
	return f->kind == FINDING_UNKNOWN ? "unknown" : !f->flagged ? "note" :
	    model_severity(f);
}

/* Worst first, as the list is. */
static int
rank(const struct model_finding *f)
{
	return f->kind == FINDING_UNKNOWN ? 3 : !f->flagged ? 4 :
	    SEVERITY_CRITICAL - (int)f->severity;
}

static void
where(struct buf *out, const struct model *m, const struct model_group *g)
{
	CLEANUP(drop_strlist) struct strlist paths = { 0 };

	for (size_t i = 0; i < g->n && i < PATHS_MAX; i++) {
		const struct model_finding *f =
		    &m->findings.items[g->items[i]];
		CLEANUP(drop_buf) struct buf at = { 0 };

		buf_adds(&at, f->path);
		if (f->line > 0 && (f->file == NULL ||
		    strcmp(f->file, f->path) == 0))
			buf_addf(&at, ":%u", f->line);
		else if (f->line > 0)
			buf_addf(&at, " (%s:%u)", f->file, f->line);
		strlist_add(&paths, buf_str(&at));
	}
	html_paths(out, paths.items, paths.n, g->n);
}

static void
add_origin(struct buf *out, const struct model *m,
    const struct model_finding *f)
{
	const struct transaction *t = model_transaction(m, f->transaction);

	if (t == NULL && f->cause == NULL)
		return;
	buf_adds(out, "<div class=\"mute\" style=\"color:#59636e\">");
	if (t != NULL) {
		html_code(out, t->command[0] != '\0' ? t->command :
		    t->origin);
		buf_adds(out, f->cause != NULL ? ": " : "");
	}
	if (f->cause != NULL)
		markup_text(out, f->cause);
	buf_adds(out, "</div>\n");
}

static bool
has_more(const struct model_finding *f)
{
	return f->flagged && (f->why != NULL || f->remedy != NULL ||
	    f->change > 0);
}

static void
more(struct buf *out, const struct model *m, const struct model_group *g)
{
	const struct model_finding *f = &m->findings.items[g->items[0]];
	const struct model_change *c = f->change > 0 ?
	    &m->changes.items[f->change - 1] : NULL;

	buf_adds(out, "<tr><td class=\"more\"></td>"
	    "<td class=\"more\" colspan=\"3\">");
	if (f->why != NULL) {
		buf_adds(out, "<div class=\"mute\" "
		    "style=\"color:#59636e\">");
		markup_text(out, f->why);
		buf_adds(out, "</div>\n");
	}
	if (g->remedy != NULL) {
		buf_adds(out, "<div><code class=\"cmd\" "
		    "style=\"background:#f0f3f6;padding:2px 6px\">");
		markup_text(out, g->remedy);
		buf_adds(out, "</code></div>\n");
	}
	if (c != NULL && c->diff != NULL && !f->known)
		htmldiff(out, c->diff, c->cut);
	buf_adds(out, "</td></tr>");
}

static void
add_finding(struct buf *out, const struct model *m,
    const struct model_group *g)
{
	const struct model_finding *f = &m->findings.items[g->items[0]];

	buf_addf(out, "<tbody data-row=\"%s\" id=\"f%zu\"><tr>"
	    "<td width=\"84\" valign=\"top\" data-k=\"%d\">",
	    class_of(f), f->group, rank(f));
	tag(out, class_of(f), findingtext_word(f));
	buf_adds(out, "</td><td width=\"31%\" "
	    "valign=\"top\">");
	where(out, m, g);
	buf_adds(out, "</td><td valign=\"top\">");
	markup_text(out, f->what);
	if (g->n == 1 && f->below > 0)
		buf_addf(out, ngettext(" (and %zu entry below it)",
		    " (and %zu entries below it)", f->below), f->below);
	add_origin(out, m, f);
	buf_adds(out, "</td><td valign=\"top\">");
	if (f->rule != NULL && f->kind != FINDING_CHANGE) {
		buf_adds(out, "<code>");
		markup_text(out, f->spec);
		buf_adds(out, "/<wbr>");
		markup_text(out, f->rule);
		buf_adds(out, "</code>");
	}
	if (f->known && f->since != 0) {
		buf_addf(out, "<div class=\"mute\" style=\"color:#59636e\">%s",
		    _("since "));
		pasttext_time(out, f->since);
		buf_adds(out, "</div>");
	}
	buf_adds(out, "</td></tr>");
	if (has_more(f))
		more(out, m, g);
	buf_adds(out, "</tbody>\n");
}

static bool
is_told(const struct model_finding *f, bool known, bool notes)
{
	bool note = !f->flagged && f->kind != FINDING_UNKNOWN;

	return f->known == known && note == notes;
}

static void
open_table(struct buf *out, const char *first, const char *last)
{
	buf_addf(out, "<table class=\"list\" width=\"100%%\" "
	    "cellpadding=\"4\"><colgroup><col class=\"c0\">"
	    "<col class=\"c1\"><col class=\"c2\"><col class=\"c3\">"
	    "</colgroup><thead><tr><th>%s</th>"
	    "<th>%s</th><th>%s</th>"
	    "<th>%s</th></tr></thead>\n", first, _("Where"),
	    _("What"), last);
}

static void
findings(struct buf *out, const struct model *m, const char *title,
    bool known, bool notes)
{
	size_t n = 0;

	for (size_t i = 0; i < m->findings.n; i++)
		n += is_told(&m->findings.items[i], known, notes);
	if (n == 0)
		return;
	html_heading(out, title, n);
	open_table(out, _("How bad"), _("Rule"));
	for (size_t i = 0; i < m->finding_groups.n; i++) {
		const struct model_group *g = &m->finding_groups.items[i];

		if (is_told(&m->findings.items[g->items[0]], known, notes))
			add_finding(out, m, g);
	}
	buf_adds(out, "</table>\n");
}

static void
add_change_origin(struct buf *out, const struct model *m,
    const struct model_change *c)
{
	const struct transaction *t = model_transaction(m, c->transaction);

	if (t != NULL)
		html_code(out, t->command[0] != '\0' ? t->command :
		    t->origin);
	if (c->package != NULL) {
		buf_adds(out, t != NULL ? "<br>" : "");
		markup_text(out, c->package);
	}
	if (t == NULL && c->snapshot != NULL)
		markup_text(out, c->snapshot);
	if (c->when != 0) {
		buf_adds(out, "<div class=\"mute\" style=\"color:#59636e\">");
		pasttext_time(out, c->when);
		buf_adds(out, "</div>");
	}
}

static void
add_diffs(struct buf *out, const struct model *m, const struct model_group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n && n < DIFFS_MAX; i++) {
		const struct model_change *c = &m->changes.items[g->items[i]];

		if (c->diff == NULL)
			continue;
		if (n++ == 0)
			buf_addf(out, "<tr><td class=\"more\"></td><td "
			    "class=\"more\" colspan=\"3\"><details%s>"
			    "<summary>%s</summary>\n", g->n == 1 ? " open" :
			    "", _("differences"));
		if (g->n > 1)
			html_code(out, c->path);
		htmldiff(out, c->diff, c->cut);
	}
	if (n > 0)
		buf_adds(out, "</details></td></tr>");
}

static void
add_change(struct buf *out, const struct model *m,
    const struct model_group *g)
{
	static const char *const words[] = { [MODEL_ADDED] = N_("added"),
		[MODEL_REMOVED] = N_("removed"),
		[MODEL_CHANGED] = N_("changed") };
	const struct model_change *c = &m->changes.items[g->items[0]];
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	CLEANUP(drop_buf) struct buf differs = { 0 };

	for (size_t i = 0; i < g->n && i < PATHS_MAX; i++)
		strlist_add(&paths, m->changes.items[g->items[i]].path);
	buf_addf(out, "<tbody data-row=\"change\" id=\"c%zu\"><tr>"
	    "<td width=\"84\" valign=\"top\" data-k=\"%d\">",
	    c->group, (int)c->kind);
	tag(out, c->kind == MODEL_REMOVED ? "warning" : "note",
	    _(words[c->kind]));
	buf_adds(out, "</td><td width=\"31%\" "
	    "valign=\"top\">");
	html_paths(out, paths.items, paths.n, g->n);
	buf_adds(out, "</td><td valign=\"top\">");
	if (c->kind == MODEL_CHANGED && g->n > 1)
		entry_difference_text(&differs, c->differs);
	else if (c->kind == MODEL_CHANGED && c->details != NULL)
		buf_adds(&differs, c->details);
	markup_text(out, buf_str(&differs));
	if (c->secret)
		buf_addf(out, " (%s)", _("secret, not shown"));
	buf_adds(out, "</td><td valign=\"top\">");
	add_change_origin(out, m, c);
	buf_adds(out, "</td></tr>");
	add_diffs(out, m, g);
	buf_adds(out, "</tbody>\n");
}

static void
changes(struct buf *out, const struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->changes.n; i++)
		n += !m->changes.items[i].told;
	if (n == 0)
		return;
	html_heading(out, _("Changed"), n);
	open_table(out, _("How"), _("By"));
	for (size_t i = 0; i < m->change_groups.n; i++) {
		const struct model_group *g = &m->change_groups.items[i];

		if (!m->changes.items[g->items[0]].told)
			add_change(out, m, g);
	}
	buf_adds(out, "</table>\n");
}

static void
to_do(struct buf *out, const struct model *m)
{
	if (m->merges.n > 0)
		html_heading(out, _("To merge"), m->merges.n);
	for (size_t i = 0; i < m->merges.n; i++) {
		buf_adds(out, "<div class=\"card\" data-row=\"past\">");
		html_code(out, m->merges.items[i].leftover);
		buf_adds(out, "</div>\n");
	}
	if (m->complaints.n + m->troubles.n > 0)
		html_heading(out, _("driftctl itself"), 0);
	for (size_t i = 0; i < m->complaints.n; i++) {
		buf_adds(out, "<div class=\"card\" data-row=\"past\">");
		markup_text(out, m->complaints.items[i].what);
		if (m->complaints.items[i].remedy != NULL) {
			buf_adds(out, "<div><code class=\"cmd\">");
			markup_text(out, m->complaints.items[i].remedy);
			buf_adds(out, "</code></div>");
		}
		buf_adds(out, "</div>\n");
	}
	for (size_t i = 0; i < m->troubles.n; i++) {
		buf_adds(out, "<div class=\"card\" data-row=\"past\">");
		tag(out, "unknown", _("unknown"));
		buf_addc(out, ' ');
		markup_text(out, m->troubles.items[i]);
		buf_adds(out, "</div>\n");
	}
}

static void
tile(struct buf *out, const char *class, size_t n, const char *text)
{
	buf_addf(out, "<td class=\"%s\"><b>%zu</b><span>%s</span></td>\n",
	    n > 0 ? class : "", n, text);
}

static void
tiles(struct buf *out, const struct model *m)
{
	size_t critical = 0, restored = 0;

	for (size_t i = 0; i < m->findings.n; i++)
		critical += m->findings.items[i].flagged &&
		    m->findings.items[i].severity == SEVERITY_CRITICAL;
	for (size_t i = 0; i < m->transactions.n; i++)
		restored += transaction_count(&m->transactions.items[i],
		    "restored");
	buf_adds(out, "<table class=\"tiles\" width=\"100%\"><tr>\n");
	tile(out, "bad", critical, _("critical"));
	tile(out, "hm", m->flagged - critical, _("other flagged"));
	tile(out, "odd", m->unknowns + m->troubles.n, _("cannot tell"));
	if (!m->moment) {
		tile(out, "", restored, _("put back after upgrades"));
		tile(out, "", m->changes.n, _("changed paths"));
	}
	tile(out, "", m->rules, _("rules judged"));
	buf_adds(out, "</tr></table>\n");
}

static void
bar(struct buf *out)
{
	static const char *const kinds[][2] = {
		{ "critical", N_("critical") }, { "warning", N_("warning") },
		{ "info", N_("info") }, { "unknown", N_("unknown") },
		{ "change", N_("changes") }, { "note", N_("notes") } };

	buf_addf(out, "<div id=\"bar\" style=\"display:none\"><input "
	    "type=\"search\" placeholder=\"%s\" aria-label=\"%s\">\n",
	    _("Filter: words of a path, a rule, a package"), _("Filter"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		buf_addf(out, "<label><input type=\"checkbox\" value=\"%s\" "
		    "checked> %s</label>\n", kinds[i][0], _(kinds[i][1]));
	buf_adds(out, "</div>\n");
}

static void
add_times(struct buf *out, const struct model *m)
{
	buf_adds(out, "<p class=\"mute\" style=\"color:#59636e;margin:0\">");
	if (!m->moment && m->since != 0) {
		pasttext_time(out, m->since);
		buf_adds(out, " – ");
	}
	pasttext_time(out, m->until);
	if (strcmp(m->root, "/") != 0) {
		buf_adds(out, " · ");
		html_code(out, m->root);
	}
	buf_adds(out, "</p>\n");
}

static void
foot(struct buf *out, const struct model *m)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	findingtext_summary(&text, m);
	buf_adds(out, "<p class=\"foot\" style=\"color:#59636e\">");
	for (char *at = text.bytes, *line;
	    (line = findingtext_line(&at)) != NULL;) {
		markup_text(out, line);
		buf_adds(out, "<br>\n");
	}
	buf_adds(out, "driftctl " VERSION "</p>\n");
}

void
report_html(const struct model *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf title = { 0 };

	buf_addf(&title, _("driftctl on %s"), m->host);
	htmlhead(out, buf_str(&title));
	buf_adds(out, "<body style=\"margin:0;background:#ffffff;"
	    "color:#1f2328\">\n<div class=\"page\">\n<h1>");
	markup_text(out, m->host);
	buf_adds(out, "</h1>\n");
	add_times(out, m);
	if (!m->last)
		tiles(out, m);
	bar(out);
	findings(out, m, m->moment ? _("Findings") : _("Needs you"), false,
	    false);
	findings(out, m, _("Still open"), true, false);
	htmlpast(out, m);
	changes(out, m);
	to_do(out, m);
	if (m->moment)
		findings(out, m, _("Notes"), false, true);
	htmlpictures_calendar(out, m);
	htmlpictures_rules(out, m);
	if (!m->last)
		foot(out, m);
	buf_adds(out, "</div>\n");
	htmlhead_script(out);
	buf_adds(out, "</body>\n</html>\n");
}
