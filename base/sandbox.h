/* SPDX-License-Identifier: MIT */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A program of the system that is asked something: it reaches no network and
 * no device, finds every file system read-only, its own empty /tmp apart, has
 * few of root's rights and no way to more, and ends, with all that it started,
 * when it is done or its time is. Only root can shut a program off like this.
 */
struct sandbox {
	const char *program;		/* path */
	const char *const *argv;	/* its name first, NULL at the end */
	const char *const *env;		/* all of it, NULL at the end */
	const char *user;		/* whose rights it has; NULL: root's */
	const char *const *scratch;	/* folders that it may write to as if,
					 * made where missing, NULL at the
					 * end; or NULL */
	unsigned seconds;
	size_t max;			/* bytes that it may print */
	bool one_by_one;		/* mounts, as kernels before 5.12 need
					 * it; found out when false */
};

struct sandbox_answer {
	struct buf out, err;
	int exit;			/* 128 + N for signal N */
};

/* -1 when the program did not run to its end; the answer is the caller's to
 * drop in either case. */
int sandbox_run(const struct sandbox *s, struct sandbox_answer *out,
    struct err *e);
void drop_sandbox_answer(struct sandbox_answer *a);	/* for CLEANUP */

#endif
