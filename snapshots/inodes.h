/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_INODES_H
#define SNAPSHOTS_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/root.h"
#include "base/scope.h"

/* A file with several names: the first of them that was met, and what is known
 * of all. */
struct inode {
	uint64_t dev, ino;
	size_t first;		/* the caller's number of that name */
	uint64_t names, links;	/* how many were met, and how many it has */
	bool secret;		/* one of the names is that of a secret */
	bool used;
};

/* All zero is empty. */
struct inodes {
	struct inode *slots;
	size_t n, cap;		/* cap is a power of two */
};

void inodes_done(struct inodes *t);
/* The file of st, counting this name of it; number is kept with a new one. It
 * is good until the next call. */
struct inode *inodes_meet(struct inodes *t, const struct stat *st,
    size_t number);
/* The same without counting; NULL where it was not met. */
struct inode *inodes_find(const struct inodes *t, uint64_t dev, uint64_t ino);
/*
 * Where a file has more names than were met, looks for the rest among all that
 * `whole` tracks, and makes it secret where one of them is. What cannot be
 * looked at there is left out.
 */
int inodes_find_secrets(struct inodes *t, const struct root *r,
    const struct scope *whole, const struct scope *secrets, struct err *e);

#endif
