/* SPDX-License-Identifier: MIT */
#include "agent/tell/motd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/tell/messagetext.h"
#include "agent/wrap.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { SHOWN = 4 };

#define FOLDER "motd.d"
#define FILE_NAME "driftctl"
#define NAME FOLDER "/" FILE_NAME
/* Not in the folder: pam_motd shows whatever is there. */
#define TEMP ".driftctl-motd"

/* The i-th of the worst: critical ones first, else as they came. */
static const struct told_open *
worst(const struct told *t, size_t i)
{
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t k = 0; k < t->open.n; k++)
			if ((int)t->open.items[k].news.severity == s &&
			    i-- == 0)
				return &t->open.items[k];
	return NULL;
}

void
motd_text(const struct told *t, const char *command, struct buf *out)
{
	const struct told_open *o;
	size_t n = 0;

	if (t->open.n == 0)
		return;
	buf_addf(out, ngettext("driftctl: %zu thing is not as it must be\n",
	    "driftctl: %zu things are not as they must be\n", t->open.n),
	    t->open.n);
	for (; n < SHOWN && (o = worst(t, n)) != NULL; n++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		/* Everybody can read it, not every file. It escapes; wrap_text
		 * would again, to no effect. */
		news_place(&o->news, &line);
		wrap_text(out, 2, buf_str(&line));
	}
	if (t->open.n > n)
		buf_addf(out, _("  and %zu more\n"), t->open.n - n);
	buf_addf(out, _("  -> %s check\n"), command);
}

static int
open_folder(const struct root *r)
{
	return root_open_in(r, "/run/" FOLDER, O_RDONLY | O_DIRECTORY);
}

static int
write_text(const struct root *r, int run, const struct buf *text,
    struct err *e)
{
	CLEANUP(drop_fd) int folder = -1, fd = -1;

	if (mkdirat(run, FOLDER, 0755) == 0)
		fchmodat(run, FOLDER, 0755, 0);
	else if (errno != EEXIST)
		return err_sys(e, "/run/" FOLDER, _("cannot make the folder"));
	folder = open_folder(r);
	if (folder < 0)
		return err_sys(e, "/run/" FOLDER, _("cannot open"));
	unlinkat(run, TEMP, 0);
	fd = openat(run, TEMP, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd < 0 || fchmod(fd, 0644) < 0)
		return err_sys(e, "/run/" NAME, _("cannot create"));
	if (file_write_fd(fd, "/run/" NAME, text->bytes, text->len, e) < 0) {
		unlinkat(run, TEMP, 0);
		return -1;
	}
	if (renameat(run, TEMP, folder, FILE_NAME) < 0) {
		err_sys(e, "/run/" NAME, _("cannot rename into place"));
		unlinkat(run, TEMP, 0);
		return -1;
	}
	return 0;
}

static bool
is_shown(int folder, const struct buf *text)
{
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct err ignored = { 0 };

	return faccessat(folder, FILE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
	    file_read(folder, FILE_NAME, 65536, &now, &ignored) == 0 &&
	    now.len == text->len &&
	    memcmp(now.bytes, text->bytes, text->len) == 0;
}

int
motd_show(const struct root *r, const struct buf *text, struct err *e)
{
	CLEANUP(drop_fd) int run = root_open_in(r, "/run",
	    O_RDONLY | O_DIRECTORY);
	CLEANUP(drop_fd) int folder = -1;

	if (run < 0)
		return errno == ENOENT ? 0 : err_sys(e, "/run",
		    _("cannot open"));
	/* Another root's link does not lead out of it. */
	folder = open_folder(r);
	if (text->len > 0)
		return folder >= 0 && is_shown(folder, text) ? 0 :
		    write_text(r, run, text, e);
	if (folder >= 0 && unlinkat(folder, FILE_NAME, 0) < 0 &&
	    errno != ENOENT)
		return err_sys(e, "/run/" NAME, _("cannot remove"));
	return 0;
}
