/* SPDX-License-Identifier: MIT */
#include "agent/apply/folders.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/vec.h"

static void
pop(struct folders *f)
{
	struct open_folder *o = &f->items[--f->n];

	close(o->fd);
	free(o->path);
}

int
folders_open(struct folders *f, const char *path, const char **out_name)
{
	struct root base = *f->root;
	const char *parent, *rest;
	int fd;

	buf_reset(&f->parent);
	path_parent(&f->parent, path);
	parent = buf_str(&f->parent);
	*out_name = path_name(path);
	while (f->n > 0 && !path_is_under(parent, f->items[f->n - 1].path))
		pop(f);
	rest = parent;
	if (f->n > 0) {
		const struct open_folder *o = &f->items[f->n - 1];

		if (strcmp(o->path, parent) == 0)
			return o->fd;
		base.fd = o->fd;
		if (o->path[1] != '\0')
			rest = parent + strlen(o->path);
	}
	fd = root_open_at(&base, rest, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return -1;
	*VEC_ADD(f) = (struct open_folder){ xstrdup(parent), fd };
	return fd;
}

void
folders_flush(struct folders *f)
{
	while (f->n > 0)
		pop(f);
}

void
folders_done(struct folders *f)
{
	folders_flush(f);
	free(f->items);
	buf_done(&f->parent);
}
