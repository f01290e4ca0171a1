/* SPDX-License-Identifier: MIT */
#include "agent/ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/pkg/ownerstext.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { RECORD_MAX = 16 << 20, PACKAGES_MAX = 64 << 20,
	OWNERS_MAX = 256 << 20, LOCK_SECONDS = 5 };

#define FOLDER "transactions"
/* The record of one that is open, and what was installed before it. */
#define OPEN ".open"
#define PACKAGES ".packages"
#define OWNERS ".owners"
#define RELEASE LEDGER_SEEN ".release"

void
ledger_close(struct ledger *l)
{
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = l->lock_fd = -1;
}

void
drop_ledger(struct ledger *l)
{
	ledger_close(l);
}

/* A message about name names the place in full: below the folder fd. */
static int
placed(int fd, const char *name, struct err *e)
{
	CLEANUP(drop_free) char *self = xasprintf("/proc/self/fd/%d", fd);
	CLEANUP(drop_free) char *path = NULL;
	char dir[PATH_MAX];
	ssize_t n = readlink(self, dir, sizeof(dir) - 1);

	if (n <= 0 || strcmp(e->where, name) != 0)
		return -1;
	dir[n] = '\0';
	path = xasprintf("%s/%s", dir, name);
	snprintf(e->where, sizeof(e->where), "%s", path);
	return -1;
}

static int
write_in(const struct ledger *l, const char *name, const struct buf *text,
    struct err *e)
{
	return file_replace(l->fd, name, buf_str(text), text->len, 0600,
	    e) < 0 ? placed(l->fd, name, e) : 0;
}

static int
read_in(const struct ledger *l, const char *name, uint64_t max,
    struct buf *out, struct err *e)
{
	return file_read(l->fd, name, max, out, e) < 0 ?
	    placed(l->fd, name, e) : 0;
}

