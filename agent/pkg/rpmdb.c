/* SPDX-License-Identifier: MIT */
#include "agent/pkg/rpmdb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/pkg/ownerstext.h"
#include "base/buf.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

/* The program of agent/rpm/, and what in the copy's folder lists the paths. */
#define READER "driftctl-rpm"
#define WANTED "driftctl-wanted"

enum {
	DATABASE_MAX = 1 << 30,
	ANSWER_MAX = 256 << 20,
	SECONDS = 20,
	PACKAGES_SECONDS = 300,
	CHUNK = 1 << 16,
};

static const char *const folders[] = {
	"/usr/lib/sysimage/rpm", "/var/lib/rpm",
};

/* The database of each of rpm's backends, and what it cannot be read without.
 * sqlite's -shm is made anew from -wal. */
static const struct kind {
	const char *name, *with;
} kinds[] = {
	{ "rpmdb.sqlite", "rpmdb.sqlite-wal" },
	{ "Packages.db", "Index.db" },
	{ "Packages", NULL },
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* A folder of our own that goes with all that rpm made in it. */
struct copy {
	char dir[PATH_MAX];
	int fd;
};

static void
drop_copy(struct copy *c)
{
	CLEANUP(drop_dir) DIR *d = c->fd >= 0 ? fdopendir(c->fd) : NULL;
	const struct dirent *de;

	if (d == NULL)
		return;
	while ((de = readdir(d)) != NULL)
		unlinkat(c->fd, de->d_name, 0);
	rmdir(c->dir);
}

static int
make_copy(struct copy *c, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(c->dir, sizeof(c->dir), "%s/driftctl-rpm.XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");

	if (n < 0 || (size_t)n >= sizeof(c->dir) || mkdtemp(c->dir) == NULL)
		return err_sys(e, c->dir, _("cannot make a folder for a copy "
		    "of the package database"));
	c->fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->fd < 0)
		return err_sys(e, c->dir, _("cannot open"));
	return 0;
}

/* On btrfs and xfs copy_file_range(2) only shares the blocks. */
static int
copy_bytes(int from, int to, const char *path, struct err *e)
{
	char chunk[CHUNK];
	off_t total = 0;
	ssize_t n;

	while (total <= DATABASE_MAX &&
	    (n = copy_file_range(from, NULL, to, NULL, CHUNK * 256, 0)) > 0)
		total += n;
	/* What it does not do, or only after nothing was read, we do. */
	while (total <= DATABASE_MAX &&
	    (n = read(from, chunk, sizeof(chunk))) > 0) {
		if (file_write_fd(to, path, chunk, (size_t)n, e) < 0)
			return -1;
		total += n;
	}
	if (total > DATABASE_MAX)
		return err_set(e, ERR_INPUT, path, _("the package database is "
		    "too large to be read"));
	if (n < 0)
		return err_sys(e, path, _("cannot read the package database"));
	return 0;
}

/* 1, 0 when it is not there. */
static int
copy_file(const struct root *r, const char *folder, const char *name,
    const struct copy *c, struct err *e)
{
	CLEANUP(drop_free) char *path = xasprintf("%s/%s", folder, name);
	CLEANUP(drop_fd) int to = -1;
	CLEANUP(drop_fd) int from = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (from < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (from < 0 || fstat(from, &st) < 0)
		return err_sys(e, path, _("cannot read the package database"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path,
		    _("the package database is no regular file"));
	to = openat(c->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (to < 0)
		return err_sys(e, c->dir, _("cannot copy the package "
		    "database"));
	return copy_bytes(from, to, path, e) < 0 ? -1 : 1;
}

/* Beside this program in a checkout and in libexec. */
static void
find_reader(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		*(strrchr(self, '/') + 1) = '\0';
		buf_addf(out, "%s" READER, self);
		if (access(buf_str(out), X_OK) == 0)
			return;
	}
	buf_reset(out);
	buf_adds(out, LIBEXECDIR "/" READER);
}

static int
write_wanted(const struct copy *c, const struct strlist *wanted,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_fd) int fd = openat(c->fd, WANTED,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, c->dir, _("cannot copy the package "
		    "database"));
	for (size_t i = 0; i < wanted->n; i++) {
		text_encode(&text, wanted->items[i], strlen(wanted->items[i]));
		buf_addc(&text, '\n');
	}
	return file_write_fd(fd, c->dir, buf_str(&text), text.len, e);
}

static int
ask(const struct copy *c, const struct strlist *wanted, const char *path,
    struct owners *owners, struct err *e)
{
	CLEANUP(drop_buf) struct buf reader = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_free) char *list = xasprintf("%s/" WANTED, c->dir);
	const char *const argv[] = { (find_reader(&reader), buf_str(&reader)),
		c->dir, wanted != NULL ? list : NULL, NULL };
	struct err failed = { 0 };
	int code;

	if (wanted != NULL && write_wanted(c, wanted, e) < 0)
		return -1;
	if (exec_run(argv, ANSWER_MAX, SECONDS, &out, &code, &failed) < 0) {
		if (failed.sys == ENOENT)
			return err_set(e, ERR_MISSING, path, _("which "
			    "packages are installed is not known: %s, which "
			    "reads rpm's database, is not installed"), READER);
		return err_set(e, failed.kind, path, _("which packages are "
		    "installed is not known: %s: %s"), READER, failed.what);
	}
	if (code != 0)
		return err_set(e, ERR_SYSTEM, path, _("which packages are "
		    "installed is not known: librpm cannot read the database "
		    "[install a librpm that knows this format, or run "
		    "'rpm --rebuilddb' where it is damaged]"));
	return ownerstext_parse(READER, buf_str(&out), out.len, owners, e);
}

