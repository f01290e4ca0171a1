/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_FOLD_H
#define AGENT_REPORT_FOLD_H

#include "agent/report/model.h"

/*
 * Puts what came for one reason into one group, so that forty files are one
 * line: findings of one rule that say the same and came in one transaction;
 * changes of one kind, of one package, in one transaction or snapshot. Groups
 * are in the order of their first member.
 */
void fold(struct model *m);

#endif
