/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECSCHEMA_H
#define AGENT_SPECSCHEMA_H

#include "base/buf.h"
#include "specs/shape.h"

/* Appends the JSON schema (draft 2020-12) of what looks like top. */
void specschema_write(const struct shape *top, const char *title,
    struct buf *out);

#endif
