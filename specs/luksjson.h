/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LUKSJSON_H
#define SPECS_LUKSJSON_H

#include <stddef.h>

/*
 * Calls each with every text in the JSON metadata of a LUKS2 header and where
 * it stands: "digests/0/hash". Items of lists have no name of their own. Texts
 * with escapes, and what lies too deep, are left out; where the JSON ends or
 * is none, it stops.
 */
void luksjson_texts(const char *json, size_t len,
    void (*each)(void *arg, const char *where, const char *text, size_t len),
    void *arg);

#endif
