/* SPDX-License-Identifier: MIT */
#ifndef SPECS_XPATHPREFIX_H
#define SPECS_XPATHPREFIX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The next namespace prefix of an XPath, "qemu" of "//qemu:arg"; *at moves on
 * behind it. False when there is none any more. One that does not fit into
 * size bytes is passed over.
 */
bool xpathprefix_next(const char **at, char *prefix, size_t size);

#endif
