/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_OUTPUT_H
#define AGENT_REPORT_OUTPUT_H

#include "agent/report/report.h"
#include "base/err.h"

/* Where a report goes, and how its reader is told what it says. */

/* False of formats whose readers take silence for a failure. */
bool output_may_be_silent(enum format format);
/*
 * To standard output, or into a file, which is replaced in one step. A new file
 * is for its owner alone, but where others have to read it: a report shows what
 * is in files.
 */
int output_write(const char *file, enum format format, const struct buf *text,
    struct err *e);
/* The exit code that the readers of a format expect. */
int output_exit(const struct model *m, enum format format);
/* What a verb returns for a failure: -1 for it to be told as any other, or the
 * exit code where the format has words for it. */
int output_failure(enum format format, const struct err *e);

#endif
