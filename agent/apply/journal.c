/* SPDX-License-Identifier: MIT */
#include "agent/apply/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/meta.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/rollfiles.h"

#define JOURNAL_DIR "journal"
#define JOURNAL_HEADER "driftctl-journal 1\n"

enum { JOURNAL_MAX = 256 << 20 };

static char *
real_folder(int fd, const char *otherwise)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path));
	if (n <= 0 || (size_t)n == sizeof(path))
		return xstrdup(otherwise);
	return xmemdup(path, (size_t)n);
}

char *
journal_root(const struct root *r)
{
	return real_folder(r->fd, r->dir);
}

char *
journal_script(int store_fd, const char *id)
{
	CLEANUP(drop_free) char *store = real_folder(store_fd, "STORE");

	return xasprintf("%s/" ROLL_DIR "/%s" ROLL_SCRIPT, store, id);
}

void
journal_loosened(struct journal *j, const char *path, uint32_t flags)
{
	if (j->n == j->cap) {
		j->cap = j->cap + j->cap / 2 + 8;
		j->loosened = xreallocarray(j->loosened, j->cap,
		    sizeof(*j->loosened));
	}
	j->loosened[j->n++] = (struct loosened){
		arena_strdup(&j->arena, path), flags };
}

static void
add_line(struct buf *out, const char *word, const char *value)
{
	buf_adds(out, word);
	text_encode(out, value, strlen(value));
	buf_addc(out, '\n');
}

int
journal_write(int store_fd, const struct journal *j, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *name = xasprintf(JOURNAL_DIR "/%s", j->id);

	if (mkdirat(store_fd, JOURNAL_DIR, 0700) < 0 && errno != EEXIST)
		return err_sys(e, JOURNAL_DIR, _("cannot make the folder"));
	buf_adds(&text, JOURNAL_HEADER);
	add_line(&text, "root ", j->root);
	for (size_t i = 0; i < j->folders.n; i++)
		add_line(&text, "folder ", j->folders.items[i]);
	for (size_t i = 0; i < j->n; i++) {
		buf_adds(&text, "flags ");
		meta_flags_text(&text, j->loosened[i].flags);
		add_line(&text, " ", j->loosened[i].path);
	}
	rollfiles_seal(&text);
	return file_replace(store_fd, name, text.bytes, text.len, 0600, e);
}

static int
take_line(struct journal *j, char *line)
{
	CLEANUP(drop_buf) struct buf value = { 0 };
	char *word = strchr(line, ' '), *path;
	uint32_t flags;

	if (word == NULL)
		return -1;
	*word++ = '\0';
	path = strcmp(line, "flags") == 0 ? strchr(word, ' ') : word;
	if (path == NULL)
		return -1;
	if (path != word)
		*path++ = '\0';
	if (text_decode(&value, path, strlen(path)) < 0)
		return -1;
	if (path != word) {
		if (meta_flags_from(word, &flags) < 0)
			return -1;
		journal_loosened(j, buf_str(&value), flags);
	} else if (strcmp(line, "folder") == 0) {
		strlist_add(&j->folders, buf_str(&value));
	} else if (strcmp(line, "root") == 0 && j->root == NULL) {
		j->root = buf_steal(&value);
	} else {
		return -1;
	}
	return 0;
}

static int
parse_journal(struct journal *j, struct buf *text)
{
	struct err ignored = { 0 };
	char *line, *rest;

	if (rollfiles_unseal(text, JOURNAL_HEADER, j->id, &ignored) < 0)
		return -1;
	rest = text->bytes + strlen(JOURNAL_HEADER);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && take_line(j, line) < 0)
			return -1;
	return j->root != NULL ? 0 : -1;
}

/* One that cannot be read bars the way for all that writes, so whoever meets
 * it must be told where it lies and how to go on. */
static int
read_journal(int store_fd, const char *id, struct journal *out, struct err *e)
{
	CLEANUP(drop_journal) struct journal j = { .id = xstrdup(id) };
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *store = real_folder(store_fd, "STORE");
	CLEANUP(drop_free) char *path = xasprintf("%s/" JOURNAL_DIR "/%s",
	    store, id);
	CLEANUP(drop_free) char *script = journal_script(store_fd, id);
	CLEANUP(drop_free) char *name = xasprintf(JOURNAL_DIR "/%s", id);
	struct err why = { 0 };
	int n = file_read(store_fd, name, JOURNAL_MAX, &text, &why);

	if (n < 0 && why.sys != 0) {
		errno = why.sys;
		return err_sys(e, path, _("cannot read"));
	}
	if (n < 0 || parse_journal(&j, &text) < 0)
		return err_set(e, ERR_INPUT, path, _("damaged, or no journal "
		    "that this driftctl knows [if a restore was interrupted, "
		    "'sh %s ROOT' takes it back; then move the journal "
		    "away]"), script);
	*out = STEAL(j);
	return 0;
}

/* What a write of a journal left that never came to be is nothing. */
static bool
is_journal(const char *name)
{
	return strchr(name, '.') == NULL;
}

/* Without a folder there are none. */
static int
list_names(int store_fd, struct strlist *out, struct err *e)
{
	if (file_names(store_fd, JOURNAL_DIR, out) < 0 && errno != ENOENT)
		return err_sys(e, JOURNAL_DIR, _("cannot read the folder"));
	return 0;
}

int
journal_find(int store_fd, struct journal *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (list_names(store_fd, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (is_journal(names.items[i]))
			return read_journal(store_fd, names.items[i], out,
			    e) < 0 ? -1 : 1;
	return 0;
}

int
journal_sweep(int store_fd, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (list_names(store_fd, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *name = xasprintf(JOURNAL_DIR "/%s",
		    names.items[i]);

		if (strstr(names.items[i], ".tmp") != NULL &&
		    unlinkat(store_fd, name, 0) < 0)
			return err_sys(e, name, _("cannot remove"));
	}
	return 0;
}

static int
sync_folder(int store_fd, const char *name, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(store_fd, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, name, _("cannot open"));
	return file_sync_dir(fd, name, e);
}

int
journal_remove(int store_fd, const char *id, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf(JOURNAL_DIR "/%s", id);

	if (unlinkat(store_fd, name, 0) < 0)
		return err_sys(e, name, _("cannot remove"));
	return sync_folder(store_fd, JOURNAL_DIR, e);
}

int
journal_retire(int store_fd, const char *id, struct err *e)
{
	CLEANUP(drop_free) char *name = xasprintf(JOURNAL_DIR "/%s", id);
	CLEANUP(drop_free) char *mark = xasprintf(ROLL_DIR "/%s" ROLL_UNDONE,
	    id);

	if (renameat(store_fd, name, store_fd, mark) < 0)
		return err_sys(e, name, _("cannot rename"));
	return sync_folder(store_fd, ROLL_DIR, e) < 0 ? -1 :
	    sync_folder(store_fd, JOURNAL_DIR, e);
}

void
journal_done(struct journal *j)
{
	free(j->id);
	free(j->root);
	free(j->loosened);
	strlist_done(&j->folders);
	arena_done(&j->arena);
	*j = (struct journal){ 0 };
}

void
drop_journal(struct journal *j)
{
	journal_done(j);
}
