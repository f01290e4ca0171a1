/* SPDX-License-Identifier: MIT */
#ifndef BASE_EXEC_H
#define BASE_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;

/*
 * Runs argv (no shell, PATH searched, stdin and stderr are /dev/null), appends
 * what it prints to out and gives its exit code, 128 + N for signal N. More
 * than max bytes or seconds end it, and are errors.
 */
int exec_run(const char *const *argv, size_t max, unsigned seconds,
    struct buf *out, int *out_code, struct err *e);

/* The same with more to say about it. */
struct exec {
	const char *const *argv;
	const char *const *env;	/* all of it, NULL at the end; NULL: ours */
	const struct buf *in;	/* its stdin; NULL: /dev/null */
	size_t max;
	unsigned seconds;
	bool lenient;		/* stderr is kept with stdout, what is beyond
				 * max is dropped, and what it leaves running
				 * is not waited for */
};
int exec_with(const struct exec *x, struct buf *out, int *out_code,
    struct err *e);

#endif
