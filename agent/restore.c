/* SPDX-License-Identifier: MIT */
#include "agent/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/moved.h"
#include "agent/snapshotarg.h"
#include "base/path.h"
#include "base/secrets.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/reader.h"
#include "snapshots/rollback.h"

void
restore_wishes_done(struct restore_wishes *w)
{
	for (size_t i = 0; i < w->n_bytes; i++) {
		buf_done(w->bytes[i]);
		free(w->bytes[i]);
	}
	free(w->bytes);
	wishes_done(&w->wishes);
	manifest_done(&w->from);
	manifest_done(&w->older);
	strlist_done(&w->hopeless);
	strlist_done(&w->unmended);
	strlist_done(&w->impossible);
	arena_done(&w->arena);
}

static int
load_from(struct machine *m, const struct restore_request *q,
    struct restore_wishes *out, struct err *e)
{
	if (snapshot_resolve(m, q->from != NULL ? q->from : "baseline",
	    &out->from_commit, e) < 0)
		return -1;
	if (q->all || q->whole)
		return store_load(m->store, &out->from_commit, &out->from, e);
	return store_load_paths(m->store, &out->from_commit, &q->paths,
	    &out->from, e);
}

static bool
all_there(const struct restore_request *q, const struct manifest *from)
{
	for (size_t i = 0; i < q->paths.n; i++)
		if (manifest_find(from, q->paths.items[i]) == NULL)
			return false;
	return true;
}

/*
 * A path that the snapshot does not have may lie in a folder that was another
 * one then: /usr/lib/x was /lib/x. Such names are asked for as well.
 */
static int
follow_moved(struct machine *m, struct restore_request *q,
    struct restore_wishes *out, struct moved *moved, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest all = { 0 };
	size_t n = q->paths.n;

	if (q->all || (!q->remove_added && all_there(q, &out->from)))
		return 0;
	if (store_load(m->store, &out->from_commit, &all, e) < 0 ||
	    moved_find(&m->root, &all, moved, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		moved_names(moved, &all, q->paths.items[i], &q->paths);
	if (q->paths.n == n || q->whole)
		return 0;
	manifest_done(&out->from);
	out->from = (struct manifest){ 0 };
	return store_load_paths(m->store, &out->from_commit, &q->paths,
	    &out->from, e);
}

/* A path that is nowhere is a typing mistake, not an empty success. */
static int
check_paths(const struct restore_request *q, const struct manifest *from,
    const struct moved *moved, const struct manifest *live, struct err *e)
{
	for (size_t i = 0; i < q->paths.n; i++) {
		const char *p = q->paths.items[i];

		if (strcmp(p, "/") == 0 ||
		    moved_entry(moved, from, p) != NULL ||
		    (q->remove_added && manifest_find(live, p) != NULL))
			continue;
		return err_set(e, ERR_MISSING, p, _("is not in that snapshot "
		    "[see 'driftctl log %s', then name one with --from]"), p);
	}
	return 0;
}

/*
 * Of a file larger than max-size only a digest is kept. One such file that has
 * changed must not keep all the others from coming back: it is told and left.
 */
static bool
have_content(struct restore_wishes *out, const struct entry *want,
    const struct entry *have)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (want->kind != ENTRY_FILE || want->content == CONTENT_STORED ||
	    want->content == CONTENT_SEALED)
		return true;
	if (have != NULL && (entry_differs(have, want) &
	    (DIFF_KIND | DIFF_CONTENT | DIFF_UNKNOWN)) == 0)
		return true;
	text_escape(&line, want->path, strlen(want->path));
	buf_addf(&line, ": %s", want->content == CONTENT_DIGEST ?
	    _("cannot be put back: larger than max-size when it was recorded, "
	    "so only its digest was kept [raise max-size for the next time]") :
	    _("cannot be put back: it could not be read when it was "
	    "recorded"));
	strlist_add(&out->impossible, buf_str(&line));
	return false;
}

static bool
is_luks_header(struct machine *m, const char *path)
{
	CLEANUP(drop_fd) int fd = root_open_at(&m->root, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char mark[6];

	return fd >= 0 && pread(fd, mark, sizeof(mark), 0) ==
	    (ssize_t)sizeof(mark) &&
	    memcmp(mark, "LUKS\xba\xbe", sizeof(mark)) == 0;
}

/*
 * An older LUKS header takes away the keys of a newer one, and with them
 * perhaps the data. Whoever means that names the file; among others it is
 * told and left.
 */
static bool
may_replace(struct machine *m, const struct restore_request *q,
    struct restore_wishes *out, const struct entry *want,
    const struct entry *have)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (have == NULL || have->kind != ENTRY_FILE ||
	    (entry_differs(have, want) & (DIFF_KIND | DIFF_CONTENT)) == 0 ||
	    !is_luks_header(m, want->path))
		return true;
	for (size_t i = 0; i < q->paths.n; i++)
		if (strcmp(q->paths.items[i], want->path) == 0)
			return true;
	text_escape(&line, want->path, strlen(want->path));
	buf_adds(&line, _(": is a LUKS header that was changed since, which "
	    "is left as it is [an older one can cost the data; name the file "
	    "to put it back]"));
	strlist_add(&out->impossible, buf_str(&line));
	return false;
}

int
restore_wish_paths(struct machine *m, struct restore_request *q,
    const struct manifest *live, struct restore_wishes *out, struct err *e)
{
	CLEANUP(drop_moved) struct moved moved = { 0 };

	if (load_from(m, q, out, e) < 0 ||
	    follow_moved(m, q, out, &moved, e) < 0 ||
	    check_paths(q, &out->from, &moved, live, e) < 0)
		return -1;
	for (size_t i = 0; i < out->from.n; i++) {
		const struct entry *en = &out->from.items[i];
		const struct entry *have = manifest_find(live, en->path);

		if (paths_cover(&q->paths, en->path) &&
		    have_content(out, en, have) &&
		    may_replace(m, q, out, en, have))
			*VEC_ADD(&out->wishes) = (struct wish){
				.path = en->path, .want = en };
	}
	for (size_t i = 0; q->remove_added && i < live->n; i++) {
		const struct entry *en = &live->items[i];

		if (paths_cover(&q->paths, en->path) &&
		    moved_entry(&moved, &out->from, en->path) == NULL)
			*VEC_ADD(&out->wishes) = (struct wish){
				.path = en->path };
	}
	return moved_redirect(&m->root, &out->arena, &out->wishes, e);
}

bool
restore_links_reach_out(struct machine *m, const struct restore_request *q,
    const struct manifest *from, const struct manifest *live)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct entry *en = &from->items[i];

		if (en->hardlink != NULL && (paths_cover(&q->paths, en->path) ||
		    paths_cover(&q->paths, en->hardlink)))
			return true;
	}
	for (size_t i = 0; i < live->n; i++) {
		const char *path = live->items[i].path, *name;
		CLEANUP(drop_fd) int dir = -1;
		struct stat st;

		if (live->items[i].kind != ENTRY_FILE)
			continue;
		dir = root_open_parent(&m->root, path, &name);
		if (dir >= 0 && fstatat(dir, name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink > 1)
			return true;
	}
	return false;
}