/* -shm moves whenever the database does. */
void
rpmdb_inputs(const struct root *r, struct inputs *inputs)
{
	static const char *const names[] = {
		"rpmdb.sqlite", "rpmdb.sqlite-wal", "rpmdb.sqlite-shm",
		"Packages.db", "Index.db", "Packages",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			CLEANUP(drop_free) char *path = xasprintf("%s/%s",
			    folders[i], names[k]);

			inputs_add_below(inputs, r, path);
		}
	}
}

static bool
is_there(const struct root *r, const char *path)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path, O_PATH);

	return fd >= 0;
}

/* The database that is there: 1, 0 when there is none. */
static int
find_database(const struct root *r, const char **out_folder,
    const struct kind **out_kind)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		for (int k = 0; k < N_KINDS; k++) {
			CLEANUP(drop_free) char *path = xasprintf("%s/%s",
			    folders[i], kinds[k].name);

			if (!is_there(r, path))
				continue;
			*out_folder = folders[i];
			*out_kind = &kinds[k];
			return 1;
		}
	}
	return 0;
}

static int
copy_database(const struct root *r, const char *folder, const struct kind *k,
    struct copy *c, struct err *e)
{
	if (make_copy(c, e) < 0 || copy_file(r, folder, k->name, c, e) < 0)
		return -1;
	return k->with != NULL ? copy_file(r, folder, k->with, c, e) : 0;
}

static int
read_database(const struct root *r, const char *folder, const struct kind *k,
    const char *path, const struct strlist *wanted, struct owners *out,
    struct err *e)
{
	CLEANUP(drop_copy) struct copy c = { .fd = -1 };

	if (copy_database(r, folder, k, &c, e) < 0)
		return -1;
	return ask(&c, wanted, path, out, e);
}

int
rpmdb_read(const struct root *r, const struct strlist *wanted,
    struct owners *out, struct err *e)
{
	const char *folder;
	const struct kind *k;
	CLEANUP(drop_free) char *path = NULL;

	if (find_database(r, &folder, &k) == 0)
		return 0;
	path = xasprintf("%s/%s", folder, k->name);
	return read_database(r, folder, k, path, wanted, out, e);
}

/* The one behind those that were read. */
static int
refuse_package(const struct strlist *files, const struct buf *read,
    struct err *e)
{
	size_t n = 0;

	for (const char *at = strstr(buf_str(read), "\npackage "); at != NULL;
	    at = strstr(at + 1, "\npackage "))
		n++;
	if (n < files->n)
		return err_set(e, ERR_INPUT, files->items[n],
		    _("librpm cannot read this package [download it anew; "
		    "'rpm -K' says whether it is whole]"));
	return err_set(e, ERR_INPUT, files->items[0], files->n == 1 ?
	    _("librpm refuses this package") :
	    _("librpm refuses this package, or one after it"));
}

int
rpmdb_packages(const struct root *r, const struct strlist *files,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_copy) struct copy c = { .fd = -1 };
	CLEANUP(drop_buf) struct buf reader = { 0 };
	CLEANUP(drop_free) const char **argv = xcalloc(files->n + 4,
	    sizeof(*argv));
	struct err failed = { 0 };
	const char *folder;
	const struct kind *k;
	int code, n = find_database(r, &folder, &k);

	if ((n > 0 ? copy_database(r, folder, k, &c, e) :
	    make_copy(&c, e)) < 0)
		return -1;
	find_reader(&reader);
	argv[0] = buf_str(&reader);
	argv[1] = "--packages";
	argv[2] = c.dir;
	for (size_t i = 0; i < files->n; i++)
		argv[3 + i] = files->items[i];
	if (exec_run(argv, ANSWER_MAX, PACKAGES_SECONDS, out, &code,
	    &failed) < 0)
		return err_set(e, failed.kind, READER, failed.sys == ENOENT ?
		    _("cannot be run, so no rpm package can be read: %s") :
		    "%s", failed.what);
	if (code != 0)
		return refuse_package(files, out, e);
	return 0;
}
