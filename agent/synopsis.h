/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SYNOPSIS_H
#define AGENT_SYNOPSIS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

/*
 * What a verb's synopsis (struct command, args) says may stand where: words in
 * capitals are to be replaced, all others are meant as they are. "[--all |
 * --rule ID | PATH...]", "lint [FILE]... | list", "rpm|dnf begin|end".
 */

/* The words after an option, "--rule" or "-m": ID. None for a flag. */
void synopsis_value(const char *args, const char *option, struct strlist *out);

/* The words that may stand as an argument after those typed before it. */
void synopsis_arguments(const char *args, const struct strlist *before,
    struct strlist *out);

/* Whether a word is to be replaced by something. */
bool synopsis_is_placeholder(const char *word);

/* Appends "usage: driftctl VERB ARGS", broken where no bracket is open. */
void synopsis_usage(const char *verb, const char *args, struct buf *out);

#endif