static int
take_lock(struct ledger *l, struct err *e)
{
	const struct timespec step = { .tv_nsec = 20000000 };

	l->lock_fd = openat(l->fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (l->lock_fd < 0)
		return err_sys(e, FOLDER, _("cannot open the lock"));
	for (int i = 0; flock(l->lock_fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, FOLDER, _("cannot lock it"));
		if (i >= LOCK_SECONDS * 50)
			return err_set(e, ERR_BUSY, FOLDER, _("another hook "
			    "is writing there"));
		nanosleep(&step, NULL);
	}
	return 0;
}

int
ledger_open(int store_fd, struct ledger *out, struct err *e)
{
	*out = (struct ledger){ -1, -1 };
	if (mkdirat(store_fd, FOLDER, 0700) < 0 && errno != EEXIST) {
		err_sys(e, FOLDER, _("cannot make the folder in the store"));
		return placed(store_fd, FOLDER, e);
	}
	out->fd = openat(store_fd, FOLDER, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (out->fd < 0) {
		err_sys(e, FOLDER, _("cannot open the folder in the store"));
		return placed(store_fd, FOLDER, e);
	}
	if (take_lock(out, e) == 0)
		return 0;
	placed(store_fd, FOLDER, e);
	ledger_close(out);
	return -1;
}

int
ledger_open_read(int store_fd, struct ledger *out, struct err *e)
{
	*out = (struct ledger){ -1, -1 };
	out->fd = openat(store_fd, FOLDER, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (out->fd >= 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	err_sys(e, FOLDER, _("cannot open the folder in the store"));
	return placed(store_fd, FOLDER, e);
}

static bool
is_there(const struct ledger *l, const char *name)
{
	return faccessat(l->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
is_file(const struct ledger *l, const char *name)
{
	struct stat st;

	return fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode);
}

/* "20261121T193012Z-…" without a suffix: no list, report or temporary. */
static bool
is_id(const char *name)
{
	return strlen(name) > 17 && name[8] == 'T' && name[15] == 'Z' &&
	    name[16] == '-' && strpbrk(name, ".~") == NULL;
}

/* The last id there is, open or not; "" for none. */
static void
find_last(const struct ledger *l, struct buf *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	file_names(l->fd, ".", &names);
	for (size_t i = 0; i < names.n; i++) {
		char *name = names.items[i];

		if (text_ends(name, OPEN))
			name[strlen(name) - strlen(OPEN)] = '\0';
		if (!is_id(name) || strcmp(name, buf_str(out)) <= 0)
			continue;
		buf_reset(out);
		buf_adds(out, name);
	}
}

static void
make_id(const struct ledger *l, time_t when, const char *origin,
    struct buf *out)
{
	char text[32] = "";
	struct tm tm;
	size_t len;

	if (gmtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	buf_addf(out, "%s-%s", text, origin);
	len = out->len;
	for (unsigned i = 2;; i++) {
		CLEANUP(drop_free) char *open_name = xasprintf("%s" OPEN,
		    buf_str(out));

		if (!is_there(l, buf_str(out)) && !is_there(l, open_name))
			return;
		buf_truncate(out, len);
		buf_addf(out, "-%u", i);
	}
}

void
ledger_new_id(const struct ledger *l, int64_t when, const char *origin,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf last = { 0 };
	struct tm tm = { 0 };

	make_id(l, (time_t)when, origin, out);
	find_last(l, &last);
	/* The clock went back, or two began in one second. The one that lies
	 * at the end of all time is nobody's. */
	if (strcmp(buf_str(&last), buf_str(out)) < 0 ||
	    strptime(buf_str(&last), "%Y%m%dT%H%M%SZ", &tm) == NULL ||
	    tm.tm_year >= 9999 - 1900)
		return;
	buf_reset(out);
	make_id(l, timegm(&tm) + 1, origin, out);
}

int
ledger_save(const struct ledger *l, const struct transaction *t,
    struct err *e)
{
	CLEANUP(drop_free) char *open_name = xasprintf("%s" OPEN, t->id);
	CLEANUP(drop_free) char *list = xasprintf("%s" PACKAGES, t->id);
	CLEANUP(drop_free) char *owners = xasprintf("%s" OWNERS, t->id);
	CLEANUP(drop_buf) struct buf text = { 0 };

	transaction_write(t, &text);
	if (t->state == TRANSACTION_OPEN)
		return write_in(l, open_name, &text, e);
	if (write_in(l, t->id, &text, e) < 0)
		return -1;
	unlinkat(l->fd, open_name, 0);
	unlinkat(l->fd, list, 0);
	unlinkat(l->fd, owners, 0);
	return 0;
}

int
ledger_load(const struct ledger *l, const char *id, struct transaction *out,
    struct err *e)
{
	CLEANUP(drop_free) char *open_name = xasprintf("%s" OPEN, id);
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *name = is_file(l, id) ? id : open_name;

	if (read_in(l, name, RECORD_MAX, &text, e) < 0)
		return -1;
	if (transaction_parse(name, buf_str(&text), text.len, out, e) < 0)
		return placed(l->fd, name, e);
	/* It is written again under this name: no other file's. */
	if (out->id != NULL && strcmp(out->id, id) == 0)
		return 0;
	err_set(e, ERR_INPUT, name, _("is no record of a transaction, or a "
	    "damaged one"));
	return placed(l->fd, name, e);
}

void
ledger_put_away(const struct ledger *l, const char *id)
{
	CLEANUP(drop_free) char *open_name = xasprintf("%s" OPEN, id);
	CLEANUP(drop_free) char *away = xasprintf("%s.damaged", id);

	renameat(l->fd, open_name, l->fd, away);
}

int
ledger_names(const struct ledger *l, struct strlist *out_files,
    struct strlist *out_others, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(l->fd, ".", &names) < 0)
		return err_sys(e, FOLDER, _("cannot read the folder in the "
		    "store"));
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		strlist_add(is_file(l, names.items[i]) ? out_files :
		    out_others, names.items[i]);
	return 0;
}

int
ledger_ids(const struct ledger *l, struct strlist *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(l->fd, ".", &names) < 0)
		return err_sys(e, FOLDER, _("cannot read the folder in the "
		    "store"));
	for (size_t i = 0; i < names.n; i++)
		if (is_id(names.items[i]) && is_file(l, names.items[i]))
			strlist_add(out, names.items[i]);
	strlist_sort(out);
	return 0;
}

int
ledger_open_ids(const struct ledger *l, struct strlist *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(l->fd, ".", &names) < 0)
		return err_sys(e, FOLDER, _("cannot read the folder in the "
		    "store"));
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *id = xstrdup(names.items[i]);

		if (!text_ends(id, OPEN))
			continue;
		id[strlen(id) - strlen(OPEN)] = '\0';
		if (!is_id(id) || !is_file(l, names.items[i]))
			continue;
		/* Whoever settled it was killed before this went. */
		if (!is_file(l, id))
			strlist_add(out, id);
		else if (l->lock_fd >= 0)
			unlinkat(l->fd, names.items[i], 0);
	}
	strlist_sort(out);
	return 0;
}

int
ledger_save_packages(const struct ledger *l, const char *id,
    const struct pkglist *p, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s" PACKAGES, id);
	CLEANUP(drop_buf) struct buf text = { 0 };

	pkglist_write(p, &text);
	return write_in(l, name, &text, e);
}

int
ledger_load_packages(const struct ledger *l, const char *id,
    struct pkglist *out, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s" PACKAGES, id);
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (!is_there(l, name))
		return 0;
	if (read_in(l, name, PACKAGES_MAX, &text, e) < 0 ||
	    pkglist_parse(name, buf_str(&text), text.len, out, e) < 0)
		return placed(l->fd, name, e);
	return 1;
}

/* What is on disk for good already need not be brought there again. */
static bool
is_same(const struct ledger *l, const char *name, const struct buf *text)
{
	CLEANUP(drop_buf) struct buf is = { 0 };
	struct err ignored = { 0 };

	return is_there(l, name) && file_read(l->fd, name, text->len, &is,
	    &ignored) == 0 && is.len == text->len &&
	    memcmp(is.bytes, text->bytes, is.len) == 0;
}

int
ledger_save_owners(const struct ledger *l, const char *id,
    const struct owners *o, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s" OWNERS, id);
	CLEANUP(drop_buf) struct buf text = { 0 };

	ownerstext_write(o, &text);
	return is_same(l, name, &text) ? 0 : write_in(l, name, &text, e);
}

int
ledger_load_owners(const struct ledger *l, const char *id,
    struct owners *out, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s" OWNERS, id);
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (!is_there(l, name))
		return 0;
	if (read_in(l, name, OWNERS_MAX, &text, e) < 0 ||
	    ownerstext_parse(name, buf_str(&text), text.len, out, e) < 0)
		return placed(l->fd, name, e);
	owners_settle(out);
	return 1;
}

int
ledger_copy_owners(const struct ledger *l, const char *from, const char *to,
    struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s" OWNERS, from);
	CLEANUP(drop_free) char *copy = xasprintf("%s" OWNERS, to);
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (!is_there(l, name))
		return 0;
	return read_in(l, name, OWNERS_MAX, &text, e) < 0 ? -1 :
	    write_in(l, copy, &text, e);
}

int
ledger_save_release(const struct ledger *l, const char *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf was = { 0 }, text = { 0 };

	if (ledger_load_release(l, &was, e) > 0 &&
	    strcmp(buf_str(&was), name) == 0)
		return 0;
	err_clear(e);
	buf_adds(&text, name);
	return write_in(l, RELEASE, &text, e);
}

int
ledger_load_release(const struct ledger *l, struct buf *out, struct err *e)
{
	if (!is_there(l, RELEASE))
		return 0;
	return read_in(l, RELEASE, RECORD_MAX, out, e) < 0 ? -1 : 1;
}

int
ledger_save_report(const struct ledger *l, const char *id,
    const struct buf *text, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s.report", id);

	return write_in(l, name, text, e);
}
