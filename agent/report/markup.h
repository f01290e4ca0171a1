/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_MARKUP_H
#define AGENT_REPORT_MARKUP_H

#include "base/buf.h"

/* Text for XML 1.0 and HTML alike. */

/*
 * Appends printable UTF-8 as it is, with the five characters that mean
 * something as references; all else as text_escape has it. Good between tags
 * and in quoted attributes.
 */
void markup_text(struct buf *out, const char *text);
/* The same of several lines, whose ends and tabs stay. */
void markup_lines(struct buf *out, const char *text);

#endif
