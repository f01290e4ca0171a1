/* SPDX-License-Identifier: MIT */
#include "agent/tell/messagetext.h"

#include <string.h>
#include <time.h>

#include "agent/json.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

/* What stands above the news of each kind. */
static const char *const headings[NEWS_KINDS] = {
	[NEWS_FLAGGED] = N_("needs you"),
	[NEWS_UNKNOWN] = N_("cannot tell"),
	[NEWS_FAILED] = N_("driftctl could not do"),
	[NEWS_MERGE] = N_("to merge, with 'driftctl merge'"),
	[NEWS_RESTORED] = N_("put back"),
	[NEWS_RESOLVED] = N_("as it should be again, or accepted"),
};
/* What a person must know first stands first. */
static const enum news_kind order[NEWS_KINDS] = { NEWS_FLAGGED, NEWS_UNKNOWN,
	NEWS_FAILED, NEWS_MERGE, NEWS_RESTORED, NEWS_RESOLVED };

static void
put(struct buf *out, const char *text)
{
	text_escape(out, text, strlen(text));
}

static void
put_rule(struct buf *out, const struct news *n)
{
	CLEANUP(drop_buf) struct buf rule = { 0 };

	news_rule(n, &rule);
	if (rule.len > 0) {
		buf_adds(out, " [");
		put(out, buf_str(&rule));
		buf_addc(out, ']');
	}
}

void
news_line(const struct news *n, struct buf *out)
{
	if (n->path[0] != '\0') {
		put(out, n->path);
		buf_adds(out, ": ");
	}
	put(out, n->what);
	put_rule(out, n);
}

void
news_place(const struct news *n, struct buf *out)
{
	put(out, n->path[0] != '\0' ? n->path : n->id);
	put_rule(out, n);
}

static size_t
count(const struct message *m, enum news_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < m->news.n; i++)
		n += m->news.items[i].kind == kind;
	return n;
}

/* "3 need you, 1 put back" */
static void
add_counts(const struct message *m, struct buf *out)
{
	const size_t flagged = count(m, NEWS_FLAGGED),
	    unknown = count(m, NEWS_UNKNOWN), failed = count(m, NEWS_FAILED),
	    merge = count(m, NEWS_MERGE), restored = count(m, NEWS_RESTORED),
	    resolved = count(m, NEWS_RESOLVED);
	const struct {
		size_t n;
		const char *text;
	} parts[] = {
		{ flagged, ngettext("%zu thing needs you",
		    "%zu things need you", flagged) },
		{ unknown, ngettext("%zu cannot be told",
		    "%zu cannot be told", unknown) },
		{ failed, ngettext("%zu thing not done",
		    "%zu things not done", failed) },
		{ merge, ngettext("%zu file to merge",
		    "%zu files to merge", merge) },
		{ restored, ngettext("%zu put back", "%zu put back",
		    restored) },
		{ resolved, ngettext("%zu in order again",
		    "%zu in order again", resolved) },
		{ m->left_out, ngettext("%zu more", "%zu more",
		    m->left_out) },
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n == 0)
			continue;
		buf_adds(out, between);
		buf_addf(out, parts[i].text, parts[i].n);
		between = ", ";
	}
}

void
message_subject(const struct message *m, struct buf *out)
{
	buf_adds(out, "driftctl ");
	put(out, m->host);
	buf_adds(out, ": ");
	if (m->subject[0] != '\0') {
		put(out, m->subject);
		return;
	}
	if (m->event == MESSAGE_TEST)
		buf_adds(out, _("this is a test"));
	/* One thing can be said outright. */
	if (m->news.n == 1 && m->left_out == 0 &&
	    m->news.items[0].path[0] != '\0') {
		put(out, m->news.items[0].path);
		buf_adds(out, ": ");
	}
	add_counts(m, out);
	if (m->packages[0] != '\0') {
		buf_adds(out, " (");
		put(out, m->packages);
		buf_addc(out, ')');
	}
}

static void
add_labelled(struct buf *out, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_adds(out, label);
	put(out, text);
	buf_addc(out, '\n');
}

