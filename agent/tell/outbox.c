/* SPDX-License-Identifier: MIT */
#include "agent/tell/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { TOLD_MAX = 16 << 20, LOCK_SECONDS = 10, DELAY_MAX = 6 * 3600,
	TEMP_SECONDS = 3600 };

#define FOLDER "outbox"
#define TOLD "told"

void
drop_outbox(struct outbox *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

int
outbox_open(int store_fd, bool make, struct outbox *out, struct err *e)
{
	out->fd = -1;
	if (make && mkdirat(store_fd, FOLDER, 0700) < 0 && errno != EEXIST)
		return err_sys(e, FOLDER, _("cannot make the folder in the "
		    "store"));
	out->fd = openat(store_fd, FOLDER, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (out->fd >= 0)
		return 1;
	if (errno == ENOENT && !make)
		return 0;
	return err_sys(e, FOLDER, _("cannot open the folder in the store"));
}

int
outbox_lock(const struct outbox *o, const char *name, bool wait,
    struct err *e)
{
	const struct timespec step = { .tv_nsec = 20000000 };
	CLEANUP(drop_fd) int fd = openat(o->fd, name, O_RDWR | O_CREAT |
	    O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, FOLDER, _("cannot open the lock"));
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, FOLDER, _("cannot lock it"));
		if (!wait || i >= LOCK_SECONDS * 50)
			return err_set(e, ERR_BUSY, FOLDER, _("somebody else "
			    "works on it"));
		nanosleep(&step, NULL);
	}
	return fd_steal(&fd);
}

int
outbox_load_told(const struct outbox *o, struct told *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	*out = (struct told){ 0 };
	if (faccessat(o->fd, TOLD, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return 0;
	if (file_read(o->fd, TOLD, TOLD_MAX, &text, e) < 0 &&
	    e->kind != ERR_INPUT)
		return -1;
	if (e->kind == ERR_INPUT || told_parse(FOLDER "/" TOLD, buf_str(&text),
	    text.len, out, e) < 0)
		/* Everybody is told once more, which is better than never. */
		renameat(o->fd, TOLD, o->fd, TOLD ".damaged");
	return 0;
}

int
outbox_save_told(const struct outbox *o, const struct told *t, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	told_write(t, &text);
	return file_replace(o->fd, TOLD, buf_str(&text), text.len, 0600, e);
}

void
drop_outbox_items(struct outbox_items *l)
{
	free(l->items);
	arena_done(&l->arena);
	*l = (struct outbox_items){ 0 };
}

/* "1795305201.0123456789abcdef.exec-fedcba9876543210": the key, or NULL. */
static const char *
key_in(const char *name)
{
	static const char digits[] = "0123456789";
	size_t n = strspn(name, digits);
	const char *dot = n > 0 && name[n] == '.' ? name + n + 1 : NULL;

	if (dot == NULL || n > 18 ||
	    strspn(dot, "0123456789abcdef") != 16 || dot[16] != '.' ||
	    dot[17] == '\0' || strchr(dot + 17, '.') != NULL)
		return NULL;
	return dot + 17;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct outbox_item *x = a, *y = b;

	if (x->queued != y->queued)
		return x->queued < y->queued ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* What somebody who was killed left. */
static void
sweep(const struct outbox *o, const char *name, const struct stat *st)
{
	if (strstr(name, ".tmp.") != NULL &&
	    time(NULL) - st->st_mtime > TEMP_SECONDS)
		unlinkat(o->fd, name, 0);
}

/* Where the clock went back, what is due in an hour may be due tomorrow. */
static int64_t
due_of(int64_t queued, int64_t due)
{
	const int64_t now = time(NULL);
	const int64_t most = now > queued ? DELAY_MAX : OUTBOX_SOON;

	return due > now + most ? now : due;
}

int
outbox_list(const struct outbox *o, struct outbox_items *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(o->fd, ".", &names) < 0)
		return err_sys(e, FOLDER, _("cannot read the folder in the "
		    "store"));
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.items[i], *key = key_in(name);
		struct outbox_item *x;
		struct stat st;

		/* What somebody else planted is no message of ours. */
		if (fstatat(o->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) || (st.st_uid != geteuid() &&
		    st.st_uid != 0))
			continue;
		if (key == NULL) {
			sweep(o, name, &st);
			continue;
		}
		x = VEC_ADD(out);
		x->name = arena_strdup(&out->arena, name);
		x->key = x->name + (key - name);
		x->queued = strtoll(name, NULL, 10);
		x->due = due_of(x->queued, st.st_mtime);
		x->size = (uint64_t)st.st_size;
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), oldest_first);
	return 0;
}

static int
make_room(const struct outbox *o, size_t items, uint64_t len, struct err *e)
{
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	uint64_t bytes = len;
	size_t gone = 0;

	if (len > OUTBOX_BYTES)
		return err_set(e, ERR_INPUT, FOLDER, _("a message of %"
		    PRIu64 " bytes is too large"), len);
	if (outbox_list(o, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++)
		bytes += l.items[i].size;
	for (; gone < l.n && (l.n - gone + items > OUTBOX_ITEMS ||
	    bytes > OUTBOX_BYTES); gone++) {
		bytes -= l.items[gone].size;
		outbox_remove(o, &l.items[gone]);
	}
	return (int)gone;
}

int
outbox_trim(const struct outbox *o, struct err *e)
{
	return make_room(o, 0, 0, e);
}

int
outbox_put(const struct outbox *o, const struct message *m, const char *key,
    struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf("%s.%s", m->id, key);
	CLEANUP(drop_buf) struct buf text = { 0 };
	int gone;

	message_write(m, &text);
	gone = make_room(o, 1, text.len, e);
	if (gone < 0 || file_replace(o->fd, name, buf_str(&text), text.len,
	    0600, e) < 0)
		return -1;
	return gone;
}

int
outbox_load(const struct outbox *o, const struct outbox_item *x,
    struct message *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (file_read(o->fd, x->name, OUTBOX_BYTES, &text, e) < 0)
		return -1;
	return message_parse(x->name, buf_str(&text), text.len, out, e);
}

int
outbox_remove(const struct outbox *o, const struct outbox_item *x)
{
	return unlinkat(o->fd, x->name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

int
outbox_delay(const struct outbox *o, const struct outbox_item *x,
    int64_t now, struct err *e)
{
	int64_t wait = now - x->queued;
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };

	if (wait < OUTBOX_SOON)
		wait = OUTBOX_SOON;
	times[1].tv_sec = now + (wait < DELAY_MAX ? wait : DELAY_MAX);
	return utimensat(o->fd, x->name, times, AT_SYMLINK_NOFOLLOW) == 0 ?
	    0 : err_sys(e, x->name, _("cannot be put off"));
}
