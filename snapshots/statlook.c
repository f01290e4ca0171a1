/* SPDX-License-Identifier: MIT */
#include "snapshots/statlook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "snapshots/statfile.h"

enum { LATEST = 16 };

/* An open folder on the way from the root to the record looked at. */
struct open_dir {
	uint32_t record;
	int fd;
};

struct open_dirs {
	struct open_dir *items;
	size_t n, cap;
};

static void
leave(struct open_dirs *way)
{
	while (way->n > 0)
		close(way->items[--way->n].fd);
	free(way->items);
	*way = (struct open_dirs){ 0 };
}

static int
enter(const struct statcache *c, const struct root *r, struct open_dirs *way,
    uint32_t folder)
{
	const char *name;
	int fd;

	if (folder == STATFILE_NONE) {
		while (way->n > 0)
			close(way->items[--way->n].fd);
		return r->fd;
	}
	while (way->n > 0 && way->items[way->n - 1].record > folder)
		close(way->items[--way->n].fd);
	if (way->n > 0 && way->items[way->n - 1].record == folder)
		return way->items[way->n - 1].fd;
	/* Path order: the folder of this folder is open already. */
	name = path_name(statfile_path(c, folder));
	fd = enter(c, r, way, c->records[folder].parent);
	if (fd < 0)
		return -1;
	fd = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		*VEC_ADD(way) = (struct open_dir){ folder, fd };
	return fd;
}

/* What became of a record. */
enum fate { FATE_SAME, FATE_EDITED, FATE_OTHER };

/* A file that is still that file, under no other name, may have been edited. */
static enum fate
fate_of_other(const struct statfile_record *rec, const struct stat *st)
{
	return (rec->flags & SEEN_ENTRY) != 0 && S_ISREG(rec->mode) &&
	    S_ISREG(st->st_mode) && st->st_dev == rec->dev &&
	    st->st_ino == rec->ino && st->st_nlink == 1 ? FATE_EDITED :
	    FATE_OTHER;
}

static enum fate
look(const struct statcache *c, const struct root *r, struct open_dirs *way,
    uint32_t i, struct stat *st)
{
	const struct statfile_record *rec = &c->records[i];
	struct seen_stat now, then = statfile_stat(rec);
	int dirfd = enter(c, r, way, rec->parent);

	if (dirfd < 0)
		return FATE_OTHER;
	if (fstatat(dirfd, path_name(statfile_path(c, i)), st,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && (rec->flags & SEEN_ABSENT) &&
		    !(rec->flags & SEEN_UNTRUSTED) ? FATE_SAME : FATE_OTHER;
	if (rec->flags & SEEN_ABSENT)
		return FATE_OTHER;
	now = seen_stat_of(st);
	/* A folder that was only passed through: what lies in it decides. */
	if (!(rec->flags & SEEN_UNTRUSTED) &&
	    (rec->flags & (SEEN_ENTRY | SEEN_LISTED) ?
	    seen_stat_equal(&now, &then) :
	    (now.mode & S_IFMT) == (then.mode & S_IFMT)))
		return FATE_SAME;
	return fate_of_other(rec, st);
}

static bool
same(const struct statcache *c, const struct root *r, struct open_dirs *way,
    uint32_t i)
{
	struct stat st;

	return !(c->records[i].flags & SEEN_UNTRUSTED) &&
	    look(c, r, way, i, &st) == FATE_SAME;
}

/* The records that changed last, in path order. */
struct latest {
	uint32_t items[LATEST];
	size_t n;
};

static void
find_latest(const struct statcache *c, struct latest *out)
{
	size_t oldest = 0;

	for (uint32_t i = 0; i < c->head->n; i++) {
		if (out->n < LATEST) {
			out->items[out->n++] = i;
		} else if (c->records[i].ctime >
		    c->records[out->items[oldest]].ctime) {
			memmove(&out->items[oldest], &out->items[oldest + 1],
			    (LATEST - 1 - oldest) * sizeof(out->items[0]));
			out->items[LATEST - 1] = i;
		} else {
			continue;
		}
		for (size_t k = oldest = 0; k < out->n; k++)
			if (c->records[out->items[k]].ctime <
			    c->records[out->items[oldest]].ctime)
				oldest = k;
	}
}

bool
statlook_unchanged(const struct statcache *c, const struct root *r)
{
	struct open_dirs way = { 0 };
	struct latest latest = { 0 };
	bool ok = true;

	/* What changed last changes next: mostly that is all there is to see
	 * where anything has changed. */
	find_latest(c, &latest);
	for (size_t i = 0; ok && i < latest.n; i++)
		ok = same(c, r, &way, latest.items[i]);
	leave(&way);
	for (uint32_t i = 0; ok && i < c->head->n; i++)
		ok = same(c, r, &way, i);
	leave(&way);
	return ok;
}

/* One record; false where it is neither what it was nor merely edited. */
static bool
add_edit(const struct statcache *c, const struct root *r,
    struct open_dirs *way, uint32_t i, struct statlook_edits *out)
{
	const struct statfile_record *rec = &c->records[i];
	struct stat st;
	enum fate fate = look(c, r, way, i, &st);

	if (fate == FATE_SAME && out->unstored_too && S_ISREG(rec->mode) &&
	    (rec->flags & (SEEN_ENTRY | SEEN_STORED)) == SEEN_ENTRY)
		fate = fate_of_other(rec, &st);
	if (fate == FATE_EDITED)
		*VEC_ADD(out) = (struct statlook_edit){ i, st };
	return fate != FATE_OTHER;
}

bool
statlook_edits(const struct statcache *c, const struct root *r,
    struct statlook_edits *out)
{
	struct open_dirs way = { 0 };
	bool ok = true;

	for (int files = 0; ok && files < 2; files++) {
		for (uint32_t i = 0; ok && i < c->head->n; i++)
			if (S_ISDIR(c->records[i].mode) == !files)
				ok = add_edit(c, r, &way, i, out);
		leave(&way);
	}
	return ok;
}

void
drop_statlook_edits(struct statlook_edits *e)
{
	free(e->items);
}
