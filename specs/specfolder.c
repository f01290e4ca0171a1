/* SPDX-License-Identifier: MIT */
#include "specs/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/yaml.h"

/* One folder being read; extends is set within a NAME.d. */
struct folder {
	struct arena *arena;
	const struct spec_trust *trust;	/* or NULL */
	struct spec_sources *out;
	struct diagnostics *diags;
	int fd;
	const char *dir, *extends;
	bool of_root;		/* nobody else can put a file here */
};

static void
refuse(struct folder *f, const char *path, const char *what, int sys)
{
	if (sys != 0)
		diagnostics_add(f->diags, (struct place){ path, 0, 0 },
		    "%s: %s", what, strerror(sys));
	else
		diagnostics_add(f->diags, (struct place){ path, 0, 0 }, "%s",
		    what);
}

/* A spec says what is put back and by root: only root, or whom the caller
 * vouches for, may have a say in that. */
static bool
trusted(struct folder *f, const char *path, const struct stat *st)
{
	const struct spec_trust *t = f->trust;
	struct place at = { path, 0, 0 };

	if (st->st_uid != 0 && st->st_uid != geteuid() &&
	    (t == NULL || st->st_uid != t->owner))
		diagnostics_add(f->diags, at,
		    _("owned by uid %u, who is not trusted: refused [chown "
		    "root %s]"), (unsigned)st->st_uid, path);
	else if ((st->st_mode & S_IWOTH) != 0)
		diagnostics_add(f->diags, at,
		    _("writable by everybody: refused [chmod o-w %s]"), path);
	else if ((st->st_mode & S_IWGRP) != 0 && (t == NULL ||
	    !t->group_writable || st->st_gid != t->gid))
		diagnostics_add(f->diags, at,
		    _("writable by the group %u: refused [chmod g-w %s]"),
		    (unsigned)st->st_gid, path);
	else
		return true;
	return false;
}

static bool
of_root(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * Who can write a folder can put others in the place of what lies in it; in a
 * sticky one (/tmp) only of what is his.
 */
static bool
trusted_parent(struct folder *f, int fd, struct stat *st)
{
	CLEANUP(drop_free) char *proc = xasprintf("/proc/self/fd/%d", fd);
	char name[PATH_MAX] = "";
	ssize_t n = readlink(proc, name, sizeof(name) - 1);
	struct stat parent = *st;

	if ((st->st_mode & S_ISVTX) != 0)
		parent.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	f->of_root = f->of_root && of_root(&parent);
	return trusted(f, n > 0 ? arena_memdup(f->arena, name, (size_t)n) :
	    f->dir, &parent);
}

static bool
is_top(const struct folder *f, const struct stat *st)
{
	return f->trust != NULL && f->trust->top.st_ino == st->st_ino &&
	    f->trust->top.st_dev == st->st_dev;
}

/* All folders that this one lies in. */
static bool
trusted_parents(struct folder *f)
{
	struct stat st, up;
	CLEANUP(drop_fd) int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	while (!is_top(f, &st)) {
		int parent = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (parent >= 0)
			close(fd);
		fd = parent >= 0 ? parent : fd;
		if (parent < 0 || fstat(fd, &up) < 0) {
			refuse(f, f->dir, _("cannot look at the folder it "
			    "lies in"), errno);
			return false;
		}
		/* The root of all lies in itself. */
		if (up.st_dev == st.st_dev && up.st_ino == st.st_ino)
			break;
		if (!trusted_parent(f, fd, &up))
			return false;
		st = up;
	}
	return true;
}

static const char *
path_in(struct folder *f, const char *name)
{
	if (f->dir[0] == '\0')
		return arena_strdup(f->arena, name);
	return arena_printf(f->arena, "%s/%s", f->dir, name);
}

/* The source that this file masks, or a new one. */
static struct spec_source *
place_for(struct folder *f, const char *name)
{
	for (size_t i = 0; i < f->out->n; i++) {
		struct spec_source *s = &f->out->items[i];

		if (strcmp(path_name(s->file), name) == 0 &&
		    (s->extends == NULL) == (f->extends == NULL) &&
		    (f->extends == NULL ||
		    strcmp(s->extends, f->extends) == 0))
			return s;
	}
	return VEC_ADD(f->out);
}

static void
add_source(struct folder *f, const char *name, const char *path,
    const struct buf *bytes)
{
	*place_for(f, name) = (struct spec_source){
		.file = path,
		.bytes = arena_memdup(f->arena, buf_str(bytes), bytes->len),
		.len = bytes->len,
		.extends = f->extends,
	};
}

/* The one symlink with a meaning is that to /dev/null, as systemd's units
 * have it: it masks. Any other could lead where nobody checked the owner. */
static int
read_link(struct folder *f, const char *name, const char *path)
{
	static const char null[] = "/dev/null";
	const struct buf empty = { 0 };
	char target[sizeof(null) + 1];
	ssize_t n = readlinkat(f->fd, name, target, sizeof(target));

	if (n == (ssize_t)strlen(null) &&
	    memcmp(target, null, strlen(null)) == 0) {
		add_source(f, name, path, &empty);
		return 0;
	}
	refuse(f, path, _("a symlink: refused [put the file itself here; only "
	    "one to /dev/null has a meaning, it masks]"), 0);
	return -1;
}

static bool
is_known(const struct folder *f, const char *name)
{
	for (size_t i = 0; i < f->out->n; i++)
		if (f->out->items[i].extends == NULL &&
		    strcmp(path_name(f->out->items[i].file), name) == 0)
			return true;
	return false;
}

/* 0 when it is a source now. */
static int
read_file(struct folder *f, const char *name, const char *path)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err e = { 0 };
	struct stat st;

	CLEANUP(drop_fd) int fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP) {
		return read_link(f, name, path);
	} else if (fd < 0 || fstat(fd, &st) < 0) {
		refuse(f, path, _("cannot open"), errno);
	} else if (!S_ISREG(st.st_mode)) {
		refuse(f, path, _("not a regular file: refused"), 0);
	} else if (!trusted(f, path, &st)) {
		return -1;
	} else if (file_read_fd(fd, path, NODE_BYTES_MAX, &bytes, &e) < 0) {
		refuse(f, path, e.what, e.sys);
	} else {
		add_source(f, name, path, &bytes);
		if (f->of_root && of_root(&st))
			*VEC_ADD_IN(f->arena, &f->out->of_root) = path;
		return 0;
	}
	return -1;
}

