/* SPDX-License-Identifier: MIT */
#ifndef AGENT_MERGE_TELL_H
#define AGENT_MERGE_TELL_H

#include "agent/json.h"
#include "agent/merge/job.h"

/*
 * One file for a person: what comes of it, what it was made from, the
 * difference to what is there now, and each conflict. Nothing of a secret but
 * that it differs.
 */
int merge_text(struct machine *m, const struct merge_job *j, struct buf *out,
    struct err *e);
/* The same as the list "files" of an object that is open. */
void merge_json(const struct merge_jobs *l, struct json *j);

/* True where something of it is left to a person. */
bool merge_is_open(const struct merge_job *j);

#endif
