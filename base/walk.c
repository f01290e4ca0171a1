/* SPDX-License-Identifier: MIT */
#include "base/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"

/* Where in a pattern we stand: at is the rest that names below must match. */
struct state {
	const char *at;
	bool literal;	/* the pattern has no wildcard at all */
	bool named;	/* nor what was matched of it so far */
};

struct states {
	struct state *items;
	size_t n, cap;
	/* All of them stand at a `**` or behind one: below a name that none of
	 * the others matches they are the same again. */
	bool steady;
};

static void
drop_states(struct states *s)
{
	free(s->items);
}

/*
 * A folder on the way. Where only a wildcard led to it, its own report waits
 * until something is found in it.
 */
struct level {
	struct stat st;
	int parent_fd;
	size_t path_len;
	bool listed, reported;
};

struct walker {
	const struct root *root;
	const struct scope *scope;
	const struct walk_known *known;
	int (*each)(void *ctx, const struct walk_item *item, struct err *e);
	void *ctx;
	struct buf path;
	struct {
		struct level *items;
		size_t n, cap;
	} way;
};

static bool
is_stars(const char *at)
{
	return at[0] == '*' && at[1] == '*' && (at[2] == '/' || at[2] == '\0');
}

static const char *
skip(const char *at)
{
	at += strcspn(at, "/");
	return *at == '/' ? at + 1 : at;
}

/* `**` also stands for no component: whoever stands there, stands behind it */
static void
add_state(struct states *out, struct state s)
{
	for (;;) {
		bool known = false;

		for (size_t i = 0; i < out->n; i++)
			known |= out->items[i].at == s.at;
		if (!known)
			*VEC_ADD(out) = s;
		if (!is_stars(s.at) || s.at[2] == '\0')
			return;
		s.named = false;
		s.at = skip(s.at);
	}
}

struct match {
	struct states below;	/* for the names in it, when it is a folder */
	bool whole;		/* some pattern ends here */
	bool spelled;		/* that pattern names this path in full */
	bool named;		/* some pattern has it on its way */
};

/* True where no more is to be known than where names below it stand. */
static bool
match_steady(const struct states *here, const char *name, struct match *out)
{
	bool whole = false;

	for (size_t i = 0; i < here->n; i++) {
		const char *at = here->items[i].at;

		if (is_stars(at))
			whole |= at[2] == '\0';
		else if (glob_name(at, strcspn(at, "/"), name))
			return false;
	}
	out->whole = whole;
	out->below = *here;
	out->below.cap = here->n;
	out->below.items = xcalloc(here->n, sizeof(*here->items));
	memcpy(out->below.items, here->items, here->n * sizeof(*here->items));
	return true;
}

static void
match_name(const struct states *here, const char *name, struct match *out)
{
	if (here->steady && here->n > 0 && match_steady(here, name, out))
		return;
	out->below.steady = true;
	for (size_t i = 0; i < here->n; i++) {
		struct state s = here->items[i];
		size_t n = strcspn(s.at, "/");

		if (is_stars(s.at)) {
			add_state(&out->below, s);
			out->whole |= s.at[2] == '\0';
			continue;
		}
		if (!glob_name(s.at, n, name))
			continue;
		if (s.at[n] == '\0') {
			out->whole = true;
			out->spelled |= s.literal;
		} else {
			s.named = s.named && glob_literal(s.at, n);
			out->named |= s.named;
			s.at = skip(s.at);
			add_state(&out->below, s);
			out->below.steady = false;
		}
	}
}

static int
report(struct walker *w, enum walk_what what, const struct level *l,
    struct err *e)
{
	char saved = w->path.bytes[l->path_len];
	struct walk_item item = {
		.what = what, .dirfd = l->parent_fd, .st = &l->st,
		.listed = l->listed,
	};
	int n;

	w->path.bytes[l->path_len] = '\0';
	item.path = w->path.bytes;
	item.name = strrchr(item.path, '/') + 1;
	n = w->each(w->ctx, &item, e);
	w->path.bytes[l->path_len] = saved;
	return n;
}