/* The wishes about one path go; 0 when there are none. */
static size_t
drop_wish(struct wishes *w, const char *path)
{
	size_t kept = 0, n = w->n;

	for (size_t i = 0; i < n; i++)
		if (strcmp(w->items[i].path, path) != 0)
			w->items[kept++] = w->items[i];
	w->n = kept;
	return n - kept;
}

int
restore_plan(struct restore_wishes *w, const struct manifest *live,
    const struct manifest *known, bool by_rules, struct plan *out,
    struct err *e)
{
	for (;;) {
		CLEANUP(drop_buf) struct buf said = { 0 };
		CLEANUP(drop_plan) struct plan plan = { 0 };
		struct err why = { 0 };

		if (plan_make(live, known, &w->wishes, &plan, &why) == 0) {
			*out = STEAL(plan);
			return 0;
		}
		if (!by_rules || drop_wish(&w->wishes, why.where) == 0) {
			*e = why;
			return -1;
		}
		err_format(&why, &said);
		strlist_add(&w->impossible, buf_str(&said));
	}
}

static int
look_at_one(struct machine *m, struct reader *r, const char *path,
    struct manifest *live, struct err *e)
{
	struct reading one = { .path = path };
	int n = 0;

	one.secret = secrets_has(&m->secrets, path);
	reader_read(r, &one);
	if (one.state == READING_UNKNOWN) {
		n = err_set(e, ERR_SYSTEM, path, "%s", one.why);
	} else if (one.state == READING_GOOD || one.state == READING_MOVING) {
		*manifest_add(live) = entry_dup(&live->arena, &one.en);
	}
	reading_done(&one);
	return n;
}

/* path, and the folders it lies in up to the first that is known. */
static void
add_unknown(const struct manifest *live, const char *path,
    struct strlist *out)
{
	CLEANUP(drop_buf) struct buf at = { 0 };

	buf_adds(&at, path);
	while (at.len > 1 && manifest_find(live, buf_str(&at)) == NULL) {
		strlist_add(out, buf_str(&at));
		while (at.len > 0 && at.bytes[at.len - 1] != '/')
			buf_truncate(&at, at.len - 1);
		buf_truncate(&at, at.len - 1);
	}
}

