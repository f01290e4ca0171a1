/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/digest.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/conf_files.h"
#include "specs/views/reader.h"
#include "specs/xpath.h"

/*
 * Each match is bounded by itself; this bounds all of them on one file, looked
 * at every so many lines.
 */
enum { SECONDS_MAX = 5, LINES_BETWEEN = 64 };

/* One expression of `lines` on its way through a file. */
struct hunt {
	const char *pattern;
	const struct regex *re;
	const struct place *at;
	const char *demand;
	bool forbidden;
	size_t found;
	unsigned line;			/* of the first match */
	size_t start, end;
	bool gave_up;
};

struct pack {
	struct hunt *items;
	size_t n;
};

static void
add_hunts(struct judge *j, struct pack *p, const struct texts *patterns,
    const struct place *at, bool forbidden)
{
	for (size_t i = 0; i < patterns->n; i++) {
		struct err e = { 0 };
		struct hunt h = { .pattern = patterns->items[i],
			.at = at != NULL ? &at[i] : NULL,
			.demand = forbidden ? "lines.forbid" :
			    "lines.require", .forbidden = forbidden };

		h.re = judge_regex(j, h.pattern, &e);
		if (h.re == NULL)
			judge_unknown(j, h.demand, h.at, &e);
		else
			p->items[p->n++] = h;
	}
}

static void
hunt_line(struct judge *j, struct hunt *h, const char *bytes,
    const struct line *l)
{
	struct about about = { h->demand, NULL, l->no, h->at };
	int found;

	if (h->gave_up || (h->found > 0 && !h->forbidden))
		return;
	found = regex_match(h->re, bytes + l->start, l->end - l->start, NULL);
	if (found < 0) {
		h->gave_up = true;
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("the expression %s takes too many steps on this line"),
		    judge_wanted(j, h->pattern));
	}
	if (found > 0 && h->found++ == 0) {
		h->line = l->no;
		h->start = l->start;
		h->end = l->end;
	}
}

/* False when it hangs on lines that nobody could read. */
static bool
hunt_done(struct judge *j, const struct hunt *h, const char *bytes)
{
	struct about about = { h->demand, NULL, h->line, h->at };

	/* A forbidden line that was found stands, whatever came later. */
	if (h->gave_up && !(h->forbidden && h->found > 0))
		return true;
	if (h->found == 0 && j->parts.gap != NULL)
		return false;
	if (h->forbidden ? h->found == 0 : h->found > 0)
		judge_holds(j, about, h->forbidden ?
		    _("no line matches %s") : _("a line matches %s"),
		    judge_wanted(j, h->pattern));
	else if (!h->forbidden)
		judge_add(j, VERDICT_FAILS, about, _("no line matches %s"),
		    judge_wanted(j, h->pattern));
	else if (h->found == 1)
		judge_add(j, VERDICT_FAILS, about,
		    _("the line %s must not be there"),
		    judge_show(j, bytes + h->start, h->end - h->start));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the line %s must not be there, nor %zu like it"),
		    judge_show(j, bytes + h->start, h->end - h->start),
		    h->found - 1);
	return true;
}

static bool
late(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - from->tv_sec > SECONDS_MAX;
}

static void
hunt_file(struct judge *j, struct pack *p, const char *bytes, size_t len)
{
	struct reader r = { .bytes = bytes, .len = len, .line = 1 };
	struct timespec from;
	struct line l;
	bool all = true;

	clock_gettime(CLOCK_MONOTONIC, &from);
	while (reader_next(&r, &l)) {
		if (l.no % LINES_BETWEEN == 0 && late(&from)) {
			judge_add(j, VERDICT_CANNOT_TELL, (struct about){
			    .demand = "lines", .line = l.no },
			    _("the expressions take longer than %d seconds; "
			    "given up at this line"), SECONDS_MAX);
			return;
		}
		for (size_t i = 0; i < p->n; i++)
			hunt_line(j, &p->items[i], bytes, &l);
	}
	for (size_t i = 0; i < p->n; i++)
		all &= hunt_done(j, &p->items[i], bytes);
	if (!all)
		judge_gap(j, "lines", NULL);
}

void
judge_lines(struct judge *j)
{
	const struct lines_demand *d = j->rule->lines;
	struct pack p = { 0 };
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (d == NULL || d->require.n + d->forbid.n == 0)
		return;
	if (judge_bytes(j, &bytes, &len, &e) < 0) {
		judge_unknown(j, "lines", NULL, &e);
		return;
	}
	p.items = arena_alloc(&j->arena,
	    (d->require.n + d->forbid.n) * sizeof(*p.items));
	add_hunts(j, &p, &d->require, d->require_at, false);
	add_hunts(j, &p, &d->forbid, d->forbid_at, true);
	hunt_file(j, &p, bytes, len);
}

