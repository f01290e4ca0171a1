/* SPDX-License-Identifier: MIT */
#ifndef SPECS_DIAGNOSTICS_H
#define SPECS_DIAGNOSTICS_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "specs/spec.h"

struct buf;

/* One mistake in a spec; the whole list is told at once. */
struct diagnostic {
	struct place at;
	const char *text;	/* with the remedy in brackets, if any */
};

/* Owns its texts and file names; a zeroed struct is an empty list. */
struct diagnostics {
	struct arena arena;
	struct diagnostic *items;
	size_t n, cap;
};

/* The text may hold any bytes; diagnostic_format escapes them. */
void diagnostics_add(struct diagnostics *d, struct place at, const char *fmt,
    ...) PRINTF(3, 4);
/* By file, line and column; what was said twice of one place falls away. */
void diagnostics_sort(struct diagnostics *d);
void diagnostics_done(struct diagnostics *d);
/* Appends "FILE[:LINE:COL]: text", escaped, no newline. */
void diagnostic_format(const struct diagnostic *d, struct buf *out);

#endif
