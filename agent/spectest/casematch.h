/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEMATCH_H
#define AGENT_SPECTEST_CASEMATCH_H

#include "agent/spectest/speccase.h"
#include "specs/eval.h"

/*
 * What came beside what was expected. Each expected finding is one that came,
 * and no two are the same one.
 */
struct casematch {
	bool *met;		/* of each expected finding: it came */
	bool *known;		/* of each that came: it was expected */
	size_t n_missing, n_extra;
};

/* Both lists as they are, in the order of c->finds and came->items. */
void casematch_make(const struct spec_case *c, const struct results *came,
    struct arena *a, struct casematch *out);

#endif
