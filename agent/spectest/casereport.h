/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEREPORT_H
#define AGENT_SPECTEST_CASEREPORT_H

#include <stdbool.h>

#include "agent/json.h"
#include "agent/spectest/casematch.h"
#include "base/buf.h"

/* One case, the spec it is about as read for it, and what came. */
struct case_trial {
	struct arena arena;
	struct diagnostics diags;
	struct spec_case c;
	struct catalogue catalogue;
	struct results results;
	struct casematch match;
};

bool casereport_passes(const struct case_trial *t);
/* What came beside what was expected; of a case that passes one line, where
 * all are to be told. */
void casereport_text(struct buf *out, const struct case_trial *t, bool all);
/* An object of a list, see doc/driftctl-spectest.schema.json. */
void casereport_json(struct json *j, const struct case_trial *t);

#endif
