/* SPDX-License-Identifier: MIT */
#include "snapshots/rollfiles.h"

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

/* Without a folder there are none. */
static int
list_names(int store_fd, struct strlist *out, struct err *e)
{
	if (file_names(store_fd, ROLL_DIR, out) < 0 && errno != ENOENT)
		return err_sys(e, ROLL_DIR, _("cannot read the folder"));
	return 0;
}

int
rollback_ids(int store_fd, struct strlist *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (list_names(store_fd, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i], *dot = strchr(name, '.');

		if (dot != NULL && dot != name && strcmp(dot, ROLL_META) == 0)
			strlist_take(out, xmemdup(name,
			    (size_t)(dot - name)));
	}
	/* They start with their time. */
	strlist_sort(out);
	return 0;
}

int
rollback_sweep(int store_fd, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (list_names(store_fd, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *dot = strchr(names.items[i], '.');
		CLEANUP(drop_free) char *id = NULL;
		CLEANUP(drop_free) char *name = NULL;

		if (dot == NULL || dot == names.items[i])
			continue;
		id = xmemdup(names.items[i], (size_t)(dot - names.items[i]));
		if (rollback_there(store_fd, id) &&
		    strstr(dot, ".tmp") == NULL)
			continue;
		name = xasprintf(ROLL_DIR "/%s", names.items[i]);
		if (unlinkat(store_fd, name, 0) < 0 && errno != ENOENT)
			return err_sys(e, name, _("cannot remove"));
	}
	return 0;
}
