/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CANDIDATES_H
#define AGENT_CANDIDATES_H

#include "agent/cursor.h"

/*
 * Appends what fits, a line each: the word, and after a tab what it is. A line
 * ":files" or ":dirs" leaves the names to the shell. What cannot be read adds
 * nothing: a shell in the middle of a line is no place for a message.
 */
void candidates_add(const struct cursor *c,
    const struct command *const *commands, const struct options *o,
    struct buf *out);

#endif
