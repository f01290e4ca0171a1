/* SPDX-License-Identifier: MIT */
#include "agent/snapshotarg.h"

#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/tr.h"
#include "snapshots/gitwalk.h"

int
snapshot_resolve(struct machine *m, const char *typed, struct oid *out,
    struct err *e)
{
	return gitwalk_resolve(store_repo(m->store), typed, out, e);
}

int
paths_normalize(const struct machine *m, struct strlist *paths,
    struct err *e)
{
	CLEANUP(drop_strlist) struct strlist done = { 0 };
	char cwd[PATH_MAX];

	if (!m->live || getcwd(cwd, sizeof(cwd)) == NULL)
		strcpy(cwd, "/");
	for (size_t i = 0; i < paths->n; i++) {
		CLEANUP(drop_buf) struct buf typed = { 0 };
		CLEANUP(drop_buf) struct buf real = { 0 };

		if (path_normalize(&typed, paths->items[i], cwd, e) < 0 ||
		    root_resolve(&m->root, buf_str(&typed), &real, NULL, e) < 0)
			return -1;
		strlist_add(&done, buf_str(&real));
	}
	strlist_done(paths);
	*paths = STEAL(done);
	return 0;
}

bool
paths_cover(const struct strlist *paths, const char *path)
{
	for (size_t i = 0; i < paths->n; i++)
		if (path_is_under(path, paths->items[i]))
			return true;
	return paths->n == 0;
}
