/* SPDX-License-Identifier: MIT */

#include "agent/report/html.h"
#include "agent/report/markup.h"
#include "agent/report/pasttext.h"
#include "base/tr.h"

/* Inline SVG; without a style sheet the attributes paint it. */

enum { CELL = 11, STEP = 13, LEFT = 30, TOP = 16, RULES_MAX = 60,
	MANY = 3, DAY = 24 * 60 * 60 };

static const struct {
	const char *class, *fill;
} paints[] = {
	{ "d0", "#f0f3f6" },	/* nobody looked */
	{ "d1", "#b4e3bd" },	/* nothing was open */
	{ "d2", "#54aeff" },	/* something was put back */
	{ "d3", "#f5a742" },	/* something was open */
	{ "d4", "#cf222e" },	/* much was */
};

static size_t
paint_of(const struct model_day *d)
{
	if (d->open >= MANY)
		return 4;
	if (d->open > 0)
		return 3;
	if (d->restored > 0)
		return 2;
	return d->watched ? 1 : 0;
}

static void
add_day_text(struct buf *out, const struct model_day *d)
{
	buf_addf(out, "%04d-%02d-%02d: ", d->year, d->month, d->day);
	if (!d->watched && d->open == 0) {
		buf_adds(out, _("nobody looked"));
		return;
	}
	buf_addf(out, ngettext("%zu finding open", "%zu findings open",
	    d->open), d->open);
	if (d->restored > 0)
		buf_addf(out, ngettext(", %zu path put back",
		    ", %zu paths put back", d->restored), d->restored);
	if (d->transactions > 0)
		buf_addf(out, ngettext(", %zu package transaction",
		    ", %zu package transactions", d->transactions),
		    d->transactions);
	if (d->snapshots > 0)
		buf_addf(out, ngettext(", %zu snapshot", ", %zu snapshots",
		    d->snapshots), d->snapshots);
}

static void
add_day(struct buf *out, const struct model_day *d, size_t week)
{
	size_t p = paint_of(d);
	unsigned long x = LEFT + week * STEP;
	unsigned long y = TOP + (unsigned long)d->weekday * STEP;

	buf_addf(out, "<rect class=\"%s\" fill=\"%s\" x=\"%lu\" y=\"%lu\" "
	    "width=\"%d\" height=\"%d\" rx=\"2\"><title>", paints[p].class,
	    paints[p].fill, x, y, CELL, CELL);
	add_day_text(out, d);
	buf_adds(out, "</title></rect>");
	if (d->transactions > 0)
		buf_addf(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" "
		    "r=\"1.8\" pointer-events=\"none\"/>", (double)x +
		    CELL / 2.0, (double)y + CELL / 2.0);
	buf_addc(out, '\n');
}

