/* SPDX-License-Identifier: MIT */
#ifndef AGENT_JSON_H
#define AGENT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Writes JSON (RFC 8259), one member a line unless it is compact. key is NULL
 * inside a list. A text that is NULL is written as null.
 */
struct json {
	struct buf *out;
	unsigned depth;
	bool more;	/* something stands before in this object or list */
	bool compact;	/* all on one line */
};

void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);

#endif
