/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_PROGRAM_H
#define AGENT_TELL_PROGRAM_H

#include "base/err.h"

/* Whether what stands there can be run, and nobody but root and we can put
 * another in its place: it runs with all that we may. */
int program_check(const char *path, struct err *e);

#endif
