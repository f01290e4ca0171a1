/* SPDX-License-Identifier: MIT */
#include "agent/apply/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/apply/live.h"
#include "base/file.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/rollback.h"

enum {
	META_MAX = 16 << 20,	/* content that does not change is a courtesy */
};

/* Something to save. */
struct saving {
	const char *path;
	enum rollback_class class;
	const struct task *task;	/* NULL: found on the way */
};

/* The first name met of a file that has several. */
struct shared {
	dev_t dev;
	ino_t ino;
	const char *first;
};

struct saver {
	struct run *r;
	struct arena arena;
	struct {
		struct saving *items;
		size_t n, cap;
	} list;
	struct {
		struct shared *items;
		size_t n, cap;
	} shared;
	struct live live;
	struct rollback_writer *w;
};

static void
drop_saver(struct saver *s)
{
	free(s->list.items);
	free(s->shared.items);
	live_done(&s->live);
	rollback_writer_free(s->w);
	arena_done(&s->arena);
}

static void
want_saved(struct saver *s, const char *path, enum rollback_class class,
    const struct task *t)
{
	*VEC_ADD(&s->list) = (struct saving){ path, class, t };
}

static int
list_names(struct saver *s, const char *path, struct strlist *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = root_open_at(s->r->o->root, path,
	    O_PATH | O_DIRECTORY);
	if (fd < 0 || file_names(fd, ".", out) < 0)
		return err_sys(e, path, _("cannot read the folder"));
	return 0;
}

/* Everything in a folder that something else takes the place of. */
static int
want_tree(struct saver *s, const char *path, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf below = { 0 };

	if (list_names(s, path, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_fd) int fd = -1;
		const char *own;

		path_join(&below, path, names.items[i]);
		own = arena_strdup(&s->arena, buf_str(&below));
		want_saved(s, own, ROLLBACK_PUT, NULL);
		fd = root_open_at(s->r->o->root, own,
		    O_PATH | O_DIRECTORY);
		if (fd >= 0 && want_tree(s, own, e) < 0)
			return -1;
	}
	return 0;
}

/* A folder goes only with what the plan knows to be in it. */
static int
refuse_strangers(struct saver *s, const char *path, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf below = { 0 };

	if (list_names(s, path, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		path_join(&below, path, names.items[i]);
		if (!run_removes(s->r, buf_str(&below)))
			return err_set(e, ERR_USAGE, path, _("cannot be "
			    "removed: '%s' in it is not tracked [move it away "
			    "and run again]"), names.items[i]);
	}
	return 0;
}

/* Already given with the tree of a folder whose place is taken. */
static bool
below_swapped(const struct task *top_swap, const char *path)
{
	return top_swap != NULL && path_is_under(path, top_swap->s->path);
}

static int
collect_task(struct saver *s, const struct task *t, struct err *e)
{
	const struct entry *have = t->s->have;
	bool is_dir = have != NULL && have->kind == ENTRY_DIR;

	if (t->s->kind == STEP_META) {
		want_saved(s, t->s->path, t->s->differs == 0 ? ROLLBACK_TIME :
		    ROLLBACK_META, t);
		return 0;
	}
	if (have == NULL || t->top != NULL) {
		rollback_note_new(s->w, t->s->path);
	} else {
		want_saved(s, t->s->path, ROLLBACK_PUT, t);
		if (is_dir && t->s->kind == STEP_REMOVE &&
		    refuse_strangers(s, t->s->path, e) < 0)
			return -1;
		if (is_dir && t->s->kind == STEP_SWAP_KIND &&
		    want_tree(s, t->s->path, e) < 0)
			return -1;
	}
	if (t->top == NULL) {
		CLEANUP(drop_buf) struct buf parent = { 0 };

		path_parent(&parent, t->s->path);
		want_saved(s, arena_strdup(&s->arena, buf_str(&parent)),
		    ROLLBACK_TIME, NULL);
	}
	return 0;
}

struct key {
	const char *path;
	bool several;
};

struct keys {
	struct key *items;
	size_t n, cap;
};

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->path,
	    ((const struct key *)b)->path);
}

