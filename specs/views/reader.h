/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VIEWS_READER_H
#define SPECS_VIEWS_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/view.h"

/* What the views share: lines of any bytes, and a tree of two levels. */
struct reader {
	const char *bytes;
	size_t len, at;
	unsigned line;
};

/* One line without its end (LF or CRLF): [start, end), the next at `next`. */
struct line {
	size_t start, end, next;
	unsigned no;
};

/* Refuses NUL bytes, which no text format has, with the line. */
int reader_start(struct reader *r, const char *name, const char *bytes,
    size_t len, struct err *e);
bool reader_next(struct reader *r, struct line *out);
/* The next line without passing it. */
bool reader_peek(const struct reader *r, struct line *out);

/* The next line that is neither empty nor a comment: what it says is
 * [*start, *end), without the blanks around it. */
bool reader_says(struct reader *r, struct line *out, size_t *start,
    size_t *end);
/* The same where that line begins with a blank, and so goes on with the one
 * above; r stays where it does not. */
bool reader_goes_on(struct reader *r, struct line *out, size_t *start,
    size_t *end);

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Moves the ends inwards past blanks. */
void trim(const char *bytes, size_t *start, size_t *end);

/* Sections and their keys, or rows and their fields. */
struct tree {
	struct arena *arena;
	const char *bytes;
	struct view_node *top, *one, *two;	/* the last of each level */
};

void tree_start(struct tree *t, struct arena *a, const char *bytes,
    struct view_node *top);
/* A section or row, named by len bytes. */
struct view_node *tree_one(struct tree *t, const char *name, size_t len,
    const struct line *at);
/* A key or field in the last section or row. */
struct view_node *tree_two(struct tree *t, const char *name, size_t len,
    const struct line *at);
/* Sets the span of the value and copies it. */
void tree_value(struct tree *t, struct view_node *n, size_t start, size_t end);

/* For write_value where a value is written as it is; -1 for a newline. */
int write_plain(const char *value, const char *was, size_t was_len,
    struct buf *out);
int accumulates_never(const char *section, const char *key);

#endif