static void
add_news(const struct news *n, struct buf *out)
{
	CLEANUP(drop_buf) struct buf rule = { 0 }, what = { 0 };

	buf_adds(out, "  ");
	put(out, n->path[0] != '\0' ? n->path : n->what);
	news_rule(n, &rule);
	if (rule.len > 0) {
		buf_adds(out, " [");
		put(out, buf_str(&rule));
		buf_addc(out, ']');
	}
	buf_addc(out, '\n');
	if (n->path[0] == '\0')
		return;
	buf_addf(&what, "%s%s%s", n->kind == NEWS_RESTORED ? "" :
	    n->kind == NEWS_RESOLVED ? _("was: ") : "",
	    n->severity == SEVERITY_CRITICAL ? _("critical: ") : "", n->what);
	wrap_text(out, 6, buf_str(&what));
}

static void
add_when(int64_t when, struct buf *out)
{
	time_t t = (time_t)when;
	struct tm tm;
	char text[64] = "";

	if (localtime_r(&t, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	buf_adds(out, text);
}

static void
add_head(const struct message *m, struct buf *out)
{
	add_labelled(out, _("machine: "), m->host);
	buf_adds(out, _("time: "));
	add_when(m->when, out);
	buf_addc(out, '\n');
	add_labelled(out, _("found by: "), m->origin);
	add_labelled(out, _("command: "), m->command);
	add_labelled(out, _("packages: "), m->packages);
	add_labelled(out, _("transaction: "), m->transaction);
	if (m->event == MESSAGE_TEST)
		buf_adds(out, _("\nThis is a test: nothing happened. Whoever "
		    "reads it will be told\nwhat driftctl finds.\n"));
}

void
message_text(const struct message *m, size_t most, struct buf *out)
{
	size_t shown = 0;

	if (m->text[0] != '\0') {
		buf_adds(out, m->text);
		return;
	}
	add_head(m, out);
	for (int k = 0; k < NEWS_KINDS; k++) {
		bool any = false;

		for (size_t i = 0; i < m->news.n && shown < most; i++) {
			if (m->news.items[i].kind != order[k])
				continue;
			if (!any)
				buf_addf(out, "\n%s:\n",
				    _(headings[order[k]]));
			any = true;
			shown++;
			add_news(&m->news.items[i], out);
		}
	}
	shown = m->news.n - shown + m->left_out;
	if (shown > 0)
		buf_addf(out, ngettext("\nand %zu more\n", "\nand %zu more\n",
		    shown), shown);
	if (m->more[0] != '\0') {
		buf_adds(out, _("\nall of it: "));
		put(out, m->more);
		buf_addc(out, '\n');
	}
}

static void
put_html(struct buf *out, const char *text)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	put(&safe, text);
	for (const char *p = buf_str(&safe); *p != '\0'; p++) {
		switch (*p) {
		case '&':	buf_adds(out, "&amp;"); break;
		case '<':	buf_adds(out, "&lt;"); break;
		case '>':	buf_adds(out, "&gt;"); break;
		case '"':	buf_adds(out, "&quot;"); break;
		default:	buf_addc(out, *p); break;
		}
	}
}

static void
html_news(const struct news *n, struct buf *out)
{
	CLEANUP(drop_buf) struct buf rule = { 0 };

	buf_adds(out, "<li>");
	if (n->path[0] != '\0') {
		buf_adds(out, "<code>");
		put_html(out, n->path);
		buf_adds(out, "</code>");
	}
	news_rule(n, &rule);
	if (rule.len > 0) {
		buf_adds(out, " <small>");
		put_html(out, buf_str(&rule));
		buf_adds(out, "</small>");
	}
	if (n->path[0] != '\0')
		buf_adds(out, "<br>");
	if (n->severity == SEVERITY_CRITICAL)
		buf_addf(out, "<strong>%s</strong>", _("critical: "));
	put_html(out, n->what);
	buf_adds(out, "</li>\n");
}

static void
html_row(const char *label, const char *text, struct buf *out)
{
	if (text[0] == '\0')
		return;
	buf_addf(out, "<tr><th align=\"left\">%s</th><td>", label);
	put_html(out, text);
	buf_adds(out, "</td></tr>\n");
}

static void
html_lists(const struct message *m, struct buf *out)
{
	for (int k = 0; k < NEWS_KINDS; k++) {
		if (count(m, order[k]) == 0)
			continue;
		buf_adds(out, "<h2 style=\"font-size:1.1em\">");
		put_html(out, _(headings[order[k]]));
		buf_adds(out, "</h2>\n<ul>\n");
		for (size_t i = 0; i < m->news.n; i++)
			if (m->news.items[i].kind == order[k])
				html_news(&m->news.items[i], out);
		buf_adds(out, "</ul>\n");
	}
	if (m->left_out > 0)
		buf_addf(out, ngettext("<p>and %zu more</p>\n",
		    "<p>and %zu more</p>\n", m->left_out), m->left_out);
}

/* Colours are left to the reader's program: it may be dark. */
void
message_html(const struct message *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf subject = { 0 }, when = { 0 };

	if (m->html[0] != '\0') {
		buf_adds(out, m->html);
		return;
	}
	message_subject(m, &subject);
	add_when(m->when, &when);
	buf_adds(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	put_html(out, buf_str(&subject));
	buf_adds(out, "</title></head>\n<body style=\"font-family:sans-serif\">"
	    "\n<h1 style=\"font-size:1.3em\">");
	put_html(out, buf_str(&subject));
	buf_adds(out, "</h1>\n<table>\n");
	html_row(_("machine"), m->host, out);
	html_row(_("time"), buf_str(&when), out);
	html_row(_("found by"), m->origin, out);
	html_row(_("command"), m->command, out);
	html_row(_("packages"), m->packages, out);
	html_row(_("transaction"), m->transaction, out);
	buf_adds(out, "</table>\n");
	if (m->event == MESSAGE_TEST)
		buf_addf(out, "<p>%s</p>\n", _("This is a test: nothing "
		    "happened."));
	html_lists(m, out);
	if (m->more[0] != '\0') {
		buf_addf(out, "<p>%s<code>", _("all of it: "));
		put_html(out, m->more);
		buf_adds(out, "</code></p>\n");
	}
	buf_adds(out, "</body></html>\n");
}

static void
or_null(struct json *j, const char *key, const char *text)
{
	json_text(j, key, text[0] != '\0' ? text : NULL);
}

static void
json_news(struct json *j, const struct news *n)
{
	CLEANUP(drop_buf) struct buf rule = { 0 };

	news_rule(n, &rule);
	json_open(j, NULL, '{');
	json_text(j, "kind", news_kind_words[n->kind]);
	json_text(j, "severity", severity_words[n->severity]);
	json_text(j, "id", n->id);
	or_null(j, "rule", buf_str(&rule));
	or_null(j, "path", n->path);
	json_text(j, "what", n->what);
	or_null(j, "package", n->package);
	json_close(j, '}');
}

void
message_json(const struct message *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf subject = { 0 }, text = { 0 };
	struct json j = { .out = out };

	message_subject(m, &subject);
	message_text(m, 8, &text);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "event", message_event_words[m->event]);
	json_text(&j, "id", m->id);
	json_text(&j, "host", m->host);
	json_number(&j, "time", (uint64_t)(m->when > 0 ? m->when : 0));
	json_text(&j, "severity", severity_words[message_severity(m)]);
	/* Chat programs that take JSON show the member "text". */
	json_text(&j, "subject", buf_str(&subject));
	json_text(&j, "text", buf_str(&text));
	or_null(&j, "origin", m->origin);
	or_null(&j, "transaction", m->transaction);
	or_null(&j, "command", m->command);
	or_null(&j, "packages", m->packages);
	json_open(&j, "findings", '[');
	for (size_t i = 0; i < m->news.n; i++)
		json_news(&j, &m->news.items[i]);
	json_close(&j, ']');
	json_number(&j, "left_out", m->left_out);
	json_close(&j, '}');
	buf_addc(out, '\n');
}
