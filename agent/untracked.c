/* SPDX-License-Identifier: MIT */
#include "agent/untracked.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"

/* What cannot be looked at is not known to be gone. */
static bool
is_gone(struct machine *m, const char *path)
{
	const char *name;
	struct stat st;
	CLEANUP(drop_fd) int dir = -1;

	inputs_add_below(&m->inputs, &m->root, path);
	dir = root_open_parent(&m->root, path, &name);
	return (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) &&
	    (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
}

size_t
untracked_drop(struct machine *m, struct changes *c)
{
	size_t kept = 0, n = c->n;

	for (size_t i = 0; i < n; i++) {
		const struct change *x = &c->items[i];

		if (x->is != NULL || scope_tracks(&m->scope, x->was->path) ||
		    is_gone(m, x->was->path))
			c->items[kept++] = *x;
	}
	c->n = kept;
	return n - kept;
}
