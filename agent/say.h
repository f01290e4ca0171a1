/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SAY_H
#define AGENT_SAY_H

#include "agent/options.h"
#include "base/buf.h"
#include "base/err.h"

/* The only place that writes to the terminal. */

/* "driftctl: WHERE[:LINE:COL]: what went wrong" on stderr. */
void say_error(const struct err *e);
void say_error_text(const char *line);
/* "driftctl: …" on stderr: not an error, but to be known. */
void say_note(const char *fmt, ...) PRINTF(1, 2);
/* A line on the terminal in place of the one before it, which the next
 * message takes the place of; NULL: it is taken away. */
void say_passing(const char *line);
/* A question on stderr, without a newline. */
void say_question(const char *text);
/* All of it to stdout, for people: in the locale's charset. -1 and e when it
 * cannot be written. */
int say_out(const struct buf *text, struct err *e);
/* The same bytes: files, and formats, which are UTF-8. */
int say_exact(const struct buf *text, struct err *e);
/* As --format has it: text for people, other formats exactly. */
int say_result(const struct options *o, const struct buf *text,
    struct err *e);

#endif