/* Folders on the way are told before the first thing found in them. */
static int
report_way(struct walker *w, struct err *e)
{
	for (size_t i = 0; i < w->way.n; i++) {
		struct level *l = &w->way.items[i];

		if (l->reported)
			continue;
		if (report(w, WALK_ENTRY, l, e) < 0)
			return -1;
		l->reported = true;
	}
	return 0;
}

static bool
wants_listing(const struct states *here)
{
	for (size_t i = 0; i < here->n; i++)
		if (!glob_literal(here->items[i].at,
		    strcspn(here->items[i].at, "/")))
			return true;
	return false;
}

static void
spelled_names(const struct states *here, struct strlist *out)
{
	for (size_t i = 0; i < here->n; i++) {
		const char *at = here->items[i].at;
		size_t n = strcspn(at, "/");
		char *name;

		if (!glob_literal(at, n))
			continue;
		name = xmemdup(at, n);
		if (strlist_has(out, name))
			free(name);
		else
			strlist_take(out, name);
	}
}

static int visit(struct walker *w, int dirfd, const char *name, bool known,
    const struct states *here, struct err *e);

static int
visit_names(struct walker *w, int dirfd, const struct strlist *names,
    bool known, const struct states *here, struct err *e)
{
	size_t len = w->path.len;

	for (size_t i = 0; i < names->n; i++) {
		int n;

		buf_addc(&w->path, '/');
		buf_adds(&w->path, names->items[i]);
		n = visit(w, dirfd, names->items[i], known, here, e);
		buf_truncate(&w->path, len);
		if (n < 0)
			return -1;
	}
	return 0;
}

/* Names the scope spells out but a listing did not show are absent as well. */
static void
merge_spelled(const struct states *here, struct strlist *names)
{
	CLEANUP(drop_strlist) struct strlist spelled = { 0 };
	size_t n = names->n;

	strlist_sort(names);
	spelled_names(here, &spelled);
	for (size_t i = 0; i < spelled.n; i++)
		if (n == 0 || bsearch(&spelled.items[i], names->items, n,
		    sizeof(char *), strlist_cmp) == NULL)
			strlist_add(names, spelled.items[i]);
	strlist_sort(names);
}

/* In functions of their own: a struct err in each frame of the recursion would
 * overflow the stack in a folder some thousand levels deep. */
static __attribute__((noinline)) int
report_unreadable(struct walker *w, int dirfd, const char *name,
    const char *what, struct err *e)
{
	struct err why = { 0 };
	const struct walk_item item = {
		.what = WALK_UNREADABLE, .path = buf_str(&w->path),
		.name = name, .dirfd = dirfd, .e = &why,
	};

	err_sys(&why, buf_str(&w->path), "%s", what);
	return w->each(w->ctx, &item, e);
}

static __attribute__((noinline)) int
report_absent(struct walker *w, int dirfd, const char *name, struct err *e)
{
	const struct walk_item item = {
		.what = WALK_ABSENT, .path = buf_str(&w->path),
		.name = name, .dirfd = dirfd,
	};

	return w->each(w->ctx, &item, e);
}

static int
visit_folder(struct walker *w, int dirfd, const char *name,
    const struct stat *st, const struct match *m, bool tracked, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	bool listing = wants_listing(&m->below), known = false;
	int failed = 0;
	struct level done;
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && listing && w->known != NULL)
		known = w->known->names(w->known->ctx, buf_str(&w->path), st,
		    &names);
	if (fd < 0 ||
	    (listing && !known && file_names(fd, ".", &names) < 0))
		failed = errno;
	*VEC_ADD(&w->way) = (struct level){ .st = *st, .parent_fd = dirfd,
		.path_len = w->path.len, .listed = listing && failed == 0 };
	if (tracked && report_way(w, e) < 0)
		return -1;
	if (failed != 0) {
		w->way.n--;
		errno = failed;
		return report_unreadable(w, dirfd, name,
		    _("cannot read the folder"), e);
	}
	if (!known)
		merge_spelled(&m->below, &names);
	if (visit_names(w, fd, &names, known, &m->below, e) < 0)
		return -1;
	done = w->way.items[--w->way.n];
	return done.reported ? 0 : report(w, WALK_PASSED, &done, e);
}

