/* SPDX-License-Identifier: MIT */
#include "snapshots/rollback.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/rollscript.h"
#include "snapshots/rollfiles.h"
#include "snapshots/tarball.h"

/* First put into the archive under another name than the group's first. */
struct stand_in {
	const char *key, *path;
};

struct stand_ins {
	struct stand_in *items;
	size_t n, cap;
};

struct rollback_writer {
	int dirfd;
	char *id, *title, *root;
	struct arena arena;
	struct tarball *full, *plain;
	size_t in_plain;
	struct stand_ins full_names, plain_names;
	struct {
		struct rollscript_item *items;
		size_t n, cap;
	} saved;
	struct strlist added;
};

struct rollback_writer *
rollback_begin(int store_fd, const char *id, const char *title,
    const char *root_dir, struct err *e)
{
	CLEANUP(drop_rollback_writer) struct rollback_writer *w =
	    xcalloc(1, sizeof(*w));
	CLEANUP(drop_free) char *full = xasprintf("%s" ROLL_TAR, id);
	CLEANUP(drop_free) char *plain = xasprintf("%s" ROLL_PLAIN, id);

	w->dirfd = -1;
	w->id = xstrdup(id);
	w->title = xstrdup(title != NULL ? title : "");
	w->root = xstrdup(root_dir);
	if (mkdirat(store_fd, ROLL_DIR, 0700) < 0 && errno != EEXIST) {
		err_sys(e, ROLL_DIR, _("cannot make the folder"));
		return NULL;
	}
	w->dirfd = openat(store_fd, ROLL_DIR,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->dirfd < 0) {
		err_sys(e, ROLL_DIR, _("cannot open"));
		return NULL;
	}
	if ((w->full = tarball_create(w->dirfd, full, TARBALL_PAX_ZSTD,
	    e)) == NULL || (w->plain = tarball_create(w->dirfd, plain,
	    TARBALL_GNU_PLAIN, e)) == NULL)
		return NULL;
	return STEAL(w);
}

/*
 * Adds a member. A link must name a member that is there: where the group's
 * first name is not in this archive, the first that is stands for it.
 */
static int
add_member(struct tarball *t, struct stand_ins *names, const struct entry *en,
    bool grouped, const void *bytes, size_t len, struct err *e)
{
	const char *key = en->hardlink != NULL ? en->hardlink : en->path;
	struct entry member = *en;

	member.hardlink = NULL;
	if (grouped) {
		for (size_t i = names->n; i-- > 0;) {
			if (strcmp(names->items[i].key, key) == 0) {
				member.hardlink = names->items[i].path;
				break;
			}
		}
		if (member.hardlink == NULL)
			*VEC_ADD(names) = (struct stand_in){ key, en->path };
	}
	return tarball_add(t, &member, bytes, len, e) < 0 ? -1 : 0;
}

static const char *const *
xattrs_added(struct arena *a, const struct entry *en,
    const struct entry *becomes)
{
	const char **names = arena_alloc(a,
	    (becomes->n_xattrs + 1) * sizeof(*names));
	size_t n = 0;

	for (uint32_t i = 0; i < becomes->n_xattrs; i++) {
		bool has = false;

		for (uint32_t k = 0; k < en->n_xattrs; k++)
			has |= strcmp(en->xattrs[k].name,
			    becomes->xattrs[i].name) == 0;
		if (!has)
			names[n++] = arena_strdup(a, becomes->xattrs[i].name);
	}
	return names;
}

int
rollback_save(struct rollback_writer *w, enum rollback_class c,
    const struct entry *en, const struct entry *becomes, bool grouped,
    const void *bytes, size_t len, struct err *e)
{
	struct rollscript_item *it = VEC_ADD(&w->saved);
	struct entry *own = arena_alloc(&w->arena, sizeof(*own));
	bool kept = en->kind != ENTRY_FILE || bytes != NULL;

	*own = entry_dup(&w->arena, en);
	it->en = own;
	it->class = c;
	it->grouped = grouped;
	if (becomes != NULL) {
		it->more_flags = becomes->flags;
		it->more_xattrs = xattrs_added(&w->arena, en, becomes);
		it->more_acl = becomes->acl != NULL;
		it->more_default_acl = becomes->default_acl != NULL;
	}
	if ((c == ROLLBACK_PUT || c == ROLLBACK_META) && kept &&
	    add_member(w->full, &w->full_names, own, grouped, bytes,
	    len, e) < 0)
		return -1;
	if (c != ROLLBACK_PUT || strlen(en->path) > ROLLSCRIPT_PATH_MAX)
		return 0;
	w->in_plain += en->kind != ENTRY_SOCKET;
	return add_member(w->plain, &w->plain_names, own, grouped,
	    bytes, len, e);
}

