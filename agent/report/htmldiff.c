/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "agent/report/html.h"
#include "agent/report/markup.h"
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

static void
cell(struct buf *out, const char *class, const char *style,
    unsigned long number, const struct piece *p, size_t from, size_t to)
{
	buf_addf(out, "<td class=\"n\" style=\"color:#8a919a;"
	    "vertical-align:top\">%lu</td><td class=\"%s\" style=\"%s\">",
	    number, class, style);
	add_text(out, p->text, from);
	if (to > from) {
		buf_adds(out, "<b>");
		add_text(out, p->text + from, to - from);
		buf_adds(out, "</b>");
	}
	add_text(out, p->text + to, p->len - to);
	buf_adds(out, "</td>");
}

static void
no_cell(struct buf *out)
{
	buf_adds(out, "<td class=\"n\"></td><td class=\"e\"></td>");
}

static bool
is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* What both begin and end with; the rest is what was rewritten. No letter is
 * torn, nor is what stands for one that was escaped. */
static void
common(const struct piece *a, const struct piece *b, size_t *out_head,
    size_t *out_tail)
{
	size_t least = a->len < b->len ? a->len : b->len, head = 0, tail = 0;

	while (head < least && a->text[head] == b->text[head])
		head++;
	while (tail < least - head &&
	    a->text[a->len - 1 - tail] == b->text[b->len - 1 - tail])
		tail++;
	while (head > 0 && ((head < a->len && is_inside(a->text[head])) ||
	    (head < b->len && is_inside(b->text[head]))))
		head--;
	while (tail > 0 && (is_inside(a->text[a->len - tail]) ||
	    is_inside(b->text[b->len - tail])))
		tail--;
	/* Lines that have next to nothing in common are two lines. */
	if ((head + tail) * 3 < least)
		head = tail = 0;
	*out_head = head;
	*out_tail = tail;
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
		size_t head = 0, tail = 0;

		if (a != NULL && b != NULL)
			common(a, b, &head, &tail);
		buf_adds(s->out, "<tr>");
		if (a != NULL)
			cell(s->out, "d", GONE, s->was++, a,
			    head + tail > 0 ? head : 0,
			    head + tail > 0 ? a->len - tail : 0);
		else
			no_cell(s->out);
		if (b != NULL)
			cell(s->out, "a", COME, s->is++, b,
			    head + tail > 0 ? head : 0,
			    head + tail > 0 ? b->len - tail : 0);
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
	cell(s->out, "s", "vertical-align:top", s->was++, p, 0, 0);
	cell(s->out, "s", "vertical-align:top", s->is++, p, 0, 0);
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
