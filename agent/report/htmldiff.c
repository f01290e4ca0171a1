/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "agent/report/html.h"
#include "agent/report/markup.h"
#include "agent/semantic/worddiff.h"
#include "base/tr.h"
#include "base/vec.h"

/* A line of one side, without the sign before it. */
struct piece {
	const char *text;
	size_t len;
};

struct pieces {
	struct piece *items;
	size_t n, cap;
};

/* Lines of both sides that are still to be put beside each other. */
struct sides {
	struct buf *out;
	struct pieces gone, come;
	unsigned long was, is;	/* numbers of the next lines */
};

static void
add_text(struct buf *out, const char *text, size_t len)
{
	CLEANUP(drop_free) char *copy = xmemdup(text, len);

	markup_lines(out, copy);
}

/* Changed words are bold; words is NULL where none stand out. */
static void
cell(struct buf *out, const char *class, const char *style,
    unsigned long number, const struct piece *p,
    const struct word_ranges *words)
{
	size_t at = 0;

	buf_addf(out, "<td class=\"n\" style=\"color:#8a919a;"
	    "vertical-align:top\">%lu</td><td class=\"%s\" style=\"%s\">",
	    number, class, style);
	for (size_t i = 0; words != NULL && i < words->n; i++) {
		const struct word_range *w = &words->items[i];

		add_text(out, p->text + at, w->start - at);
		buf_adds(out, "<b>");
		add_text(out, p->text + w->start, w->end - w->start);
		buf_adds(out, "</b>");
		at = w->end;
	}
	add_text(out, p->text + at, p->len - at);
	buf_adds(out, "</td>");
}

static void
no_cell(struct buf *out)
{
	buf_adds(out, "<td class=\"n\"></td><td class=\"e\"></td>");
}

#define GONE "background:#ffebe9;vertical-align:top"
#define COME "background:#e6ffec;vertical-align:top"

static void
flush(struct sides *s)
{
	size_t n = s->gone.n > s->come.n ? s->gone.n : s->come.n;

	for (size_t i = 0; i < n; i++) {
		const struct piece *a = i < s->gone.n ? &s->gone.items[i] :
		    NULL;
		const struct piece *b = i < s->come.n ? &s->come.items[i] :
		    NULL;
		CLEANUP(drop_word_ranges) struct word_ranges gone = { 0 };
		CLEANUP(drop_word_ranges) struct word_ranges come = { 0 };

		if (a != NULL && b != NULL)
			words_changed(a->text, a->len, b->text, b->len, &gone,
			    &come);
		buf_adds(s->out, "<tr>");
		if (a != NULL)
			cell(s->out, "d", GONE, s->was++, a, &gone);
		else
			no_cell(s->out);
		if (b != NULL)
			cell(s->out, "a", COME, s->is++, b, &come);
		else
			no_cell(s->out);
		buf_adds(s->out, "</tr>\n");
	}
	s->gone.n = s->come.n = 0;
}

static void
same(struct sides *s, const struct piece *p)
{
	flush(s);
	buf_adds(s->out, "<tr>");
	cell(s->out, "s", "vertical-align:top", s->was++, p, NULL);
	cell(s->out, "s", "vertical-align:top", s->is++, p, NULL);
	buf_adds(s->out, "</tr>\n");
}

/* "@@ -12,3 +12,4 @@" */
static void
hunk(struct sides *s, const char *line)
{
	const char *minus = strchr(line, '-'), *plus = strchr(line, '+');

	flush(s);
	s->was = minus != NULL ? strtoul(minus + 1, NULL, 10) : 1;
	s->is = plus != NULL ? strtoul(plus + 1, NULL, 10) : 1;
	buf_adds(s->out, "<tr><td class=\"h\" colspan=\"4\"></td></tr>\n");
}

static void
note(struct sides *s, const char *text, size_t len)
{
	flush(s);
	buf_adds(s->out, "<tr><td class=\"h\" colspan=\"4\">");
	add_text(s->out, text, len);
	buf_adds(s->out, "</td></tr>\n");
}

static void
line(struct sides *s, const char *p, size_t n)
{
	const struct piece rest = { p + 1, n > 0 ? n - 1 : 0 };

	if (n > 3 && strncmp(p, "@@ ", 3) == 0)
		hunk(s, p);
	else if (n > 0 && *p == '-')
		*VEC_ADD(&s->gone) = rest;
	else if (n > 0 && *p == '+')
		*VEC_ADD(&s->come) = rest;
	else if (n > 0 && *p == ' ')
		same(s, &rest);
	else
		/* "\ No newline at end of file", "binary files differ" */
		note(s, p, n);
}

void
htmldiff(struct buf *out, const char *diff, bool cut)
{
	struct sides s = { .out = out, .was = 1, .is = 1 };

	buf_adds(out, "<table class=\"diff\" cellspacing=\"0\" "
	    "cellpadding=\"2\" width=\"100%\" style=\"border-collapse:"
	    "collapse;font-family:ui-monospace,monospace;font-size:12px;"
	    "white-space:pre-wrap\">\n<colgroup><col class=\"cn\"><col>"
	    "<col class=\"cn\"><col></colgroup>\n");
	for (const char *p = diff; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		line(&s, p, n);
		p += n + (p[n] == '\n');
	}
	flush(&s);
	if (cut)
		note(&s, _("(and so on)"), strlen(_("(and so on)")));
	buf_adds(out, "</table>\n");
	free(s.gone.items);
	free(s.come.items);
}