void
rollback_note_new(struct rollback_writer *w, const char *path)
{
	strlist_add(&w->added, path);
}

static void
list_text(const struct rollback_writer *w, struct buf *out)
{
	for (size_t i = w->added.n; i-- > 0;) {
		text_encode(out, w->added.items[i],
		    strlen(w->added.items[i]));
		buf_addc(out, '\n');
	}
}

static int
write_list(struct rollback_writer *w, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *name = xasprintf("%s" ROLL_LIST, w->id);

	list_text(w, &text);
	return file_replace(w->dirfd, name, buf_str(&text), text.len, 0600, e);
}

static int
copy_all(int from, int to, const char *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf chunk = { 0 };
	enum { CHUNK = 256 * 1024 };

	for (;;) {
		char *at = buf_reserve(&chunk, CHUNK);
		ssize_t n = read(from, at, CHUNK);

		if (n < 0)
			return err_sys(e, name, _("cannot read"));
		if (n == 0)
			return 0;
		if (file_write_fd(to, name, at, (size_t)n, e) < 0)
			return -1;
	}
}

static int
put_script(struct rollback_writer *w, const struct buf *script,
    const char *plain, const char *temp, const char *name, struct err *e)
{
	CLEANUP(drop_fd) int from = openat(w->dirfd, plain,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(drop_fd) int to = openat(w->dirfd, temp,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0700);
	if (from < 0 || to < 0)
		return err_sys(e, name, _("cannot create"));
	if (file_write_fd(to, name, script->bytes, script->len, e) < 0 ||
	    (w->in_plain > 0 && copy_all(from, to, name, e) < 0))
		return -1;
	if (fsync(to) < 0)
		return err_sys(e, name, _("cannot sync"));
	if (renameat(w->dirfd, temp, w->dirfd, name) < 0)
		return err_sys(e, name, _("cannot rename into place"));
	return 0;
}

static int
write_script(struct rollback_writer *w, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *plain = xasprintf("%s" ROLL_PLAIN, w->id);
	CLEANUP(drop_free) char *name = xasprintf("%s" ROLL_SCRIPT, w->id);
	CLEANUP(drop_free) char *temp = xasprintf("%s.tmp", name);
	struct rollscript s = { .title = w->title, .root = w->root,
		.items = w->saved.items, .n = w->saved.n,
		.added = &w->added, .archive = w->in_plain > 0 };
	int rc;

	rollscript_write(&s, &text);
	rc = put_script(w, &text, plain, temp, name, e);
	if (rc < 0)
		unlinkat(w->dirfd, temp, 0);
	unlinkat(w->dirfd, plain, 0);
	return rc;
}

int
rollback_finish(struct rollback_writer *w, struct err *e)
{
	if (tarball_finish(STEAL(w->full), e) < 0 ||
	    tarball_finish(STEAL(w->plain), e) < 0 ||
	    write_script(w, e) < 0)
		return -1;
	/* Syncs the folder, too, for all of them. */
	return write_list(w, e);
}

static const char *const class_word[] = {
	[ROLLBACK_PUT] = "put ",
	[ROLLBACK_META] = "meta ",
	[ROLLBACK_TIME] = "time ",
	[ROLLBACK_LINK] = "link ",
};

int
rollback_publish(struct rollback_writer *w, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_buf) struct buf list = { 0 };
	CLEANUP(drop_free) char *name = xasprintf("%s" ROLL_META, w->id);

	buf_adds(&text, ROLL_HEADER "root ");
	text_encode(&text, w->root, strlen(w->root));
	buf_adds(&text, "\ntitle ");
	text_encode(&text, w->title, strlen(w->title));
	list_text(w, &list);
	buf_addf(&text, "\nlist %016" PRIx64 "\n",
	    checksum(0, buf_str(&list), list.len));
	for (size_t i = 0; i < w->saved.n; i++) {
		const struct entry *en = w->saved.items[i].en;

		buf_adds(&text, class_word[w->saved.items[i].class]);
		manifest_line(&text, en, en->path, true);
	}
	rollfiles_seal(&text);
	return file_replace(w->dirfd, name, text.bytes, text.len, 0600, e);
}

void
rollback_writer_free(struct rollback_writer *w)
{
	if (w == NULL)
		return;
	tarball_abandon(w->full);
	tarball_abandon(w->plain);
	drop_fd(&w->dirfd);
	free(w->saved.items);
	free(w->full_names.items);
	free(w->plain_names.items);
	strlist_done(&w->added);
	arena_done(&w->arena);
	free(w->id);
	free(w->title);
	free(w->root);
	free(w);
}

void
drop_rollback_writer(struct rollback_writer **w)
{
	rollback_writer_free(*w);
}
