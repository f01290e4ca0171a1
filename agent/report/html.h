/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_HTML_H
#define AGENT_REPORT_HTML_H

#include "agent/report/model.h"
#include "base/buf.h"

/* The parts of a page; text in them is markup_text's. */

/* All up to <body>: style, and what the page may load, which is nothing. */
void htmlhead(struct buf *out, const char *title);
/* What sorts and filters where there is a browser; without it all is there. */
void htmlhead_script(struct buf *out);

/* A unified diff with its sides beside each other. */
void htmldiff(struct buf *out, const char *diff, bool cut);

/* Pictures: the days of the last year, and the past of each rule. */
void htmlpictures_calendar(struct buf *out, const struct model *m);
void htmlpictures_rules(struct buf *out, const struct model *m);

/* The sections on what happened. */
void htmlpast(struct buf *out, const struct model *m);

/* "<h2>…</h2>" with an anchor for the list of contents. */
void html_heading(struct buf *out, const char *text, size_t n);
/* "<code>…</code>", its text escaped. */
void html_code(struct buf *out, const char *text);
/* Paths, folded away where there are many. */
void html_paths(struct buf *out, char *const *items, size_t n, size_t all);

#endif
