/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_SPECTEST_H
#define AGENT_SPECTEST_SPECTEST_H

#include "agent/options.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * `spec test`: runs the cases of the files, and of the folders with all below
 * them but what is called `roots` or `data`; with none given those in `tests`
 * of each folder of specs. Needs no store and looks at nothing of the machine.
 * 0 when all pass, 1 when some fail, 2 when some could not be read.
 */
int spectest_run(const struct options *o, const struct strlist *args,
    struct buf *out, struct err *e);

#endif
