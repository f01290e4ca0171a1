/* SPDX-License-Identifier: MIT */
#include "agent/apply/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

void
run_temp_prefix(const char *id, struct buf *out)
{
	buf_addf(out, ".driftctl-%s-", id);
}

bool
run_is_structural(const struct task *t)
{
	return t->top == NULL && !t->skip && t->s->kind != STEP_META;
}

bool
run_takes_flags(const struct task *t)
{
	const uint32_t bad = meta_flags_in_the_way();
	const struct entry *want = t->s->want, *have = t->s->have;

	if (t->skip || (want->kind != ENTRY_FILE && want->kind != ENTRY_DIR))
		return false;
	if (t->s->kind == STEP_META)
		return have->flags != want->flags || (have->flags & bad) != 0;
	return want->kind == ENTRY_DIR || (want->flags & bad) != 0;
}

static bool
makes_folder(const struct task *t)
{
	return !t->skip && t->s->want != NULL &&
	    t->s->want->kind == ENTRY_DIR && (t->s->kind == STEP_MAKE_DIR ||
	    t->s->kind == STEP_SWAP_KIND);
}

static int
cmp_task(const void *key, const void *task)
{
	return path_cmp(key, ((const struct task *)task)->s->path);
}

static int
cmp_removal(const void *key, const void *task)
{
	return -cmp_task(key, task);
}

struct task *
run_task(const struct run *r, const char *path)
{
	return r->puts == 0 ? NULL : bsearch(path, r->tasks, r->puts,
	    sizeof(struct task), cmp_task);
}

bool
run_removes(const struct run *r, const char *path)
{
	/* Removals are in the order of their paths, backwards. */
	return r->n > r->puts && bsearch(path, r->tasks + r->puts,
	    r->n - r->puts, sizeof(struct task), cmp_removal) != NULL;
}

const char *
run_stage_path(struct run *r, const struct task *t)
{
	const struct task *top = t->top != NULL ? t->top : t;

	buf_reset(&r->path);
	path_parent(&r->path, top->s->path);
	if (r->path.len > 1)
		buf_addc(&r->path, '/');
	run_temp_prefix(r->o->id, &r->path);
	buf_addf(&r->path, "%u", top->temp);
	if (t != top)
		buf_adds(&r->path, t->s->path + strlen(top->s->path));
	return buf_str(&r->path);
}

static int
note_device(struct run *r, int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot look at it"));
	for (size_t i = 0; i < r->devices.n; i++)
		if (r->devices.items[i].dev == st.st_dev)
			return 0;
	*VEC_ADD(&r->devices) = (struct device){ st.st_dev,
		fcntl(fd, F_DUPFD_CLOEXEC, 0) };
	return 0;
}

/* The folder that holds path: its file system, and flags that are in the way */
static int
note_folder(struct run *r, const char *path, bool structural, struct err *e)
{
	const uint32_t bad = meta_flags_in_the_way();
	CLEANUP(drop_buf) struct buf parent = { 0 };
	CLEANUP(drop_fd) int fd = -1;
	const char *name;
	uint32_t flags;
	int dir = folders_open(&r->folders, path, &name);

	path_parent(&parent, path);
	if (dir < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_set(e, ERR_INPUT, path, _("'%s' on the way to it is "
		    "no folder any more, a symlink perhaps [restore it, too]"),
		    buf_str(&parent));
	if (dir < 0)
		return err_sys(e, buf_str(&parent), _("cannot open"));
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, buf_str(&parent), _("cannot open"));
	if (note_device(r, fd, buf_str(&parent), e) < 0)
		return -1;
	if (!structural)
		return 0;
	strlist_add(&r->journal.folders, buf_str(&parent));
	if (meta_read_flags(fd, &flags) < 0)
		return err_sys(e, buf_str(&parent),
		    _("cannot read inode flags"));
	if (flags & bad)
		journal_loosened(&r->journal, buf_str(&parent), flags);
	return 0;
}

/* A hard link is refused on an immutable file (EPERM, link(2)). */
static int
note_source(struct run *r, const struct task *t, struct err *e)
{
	const struct task *source;
	CLEANUP(drop_fd) int fd = -1;
	uint32_t flags;

	if (t->s->source == NULL)
		return 0;
	/* What stands there now is not what will be linked to. */
	source = run_task(r, t->s->source);
	if (source != NULL && source->s->kind != STEP_META)
		return 0;
	fd = root_open_at(r->o->root, t->s->source,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(e, t->s->source, _("cannot open"));
	if (meta_read_flags(fd, &flags) < 0)
		return err_sys(e, t->s->source, _("cannot read inode flags"));
	if (flags & meta_flags_in_the_way())
		journal_loosened(&r->journal, t->s->source, flags);
	return 0;
}

static int
is_there(struct run *r, const char *path, bool *out, struct err *e)
{
	const char *name;
	struct stat st;
	int dir = folders_open(&r->folders, path, &name);

	*out = dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
	if (dir < 0 && errno != ENOENT)
		return err_sys(e, path, _("cannot look at it"));
	return 0;
}

static int
find_tops(struct run *r, struct err *e)
{
	const struct task *top = NULL;

	for (size_t i = 0; i < r->puts; i++) {
		struct task *t = &r->tasks[i];

		if (top != NULL && path_is_under(t->s->path, top->s->path)) {
			t->top = top;
			continue;
		}
		if (t->s->implied && is_there(r, t->s->path, &t->skip, e) < 0)
			return -1;
		t->temp = (unsigned)i + 1;
		if (makes_folder(t))
			top = t;
	}
	return 0;
}

int
run_prepare(struct run *r, struct err *e)
{
	const char *last = NULL, *last_meta = NULL;

	r->n = r->plan->n;
	r->tasks = xcalloc(r->n + 1, sizeof(*r->tasks));
	r->digest = digest_new();
	r->folders.root = r->o->root;
	r->journal.id = xstrdup(r->o->id);
	r->journal.root = journal_root(r->o->root);
	for (size_t i = 0; i < r->n; i++) {
		r->tasks[i].s = &r->plan->items[i];
		r->puts += r->plan->items[i].kind != STEP_REMOVE;
	}
	if (find_tops(r, e) < 0)
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		const struct task *t = &r->tasks[i];
		bool structural = run_is_structural(t);
		const char **seen = structural ? &last : &last_meta;

		/* Of what is linked into a new folder, too. */
		if (note_source(r, t, e) < 0)
			return -1;
		if (t->skip || t->top != NULL)
			continue;
		if (*seen != NULL && path_same_folder(*seen, t->s->path))
			continue;
		*seen = t->s->path;
		if (note_folder(r, t->s->path, structural, e) < 0)
			return -1;
	}
	return 0;
}

