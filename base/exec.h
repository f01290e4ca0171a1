/* SPDX-License-Identifier: MIT */
#ifndef BASE_EXEC_H
#define BASE_EXEC_H

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

#endif
