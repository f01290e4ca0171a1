/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_CALENDAR_H
#define AGENT_REPORT_CALENDAR_H

#include "agent/machine.h"
#include "agent/report/history.h"
#include "agent/report/model.h"

/*
 * Fills in the days of the last year and the past of each rule, from what
 * reports left in the history, what transactions recorded, and the snapshots.
 */
void calendar(struct machine *m, const struct history *h, struct model *out);

#endif