static struct key *
find_key(const struct keys *k, const struct entry *en)
{
	const struct key key = { en->hardlink != NULL ? en->hardlink :
	    en->path, false };

	if (en->kind != ENTRY_FILE || k->n == 0)
		return NULL;
	return bsearch(&key, k->items, k->n, sizeof(key), by_key);
}

/* Names that stay, of files that are replaced under another one. */
static void
collect_links(struct saver *s)
{
	const struct manifest *have = s->r->o->have;
	struct keys keys = { 0 };
	CLEANUP(drop_free) struct key *own = NULL;
	bool any = false;

	for (size_t i = 0; have != NULL && i < s->list.n; i++) {
		const struct saving *it = &s->list.items[i];
		const struct entry *en = it->class != ROLLBACK_PUT ? NULL :
		    it->task != NULL ? it->task->s->have :
		    manifest_find(have, it->path);

		if (en != NULL && en->kind == ENTRY_FILE)
			VEC_ADD(&keys)->path = en->hardlink != NULL ?
			    en->hardlink : it->path;
	}
	own = keys.items;
	if (keys.n > 1)
		qsort(keys.items, keys.n, sizeof(struct key), by_key);
	for (size_t i = 0; keys.n > 0 && i < have->n; i++) {
		struct key *k = have->items[i].hardlink == NULL ? NULL :
		    find_key(&keys, &have->items[i]);

		if (k != NULL)
			any = k->several = true;
	}
	for (size_t i = 0; any && i < have->n; i++) {
		const struct key *k = find_key(&keys, &have->items[i]);

		if (k != NULL && k->several)
			want_saved(s, have->items[i].path, ROLLBACK_LINK,
			    NULL);
	}
}

static int
by_path(const void *a, const void *b)
{
	const struct saving *x = a, *y = b;
	int order = path_cmp(x->path, y->path);

	if (order != 0)
		return order;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	/* A task knows more. */
	return (x->task == NULL) - (y->task == NULL);
}

static int
collect(struct saver *s, struct err *e)
{
	const struct task *swapped = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < s->r->n; i++) {
		const struct task *t = &s->r->tasks[i];

		if (t->skip || below_swapped(swapped, t->s->path))
			continue;
		if (collect_task(s, t, e) < 0)
			return -1;
		if (t->s->kind == STEP_SWAP_KIND && t->s->have != NULL &&
		    t->s->have->kind == ENTRY_DIR)
			swapped = t;
	}
	collect_links(s);
	if (s->list.n > 1)
		qsort(s->list.items, s->list.n, sizeof(struct saving),
		    by_path);
	for (size_t i = 0; i < s->list.n; i++)
		if (i == 0 || strcmp(s->list.items[i].path,
		    s->list.items[kept - 1].path) != 0)
			s->list.items[kept++] = s->list.items[i];
	s->list.n = kept;
	return 0;
}

static int
changed(const char *path, struct err *e)
{
	return err_set(e, ERR_BUSY, path, _("changed since the plan was made, "
	    "nothing was done [run again]"));
}

/* What the plan saw against what is there now. */
static int
check_have(const struct entry *have, const struct live *l, const char *path,
    struct err *e)
{
	unsigned ignore = DIFF_HARDLINK | DIFF_UNKNOWN;
	unsigned d = entry_differs(have, &l->en);

	if (have->kind == ENTRY_DIR)
		ignore |= DIFF_MTIME;
	/* Of sealed and large contents the names are not those of the bytes */
	if (have->kind == ENTRY_FILE && have->size == l->en.size &&
	    (have->content != CONTENT_STORED || !l->has_bytes))
		ignore |= DIFF_CONTENT;
	return d & ~ignore ? changed(path, e) : 0;
}

static const char *
first_name(struct saver *s, const struct stat *st, const char *path)
{
	for (size_t i = 0; i < s->shared.n; i++) {
		const struct shared *x = &s->shared.items[i];

		if (x->ino == st->st_ino && x->dev == st->st_dev)
			return x->first;
	}
	*VEC_ADD(&s->shared) = (struct shared){ st->st_dev, st->st_ino, path };
	return NULL;
}

