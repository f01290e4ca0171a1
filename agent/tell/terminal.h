/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_TERMINAL_H
#define AGENT_TELL_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

/*
 * Writes lines to the terminal that a program named so writes to and is in the
 * foreground of, "driftctl: " before each. Our own streams are pipes where
 * libzypp starts us. Never waits: a terminal that is stopped misses them. True
 * where they were written.
 */
bool terminal_write(pid_t pid, const char *name, const struct buf *lines);

#endif
