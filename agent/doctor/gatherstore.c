/* SPDX-License-Identifier: MIT */
#include "agent/doctor/checkup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/apply/apply.h"
#include "agent/merge/leftover.h"
#include "agent/tell/trouble.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { DEPTH = 8, MONTH = 30 * 86400 };

#define STRAY ".driftctl-"

struct sizes {
	uint64_t all, month;
	uint64_t largest;	/* of what is of the last month */
	int64_t since;
};

/* Files that come and go while it looks are passed over. */
static void
add_sizes(int dir, const char *name, int depth, struct sizes *s)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int fd = openat(dir, name, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct stat st;
		uint64_t bytes;

		if (fstatat(fd, names.items[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth > 0)
			add_sizes(fd, names.items[i], depth - 1, s);
		bytes = (uint64_t)st.st_blocks * 512;
		s->all += bytes;
		if (st.st_mtim.tv_sec < s->since)
			continue;
		s->month += bytes;
		if (bytes > s->largest)
			s->largest = bytes;
	}
}

static void
measure(struct checkup *c, int store_fd)
{
	struct sizes s = { .since = c->now - MONTH };
	struct statvfs v;

	add_sizes(store_fd, ".", DEPTH, &s);
	c->store_bytes = s.all;
	/* The first snapshot, or what gc folded into one, is no growth. */
	c->month_bytes = s.month - s.largest;
	if (fstatvfs(store_fd, &v) < 0)
		return;
	c->space_known = true;
	c->free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
	/* btrfs makes inodes as they are needed, and says 0. */
	c->inodes_known = v.f_files > 0;
	c->free_inodes = v.f_favail;
}

static int64_t
mtime_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    st.st_mtim.tv_sec : 0;
}

/* No snapshot is made where nothing changed, but something is written. */
static void
find_times(struct checkup *c, int store_fd)
{
	static const char *const written[] = { "statcache", "verdicts",
		"answers", "transactions", "transactions/lock", "report" };

	c->store_since = mtime_of(store_fd, "repo.git/HEAD");
	c->looked = c->newest_snapshot;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		int64_t t = mtime_of(store_fd, written[i]);

		if (t > c->looked && t <= c->now)
			c->looked = t;
	}
}

static void
load_newest(struct checkup *c, struct machine *m, struct manifest *live)
{
	CLEANUP(drop_manifest) struct manifest baseline = { 0 };
	struct gitcommit commit = { 0 };
	struct err e = { 0 };
	struct oid oid;
	int n = machine_live(m, &oid, &e);

	if (n > 0)
		n = gitrepo_commit(store_repo(m->store), &oid, &commit,
		    &e) < 0 || store_load(m->store, &oid, live, &e) < 0 ?
		    -1 : 1;
	c->newest_snapshot = commit.time;
	gitcommit_done(&commit);
	if (n >= 0)
		n = machine_baseline(m, &oid, &e);
	c->has_baseline = n > 0;
	if (n > 0)
		n = store_load(m->store, &oid, &baseline, &e);
	if (n < 0)
		c->content_trouble = checkup_say(c, &e);
}

static void
look_at_key(struct checkup *c, struct machine *m)
{
	const bool inside = m->config.seal_key == NULL && (m->o->store !=
	    NULL || (geteuid() != 0 && strcmp(m->o->root, "/") == 0));
	const char *path = machine_key_path(m);
	CLEANUP(drop_fd) int fd = inside ? openat(store_fd(m->store),
	    "seal.key", O_PATH | O_CLOEXEC) :
	    root_open_in(&m->root, path, O_PATH);
	struct stat st;

	c->key_path = inside ? arena_printf(&c->arena, "%s/seal.key",
	    c->store_dir) : arena_printf(&c->arena, "%s%s", c->prefix, path);
	c->key_there = fd >= 0;
	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		c->key_trouble = arena_strdup(&c->arena, strerror(errno));
	else if (fd >= 0 && fstat(fd, &st) == 0)
		c->key_open = (st.st_mode & 077) != 0;
}

static void
look_at_journal(struct checkup *c, struct machine *m)
{
	CLEANUP(drop_buf) struct buf id = { 0 }, who = { 0 };
	struct err e = { 0 };
	int n = apply_pending_id(store_fd(m->store), &id, &e);

	if (n < 0)
		c->pending_trouble = checkup_say(c, &e);
	else if (n > 0 && !store_locked(m->store, &who))
		c->pending = arena_strdup(&c->arena, buf_str(&id));
}

static void
find_strays(struct checkup *c, struct machine *m,
    const struct manifest *live)
{
	for (size_t i = 0; c->pending == NULL && i < live->n; i++) {
		const struct entry *en = &live->items[i];
		CLEANUP(drop_strlist) struct strlist names = { 0 };
		CLEANUP(drop_fd) int fd = en->kind == ENTRY_DIR ?
		    root_open_at(&m->root, en->path, O_RDONLY | O_DIRECTORY) :
		    -1;

		if (fd < 0 || file_names(fd, ".", &names) < 0)
			continue;
		for (size_t k = 0; k < names.n; k++) {
			CLEANUP(drop_buf) struct buf path = { 0 };

			if (!text_starts(names.items[k], STRAY))
				continue;
			path_join(&path, en->path, names.items[k]);
			strlist_add(&c->strays, buf_str(&path));
		}
	}
}

static void
find_leftovers(struct checkup *c, struct machine *m,
    const struct manifest *live)
{
	CLEANUP(drop_strlist) struct strlist found = { 0 }, unread = { 0 };
	CLEANUP(drop_strlist) struct strlist all = { 0 };

	leftover_find(&m->root, live, &all, &found, &unread);
	c->n_leftovers = found.n;
	if (found.n > 0)
		c->leftover = arena_strdup(&c->arena, found.items[0]);
	if (unread.n > 1)
		c->unlooked = arena_printf(&c->arena, "%s: %s",
		    unread.items[0], unread.items[1]);
}

static void
find_notifiers(struct checkup *c, struct machine *m)
{
	CLEANUP(drop_notifier_troubles) struct notifier_troubles l = { 0 };
	struct err ignored = { 0 };

	/* What the store cannot show is told of by others. */
	if (notifier_troubles(m, &l, &ignored) < 0)
		return;
	for (size_t i = 0; i < l.n; i++)
		*VEC_ADD(&c->notifiers) = (struct notifier_fact){
			arena_strdup(&c->arena, l.items[i].who),
			arena_strdup(&c->arena, l.items[i].why),
			l.items[i].failed, l.items[i].waiting };
}

void
checkup_store(struct checkup *c, struct machine *m)
{
	CLEANUP(drop_manifest) struct manifest live = { 0 };

	if (faccessat(store_fd(m->store), ".", W_OK, AT_EACCESS) < 0)
		c->write_trouble = arena_strdup(&c->arena, strerror(errno));
	load_newest(c, m, &live);
	look_at_key(c, m);
	look_at_journal(c, m);
	measure(c, store_fd(m->store));
	find_times(c, store_fd(m->store));
	find_strays(c, m, &live);
	find_leftovers(c, m, &live);
	find_notifiers(c, m);
}
