/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_FOUND_H
#define AGENT_REPORT_FOUND_H

#include "agent/report/model.h"

/*
 * What a transaction's end left to a person, as findings: appends those that
 * were flagged or could not be told, worst first, counts them and folds them.
 * Texts are the transaction's or the model's. Without findings before.
 * discreet: others than root may read it.
 */
void found_take(struct model *m, const struct transaction *t, bool discreet);

/* What a person calls the thing: the path, where it is known. */
const char *found_name(const struct transaction_finding *f);

#endif
