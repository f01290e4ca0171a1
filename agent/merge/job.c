/* SPDX-License-Identifier: MIT */
#include "agent/merge/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/seal.h"

enum { MERGE_MAX = 16 << 20, MARKER = 7 };

/*
 * The tilde: cron, logrotate, run-parts and their like read all files of a
 * folder but for those of package managers and editors, and must not meet
 * conflict markers.
 */

void
merge_jobs_done(struct merge_jobs *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct merge_job *j = &l->items[i];

		drop_sealed_buf(&j->mine_bytes);
		drop_sealed_buf(&j->their_bytes);
		drop_sealed_buf(&j->base_bytes);
		drop_sealed_buf(&j->result);
		drop_sealed_buf(&j->beside_bytes);
	}
	free(l->items);
	arena_done(&l->arena);
}

void
drop_merge_jobs(struct merge_jobs *l)
{
	merge_jobs_done(l);
}

int
merge_read(struct machine *m, const char *path, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = root_open_at(&m->root, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot open"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path, _("is no regular file"));
	return file_read_fd(fd, path, MERGE_MAX, out, e) < 0 ? -1 : 1;
}

bool
merge_has_markers(const struct buf *text, unsigned *out_line)
{
	static const char *const marks[] = { "<<<<<<< ", "||||||| ",
		">>>>>>> " };
	const char *p = buf_str(text), *end = p + text->len;
	unsigned line = 1;

	for (; p < end; line++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		for (int i = 0; i < 3; i++) {
			if ((size_t)(end - p) <= MARKER ||
			    memcmp(p, marks[i], MARKER + 1) != 0)
				continue;
			*out_line = line;
			return true;
		}
		if (lf == NULL)
			break;
		p = lf + 1;
	}
	return false;
}

static void
leave(struct merge_job *j, enum merge_state state, const char *reason)
{
	j->state = state;
	j->reason = reason;
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    memcmp(buf_str(a), buf_str(b), a->len) == 0;
}

/* A reason to leave both alone, before their bytes are looked at; NULL. */
static const char *
unfit(const struct merge_job *j)
{
	if (j->live == NULL && j->side == LEFTOVER_MINE)
		return _("the package has no such file any more [put yours "
		    "back, if you need it, or remove it]");
	if (j->live == NULL)
		return _("there is no file to merge it into [put it in place, "
		    "if you need it, or remove it]");
	if (j->live->kind != ENTRY_FILE)
		return _("the file is none that can be merged into: it is "
		    "a link or a device [do it by hand]");
	if (j->left->kind != ENTRY_FILE)
		return _("is no regular file [look at it, then remove it]");
	return NULL;
}

/* dpkg(1): what each package's state ends its line with once dpkg is done. */
static bool
is_settled_state(const char *line, size_t len)
{
	static const char *const ends[] = { " installed", " config-files",
		" not-installed" };

	for (int i = 0; i < 3; i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && memcmp(line + len - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

/* A .dpkg-new is dpkg's own until it has configured the package. */
static bool
dpkg_is_at_work(struct machine *m)
{
	CLEANUP(drop_buf) struct buf status = { 0 };
	struct err ignored = { 0 };

	if (merge_read(m, "/var/lib/dpkg/status", &status, &ignored) <= 0)
		return false;
	for (const char *p = buf_str(&status); *p != '\0';) {
		size_t n = strcspn(p, "\n");

		if (text_starts(p, "Status: ") && !is_settled_state(p, n))
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static int
read_all(struct machine *m, struct merge_job *j, struct err *e)
{
	bool theirs = j->side == LEFTOVER_THEIRS;
	const char *mine = theirs ? j->path : j->leftover;
	const char *other = theirs ? j->leftover : j->path;
	int n = merge_read(m, mine, &j->mine_bytes, e);

	if (n == 0)
		return err_set(e, ERR_MISSING, mine,
		    _("has just gone [run it again]"));
	if (n < 0)
		return -1;
	n = merge_read(m, other, &j->their_bytes, e);
	if (n == 0)
		return err_set(e, ERR_MISSING, other,
		    _("has just gone [run it again]"));
	if (n < 0)
		return -1;
	n = merge_read(m, j->beside, &j->beside_bytes, e);
	j->has_beside = n > 0;
	return n < 0 ? -1 : 0;
}

static struct gitrepo_text
text_of(const struct buf *b, const char *label)
{
	return (struct gitrepo_text){ buf_str(b), b->len, label };
}

struct labels {
	struct buf mine, theirs, base;
};

static void
drop_labels(struct labels *l)
{
	buf_done(&l->mine);
	buf_done(&l->theirs);
	buf_done(&l->base);
}

static void
make_labels(const struct merge_job *j, struct labels *out)
{
	bool theirs = j->side == LEFTOVER_THEIRS;
	const char *mine = theirs ? j->path : j->leftover;
	const char *other = theirs ? j->leftover : j->path;

	text_escape(&out->mine, mine, strlen(mine));
	buf_addf(&out->mine, " (%s)", _("yours"));
	text_escape(&out->theirs, other, strlen(other));
	buf_addf(&out->theirs, " (%s)", _("the package's"));
	buf_adds(&out->base, _("what both were made from"));
}

/* What the format makes of the three: 1 when it settled the matter. */
static int
by_keys(struct merge_job *j, const struct labels *names,
    const struct buf *lines, struct merge_jobs *l, bool *out_unlike)
{
	struct merge3_input in = { .view = j->view,
		.mine = { buf_str(&j->mine_bytes), j->mine_bytes.len },
		.theirs = { buf_str(&j->their_bytes), j->their_bytes.len },
		.base_doubtful = j->base == MERGE_BASE_RECORDED,
		.mine_label = buf_str(&names->mine),
		.theirs_label = buf_str(&names->theirs),
		.base_label = buf_str(&names->base) };
	CLEANUP(drop_merge3) struct merge3 out = { 0 };
	struct err why = { 0 };
	int n;

	if (j->base != MERGE_BASE_NONE)
		in.base = (struct merge3_text){ buf_str(&j->base_bytes),
			j->base_bytes.len };
	if (lines != NULL)
		in.lines = (struct merge3_text){ buf_str(lines), lines->len };
	n = merge3(&in, &out, &why);
	*out_unlike = out.unlike;
	if (n == 0)
		return 0;
	buf_add(&j->result, buf_str(&out.text), out.text.len);
	j->how = out.by_lines ? MERGE_BY_LINES : MERGE_BY_KEYS;
	j->conflicts = arena_alloc(&l->arena,
	    (out.n + 1) * sizeof(*j->conflicts));
	for (size_t i = 0; i < out.n; i++) {
		const struct merge3_conflict *c = &out.items[i];
		struct merge3_conflict *to = &j->conflicts[j->n_conflicts++];

		to->what = arena_strdup(&l->arena, c->what);
		to->line = c->line;
		if (c->base != NULL)
			to->base = arena_strdup(&l->arena, c->base);
		if (c->mine != NULL)
			to->mine = arena_strdup(&l->arena, c->mine);
		if (c->theirs != NULL)
			to->theirs = arena_strdup(&l->arena, c->theirs);
	}
	return 1;
}

static bool
is_settled_base(const struct merge_job *j)
{
	return j->base == MERGE_BASE_VENDOR || j->base == MERGE_BASE_LEFTOVER;
}

static int
by_lines(struct merge_job *j, const struct labels *names, bool two_way,
    struct buf *out, struct err *e)
{
	struct gitrepo_text base = text_of(&j->base_bytes,
	    buf_str(&names->base));
	struct gitrepo_text mine = text_of(&j->mine_bytes,
	    buf_str(&names->mine));
	struct gitrepo_text theirs = text_of(&j->their_bytes,
	    buf_str(&names->theirs));

	return gitrepo_merge(two_way ? NULL : &base, &mine, &theirs, out, e);
}

/* Sets the result, and whether it has conflicts. */
static int
put_together(struct merge_job *j, struct merge_jobs *l, struct err *e)
{
	CLEANUP(drop_labels) struct labels names = { 0 };
	CLEANUP(drop_sealed_buf) struct buf lines = { 0 };
	bool three = is_settled_base(j), unlike = false;
	int n;

	make_labels(j, &names);
	n = by_lines(j, &names, !three, &lines, e);
	if (n < 0)
		return -1;
	if (j->view != NULL && by_keys(j, &names, n == 0 ? &lines : NULL, l,
	    &unlike) > 0) {
		j->state = j->n_conflicts > 0 ? MERGE_CONFLICT : MERGE_DONE;
		return 0;
	}
	/* The lines fit together, but not to what both sides say. */
	if (n == 0 && unlike) {
		buf_reset(&lines);
		if (by_lines(j, &names, true, &lines, e) < 0)
			return -1;
		n = 1;
	}
	buf_add(&j->result, buf_str(&lines), lines.len);
	j->how = MERGE_BY_LINES;
	j->state = n == 0 ? MERGE_DONE : MERGE_CONFLICT;
	return 0;
}

/* What a person left beside: the result, where no marker is left in it. */
static bool
take_by_hand(struct merge_job *j, struct arena *a)
{
	unsigned line;

	if (!j->has_beside || same(&j->beside_bytes, &j->result))
		return false;
	buf_reset(&j->result);
	buf_add(&j->result, buf_str(&j->beside_bytes), j->beside_bytes.len);
	j->how = MERGE_BY_HAND;
	if (!merge_has_markers(&j->beside_bytes, &line)) {
		j->state = MERGE_DONE;
		return true;
	}
	leave(j, MERGE_WAITS, arena_printf(a, _("line %u of it still has a "
	    "conflict marker [edit it and run this again, or remove it to "
	    "begin anew]"), line));
	return true;
}

static bool
is_text(const struct buf *b)
{
	return b->len == 0 || memchr(b->bytes, '\0', b->len) == NULL;
}

static int
work(struct machine *m, const struct capture *live, struct merge_job *j,
    struct merge_jobs *l, struct err *e)
{
	if (read_all(m, j, e) < 0)
		return -1;
	if (same(&j->mine_bytes, &j->their_bytes)) {
		j->state = MERGE_SAME;
		buf_add(&j->result, buf_str(&j->mine_bytes),
		    j->mine_bytes.len);
		return 0;
	}
	if (!is_text(&j->mine_bytes) || !is_text(&j->their_bytes)) {
		leave(j, MERGE_LEFT, _("they differ and are no text [keep "
		    "one of them, and remove the other]"));
		return 0;
	}
	j->view = view_for_path(j->path);
	merge_find_base(m, j, l);
	if (put_together(j, l, e) < 0)
		return -1;
	if (take_by_hand(j, &l->arena) && j->state == MERGE_WAITS)
		return 0;
	if (j->state == MERGE_CONFLICT)
		return 0;
	j->reason = merge_refusal(m, live, j, &l->arena);
	if (j->reason != NULL)
		j->state = MERGE_REFUSED;
	return 0;
}

void
merge_work(struct machine *m, const struct capture *live,
    struct merge_job *j, struct merge_jobs *l)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *why = unfit(j);
	struct err e = { 0 };

	if (why == NULL && text_ends(j->leftover, ".dpkg-new") &&
	    dpkg_is_at_work(m))
		why = _("dpkg has not finished with it [run 'dpkg --configure "
		    "-a' first]");
	if (why != NULL) {
		leave(j, MERGE_LEFT, why);
		return;
	}
	if (work(m, live, j, l, &e) == 0)
		return;
	err_format(&e, &text);
	leave(j, MERGE_UNKNOWN, arena_strdup(&l->arena, buf_str(&text)));
}