static int
set_flags(struct run *r, const char *path, uint32_t flags, struct err *e)
{
	const char *name;
	int dir = folders_open(&r->folders, path, &name);

	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0)
		return err_sys(e, path, _("cannot open"));
	if (name[0] == '\0')
		name = ".";
	if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return meta_write_flags(dir, name, flags, NULL, path, e);
}

int
run_loosen_folders(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->journal.n; i++) {
		const struct loosened *l = &r->journal.loosened[i];

		if (set_flags(r, l->path, l->flags & ~meta_flags_in_the_way(),
		    e) < 0)
			return -1;
	}
	return 0;
}

int
run_tighten_folders(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->journal.n; i++) {
		const struct loosened *l = &r->journal.loosened[i];
		const struct task *t = run_task(r, l->path);

		/* What the plan wants of it has been done already. */
		if (t != NULL && run_takes_flags(t))
			continue;
		if (set_flags(r, l->path, l->flags, e) < 0)
			return -1;
	}
	return 0;
}

/*
 * One syncfs(2) for each file system: an fsync for each of many files would
 * cost thirty times as much, and what counts is only that everything of one
 * wave is on disk before the next begins.
 */
int
run_sync(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->devices.n; i++)
		if (syncfs(r->devices.items[i].fd) < 0)
			return err_sys(e, r->o->root->dir,
			    _("cannot sync the file system"));
	return 0;
}

/*
 * Takes the flags off that keep the object from being removed, as far as it
 * goes. A file with more names keeps what it had.
 */
static int
unlink_protected(int dirfd, const char *name, int flag)
{
	struct err ignored = { 0 };
	struct stat st;
	uint32_t had;
	int rc;
	CLEANUP(drop_fd) int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || meta_read_flags(fd, &had) < 0 ||
	    meta_write_flags_fd(fd, had & ~meta_flags_in_the_way(), name,
	    &ignored) < 0) {
		errno = EPERM;
		return -1;
	}
	rc = unlinkat(dirfd, name, flag);
	if (rc == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0 &&
	    S_ISREG(st.st_mode))
		meta_write_flags_fd(fd, had, name, &ignored);
	return rc;
}

static int
remove_name(int dirfd, const char *name, int flag, bool *out_full)
{
	*out_full = false;
	if (unlinkat(dirfd, name, flag) == 0 || errno == ENOENT ||
	    (errno == EPERM && unlink_protected(dirfd, name, flag) == 0))
		return 0;
	*out_full = errno == ENOTEMPTY || errno == EEXIST;
	return -1;
}

static int
empty_folder(int dirfd, const char *name, const char *where, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return err_sys(e, where, _("cannot read the folder"));
	for (size_t i = 0; i < names.n; i++)
		if (run_remove_tree(fd, names.items[i], where, e) < 0)
			return -1;
	return 0;
}

int
run_remove_tree(int dirfd, const char *name, const char *where,
    struct err *e)
{
	struct err ignored = { 0 };
	struct stat st;
	bool full;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 :
		    err_sys(e, where, _("cannot look at it"));
	if (!S_ISDIR(st.st_mode))
		return remove_name(dirfd, name, 0, &full) == 0 ? 0 :
		    err_sys(e, where, _("cannot remove"));
	if (remove_name(dirfd, name, AT_REMOVEDIR, &full) == 0)
		return 0;
	if (!full)
		return err_sys(e, where, _("cannot remove"));
	/* An immutable folder lets go of nothing that is in it. */
	meta_write_flags(dirfd, name, 0, NULL, where, &ignored);
	if (empty_folder(dirfd, name, where, e) < 0)
		return -1;
	return remove_name(dirfd, name, AT_REMOVEDIR, &full) == 0 ? 0 :
	    err_sys(e, where, _("cannot remove"));
}

void
run_done(struct run *r)
{
	for (size_t i = 0; i < r->devices.n; i++)
		close(r->devices.items[i].fd);
	free(r->devices.items);
	free(r->tasks);
	folders_done(&r->folders);
	journal_done(&r->journal);
	digest_free(r->digest);
	buf_done(&r->path);
}

void
drop_run(struct run *r)
{
	run_done(r);
}
