/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VIEW_H
#define SPECS_VIEW_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

/*
 * A view reads one configuration format: bytes in, a tree out, each node with
 * the line it stands on and the span of its bytes, so that a repair can change
 * just these. A new format is one file and one row in view.c.
 *
 * Shapes: a file of keys has sections as children of the top (one nameless
 * section where the format has none) and keys as their children; a table has
 * one child a row, whose children are its fields by name.
 */
struct view_node {
	const char *name;	/* section, key or field; "" for a row */
	const char *value;	/* NULL for sections and rows */
	unsigned line;		/* from 1: where it starts */
	size_t start, end;	/* its whole text: [start, end) of the bytes */
	size_t value_start, value_end;	/* the value alone, quotes included */
	struct view_node *child, *next;
};

struct view {
	const char *name;	/* as in `as:` */
	/*
	 * Parses len bytes (any bytes) into out, in the arena. What the format
	 * forbids is err_at with the line. name is for messages.
	 */
	int (*parse)(const char *name, const char *bytes, size_t len,
	    struct arena *a, struct view_node *out, struct err *e);
	/*
	 * How this format writes `key = value` on a line of its own, and one
	 * value with the quotes it needs; NULL where keys make no sense.
	 */
	int (*write_key)(const char *key, const char *value, struct buf *out);
	/* True where a later key of the same name adds rather than replaces. */
	int (*accumulates)(const char *section, const char *key);
};

/* NULL when there is no such view. */
const struct view *view_find(const char *name);
/* The names, NULL at the end, for messages and the schema. */
const char *const *view_names(void);
/* The view a path is read with when the rule does not say; NULL = unknown. */
const struct view *view_for_path(const char *path);

#endif
