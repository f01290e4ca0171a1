/* SPDX-License-Identifier: MIT */
#include "agent/apply/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/meta.h"
#include "base/path.h"
#include "base/tr.h"

/* The folder of a task's target; its name is "." for the root itself. */
static int
open_target(struct run *r, const struct task *t, const char **out_name,
    struct err *e)
{
	int dirfd = folders_open(&r->folders, t->s->path, out_name);

	if (dirfd < 0)
		return err_sys(e, t->s->path, _("cannot open"));
	if ((*out_name)[0] == '\0')
		*out_name = ".";
	return dirfd;
}

/* A file that lost its flags though a name of it may stay: it gets them back */
struct loosed {
	int fd;
	uint32_t had;
};

static void
drop_loosed(struct loosed *l)
{
	drop_fd(&l->fd);
}

static int
loosen(int dirfd, const char *name, const struct entry *have,
    struct loosed *out, struct err *e)
{
	const uint32_t bad = meta_flags_in_the_way();
	CLEANUP(drop_fd) int fd = -1;
	struct stat st;

	if (have == NULL || (have->flags & bad) == 0 ||
	    (have->kind != ENTRY_FILE && have->kind != ENTRY_DIR))
		return 0;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || meta_read_flags(fd, &out->had) < 0)
		return err_sys(e, have->path, _("cannot read inode flags"));
	if ((out->had & bad) == 0)
		return 0;
	if (meta_write_flags_fd(fd, out->had & ~bad, have->path, e) < 0)
		return -1;
	if (have->kind == ENTRY_FILE && st.st_nlink > 1) {
		out->fd = fd;
		fd = -1;
	}
	return 0;
}

static int
give_back(const struct loosed *l, const struct entry *have, struct err *e)
{
	return l->fd < 0 ? 0 : meta_write_flags_fd(l->fd, l->had, have->path,
	    e);
}

/* Appeared meanwhile is not to be lost: it is in no rollback. */
static int
rename_new(int dirfd, const char *temp, const char *name)
{
	if (renameat2(dirfd, temp, dirfd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	if (faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(dirfd, temp, dirfd, name);
}

/* File systems without RENAME_EXCHANGE get three steps instead of one. */
static int
exchange(int dirfd, const char *temp, const char *name)
{
	char aside[NAME_MAX + 1];

	if (renameat2(dirfd, temp, dirfd, name, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	snprintf(aside, sizeof(aside), "%.200s.old", temp);
	if (renameat(dirfd, name, dirfd, aside) < 0 ||
	    renameat(dirfd, temp, dirfd, name) < 0)
		return -1;
	return renameat(dirfd, aside, dirfd, temp);
}

static int
publish(struct run *r, struct task *t, struct err *e)
{
	const struct entry *have = t->s->have;
	CLEANUP(drop_free) char *temp = NULL;
	const char *name;
	int dirfd = open_target(r, t, &name, e), rc;
	CLEANUP(drop_loosed) struct loosed old = { .fd = -1 };
	bool whole = have != NULL && (have->kind == ENTRY_DIR ||
	    t->s->want->kind == ENTRY_DIR);

	if (dirfd < 0 || loosen(dirfd, name, have, &old, e) < 0)
		return -1;
	temp = xstrdup(path_name(run_stage_path(r, t)));
	rc = have == NULL ? rename_new(dirfd, temp, name) :
	    whole ? exchange(dirfd, temp, name) :
	    renameat(dirfd, temp, dirfd, name);
	if (rc < 0)
		return err_sys(e, t->s->path, _("cannot put it in place"));
	t->swapped = whole;
	/* Between two names of one inode rename(2) does nothing at all. */
	if (t->s->source != NULL && !whole)
		unlinkat(dirfd, temp, 0);
	if (whole)
		folders_flush(&r->folders);
	return give_back(&old, have, e);
}

static int
change_metadata(struct run *r, const struct task *t, struct err *e)
{
	CLEANUP(drop_loosed) struct loosed old = { .fd = -1 };
	const char *name;
	int dirfd = open_target(r, t, &name, e);

	if (dirfd < 0)
		return -1;
	if (t->s->differs == 0)
		return meta_write_mtime(dirfd, name, t->s->want->mtime,
		    t->s->path, e);
	if (loosen(dirfd, name, t->s->have, &old, e) < 0)
		return -1;
	return meta_write(dirfd, name, t->s->want, false, t->s->path, e);
}

static int
remove_one(struct run *r, const struct task *t, struct err *e)
{
	CLEANUP(drop_loosed) struct loosed old = { .fd = -1 };
	const char *name;
	int dirfd = open_target(r, t, &name, e);

	if (dirfd < 0 || loosen(dirfd, name, t->s->have, &old, e) < 0)
		return -1;
	if (unlinkat(dirfd, name, t->s->have->kind == ENTRY_DIR ?
	    AT_REMOVEDIR : 0) < 0)
		return err_sys(e, t->s->path, _("cannot remove"));
	return give_back(&old, t->s->have, e);
}

/* What had the place of a swapped one is in the rollback by now. */
static int
remove_old(struct run *r, const struct task *t, struct err *e)
{
	const char *name;
	int dirfd = folders_open(&r->folders, run_stage_path(r, t), &name);

	if (dirfd < 0)
		return err_sys(e, t->s->path, _("cannot open"));
	return run_remove_tree(dirfd, name, t->s->path, e);
}

/* Last of all, what is in a folder first: an immutable one takes no more. */
static int
set_flags(struct run *r, struct err *e)
{
	for (size_t i = r->puts; i-- > 0;) {
		const struct task *t = &r->tasks[i];
		const char *name;
		int dirfd;

		if (!run_takes_flags(t))
			continue;
		if ((dirfd = open_target(r, t, &name, e)) < 0 ||
		    meta_write_flags(dirfd, name, t->s->want->flags, NULL,
		    t->s->path, e) < 0)
			return -1;
	}
	return run_tighten_folders(r, e);
}

static void
tell(struct run *r, const struct task *t)
{
	if (r->o->progress != NULL && !r->recovering && !t->skip)
		r->o->progress(r->o->ctx, t->s);
}

static int
take_away(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->puts; i++)
		if (r->tasks[i].swapped && remove_old(r, &r->tasks[i], e) < 0)
			return -1;
	for (size_t i = r->puts; i < r->n; i++) {
		if (remove_one(r, &r->tasks[i], e) < 0)
			return -1;
		tell(r, &r->tasks[i]);
	}
	return 0;
}

int
run_publish(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->puts; i++) {
		struct task *t = &r->tasks[i];

		if (run_is_structural(t) && publish(r, t, e) < 0)
			return -1;
		if (t->s->kind != STEP_META)
			tell(r, t);
	}
	if (take_away(r, e) < 0)
		return -1;
	/*
	 * Backwards: names and times below a folder move nothing of it now,
	 * so what it is given stays.
	 */
	for (size_t i = r->puts; i-- > 0;) {
		struct task *t = &r->tasks[i];

		if (t->s->kind != STEP_META)
			continue;
		if (change_metadata(r, t, e) < 0)
			return -1;
		tell(r, t);
	}
	return set_flags(r, e) < 0 ? -1 : run_sync(r, e);
}