static const char *
month_name(int month)
{
	static const char *const names[] = { N_("Jan"), N_("Feb"), N_("Mar"),
		N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
		N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec") };

	return _(names[month - 1]);
}

static void
add_labels(struct buf *out, const struct model *m)
{
	static const char *const weekdays[] = { N_("Mon"), NULL, N_("Wed"),
		NULL, N_("Fri"), NULL, NULL };
	size_t last = 0;

	for (int i = 0; i < 7; i++)
		if (weekdays[i] != NULL)
			buf_addf(out, "<text x=\"0\" y=\"%d\">%s</text>\n",
			    TOP + i * STEP + 9, _(weekdays[i]));
	for (size_t i = 0; i < m->days.n; i++) {
		const struct model_day *d = &m->days.items[i];

		/* A label is two and a half weeks wide. */
		if (d->day > 7 || d->weekday != 0 ||
		    (i > 0 && i / 7 < last + 3))
			continue;
		last = i / 7;
		buf_addf(out, "<text x=\"%lu\" y=\"10\">%s</text>\n",
		    (unsigned long)(LEFT + last * STEP),
		    month_name(d->month));
	}
}

/* In words, for whoever does not get to see the picture. */
static void
add_count(struct buf *out, const struct model *m)
{
	size_t open = 0, watched = 0;

	for (size_t i = 0; i < m->days.n; i++) {
		open += m->days.items[i].open > 0;
		watched += m->days.items[i].watched ||
		    m->days.items[i].open > 0;
	}
	buf_addf(out, ngettext("Of %zu day on which somebody looked, on %zu "
	    "something was open.", "Of %zu days on which somebody looked, on "
	    "%zu something was open.", watched), watched, open);
}

static void
key(struct buf *out, size_t paint, const char *text)
{
	buf_addf(out, "<svg width=\"11\" height=\"11\" aria-hidden=\"true\">"
	    "<rect class=\"%s\" fill=\"%s\" width=\"11\" height=\"11\" "
	    "rx=\"2\"/></svg>%s", paints[paint].class, paints[paint].fill,
	    text);
}

void
htmlpictures_calendar(struct buf *out, const struct model *m)
{
	unsigned long weeks = (m->days.n + 6) / 7;

	if (m->days.n == 0)
		return;
	html_heading(out, _("The last year"), 0);
	buf_addf(out, "<div class=\"scroll\"><svg class=\"cal\" role=\"img\" "
	    "viewBox=\"0 0 %lu %d\" width=\"%lu\" height=\"%d\" "
	    "aria-label=\"", LEFT + weeks * STEP, TOP + 7 * STEP,
	    LEFT + weeks * STEP, TOP + 7 * STEP);
	add_count(out, m);
	buf_adds(out, "\">\n");
	add_labels(out, m);
	for (size_t i = 0; i < m->days.n; i++)
		add_day(out, &m->days.items[i], i / 7);
	buf_adds(out, "</svg></div>\n<p class=\"key\" style=\"font-size:12px;"
	    "color:#59636e\">");
	add_count(out, m);
	buf_adds(out, "<br>\n");
	key(out, 0, _("nobody looked"));
	key(out, 1, _("in order"));
	key(out, 2, _("put back after an upgrade"));
	key(out, 3, _("something open"));
	key(out, 4, _("three things or more"));
	buf_addf(out, "<svg width=\"11\" height=\"11\" aria-hidden=\"true\">"
	    "<circle class=\"dot\" cx=\"5.5\" cy=\"5.5\" r=\"2\"/></svg>%s"
	    "</p>\n", _("package transaction"));
}

/* Where in a strip of so many units a moment is. */
static double
at(const struct model *m, int64_t when, int64_t from)
{
	double x;

	if (when == 0 || when > m->until)
		when = m->until;
	x = 1000.0 * (double)(when - from) / (double)(m->until - from);
	return x < 0 ? 0 : x;
}

static void
add_strip(struct buf *out, const struct model *m, const struct model_rule *r,
    int64_t from)
{
	static const char *const class[] = { [SEVERITY_INFO] = "fi",
		[SEVERITY_WARNING] = "fw", [SEVERITY_CRITICAL] = "fc" };
	static const char *const fill[] = { [SEVERITY_INFO] = "#818b98",
		[SEVERITY_WARNING] = "#f5a742",
		[SEVERITY_CRITICAL] = "#cf222e" };

	buf_adds(out, "<svg class=\"strip\" role=\"img\" viewBox=\"0 0 1000 "
	    "18\" width=\"400\" height=\"18\" preserveAspectRatio=\"none\" "
	    "aria-label=\"");
	markup_text(out, r->name);
	buf_adds(out, "\"><rect class=\"rail\" fill=\"#e6eaef\" y=\"7\" "
	    "width=\"1000\" height=\"4\"/>");
	for (size_t i = 0; i < r->spans.n; i++) {
		const struct model_span *s = &r->spans.items[i];
		double x = at(m, s->from, from), w = at(m, s->to, from) - x;

		if (s->to != 0 && s->to < from)
			continue;
		/* A few hours of a year would not be seen. */
		if (w < 6)
			w = 6;
		if (x + w > 1000)
			x = 1000 - w;
		buf_addf(out, "<rect class=\"%s\" fill=\"%s\" x=\"%.1f\" "
		    "y=\"2\" width=\"%.1f\" height=\"14\"><title>",
		    class[r->severity], fill[r->severity], x, w);
		pasttext_time(out, s->from);
		buf_adds(out, " – ");
		if (s->to != 0)
			pasttext_time(out, s->to);
		buf_adds(out, "</title></rect>");
	}
	buf_adds(out, "</svg>");
}

static void
add_state(struct buf *out, const struct model_rule *r)
{
	const struct model_span *last = r->spans.n > 0 ?
	    &r->spans.items[r->spans.n - 1] : NULL;

	if (last != NULL && last->to == 0) {
		buf_adds(out, _("open since "));
		pasttext_time(out, last->from);
	} else if (last != NULL) {
		buf_adds(out, _("in order since "));
		pasttext_time(out, last->to);
	}
	if (r->restored > 0) {
		buf_adds(out, last != NULL ? "; " : "");
		buf_addf(out, ngettext("put back %zu time",
		    "put back %zu times", r->restored), r->restored);
	}
}

void
htmlpictures_rules(struct buf *out, const struct model *m)
{
	int64_t from = m->until - (int64_t)m->days.n * DAY;

	if (m->rules_past.n == 0 || m->days.n == 0)
		return;
	html_heading(out, _("Rules that did not always hold"),
	    m->rules_past.n);
	buf_addf(out, "<table class=\"list\" width=\"100%%\"><colgroup>"
	    "<col class=\"c1\"><col><col class=\"c3\"></colgroup><thead><tr>"
	    "<th>%s</th><th>%s</th>"
	    "<th>%s</th></tr></thead>\n", _("Rule"),
	    _("The last year"), _("Now"));
	for (size_t i = 0; i < m->rules_past.n && i < RULES_MAX; i++) {
		const struct model_rule *r = &m->rules_past.items[i];

		buf_adds(out, "<tbody><tr><td>");
		html_code(out, r->name);
		buf_adds(out, "</td><td>");
		add_strip(out, m, r, from);
		buf_adds(out, "</td><td>");
		add_state(out, r);
		buf_adds(out, "</td></tr></tbody>\n");
	}
	buf_adds(out, "</table>\n");
}