static int
visit_found(struct walker *w, int dirfd, const char *name,
    const struct stat *st, const struct match *m, struct err *e)
{
	const struct level self = { .st = *st, .parent_fd = dirfd,
		.path_len = w->path.len };

	if (S_ISDIR(st->st_mode) && m->below.n > 0)
		/* A folder that a pattern names must not seem to come and go
		 * with the first and the last thing found in it. */
		return visit_folder(w, dirfd, name, st, m,
		    m->whole || m->named, e);
	/* No folder where the scope looks for one: it may become one. */
	if (!m->whole)
		return report(w, WALK_PASSED, &self, e);
	if (report_way(w, e) < 0)
		return -1;
	return report(w, WALK_ENTRY, &self, e);
}

static bool
leads_to_spelled(const struct match *m)
{
	for (size_t i = 0; i < m->below.n; i++)
		if (m->below.items[i].literal)
			return true;
	return false;
}

/* What is ignored is left out, but for what the scope spells out below it. */
static void
leave_ignored(struct match *m)
{
	size_t kept = 0;

	m->whole = m->named = false;
	for (size_t i = 0; i < m->below.n; i++)
		if (m->below.items[i].literal)
			m->below.items[kept++] = m->below.items[i];
	m->below.n = kept;
	m->below.steady = false;
}

/* 1 when that was all, 0 when the patterns must be asked after all. */
static int
visit_leaf(struct walker *w, int dirfd, const char *name, struct err *e)
{
	struct level self = { .parent_fd = dirfd, .path_len = w->path.len };

	if (!w->known->leaf(w->known->ctx, buf_str(&w->path)) ||
	    fstatat(dirfd, name, &self.st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(self.st.st_mode))
		return 0;
	return report_way(w, e) < 0 || report(w, WALK_ENTRY, &self, e) < 0 ?
	    -1 : 1;
}

static int
visit(struct walker *w, int dirfd, const char *name, bool known,
    const struct states *here, struct err *e)
{
	struct match m = { 0 };
	CLEANUP(drop_states) struct states below = { 0 };
	struct stat st;
	int n = known ? visit_leaf(w, dirfd, name, e) : 0;

	if (n != 0)
		return n < 0 ? -1 : 0;
	match_name(here, name, &m);
	below = m.below;
	/* A known name is not ignored, but maybe for what is spelled below. */
	if (!m.spelled && (m.whole || m.below.n > 0) &&
	    !(known && !leads_to_spelled(&m)) &&
	    scope_ignores(w->scope, buf_str(&w->path), name))
		leave_ignored(&m);
	if ((!m.whole && m.below.n == 0) ||
	    scope_excludes(w->scope, buf_str(&w->path)))
		return 0;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return visit_found(w, dirfd, name, &st, &m, e);
	if (errno == ENOENT)
		return report_absent(w, dirfd, name, e);
	return report_unreadable(w, dirfd, name, _("cannot look at it"), e);
}

int
walk(const struct root *r, const struct scope *s,
    const struct walk_known *known,
    int (*each)(void *ctx, const struct walk_item *item, struct err *e),
    void *ctx, struct err *e)
{
	CLEANUP(drop_states) struct states top = { 0 };
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct walker w = { .root = r, .scope = s, .known = known, .each = each,
		.ctx = ctx };
	bool listing;
	int n;

	for (size_t i = 0; i < s->include.n; i++) {
		const char *p = s->include.items[i];

		add_state(&top, (struct state){ p + 1,
		    glob_literal(p, strlen(p)), true });
	}
	listing = wants_listing(&top);
	if (listing && file_names(r->fd, ".", &names) < 0)
		return err_sys(e, r->dir, _("cannot read the folder"));
	merge_spelled(&top, &names);
	n = visit_names(&w, r->fd, &names, false, &top, e);
	buf_done(&w.path);
	free(w.way.items);
	return n;
}
