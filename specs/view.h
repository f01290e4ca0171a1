/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VIEW_H
#define SPECS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/*
 * A view reads one configuration format: bytes in, a tree out, each node with
 * the line it stands on and the span of its bytes, so that a repair can change
 * just these. A new format is one file and one row in view.c.
 *
 * Shapes: a file of keys has sections as children of the top (one nameless
 * section where the format has none) and keys as their children; a table has
 * one child a row, whose children are its fields by name. A table with
 * settings beside its rows (write_key and fields) has them as keys of a
 * nameless section, and its rows are called "row".
 */
struct view_node {
	const char *name;	/* section, key or field; "" for a row */
	const char *value;	/* NULL for sections and rows */
	unsigned line;		/* from 1: where it starts */
	size_t start, end;	/* its whole text: [start, end) of the bytes */
	size_t value_start, value_end;	/* the value alone, quotes included */
	struct view_node *child, *next;
};

/* Whether a later key of the same name adds to it rather than replaces it. */
enum view_adds {
	VIEW_REPLACES,
	VIEW_ADDS,		/* and an empty one resets what was there */
	VIEW_ADDS_ALWAYS,	/* an empty one does nothing */
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
	/* One value, with the quotes it needs or those of `was`, the value it
	 * takes the place of; -1 when the format cannot say it. */
	int (*write_value)(const char *value, const char *was, size_t was_len,
	    struct buf *out);
	/* enum view_adds */
	int (*accumulates)(const char *section, const char *key);
	const char *separators;	/* what stands between the words of a value */
	const char *const *fields;	/* of a table, NULL at the end */
	bool quoted_words;	/* "two words" in quotes are one */
	bool sections;		/* keys stand under [section] */
	bool first_wins;	/* of two keys the first one counts */
	bool ignore_case;	/* of section and key */
	const char *comment;	/* what a line that is none begins with */
};

/* Calls each word of a value in turn, quotes taken off where the view has
 * them; stops where each says so (not 0) and returns that. */
int view_words(const struct view *v, const char *value,
    int (*each)(void *arg, const char *word, size_t len), void *arg);
/* Whether two names of sections or keys are the same one. */
bool view_same(const struct view *v, const char *a, const char *b);

/* Whether a child of the top is a row of a table. */
bool view_is_row(const struct view *v, const struct view_node *n);

/* NULL when there is no such view. */
const struct view *view_find(const char *name);
/* The names, NULL at the end, for messages and the schema. */
const char *const *view_names(void);
/* The view a path is read with when the rule does not say; NULL = unknown. */
const struct view *view_for_path(const char *path);

#endif
