/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_LOOK_H
#define AGENT_TELL_LOOK_H

#include "agent/finding.h"
#include "agent/ledger/transaction.h"
#include "agent/machine.h"
#include "agent/tell/told.h"

/* What a look at the machine found, as told.h wants it. Texts are those of
 * the findings or the transaction, which live longer, or the look's. */

/* All that is the matter now; where whole is false, there may be more. */
void look_open(struct look *l, const struct findings *f, bool whole);
/* All of that is to be told, to whom it may be (discreet.h). */
void look_findings(struct look *l, const struct findings *f);
/* Mistakes in specs and configuration. */
void look_mistakes(struct look *l, const struct machine *m);
/* What a transaction's end found, and what could not be done. */
void look_transaction(struct look *l, const struct transaction *t);

#endif
