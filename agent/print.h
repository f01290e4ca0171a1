/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PRINT_H
#define AGENT_PRINT_H

#include "base/buf.h"
#include "base/err.h"

/* The only place that writes to the terminal. */

/* "driftctl: WHERE[:LINE:COL]: what went wrong" on stderr. */
void print_error(const struct err *e);
void print_error_text(const char *line);
/* "driftctl: …" on stderr: not an error, but to be known. */
void print_note(const char *fmt, ...) PRINTF(1, 2);
/* All of it to stdout; -1 and e when it cannot be written. */
int print_out(const struct buf *text, struct err *e);

#endif
