/* SPDX-License-Identifier: MIT */
#ifndef SPECS_XML_TAGS_H
#define SPECS_XML_TAGS_H

#include <stddef.h>

#include "base/err.h"

/*
 * Parsers compare each attribute of an element with all before it, so that a
 * tag of half a MiB takes them minutes. -1 when the document has one with more
 * than any real document needs. Says nothing of whether it is well formed.
 */
int xml_tags_check(const char *name, const char *bytes, size_t len,
    struct err *e);

#endif
