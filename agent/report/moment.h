/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_MOMENT_H
#define AGENT_REPORT_MOMENT_H

#include "agent/finding.h"
#include "agent/machine.h"
#include "agent/report/model.h"

/* What a model of one moment is made of, besides the machine. */
struct moment {
	const char *verb;
	const struct findings *findings;
	const struct oid *baseline;	/* NULL: none yet */
	int64_t baseline_time;	/* 0: not known */
	int exit_code;
	bool partial;		/* not of the whole machine: no summary */
};

/* out is empty before. It borrows from the findings, their rules and the
 * machine, all of which must outlive it. */
void moment_model(const struct machine *m, const struct moment *what,
    struct model *out);

#endif
