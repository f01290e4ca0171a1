/* SPDX-License-Identifier: MIT */
#include "agent/moved.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/rootmemo.h"
#include "base/vec.h"

static bool
is_symlink(const struct root *root, const char *path)
{
	const char *name;
	struct stat st;
	CLEANUP(drop_fd) int dir = root_open_parent(root, path, &name);

	/* Below another one: that one says it all. */
	return dir >= 0 && name[0] != '\0' &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode);
}

int
moved_find(const struct root *root, const struct manifest *snapshot,
    struct moved *out, struct err *e)
{
	for (size_t i = 0; i < snapshot->n; i++) {
		const struct entry *en = &snapshot->items[i];
		CLEANUP(drop_buf) struct buf below = { 0 };
		CLEANUP(drop_buf) struct buf real = { 0 };

		if (en->kind != ENTRY_DIR || !is_symlink(root, en->path))
			continue;
		path_join(&below, en->path, "x");
		if (root_resolve(root, buf_str(&below), &real, NULL, e) < 0)
			return -1;
		buf_truncate(&real, real.len - strlen("/x"));
		if (real.len == 0)
			continue;
		*VEC_ADD(out) = (struct moved_folder){
			arena_strdup(&out->arena, en->path),
			arena_strdup(&out->arena, buf_str(&real)) };
	}
	return 0;
}

void
moved_names(const struct moved *m, const struct manifest *snapshot,
    const char *path, struct strlist *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct moved_folder *f = &m->items[i];
		CLEANUP(drop_free) char *was = NULL;

		if (!path_is_under(path, f->is))
			continue;
		was = xasprintf("%s%s", f->was, path + strlen(f->is));
		if (manifest_find(snapshot, was) != NULL &&
		    !strlist_has(out, was))
			strlist_add(out, was);
	}
}

const struct entry *
moved_entry(const struct moved *m, const struct manifest *snapshot,
    const char *path)
{
	const struct entry *en = manifest_find(snapshot, path);
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (en != NULL)
		return en;
	moved_names(m, snapshot, path, &names);
	return names.n > 0 ? manifest_find(snapshot, names.items[0]) : NULL;
}

static const struct wish *
find_wish(const struct wishes *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->items[i].path, path) == 0)
			return &w->items[i];
	return NULL;
}

/* Where path is today, or path itself. NULL and e. */
static const char *
today(struct rootmemo *memo, const struct root *root, struct arena *a,
    const struct wishes *wishes, const char *path, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist links = { 0 };
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (rootmemo_resolve(memo, root, path, &real, NULL, e) < 0)
		return NULL;
	if (strcmp(buf_str(&real), path) == 0)
		return path;
	buf_reset(&real);
	if (root_resolve(root, path, &real, &links, e) < 0)
		return NULL;
	for (size_t i = 0; i < links.n; i++) {
		const struct wish *w = find_wish(wishes, links.items[i]);

		if (w != NULL && (w->want == NULL ||
		    w->want->kind != ENTRY_SYMLINK))
			return path;
	}
	return strcmp(buf_str(&real), path) == 0 ? path :
	    arena_strdup(a, buf_str(&real));
}

static int
redirect(struct rootmemo *memo, const struct root *root, struct arena *a,
    const struct wishes *all, struct wish *w, struct err *e)
{
	const char *key = w->want != NULL ? w->want->hardlink : NULL;

	w->path = today(memo, root, a, all, w->path, e);
	if (w->path == NULL)
		return -1;
	if (key != NULL && (key = today(memo, root, a, all, key,
	    e)) == NULL)
		return -1;
	if (key != NULL && key != w->want->hardlink) {
		struct entry *mine = arena_alloc(a, sizeof(*mine));

		*mine = *w->want;
		mine->hardlink = key;
		w->want = mine;
	}
	return 0;
}

int
moved_redirect(const struct root *root, struct arena *a,
    struct wishes *wishes, struct err *e)
{
	CLEANUP(drop_wishes) struct wishes out = { 0 };
	CLEANUP(drop_rootmemo) struct rootmemo memo = { 0 };
	const char *last = NULL;	/* lies where it says */

	for (size_t i = 0; i < wishes->n; i++) {
		struct wish w = wishes->items[i];
		bool linked = w.want != NULL && w.want->hardlink != NULL;

		if (!linked && last != NULL && path_same_folder(last, w.path)) {
			*VEC_ADD(&out) = w;
			continue;
		}
		if (redirect(&memo, root, a, wishes, &w, e) < 0)
			return -1;
		/* What was there under its own name already wins. */
		if (w.path == wishes->items[i].path ||
		    find_wish(wishes, w.path) == NULL)
			*VEC_ADD(&out) = w;
		if (w.path == wishes->items[i].path)
			last = w.path;
	}
	wishes_done(wishes);
	*wishes = STEAL(out);
	return 0;
}

void
moved_done(struct moved *m)
{
	free(m->items);
	arena_done(&m->arena);
	*m = (struct moved){ 0 };
}

void
drop_moved(struct moved *m)
{
	moved_done(m);
}
