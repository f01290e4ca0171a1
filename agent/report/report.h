/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_REPORT_H
#define AGENT_REPORT_REPORT_H

#include "agent/options.h"
#include "agent/report/model.h"
#include "base/buf.h"
#include "base/err.h"

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

/* The same as one object a line, each with its "type". */
void report_ndjson(const struct model *m, struct buf *out);
/* One file that needs no other, for mail and browsers. */
void report_html(const struct model *m, struct buf *out);
void report_markdown(const struct model *m, struct buf *out);
/* A rule, or what it finds, is a test case; a spec is a suite. */
void report_junit(const struct model *m, struct buf *out);
/* Static Analysis Results Interchange Format 2.1.0 */
void report_sarif(const struct model *m, struct buf *out);
/* One line with performance data, as Nagios and Icinga read it. */
void report_nagios(const struct model *m, struct buf *out);
/* 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN */
int report_nagios_exit(const struct model *m);
/* The same for what was not even begun. */
void report_nagios_failure(const struct err *e, struct buf *out);
/* Prometheus' text format, for node_exporter's textfile collector. */
void report_prometheus(const struct model *m, struct buf *out);

/* In this format. */
void report_write(const struct model *m, enum format format, bool color,
    struct buf *out);

#endif