/* Paths that a plan must know: those wished for, their folders, and living
 * names that a wish shares its inode with. */
static void
list_unknown(const struct wishes *w, const struct manifest *live,
    struct strlist *out)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct entry *want = w->items[i].want;

		add_unknown(live, w->items[i].path, out);
		if (want != NULL && want->hardlink != NULL)
			add_unknown(live, want->hardlink, out);
	}
	strlist_sort(out);
}

int
restore_look_at(struct machine *m, const struct wishes *w,
    struct manifest *live, struct err *e)
{
	struct reader *r = reader_new(&m->root, store_key(m->store),
	    m->config.max_size, false);
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	int n = 0;

	list_unknown(w, live, &paths);
	for (size_t i = 0; n == 0 && i < paths.n; i++)
		if (i == 0 || strcmp(paths.items[i], paths.items[i - 1]) != 0)
			n = look_at_one(m, r, paths.items[i], live, e);
	reader_free(r);
	manifest_sort(live);
	return n;
}

void
restore_new_id(struct machine *m, const char *suffix, struct buf *out)
{
	time_t now = time(NULL);
	char text[32];
	struct tm tm;
	size_t len;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	buf_addf(out, "%s-%s", text, suffix);
	len = out->len;
	for (unsigned i = 2; rollback_there(store_fd(m->store),
	    buf_str(out)); i++) {
		buf_truncate(out, len);
		buf_addf(out, "-%u", i);
	}
}

/* What a step does, in so many columns. */
enum { STEP_COLUMNS = 13 };

static const char *
step_word(const struct step *s)
{
	switch (s->kind) {
	case STEP_MAKE_DIR:
		return C_("step", "make folder");
	case STEP_PUT:
		return s->bytes != NULL ? C_("step", "repair") :
		    s->have == NULL ? C_("step", "put back") :
		    C_("step", "replace");
	case STEP_SWAP_KIND:
		return C_("step", "replace");
	case STEP_META:
		return C_("step", "set");
	case STEP_LINK:
		return C_("step", "link");
	case STEP_REMOVE:
		return C_("step", "remove");
	}
	return "";
}

static void
step_text(const struct step *s, struct buf *out)
{
	CLEANUP(drop_buf) struct buf what = { 0 };

	buf_adds(out, "  ");
	text_pad(out, step_word(s), STEP_COLUMNS);
	text_escape(out, s->path, strlen(s->path));
	if (s->kind == STEP_SWAP_KIND)
		buf_addf(out, ": %s -> %s", entry_kind_shown(s->have->kind),
		    entry_kind_shown(s->want->kind));
	else if (s->kind == STEP_META) {
		entry_difference_text(&what, s->differs);
		buf_addf(out, ": %s", buf_str(&what));
	}
	if (s->reason != NULL)
		buf_addf(out, "  [%s]", s->reason);
	buf_addc(out, '\n');
}

/* Times alone are put back without a word: nobody decides by them. */
static bool
silent(const struct step *s)
{
	return s->kind == STEP_META &&
	    (s->differs & ~(unsigned)DIFF_MTIME) == 0;
}

void
restore_plan_text(const struct plan *p, struct buf *out)
{
	size_t times = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (silent(&p->items[i]))
			times++;
		else
			step_text(&p->items[i], out);
	}
	if (times > 0 && times == p->n)
		buf_addf(out, ngettext("  set the time of %zu entry\n",
		    "  set the times of %zu entries\n", times), times);
	else if (times > 0)
		buf_addf(out, ngettext("  and the time of %zu entry\n",
		    "  and the times of %zu entries\n", times), times);
}

void
restore_plan_json(const struct plan *p, struct json *j)
{
	static const char *const kinds[] = {
		[STEP_MAKE_DIR] = "make-folder", [STEP_PUT] = "put",
		[STEP_SWAP_KIND] = "swap-type", [STEP_META] = "metadata",
		[STEP_LINK] = "link", [STEP_REMOVE] = "remove",
	};

	json_open(j, "steps", '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->items[i];
		CLEANUP(drop_buf) struct buf what = { 0 };

		json_open(j, NULL, '{');
		json_text(j, "step", s->bytes != NULL ? "repair" :
		    kinds[s->kind]);
		json_text(j, "path", s->path);
		json_text(j, "rule", s->reason);
		entry_difference_text(&what, s->differs);
		json_text(j, "differs", what.len > 0 ? buf_str(&what) : NULL);
		json_close(j, '}');
	}
	json_close(j, ']');
}
