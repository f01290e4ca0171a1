/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_ROLLSCRIPT_H
#define SNAPSHOTS_ROLLSCRIPT_H

#include "base/buf.h"
#include "base/strlist.h"
#include "snapshots/rollback.h"

/* One object as the script puts it back. */
struct rollscript_item {
	const struct entry *en;
	enum rollback_class class;
	bool grouped;	/* one of several names of an inode */
	/* Of ROLLBACK_META: what the change will have added to it. */
	uint32_t more_flags;
	const char *const *more_xattrs;	/* NULL-terminated, or NULL */
	bool more_acl, more_default_acl;
};

struct rollscript {
	const char *title, *root;
	const struct rollscript_item *items;	/* in path order */
	size_t n;
	const struct strlist *added;		/* in path order */
	bool archive;	/* a tar archive follows the last line */
};

/* Longer paths are for *at() calls alone; the shell has none. */
enum { ROLLSCRIPT_PATH_MAX = 3500 };

/*
 * Writes the script; a GNU tar archive with the ROLLBACK_PUT items goes right
 * behind it. Any sh and tar will do, those of busybox included.
 */
void rollscript_write(const struct rollscript *s, struct buf *out);

#endif
