/* SPDX-License-Identifier: MIT */
#include "agent/apply/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"
#include "base/meta.h"
#include "base/tr.h"

static int
cannot_make(const char *path, struct err *e)
{
	return err_sys(e, path, errno == ENOSPC || errno == EDQUOT ?
	    _("cannot make the new one [make room there; nothing was "
	    "changed]") : _("cannot make the new one"));
}

static int
get_content(struct run *r, const struct step *s, struct buf *out,
    struct err *e)
{
	if (r->o->content(r->o->ctx, s->want, out, e) < 0)
		return -1;
	if (out->len != s->want->size)
		return err_set(e, ERR_INPUT, s->path, _("the stored content "
		    "has %zu bytes instead of %llu [run 'driftctl verify']"),
		    out->len, (unsigned long long)s->want->size);
	return 0;
}

/* 1 when the new file has other flags than it shall have: its folder's. */
static int
early_flags(int fd, const struct step *s, struct err *e)
{
	const uint32_t late = meta_flags_in_the_way();
	uint32_t has;

	if (meta_write_early_flags(fd, s->want->flags, s->path, e) < 0)
		return -1;
	if (meta_read_flags(fd, &has) < 0)
		return err_sys(e, s->path, _("cannot read inode flags"));
	return has != (s->want->flags & ~late);
}

static int
make_file(struct run *r, const struct step *s, int dirfd, const char *name,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf stored = { 0 };
	const struct buf *bytes = s->bytes;
	CLEANUP(drop_fd) int fd = -1;
	int flags;

	if (bytes == NULL) {
		if (get_content(r, s, &stored, e) < 0)
			return -1;
		bytes = &stored;
	}
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd < 0)
		return cannot_make(s->path, e);
	flags = early_flags(fd, s, e);
	if (flags < 0)
		return -1;
	for (size_t done = 0; done < bytes->len;) {
		ssize_t n = write(fd, bytes->bytes + done, bytes->len - done);

		if (n < 0 && errno != EINTR)
			return cannot_make(s->path, e);
		done += n > 0 ? (size_t)n : 0;
	}
	if (flags > 0 && meta_write_flags(dirfd, name, s->want->flags &
	    ~meta_flags_in_the_way(), NULL, s->path, e) < 0)
		return -1;
	return 0;
}

static const mode_t node_type[ENTRY_KINDS] = {
	[ENTRY_FIFO] = S_IFIFO,
	[ENTRY_SOCKET] = S_IFSOCK,
	[ENTRY_BLOCK] = S_IFBLK,
	[ENTRY_CHAR] = S_IFCHR,
};

static int
make_object(struct run *r, const struct step *s, int dirfd, const char *name,
    struct err *e)
{
	const struct entry *want = s->want;
	int rc;

	switch (want->kind) {
	case ENTRY_FILE:
		if (make_file(r, s, dirfd, name, e) < 0)
			return -1;
		break;
	case ENTRY_DIR:
		/* Its metadata comes when all is in it. */
		return mkdirat(dirfd, name, 0700) < 0 ?
		    cannot_make(s->path, e) : 0;
	case ENTRY_SYMLINK:
		if (symlinkat(want->target, dirfd, name) < 0)
			return cannot_make(s->path, e);
		break;
	default:
		rc = mknodat(dirfd, name, node_type[want->kind] | 0600,
		    makedev(want->major, want->minor));
		if (rc < 0)
			return cannot_make(s->path, e);
	}
	return meta_write(dirfd, name, want, false, s->path, e);
}

static bool
is_staged(const struct task *t)
{
	return !t->skip && t->s->kind != STEP_META &&
	    t->s->kind != STEP_REMOVE;
}

static int
stage_link(struct run *r, const struct task *t, struct err *e)
{
	const struct task *source = run_task(r, t->s->source);
	CLEANUP(drop_fd) int from = -1;
	const char *path, *name, *new_name;
	int to;

	path = source != NULL && is_staged(source) ?
	    run_stage_path(r, source) : t->s->source;
	from = root_open_parent(r->o->root, path, &name);
	if (from < 0)
		return err_sys(e, t->s->source, _("cannot open"));
	{
		CLEANUP(drop_free) char *own = xstrdup(name);

		to = folders_open(&r->folders, run_stage_path(r, t),
		    &new_name);
		if (to < 0 || linkat(from, own, to, new_name, 0) < 0)
			return cannot_make(t->s->path, e);
	}
	return 0;
}

static int
stage(struct run *r, const struct task *t, struct err *e)
{
	const char *name;
	int dirfd = folders_open(&r->folders, run_stage_path(r, t), &name);

	if (dirfd < 0)
		return cannot_make(t->s->path, e);
	return make_object(r, t->s, dirfd, name, e);
}

static int
finish_folder(struct run *r, const struct task *t, struct err *e)
{
	const char *name;
	int dirfd = folders_open(&r->folders, run_stage_path(r, t), &name);

	if (dirfd < 0)
		return err_sys(e, t->s->path, _("cannot open"));
	return meta_write(dirfd, name, t->s->want, false, t->s->path, e);
}

int
run_stage(struct run *r, struct err *e)
{
	if (run_loosen_folders(r, e) < 0)
		return -1;
	for (size_t i = 0; i < r->puts; i++)
		if (is_staged(&r->tasks[i]) && r->tasks[i].s->source == NULL &&
		    stage(r, &r->tasks[i], e) < 0)
			return -1;
	for (size_t i = 0; i < r->puts; i++)
		if (is_staged(&r->tasks[i]) && r->tasks[i].s->source != NULL &&
		    stage_link(r, &r->tasks[i], e) < 0)
			return -1;
	/* Backwards, so that a folder gets its time behind what is in it. */
	for (size_t i = r->puts; i-- > 0;) {
		const struct task *t = &r->tasks[i];

		if (is_staged(t) && t->s->want->kind == ENTRY_DIR &&
		    finish_folder(r, t, e) < 0)
			return -1;
	}
	return run_sync(r, e);
}
