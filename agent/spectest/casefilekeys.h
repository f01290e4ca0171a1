/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEFILEKEYS_H
#define AGENT_SPECTEST_CASEFILEKEYS_H

#include "agent/spectest/speccase.h"
#include "specs/specread.h"

/* `files` of a case, and what else maps paths to what is there. */
void casefilekeys_read(struct reader *r, const struct node_pair *p,
    struct case_files *out);

#endif