static void
read_or_refuse(struct folder *f, const char *name)
{
	const char *path = path_in(f, name);

	if (read_file(f, name, path) < 0 && f->extends == NULL)
		*VEC_ADD_IN(f->arena, &f->out->refused) = path;
}

static bool
is_added_to(const struct folder *f, const char *name)
{
	size_t n = strlen(name) - strlen(".yaml");

	for (size_t i = 0; i < f->out->n; i++) {
		const char *to = f->out->items[i].extends;

		if (to != NULL && strlen(to) == n &&
		    strncmp(to, name, n) == 0)
			return true;
	}
	return false;
}

/* A spec that is refused is there all the same: what adds to it need not say
 * that it is missing. */
static void
keep_names_of_refused(struct folder *f)
{
	const struct buf empty = { 0 };

	for (size_t i = 0; i < f->out->refused.n; i++) {
		const char *path = f->out->refused.items[i];

		if (is_added_to(f, path_name(path)) &&
		    !is_known(f, path_name(path)))
			add_source(f, path_name(path), path, &empty);
	}
}

/* What it holds, sorted; -1 when it cannot be read or trusted. */
static int
list(struct folder *f, struct strlist *out)
{
	struct stat st;
	struct dirent *d;
	CLEANUP(drop_dir) DIR *dir = NULL;
	CLEANUP(drop_fd) int fd = openat(f->fd, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		refuse(f, f->dir, _("cannot open the folder"), errno);
		return -1;
	}
	if (!trusted(f, f->dir, &st))
		return -1;
	/* Who can replace the folder that one lies in can replace both. */
	f->of_root = of_root(&st) && (f->extends == NULL || f->of_root);
	if ((dir = fdopendir(fd)) == NULL) {
		refuse(f, f->dir, _("cannot read the folder"), errno);
		return -1;
	}
	fd_steal(&fd);
	while (errno = 0, (d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			strlist_add(out, d->d_name);
	if (errno != 0) {
		refuse(f, f->dir, _("cannot read the folder"), errno);
		return -1;
	}
	strlist_sort(out);
	return 0;
}

/* Other names are none of ours: a README, what an editor left. */
static void
read_yaml(struct folder *f, const char *name)
{
	if (text_ends(name, ".yaml"))
		read_or_refuse(f, name);
	else if (text_ends(name, ".yml"))
		refuse(f, path_in(f, name),
		    _("not read, since specs end in .yaml [rename it]"), 0);
}

static void
read_additions(struct folder *f, const char *name)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct folder sub = *f;

	sub.dir = path_in(f, name);
	sub.extends = arena_memdup(f->arena, name, strlen(name) - 2);
	CLEANUP(drop_fd) int fd = openat(f->fd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		refuse(f, sub.dir, _("cannot open the folder"), errno);
		return;
	}
	sub.fd = fd;
	if (list(&sub, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		read_yaml(&sub, names.items[i]);
}

void
catalogue_read_folder(struct arena *a, int dirfd, const char *dir,
    const struct spec_trust *trust, struct spec_sources *out,
    struct diagnostics *diags)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct folder f = { a, trust, out, diags, dirfd, dir, NULL, false };

	if (list(&f, &names) < 0 || !trusted_parents(&f))
		return;
	for (size_t i = 0; i < names.n; i++) {
		if (text_ends(names.items[i], ".d"))
			read_additions(&f, names.items[i]);
		else
			read_yaml(&f, names.items[i]);
	}
	keep_names_of_refused(&f);
}

static bool
listed(const struct texts *files, const char *file)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->items[i], file) == 0)
			return true;
	return false;
}

void
catalogue_set_owners(struct catalogue *c, const struct spec_sources *s)
{
	for (size_t i = 0; i < c->n; i++) {
		struct spec *spec = c->specs[i];

		spec->of_root = listed(&s->of_root, spec->origin);
		for (size_t k = 0; k < s->n; k++)
			if (s->items[k].extends != NULL &&
			    strcmp(s->items[k].extends, spec->name) == 0 &&
			    !listed(&s->of_root, s->items[k].file))
				spec->of_root = false;
	}
}
