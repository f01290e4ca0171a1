/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEROOT_H
#define AGENT_SPECTEST_CASEROOT_H

#include "agent/spectest/speccase.h"
#include "specs/eval.h"

/*
 * The machine of a test case as rules and specs see it. Nothing of the machine
 * it runs on is seen: its name is "testhost", it is an x86_64, the time stands
 * still.
 */
struct caseroot;

/* What cannot be had is told; the rest is there all the same. */
struct caseroot *caseroot_new(const struct spec_case *c,
    struct diagnostics *diags);
void caseroot_free(struct caseroot *r);
void drop_caseroot(struct caseroot **r);	/* for CLEANUP */

const struct evidence *caseroot_evidence(const struct caseroot *r);
const struct facts *caseroot_facts(const struct caseroot *r);

#endif
