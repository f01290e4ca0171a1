/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEIDS_H
#define AGENT_SPECTEST_CASEIDS_H

#include "agent/spectest/casefiles.h"

/*
 * Numbers of the owners that a case names, and names of those it numbers, by
 * its own /etc/passwd and /etc/group; a name that is in neither has a number
 * all the same, always the same one.
 */
void caseids_settle(struct casefiles *f);

#endif
