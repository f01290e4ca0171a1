/* SPDX-License-Identifier: MIT */
#include "agent/merge/tell.h"

#include <string.h>

#include "agent/changetext.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { SHOWN_MAX = 60, CONFLICTS_SHOWN = 20, STATE_COLUMNS = 9 };

bool
merge_is_open(const struct merge_job *j)
{
	return j->state != MERGE_DONE && j->state != MERGE_SAME;
}

static void
add_path(struct buf *out, const char *path)
{
	text_escape(out, path, strlen(path));
}

static void
base_text(const struct merge_job *j, struct buf *out)
{
	CLEANUP(drop_buf) struct buf when = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (j->how == MERGE_BY_NOTHING || j->how == MERGE_BY_HAND)
		return;
	snapshot_time(j->base_time, &when);
	switch (j->base) {
	case MERGE_BASE_VENDOR:
		buf_addf(&text, _("base: the package's own version before, "
		    "of %s"), buf_str(&when));
		break;
	case MERGE_BASE_LEFTOVER:
		buf_addf(&text, _("base: the package's version before, which "
		    "lay beside it until %s"), buf_str(&when));
		break;
	case MERGE_BASE_RECORDED:
		buf_addf(&text, _("base: the file as first recorded, %s; it "
		    "may have been edited before, so what the package changed "
		    "since is left to you"), buf_str(&when));
		break;
	case MERGE_BASE_NONE:
		buf_adds(&text, _("base: none is recorded, so that nobody "
		    "knows who changed what"));
		break;
	}
	wrap_text(out, 2, buf_str(&text));
	if (j->base_trouble != NULL && j->base != MERGE_BASE_VENDOR)
		wrap_text(out, 2, j->base_trouble);
}

static void
add_value(struct buf *out, const char *value)
{
	size_t n;

	if (value == NULL) {
		buf_adds(out, _("nothing"));
		return;
	}
	n = strlen(value);
	buf_addc(out, '\'');
	text_escape(out, value, n > SHOWN_MAX ? SHOWN_MAX : n);
	buf_adds(out, n > SHOWN_MAX ? "...'" : "'");
}

static void
conflict_text(const struct merge_job *j, const struct merge3_conflict *c,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	text_escape(&text, c->what, strlen(c->what));
	if (c->line > 0)
		buf_addf(&text, _(" (line %u)"), c->line);
	if (j->secret) {
		buf_adds(&text, _(": both changed it (not shown)"));
	} else {
		buf_adds(&text, _(": yours "));
		add_value(&text, c->mine);
		buf_adds(&text, _(", the package's "));
		add_value(&text, c->theirs);
		if (j->base == MERGE_BASE_VENDOR ||
		    j->base == MERGE_BASE_LEFTOVER) {
			buf_adds(&text, _(", before "));
			add_value(&text, c->base);
		}
	}
	wrap_text(out, 4, buf_str(&text));
}

/* Of lines there are only places: those of the file beside. */
static void
marked_lines(const struct merge_job *j, struct buf *out)
{
	const char *p = buf_str(&j->result), *end = p + j->result.len;
	unsigned line = 1, from = 0, n = 0;

	for (; p < end; line++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (text_starts(p, "<<<<<<< "))
			from = line;
		else if (text_starts(p, ">>>>>>> ") && from > 0 &&
		    n++ < CONFLICTS_SHOWN)
			buf_addf(out, _("    lines %u to %u of it\n"), from,
			    line);
		p = lf != NULL ? lf + 1 : end;
	}
	if (n > CONFLICTS_SHOWN)
		buf_addf(out, _("    and %u more\n"), n - CONFLICTS_SHOWN);
}

static void
conflicts_text(const struct merge_job *j, struct buf *out)
{
	size_t n = j->n_conflicts;

	if (n == 0)
		marked_lines(j, out);
	for (size_t i = 0; i < n && i < CONFLICTS_SHOWN; i++)
		conflict_text(j, &j->conflicts[i], out);
	if (n > CONFLICTS_SHOWN)
		buf_addf(out, _("    and %zu more\n"), n - CONFLICTS_SHOWN);
}

static int
live_bytes(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	const struct merge_job *j = ctx;
	const struct buf *b = j->side == LEFTOVER_THEIRS ? &j->mine_bytes :
	    &j->their_bytes;

	(void)en;
	(void)e;
	buf_add(out, buf_str(b), b->len);
	return 0;
}

static int
result_bytes(void *ctx, const struct entry *en, struct buf *out,
    struct err *e)
{
	const struct merge_job *j = ctx;

	(void)en;
	(void)e;
	buf_add(out, buf_str(&j->result), j->result.len);
	return 0;
}

/* What is there now, and what is to be. */
static int
diff_text(struct machine *m, const struct merge_job *j, struct buf *out,
    struct err *e)
{
	struct entry is = *j->mine;
	struct change c = { .was = j->live, .is = &is };
	const struct change_content from = { live_bytes, result_bytes,
		(void *)j };
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct err ignored = { 0 };

	live_bytes((void *)j, NULL, &now, &ignored);
	is.path = j->path;
	c.differs = entry_differs(c.was, &is) & ~(unsigned)(DIFF_CONTENT |
	    DIFF_MTIME | DIFF_HARDLINK);
	if (now.len != j->result.len ||
	    memcmp(buf_str(&now), buf_str(&j->result), now.len) != 0)
		c.differs |= DIFF_CONTENT;
	if (c.differs == 0) {
		if (j->state != MERGE_SAME)
			buf_adds(out, _("  nothing of it changes\n"));
		return 0;
	}
	return change_diff(&c, &from, options_color(m->o) ? WORDS_COLORED :
	    WORDS_PLAIN, out, e);
}

