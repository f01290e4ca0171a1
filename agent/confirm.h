/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CONFIRM_H
#define AGENT_CONFIRM_H

#include "base/err.h"

/* Asks on the terminal: 1 yes, 0 no. Without a terminal an error that says to
 * use --yes: nobody is there to answer. */
int confirm(const char *question, struct err *e);

#endif
