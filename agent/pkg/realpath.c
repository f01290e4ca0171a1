/* SPDX-License-Identifier: MIT */
#include "agent/pkg/realpath.h"

#include <string.h>

#include "base/path.h"

void
realpath_done(struct realpath *p)
{
	buf_done(&p->real);
	p->last = NULL;
}

void
drop_realpath(struct realpath *p)
{
	realpath_done(p);
}

const char *
realpath_of(struct realpath *p, const struct root *r, const char *path,
    struct arena *a)
{
	struct buf *real = &p->real;
	struct err ignored = { 0 };

	if (p->last == NULL || !path_same_folder(p->last, path)) {
		buf_reset(real);
		if (root_resolve(r, path, real, NULL, &ignored) < 0) {
			buf_reset(real);
			buf_adds(real, path);
		}
		buf_truncate(real, real->len -
		    strlen(path_name(buf_str(real))));
		p->last = path;
	}
	if (strncmp(path, buf_str(real), real->len) != 0 ||
	    strchr(path + real->len, '/') != NULL)
		return arena_printf(a, "%s%s", buf_str(real), path_name(path));
	return path;
}