/* A package may have tightened them: that must not pass unseen. */
static void
metadata_text(const struct merge_job *j, struct buf *out)
{
	const struct entry *theirs = j->side == LEFTOVER_THEIRS ? j->left :
	    j->live;
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (theirs->mode != j->mine->mode)
		buf_addf(&text, _("mode %04o"), theirs->mode);
	if (theirs->uid != j->mine->uid || theirs->gid != j->mine->gid)
		buf_addf(&text, _("%sowner %u:%u"), text.len > 0 ? ", " : "",
		    theirs->uid, theirs->gid);
	if (text.len == 0)
		return;
	buf_adds(&text, _(" is what the package's has; yours stays"));
	wrap_text(out, 2, buf_str(&text));
}

static void
head_text(const struct merge_job *j, struct buf *out)
{
	static const char *const words[] = {
		[MERGE_DONE] = N_("merge"), [MERGE_SAME] = N_("same"),
		[MERGE_CONFLICT] = N_("conflict"),
		[MERGE_REFUSED] = N_("refused"),
		[MERGE_WAITS] = N_("waiting"), [MERGE_LEFT] = N_("left"),
		[MERGE_UNKNOWN] = N_("unknown"),
	};

	text_pad(out, _(words[j->state]), STATE_COLUMNS);
	add_path(out, j->path);
	buf_adds(out, "\n    ");
	buf_adds(out, _("with "));
	add_path(out, j->leftover);
	buf_addc(out, '\n');
}

static void
beside_text(const struct merge_job *j, const char *what, struct buf *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	add_path(&text, j->beside);
	buf_addf(&text, ": %s", what);
	wrap_text(out, 2, buf_str(&text));
}

int
merge_text(struct machine *m, const struct merge_job *j, struct buf *out,
    struct err *e)
{
	head_text(j, out);
	base_text(j, out);
	switch (j->state) {
	case MERGE_DONE:
		if (j->how == MERGE_BY_KEYS)
			wrap_text(out, 2, _("by its keys, as the lines do not "
			    "fit: the comments are yours"));
		if (j->how == MERGE_BY_HAND)
			beside_text(j, _("put together by hand"), out);
		metadata_text(j, out);
		return diff_text(m, j, out, e);
	case MERGE_SAME:
		buf_adds(out, _("  both say the same\n"));
		metadata_text(j, out);
		return diff_text(m, j, out, e);
	case MERGE_CONFLICT:
		beside_text(j, _("has both, to choose from [edit it and run "
		    "this again]"), out);
		conflicts_text(j, out);
		return 0;
	case MERGE_REFUSED:
		wrap_text(out, 2, j->reason);
		beside_text(j, _("what was refused [edit it and run this "
		    "again]"), out);
		return 0;
	case MERGE_WAITS:
		beside_text(j, j->reason, out);
		return 0;
	case MERGE_LEFT:
	case MERGE_UNKNOWN:
		wrap_text(out, 2, j->reason);
		return 0;
	}
	return 0;
}

static void
conflicts_json(const struct merge_job *f, struct json *j)
{
	json_open(j, "conflicts", '[');
	for (size_t i = 0; i < f->n_conflicts; i++) {
		const struct merge3_conflict *c = &f->conflicts[i];

		json_open(j, NULL, '{');
		json_text(j, "what", c->what);
		if (c->line > 0)
			json_number(j, "line", c->line);
		json_text(j, "mine", f->secret ? NULL : c->mine);
		json_text(j, "theirs", f->secret ? NULL : c->theirs);
		json_text(j, "base", f->secret ? NULL : c->base);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
base_json(const struct merge_job *f, struct json *j)
{
	static const char *const words[] = {
		[MERGE_BASE_VENDOR] = "vendor",
		[MERGE_BASE_LEFTOVER] = "leftover",
		[MERGE_BASE_RECORDED] = "recorded",
	};

	json_text(j, "base", f->base == MERGE_BASE_NONE ? NULL :
	    words[f->base]);
	json_text(j, "base-commit", f->base_commit);
}

void
merge_json(const struct merge_jobs *l, struct json *j)
{
	static const char *const states[] = {
		[MERGE_DONE] = "merged", [MERGE_SAME] = "same",
		[MERGE_CONFLICT] = "conflict", [MERGE_REFUSED] = "refused",
		[MERGE_WAITS] = "waiting", [MERGE_LEFT] = "left",
		[MERGE_UNKNOWN] = "unknown",
	};
	static const char *const hows[] = {
		[MERGE_BY_NOTHING] = NULL, [MERGE_BY_KEYS] = "keys",
		[MERGE_BY_LINES] = "lines", [MERGE_BY_HAND] = "hand",
	};

	json_open(j, "files", '[');
	for (size_t i = 0; i < l->n; i++) {
		const struct merge_job *f = &l->items[i];

		json_open(j, NULL, '{');
		json_text(j, "path", f->path);
		json_text(j, "leftover", f->leftover);
		json_text(j, "mine", f->side == LEFTOVER_MINE ? f->leftover :
		    f->path);
		json_text(j, "state", states[f->state]);
		json_text(j, "by", hows[f->how]);
		base_json(f, j);
		json_bool(j, "secret", f->secret);
		json_text(j, "beside", f->state == MERGE_CONFLICT ||
		    f->state == MERGE_REFUSED || f->state == MERGE_WAITS ?
		    f->beside : NULL);
		json_text(j, "reason", f->reason);
		conflicts_json(f, j);
		json_close(j, '}');
	}
	json_close(j, ']');
}
