/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DISCREET_H
#define AGENT_DISCREET_H

#include <stdbool.h>

#include "agent/assess.h"
#include "agent/ledger/transaction.h"
#include "agent/machine.h"
#include "base/buf.h"
#include "specs/diagnostics.h"

/*
 * The system's log, which a group may read, whoever is told of findings, mail
 * and monitors are not root: what goes there has nothing in it of what is in
 * files that not everybody may read.
 */

/* Whether that is such a file, or in a folder that not everybody may enter,
 * wherever symlinks lead. What is not there is not. */
bool discreet_hides(const struct root *r, const char *path);

/* Sets `told` of the findings whose words may be of such files. Before
 * summaries_add, whose words are of files. */
void discreet_findings(const struct machine *m, struct assessment *a);

/* The same of what was recorded by who did not note it. Texts go to a. */
void discreet_recorded(const struct machine *m, struct arena *a,
    struct transaction_finding *f);

/* "FILE:LINE: …", without words of a file that is to be kept so. */
void discreet_diagnostic(const struct machine *m, const struct diagnostic *d,
    struct buf *out);

#endif
