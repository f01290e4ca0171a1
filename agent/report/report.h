/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_REPORT_H
#define AGENT_REPORT_REPORT_H

#include "agent/options.h"
#include "agent/report/model.h"
#include "base/buf.h"

/*
 * The formats of a report: each appends the bytes for a model that is folded
 * (fold.h), and looks at nothing else.
 */

/* For a tired person, 80 columns; of a moment what `check` says. */
void report_text(const struct model *m, bool color, struct buf *out);
/* What is open alone, as `check` lists it. */
void report_text_findings(const struct model *m, bool color, struct buf *out);
/* doc/check.schema.json of a moment, else doc/report.schema.json. */
void report_json(const struct model *m, struct buf *out);

/* In this format. */
void report_write(const struct model *m, enum format format, bool color,
    struct buf *out);

#endif
