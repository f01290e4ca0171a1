/* SPDX-License-Identifier: MIT */
#include "snapshots/rollfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/rollback.h"

enum { SEAL_LEN = 4 + 16 + 1 };	/* "end 0123456789abcdef\n" */

static const char *const endings[] = {
	/* ID.meta is what makes a rollback one, so it goes first. */
	ROLL_META, ROLL_TAR, ROLL_LIST, ROLL_SCRIPT, ROLL_UNDONE, ROLL_PLAIN,
	ROLL_TAR ".tmp", ROLL_SCRIPT ".tmp", ROLL_PLAIN ".tmp",
};

void
rollfiles_seal(struct buf *text)
{
	buf_addf(text, "end %016" PRIx64 "\n",
	    checksum(0, text->bytes, text->len));
}

int
rollfiles_unseal(struct buf *text, const char *first, const char *where,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf seal = { 0 };
	size_t body = text->len - SEAL_LEN;

	if (!text_starts(buf_str(text), first))
		return err_at(e, where, 1, 0, _("nothing that this driftctl "
		    "knows [written by a newer one?]"));
	if (text->len > SEAL_LEN) {
		buf_addf(&seal, "end %016" PRIx64 "\n",
		    checksum(0, text->bytes, body));
		if (memcmp(buf_str(&seal), text->bytes + body, SEAL_LEN) == 0) {
			buf_truncate(text, body);
			return 0;
		}
	}
	return err_set(e, ERR_INPUT, where, _("damaged or cut short"));
}

static bool
file_there(int store_fd, const char *id, const char *ending)
{
	CLEANUP(drop_free) char *name = xasprintf(ROLL_DIR "/%s%s", id,
	    ending);

	return faccessat(store_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool
rollback_there(int store_fd, const char *id)
{
	return file_there(store_fd, id, ROLL_META);
}

bool
rollback_undone(int store_fd, const char *id)
{
	return file_there(store_fd, id, ROLL_UNDONE);
}

int
rollback_mark_undone(int store_fd, const char *id, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf(ROLL_DIR "/%s" ROLL_UNDONE,
	    id);

	return file_replace(store_fd, name, "", 0, 0600, e);
}

int
rollback_remove(int store_fd, const char *id, struct err *e)
{
	CLEANUP(drop_fd) int dir = openat(store_fd, ROLL_DIR,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0)
		return err_sys(e, ROLL_DIR, _("cannot open"));
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		CLEANUP(drop_free) char *name = xasprintf("%s%s", id,
		    endings[i]);

		if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
			return err_sys(e, name, _("cannot remove"));
		if (i == 0 && fsync(dir) < 0)
			return err_sys(e, ROLL_DIR,
			    _("cannot sync the folder"));
	}
	return 0;
}

static int
open_folder(int store_fd, DIR **out, struct err *e)
{
	int fd = openat(store_fd, ROLL_DIR,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || (*out = fdopendir(fd)) == NULL)
		return err_sys(e, ROLL_DIR, _("cannot open"));
	return 1;
}

int
rollback_ids(int store_fd, struct strlist *out, struct err *e)
{
	CLEANUP(drop_dir) DIR *d = NULL;
	const struct dirent *de;
	int n = open_folder(store_fd, &d, e);

	while (n > 0 && (de = readdir(d)) != NULL) {
		const char *dot = strchr(de->d_name, '.');

		if (dot != NULL && dot != de->d_name &&
		    strcmp(dot, ROLL_META) == 0)
			strlist_take(out, xmemdup(de->d_name,
			    (size_t)(dot - de->d_name)));
	}
	/* They start with their time. */
	strlist_sort(out);
	return n < 0 ? -1 : 0;
}

int
rollback_sweep(int store_fd, struct err *e)
{
	CLEANUP(drop_dir) DIR *d = NULL;
	const struct dirent *de;
	int n = open_folder(store_fd, &d, e);

	while (n > 0 && (de = readdir(d)) != NULL) {
		const char *dot = strchr(de->d_name, '.');
		CLEANUP(drop_free) char *id = NULL;

		if (dot == NULL || dot == de->d_name)
			continue;
		id = xmemdup(de->d_name, (size_t)(dot - de->d_name));
		if (rollback_there(store_fd, id) &&
		    strstr(dot, ".tmp") == NULL)
			continue;
		if (unlinkat(dirfd(d), de->d_name, 0) < 0 && errno != ENOENT)
			return err_sys(e, de->d_name, _("cannot remove"));
	}
	return n < 0 ? -1 : 0;
}
