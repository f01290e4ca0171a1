/* SPDX-License-Identifier: MIT */
#include "agent/preflight/foresee.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

void
foresight_done(struct foresight *f)
{
	free(f->paths.items);
	free(f->marks.items);
	free(f->cut.items);
	manifest_done(&f->is);
	owners_done(&f->after);
	arena_done(&f->arena);
	*f = (struct foresight){ 0 };
}

void
drop_foresight(struct foresight *f)
{
	foresight_done(f);
}

size_t
foresight_lower(const struct foresight *f, const char *path)
{
	return VEC_LOWER(f->paths.n, i,
	    path_cmp(f->paths.items[i]->entry.path, path) < 0);
}

struct foreseen *
foresight_find(const struct foresight *f, const char *path)
{
	size_t i = foresight_lower(f, path);

	return i < f->paths.n &&
	    strcmp(f->paths.items[i]->entry.path, path) == 0 ?
	    f->paths.items[i] : NULL;
}

struct foreseen *
foresight_get(struct foresight *f, const char *path)
{
	struct foreseen *x = foresight_find(f, path);
	size_t i;

	if (x != NULL)
		return x;
	i = foresight_lower(f, path);
	x = arena_alloc(&f->arena, sizeof(*x));
	x->entry.path = arena_strdup(&f->arena, path);
	x->gone = true;
	VEC_ADD(&f->paths);
	memmove(&f->paths.items[i + 1], &f->paths.items[i],
	    (f->paths.n - 1 - i) * sizeof(x));
	f->paths.items[i] = x;
	return x;
}

void
foresight_settle(struct foresight *f)
{
	manifest_done(&f->is);
	for (size_t i = 0; i < f->paths.n; i++)
		if (!f->paths.items[i]->gone)
			*manifest_add(&f->is) = f->paths.items[i]->entry;
}

/* Permissions of what is there stay. */
void
foresight_bring(struct foresight *f, const struct coming_file *from,
    struct foreseen *to)
{
	struct entry en = from->entry;

	(void)f;
	en.path = to->entry.path;
	if (!to->gone) {
		en.mode = to->entry.mode;
		en.uid = to->entry.uid;
		en.gid = to->entry.gid;
		en.user = to->entry.user;
		en.group = to->entry.group;
		en.acl = to->entry.acl;
		en.xattrs = to->entry.xattrs;
		en.n_xattrs = to->entry.n_xattrs;
	}
	to->entry = en;
	to->gone = false;
	to->from = FORESEEN_PACKAGE;
	to->coming = from;
}

void
foresight_copy(const struct foreseen *from, struct foreseen *to)
{
	const char *path = to->entry.path;

	*to = *from;
	to->entry.path = path;
	to->entry.hardlink = NULL;
	to->gone = false;
}
