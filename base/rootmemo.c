/* SPDX-License-Identifier: MIT */
#include "base/rootmemo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

struct rootmemo_folder {
	const char *real;	/* "" for the root itself */
	bool missing;		/* and all below it */
};

void
rootmemo_done(struct rootmemo *m)
{
	pathset_done(&m->known);
	free(m->folders.items);
	arena_done(&m->arena);
	*m = (struct rootmemo){ 0 };
}

void
drop_rootmemo(struct rootmemo *m)
{
	rootmemo_done(m);
}

static size_t
remember(struct rootmemo *m, const char *folder, const char *real,
    bool missing)
{
	size_t at = m->folders.n;

	pathset_add(&m->known, folder, at);
	*VEC_ADD(&m->folders) = (struct rootmemo_folder){
		arena_strdup(&m->arena, real), missing };
	return at;
}

/* 1: a folder is at this real path, 0: nothing is, -1: who knows, a symlink
 * for one. */
static int
look(const struct root *r, const char *real)
{
	CLEANUP(drop_fd) int fd = root_open_at(r, real,
	    O_PATH | O_DIRECTORY);

	return fd >= 0 ? 1 : errno == ENOENT ? 0 : -1;
}

/* Follows whatever there is on the way to the folder. */
static int
resolve(struct rootmemo *m, const struct root *r, const char *folder,
    size_t *out, struct strlist *links, struct err *e)
{
	CLEANUP(drop_free) char *below = xasprintf("%s/x", folder);
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (root_resolve(r, below, &real, links, e) < 0)
		return -1;
	buf_truncate(&real, real.len - 2);
	*out = remember(m, folder, buf_str(&real), false);
	return 0;
}

/* The folder's number. */
static int
find(struct rootmemo *m, const struct root *r, const char *folder,
    size_t *out, struct strlist *links, struct err *e)
{
	CLEANUP(drop_buf) struct buf up = { 0 }, real = { 0 };
	struct rootmemo_folder parent;
	size_t at;
	int there = 0;

	if (pathset_find(&m->known, folder, out))
		return 0;
	if (folder[0] == '\0') {
		*out = remember(m, folder, "", false);
		return 0;
	}
	buf_add(&up, folder, (size_t)(path_name(folder) - folder) - 1);
	if (find(m, r, buf_str(&up), &at, links, e) < 0)
		return -1;
	parent = m->folders.items[at];
	buf_adds(&real, parent.real);
	buf_adds(&real, folder + up.len);
	if (!parent.missing)
		there = look(r, buf_str(&real));
	if (there < 0)
		return resolve(m, r, folder, out, links, e);
	*out = remember(m, folder, buf_str(&real), there == 0);
	return 0;
}

int
rootmemo_resolve(struct rootmemo *m, const struct root *r, const char *path,
    struct buf *out, struct strlist *links, struct err *e)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	size_t at;

	if (!path_is_regular(path))
		return root_resolve(r, path, out, links, e);
	buf_add(&folder, path, (size_t)(path_name(path) - path) - 1);
	if (find(m, r, buf_str(&folder), &at, links, e) < 0)
		return -1;
	buf_adds(out, m->folders.items[at].real);
	buf_adds(out, path + folder.len);
	return 0;
}
