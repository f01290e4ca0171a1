/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_FOLDERS_H
#define AGENT_APPLY_FOLDERS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/root.h"

/*
 * The folders on the way to where work is going on, kept open: neighbours come
 * one after another, and a long path is walked down once.
 */
struct folders {
	const struct root *root;
	struct open_folder {
		char *path;
		int fd;
	} *items;
	size_t n, cap;
	struct buf parent;
};

/*
 * The folder that holds path (O_PATH, borrowed until the next call), reached
 * without following any symlink; -1 with errno. *out_name is borrowed from
 * path.
 */
int folders_open(struct folders *f, const char *path, const char **out_name);
/* Forgets what is open: folders may have moved. */
void folders_flush(struct folders *f);
void folders_done(struct folders *f);

#endif