/* Whether both say the same, as XML. */
static enum verdict
same_canonical(struct judge *j, const char *path, struct err *e)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	const char *bytes;
	size_t len;

	if (j->ev->baseline_bytes == NULL) {
		err_set(e, ERR_INPUT, j->path,
		    _("its content in the baseline is not known"));
		return VERDICT_CANNOT_TELL;
	}
	if (j->ev->baseline_bytes(j->ev->ctx, path, &bytes, &len, e) < 0 ||
	    xpath_canonical(path, bytes, len, &was, e) < 0 ||
	    judge_bytes(j, &bytes, &len, e) < 0 ||
	    xpath_canonical(j->path, bytes, len, &is, e) < 0)
		return VERDICT_CANNOT_TELL;
	return was.len == is.len && (was.len == 0 ||
	    memcmp(was.bytes, is.bytes, is.len) == 0) ? VERDICT_HOLDS :
	    VERDICT_FAILS;
}

static void
judge_canonical(struct judge *j, const char *path)
{
	struct about about = { .demand = "content.baseline" };
	struct err e = { 0 };

	switch (same_canonical(j, path, &e)) {
	case VERDICT_HOLDS:
		judge_holds(j, about,
		    _("as XML it says what the baseline's does"));
		break;
	case VERDICT_FAILS:
		judge_add(j, VERDICT_FAILS, about,
		    _("as XML it does not say what the baseline's does"));
		break;
	case VERDICT_CANNOT_TELL:
		judge_unknown(j, about.demand, NULL, &e);
	}
}

/* Whether a symlink stands for what it leads to, so that this counts too. */
static bool
stands_for_another(const struct judge *j, const struct entry *en)
{
	return en == j->entry && en->kind == ENTRY_SYMLINK &&
	    j->rule->kind < 0 && !conf_is_mask(en);
}

/* True when en is what the baseline has; else it was told what it is. */
static bool
is_as_it_was(struct judge *j, const struct entry *en)
{
	struct about about = { .demand = "content.baseline",
		.file = en->path };
	const struct entry *was = j->ev->baseline == NULL ? NULL :
	    j->ev->baseline(j->ev->ctx, en->path);
	unsigned diff = was == NULL ? 0 : entry_differs(was, en);

	if (was == NULL && en != j->entry)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("leads to %s, which the baseline does not have [track "
		    "it, and accept it]"), judge_shows(j, en->path));
	else if (was == NULL)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("the baseline does not have it [accept it first]"));
	else if (diff & DIFF_UNKNOWN)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("its content now or in the baseline is not known"));
	else if (j->rule->content_canonical && (diff & DIFF_CONTENT) &&
	    !(diff & DIFF_KIND) && was->kind == ENTRY_FILE)
		judge_canonical(j, en->path);
	else if (diff & (DIFF_CONTENT | DIFF_KIND))
		judge_add(j, VERDICT_FAILS, about,
		    _("the content is not that of the baseline"));
	else
		return true;
	return false;
}

static void
judge_baseline(struct judge *j)
{
	struct about about = { .demand = "content.baseline" };

	if (!is_as_it_was(j, j->entry))
		return;
	if (!stands_for_another(j, j->entry))
		judge_holds(j, about,
		    _("the content is that of the baseline"));
	else if (j->subject == NULL)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("what it leads to is not known"));
	else if (is_as_it_was(j, j->subject))
		judge_holds(j, about,
		    _("the content is that of the baseline"));
}

static void
judge_sha256(struct judge *j)
{
	CLEANUP(drop_digest) struct digest *d = NULL;
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct about about = { .demand = "content.sha256" };
	unsigned char sum[SHA256_LEN];
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (judge_bytes(j, &bytes, &len, &e) < 0) {
		judge_unknown(j, about.demand, NULL, &e);
		return;
	}
	d = digest_new();
	digest_sha256_start(d);
	digest_add(d, bytes, len);
	digest_end(d, sum);
	text_hex(&hex, sum, sizeof(sum));
	if (strcasecmp(buf_str(&hex), j->rule->content_sha256) == 0)
		judge_holds(j, about, _("the SHA-256 of the content is the "
		    "one expected"));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the SHA-256 of the content is %s, expected %s"),
		    judge_secret(j) ? _("(hidden)") : buf_str(&hex),
		    j->rule->content_sha256);
}

static void
judge_valid(struct judge *j)
{
	struct about about = { .demand = "content.valid" };
	CLEANUP(drop_buf) struct buf why = { 0 };
	const struct view *v = NULL;
	struct view_node top;
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (judge_view(j, &v, &top, &e) == 0) {
		judge_holds(j, about, _("is a valid %s file"), v->name);
		return;
	}
	/* Bytes that are there and a known format: then it is the content. */
	text_escape(&why, e.what, strlen(e.what));
	about.line = e.line;
	err_clear(&e);
	v = j->rule->as != NULL ? view_find(j->rule->as) :
	    view_for_path(j->path);
	if (v == NULL || judge_bytes(j, &bytes, &len, &e) < 0)
		judge_add(j, VERDICT_CANNOT_TELL, about, "%s", buf_str(&why));
	else if (judge_secret(j))
		judge_add(j, VERDICT_FAILS, about, _("is no valid %s file "
		    "(hidden: the rule is secret)"), v->name);
	else
		judge_add(j, VERDICT_FAILS, about, _("is no valid %s file: %s"),
		    v->name, buf_str(&why));
}

void
judge_content(struct judge *j)
{
	if (j->rule->content_baseline)
		judge_baseline(j);
	if (j->rule->content_sha256 != NULL)
		judge_sha256(j);
	if (j->rule->content_valid)
		judge_valid(j);
}
