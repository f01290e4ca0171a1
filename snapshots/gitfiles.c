/* SPDX-License-Identifier: MIT */
#include "snapshots/gitfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	SHALLOW_MAX = 64 * 1024 * 1024,
	REF_DEPTH_MAX = 32,
};

static const char config[] = "[core]\n"
    "\trepositoryformatversion = 0\n"
    "\tfilemode = true\n"
    "\tbare = true\n"
    "[gc]\n"
    "\tauto = 0\n";
static const char head[] = "ref: " GITFILES_LIVE "\n";

static int
make_file(int fd, const char *name, const char *text, struct err *e)
{
	if (faccessat(fd, name, F_OK, 0) == 0)
		return 0;
	return file_replace(fd, name, text, strlen(text), 0600, e);
}

int
gitfiles_init(const char *dir, struct err *e)
{
	static const char *const folder[] = {
		"objects/pack", "objects/info", "refs/heads", "refs/tags",
		"refs/driftctl", "info",
	};

	if (file_mkdirs(AT_FDCWD, dir, 0700, e) < 0)
		return -1;
	CLEANUP(drop_fd) int fd = open(dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, dir, _("cannot open the folder"));
	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		if (file_mkdirs(fd, folder[i], 0700, e) < 0)
			return -1;
	}
	/* HEAD makes it a repository in git's eyes, so it comes last. */
	if (make_file(fd, "description",
	    "driftctl: snapshots of this machine's configuration\n", e) < 0 ||
	    make_file(fd, "config", config, e) < 0 ||
	    make_file(fd, "HEAD", head, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		CLEANUP(drop_fd) int sub = openat(fd, folder[i],
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (sub < 0 || file_sync_dir(sub, dir, e) < 0)
			return err_sys(e, dir, _("cannot sync the folder"));
	}
	return file_sync_dir(fd, dir, e);
}

int
gitfiles_check_owner(int fd, const char *dir, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, dir, _("cannot look at the folder"));
	if (st.st_uid != geteuid())
		return err_set(e, ERR_INPUT, dir, _("the store belongs to "
		    "user %u, not to user %u who runs driftctl [run it as "
		    "that user, or chown the store]"), (unsigned)st.st_uid,
		    (unsigned)geteuid());
	return 0;
}

static bool
says(int fd, const char *name, const char *text)
{
	CLEANUP(drop_buf) struct buf is = { 0 };
	struct err ignored = { 0 };

	return file_read(fd, name, strlen(text), &is, &ignored) == 0 &&
	    strcmp(buf_str(&is), text) == 0;
}

bool
gitfiles_plain(int fd)
{
	return says(fd, "HEAD", head) && says(fd, "config", config) &&
	    faccessat(fd, "refs/heads", X_OK, 0) == 0;
}

void
gitfiles_loose_folders(int fd, bool out[256])
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	memset(out, file_names(fd, "objects", &names) < 0, 256);
	for (size_t i = 0; i < names.n; i++) {
		unsigned char first;

		if (strlen(names.items[i]) == 2 &&
		    text_unhex(names.items[i], &first, 1) == 0)
			out[first] = true;
	}
}

bool
gitfiles_loose(int fd, const struct oid *oid)
{
	CLEANUP(drop_buf) struct buf name = { 0 };

	buf_adds(&name, "objects/");
	text_hex(&name, oid->b, 1);
	buf_addc(&name, '/');
	text_hex(&name, oid->b + 1, OID_LEN - 1);
	return faccessat(fd, buf_str(&name), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One name a line, as git writes it. */
static int
parse_shallow(const char *where, const char *text, struct oidset *out,
    struct err *e)
{
	unsigned line = 1;

	for (const char *at = text; *at != '\0'; line++) {
		size_t len = strcspn(at, "\n");
		CLEANUP(drop_free) char *hex = xmemdup(at, len);
		struct oid oid;

		if (len != 2 * OID_LEN ||
		    text_unhex(hex, oid.b, OID_LEN) < 0)
			return err_at(e, where, line, 1,
			    _("damaged: '%s' is no name of a snapshot"), hex);
		oidset_add(out, &oid);
		at += len + (at[len] == '\n');
	}
	return 0;
}

int
gitfiles_read_shallow(int fd, const char *dir, struct oidset *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_oidset) struct oidset set = { 0 };
	CLEANUP(drop_free) char *where = xasprintf("%s/shallow", dir);
	CLEANUP(drop_fd) int file = openat(fd, "shallow",
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0 && errno != ENOENT)
		return err_sys(e, where, _("cannot open"));
	if (file >= 0 &&
	    (file_read_fd(file, where, SHALLOW_MAX, &text, e) < 0 ||
	    parse_shallow(where, buf_str(&text), &set, e) < 0))
		return -1;
	oidset_done(out);
	*out = STEAL(set);
	return 0;
}

int
gitfiles_write_shallow(int fd, const char *dir, const struct oidset *set,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	for (size_t i = 0; i < set->cap; i++) {
		if (oid_is_zero(&set->slots[i]))
			continue;
		text_hex(&text, set->slots[i].b, OID_LEN);
		buf_addc(&text, '\n');
	}
	if (text.len > 0)
		return file_replace(fd, "shallow", text.bytes, text.len, 0600,
		    e);
	if (unlinkat(fd, "shallow", 0) < 0 && errno != ENOENT)
		return err_sys(e, dir, _("cannot remove 'shallow'"));
	return file_sync_dir(fd, dir, e);
}

static int
list_refs(int dirfd, const char *name, unsigned depth, struct strlist *out)
{
	int fd = openat(dirfd, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(drop_dir) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		drop_fd(&fd);
		return -1;
	}

	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		CLEANUP(drop_free) char *path = NULL;

		/* git makes refs of neither: a lock file, a hidden one. */
		if (f->d_name[0] == '.' || text_ends(f->d_name, ".lock"))
			continue;
		path = xasprintf("%s/%s", name, f->d_name);
		if (depth < REF_DEPTH_MAX &&
		    list_refs(dirfd, path, depth + 1, out) == 0)
			continue;
		if (errno != ENOTDIR && errno != ELOOP)
			return -1;
		strlist_add(out, path);
	}
	return 0;
}

int
gitfiles_refs(int fd, const char *dir, struct strlist *out, struct err *e)
{
	if (list_refs(fd, "refs", 0, out) < 0)
		return err_sys(e, dir, _("cannot list 'refs'"));
	return 0;
}
