/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include "agent/finding.h"
#include "agent/machine.h"
#include "base/buf.h"

/* What a report is about, besides its findings. */
struct report {
	const char *verb;
	const struct machine *m;
	const struct findings *findings;
	const struct oid *baseline;	/* NULL: none yet */
	const char *baseline_time;	/* for a person, NULL = unknown */
	int exit_code;
	bool partial;		/* not of the whole machine: no summary */
};

/* Findings for a tired person, 80 columns; see driftctl(8). */
void report_text(const struct report *r, bool color, struct buf *out);
/* doc/check.schema.json describes it. */
void report_json(const struct report *r, struct buf *out);
/* The list "findings" of an object that is open. */
struct json;
void report_json_findings(const struct findings *f, struct json *j);
/* In the format the options ask for. */
void report_write(const struct report *r, struct buf *out);

#endif
