/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <limits.h>

struct buf;

enum err_kind {
	ERR_NONE,
	ERR_USAGE,	/* the caller asked for something that makes no sense */
	ERR_INPUT,	/* foreign bytes are wrong: spec, store, tarball */
	ERR_SYSTEM,	/* the kernel or a library refused; sys holds errno */
	ERR_MISSING,	/* what was asked for is not there */
	ERR_BUSY,	/* somebody else holds the lock */
};

/*
 * One failure, as a value: no heap, nothing to free. The first report wins;
 * whoever passes it on leaves it as it is.
 */
struct err {
	enum err_kind kind;
	int sys;		/* errno, or 0 */
	unsigned line, col;	/* from 1; 0 when unknown */
	char where[PATH_MAX], what[512];
};

#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* All of these return -1, so that a caller can write `return err_…(…)`. */
int err_set(struct err *e, enum err_kind kind, const char *where,
    const char *fmt, ...) PRINTF(4, 5);
/* Bad input at a place in a file; line and col from 1, 0 when unknown. */
int err_at(struct err *e, const char *where, unsigned line, unsigned col,
    const char *fmt, ...) PRINTF(5, 6);
/* A system call failed: takes errno as it stands on entry. */
int err_sys(struct err *e, const char *where, const char *fmt, ...)
    PRINTF(3, 4);

/* Appends "WHERE[:LINE:COL]: what[: system reason]", escaped, no newline. */
void err_format(const struct err *e, struct buf *out);
/* Forgets a failure that was dealt with, so that the next one is recorded. */
void err_clear(struct err *e);

#endif