static int
save(struct saver *s, const struct saving *it, struct err *e)
{
	struct run *r = s->r;
	struct live *l = &s->live;
	const struct step *step = it->task != NULL ? it->task->s : NULL;
	bool put = it->class == ROLLBACK_PUT;
	bool shared;
	const char *name;
	int dirfd = folders_open(&r->folders, it->path, &name), n;

	if (dirfd < 0)
		return err_sys(e, it->path, _("cannot open"));
	n = live_read(dirfd, name, it->path, put ? PLAN_FILE_MAX : META_MAX,
	    r->digest, &s->arena, l, e);
	if (n < 0)
		return -1;
	if (n == 0)
		return it->class == ROLLBACK_LINK ? 0 : changed(it->path, e);
	if (step != NULL && step->have != NULL && it->class != ROLLBACK_TIME &&
	    check_have(step->have, l, it->path, e) < 0)
		return -1;
	if (put && l->en.kind == ENTRY_FILE && !l->has_bytes)
		return err_set(e, ERR_USAGE, it->path, _("too large to be "
		    "kept in a rollback, so it is not replaced [move it away "
		    "and run again]"));
	if (it->task != NULL) {
		struct task *t = &r->tasks[it->task - r->tasks];

		t->was = l->st;
		t->there = true;
	}
	/* Loosened under its other name: who dies then has to know this one. */
	if (it->class == ROLLBACK_LINK &&
	    (l->en.flags & meta_flags_in_the_way()) != 0)
		journal_loosened(&r->journal, it->path, l->en.flags);
	shared = l->en.kind == ENTRY_FILE && l->st.st_nlink > 1;
	if (shared)
		l->en.hardlink = first_name(s, &l->st, it->path);
	return rollback_save(s->w, it->class, &l->en,
	    it->class == ROLLBACK_META && step != NULL ? step->want : NULL,
	    shared, l->has_bytes ? buf_str(&l->bytes) : NULL, l->bytes.len, e);
}

/* Where the plan saw nothing there must be nothing still. */
static int
check_absent(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct task *t = &r->tasks[i];
		struct stat st;
		const char *name;
		int dirfd;

		if (t->skip || t->top != NULL || t->s->have != NULL)
			continue;
		dirfd = folders_open(&r->folders, t->s->path, &name);
		if (dirfd < 0)
			return err_sys(e, t->s->path, _("cannot open"));
		if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return changed(t->s->path, e);
		if (errno != ENOENT)
			return err_sys(e, t->s->path, _("cannot look at it"));
	}
	return 0;
}

int
run_save(struct run *r, int store_fd, struct err *e)
{
	CLEANUP(drop_saver) struct saver s = { .r = r };

	s.w = rollback_begin(store_fd, r->o->id, r->o->title,
	    r->journal.root, e);
	if (s.w == NULL)
		return -1;
	if (check_absent(r, e) < 0 || collect(&s, e) < 0)
		return -1;
	for (size_t i = 0; i < s.list.n; i++)
		if (save(&s, &s.list.items[i], e) < 0)
			return -1;
	/*
	 * The rollback counts from its last file on. The journal comes before
	 * that one, so that at no moment there is a rollback of something
	 * that was never begun and that nobody will clear away.
	 */
	if (rollback_finish(s.w, e) < 0 || journal_write(store_fd, &r->journal,
	    e) < 0)
		return -1;
	return rollback_publish(s.w, e);
}

int
run_recheck(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct task *t = &r->tasks[i];
		struct stat now;
		const char *name;
		int dirfd;

		if (!t->there)
			continue;
		dirfd = folders_open(&r->folders, t->s->path, &name);
		if (dirfd < 0 || fstatat(dirfd, name[0] != '\0' ? name : ".",
		    &now, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !live_same(&now, &t->was))
			return changed(t->s->path, e);
	}
	return 0;
}
