/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PRISTINE_H
#define AGENT_PRISTINE_H

#include "agent/machine.h"

/*
 * Records, of what a snapshot has just captured and stored, the files that are
 * as their packages shipped them: refs/heads/vendor, which a merge begins
 * with. last is the snapshot before, whose files are known already; NULL: all
 * are new. Under the store's lock. Returns 1 when there was anything to record.
 */
int pristine_record(struct machine *m, const struct oid *last,
    const struct capture *live, struct err *e);

#endif
