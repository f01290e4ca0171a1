/* SPDX-License-Identifier: MIT */
#include "specs/eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/strlist.h"
#include "base/tr.h"
#include "specs/judge.h"
#include "specs/repair_config.h"
#include "specs/repair_keys.h"
#include "specs/textedit.h"
#include "specs/views/reader.h"

/* The first expression that matches, NULL for none; -1 in *out_bad when one
 * cannot be told. */
static const char *
first_match(struct judge *j, const struct texts *patterns, const char *s,
    size_t len, int *out_bad, struct err *e)
{
	for (size_t i = 0; i < patterns->n; i++) {
		const struct regex *re = judge_regex(j, patterns->items[i],
		    e);
		int found = re == NULL ? -1 : regex_match(re, s, len, NULL);

		if (found > 0)
			return patterns->items[i];
		if (found == 0)
			continue;
		if (re != NULL)
			err_set(e, ERR_INPUT, j->path,
			    _("the expression %s takes too many steps"),
			    judge_wanted(j, patterns->items[i]));
		*out_bad = -1;
		return NULL;
	}
	return NULL;
}

/* The required expressions that no line of text matches. */
static int
find_unmet(struct judge *j, const struct buf *text, struct texts *out,
    struct err *e)
{
	const struct texts *all = &j->rule->lines->require;

	out->items = arena_alloc(&j->arena, (all->n + 1) *
	    sizeof(*out->items));
	out->n = 0;
	for (size_t i = 0; i < all->n; i++) {
		struct reader r = { .bytes = buf_str(text), .len = text->len,
			.line = 1 };
		struct texts one = { &all->items[i], 1, 1 };
		bool met = false;
		struct line l;
		int bad = 0;

		while (!met && bad == 0 && reader_next(&r, &l))
			met = first_match(j, &one, r.bytes + l.start,
			    l.end - l.start, &bad, e) != NULL;
		if (bad < 0)
			return -1;
		if (!met)
			out->items[out->n++] = all->items[i];
	}
	return 0;
}

/* Applies the first replacement that fits; 1 when the line changed. */
static int
replace_line(struct judge *j, struct buf *line, struct err *e)
{
	const struct lines_demand *d = j->rule->lines;

	for (size_t i = 0; i < d->replace.n; i++) {
		const struct regex *re = judge_regex(j,
		    d->replace.items[i].match, e);
		struct buf now = { 0 };
		int done;

		if (re == NULL)
			return -1;
		done = regex_substitute(re, buf_str(line), line->len,
		    d->replace.items[i].with, &now, e);
		if (done > 0) {
			buf_done(line);
			*line = now;
			return 1;
		}
		buf_done(&now);
		if (done < 0)
			return -1;
	}
	return 0;
}

/*
 * What stands in place of one line: replaced where that helps, else commented
 * out when it is forbidden. Left as it is when it is nobody's business.
 */
static int
repair_line(struct judge *j, const struct texts *unmet, unsigned no,
    struct buf *line, struct err *e)
{
	const struct lines_demand *d = j->rule->lines;
	CLEANUP(drop_buf) struct buf now = { 0 };
	int bad = 0, done;
	const char *forbid = first_match(j, &d->forbid, buf_str(line),
	    line->len, &bad, e);

	if (bad < 0 || (forbid == NULL && unmet->n == 0))
		return bad;
	buf_add(&now, line->bytes, line->len);
	if ((done = replace_line(j, &now, e)) < 0)
		return -1;
	if (done > 0 && first_match(j, &d->forbid, buf_str(&now), now.len,
	    &bad, e) == NULL && (forbid != NULL || first_match(j, unmet,
	    buf_str(&now), now.len, &bad, e) != NULL)) {
		buf_done(line);
		*line = STEAL(now);
		return bad;
	}
	if (forbid == NULL || bad < 0)
		return bad;
	if (d->comment_out == NULL)
		return err_at(e, j->path, no, 0,
		    _("no repair for a line that matches %s [add "
		    "'comment-out' or 'replace']"), judge_wanted(j, forbid));
	textedit_splice(line, 0, 0, d->comment_out, strlen(d->comment_out));
	forbid = first_match(j, &d->forbid, buf_str(line), line->len, &bad,
	    e);
	if (forbid != NULL)
		return err_at(e, j->path, no, 0,
		    _("commented out, the line still matches %s [write the "
		    "expression so that it does not match a comment]"),
		    judge_wanted(j, forbid));
	return bad;
}

static int
edit_lines(struct judge *j, struct buf *text, const struct texts *unmet,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct reader r = { .bytes = buf_str(text), .len = text->len,
		.line = 1 };
	struct line l;

	while (reader_next(&r, &l)) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		buf_add(&line, r.bytes + l.start, l.end - l.start);
		if (repair_line(j, unmet, l.no, &line, e) < 0)
			return -1;
		buf_add(&all, line.bytes, line.len);
		buf_add(&all, r.bytes + l.end, l.next - l.end);
	}
	buf_done(text);
	*text = STEAL(all);
	return 0;
}

static bool
has_line(const struct buf *text, const char *want)
{
	struct reader r = { .bytes = buf_str(text), .len = text->len,
		.line = 1 };
	size_t n = strlen(want);
	struct line l;

	while (reader_next(&r, &l))
		if (l.end - l.start == n &&
		    memcmp(r.bytes + l.start, want, n) == 0)
			return true;
	return false;
}

static int
append_lines(struct judge *j, struct buf *text, struct err *e)
{
	const struct texts *append = &j->rule->lines->append;
	struct texts unmet;

	if (find_unmet(j, text, &unmet, e) < 0)
		return -1;
	for (size_t i = 0; i < append->n && unmet.n > 0; i++) {
		const char *line = append->items[i];
		int bad = 0;
		bool helps = first_match(j, &unmet, line, strlen(line), &bad,
		    e) != NULL;

		if (bad < 0)
			return -1;
		if (!helps || has_line(text, line))
			continue;
		textedit_insert(text, text->len, line);
		if (find_unmet(j, text, &unmet, e) < 0)
			return -1;
	}
	if (unmet.n > 0)
		return err_set(e, ERR_INPUT, j->path,
		    _("no repair for the missing line %s [add a line that "
		    "matches to 'append']"), judge_wanted(j, unmet.items[0]));
	return 0;
}

/* After all edits nothing may be forbidden: what was appended could be. */
static int
check_lines(struct judge *j, const struct buf *text, struct err *e)
{
	struct reader r = { .bytes = buf_str(text), .len = text->len,
		.line = 1 };
	struct line l;
	int bad = 0;

	while (bad == 0 && reader_next(&r, &l)) {
		const char *forbid = first_match(j, &j->rule->lines->forbid,
		    r.bytes + l.start, l.end - l.start, &bad, e);

		if (forbid != NULL)
			return err_at(e, j->path, l.no, 0,
			    _("a line of the repair itself matches %s, which "
			    "is forbidden"), judge_wanted(j, forbid));
	}
	return bad;
}

static int
repair_lines(struct judge *j, struct buf *text, struct err *e)
{
	struct texts unmet;

	if (j->rule->lines == NULL)
		return 0;
	if (find_unmet(j, text, &unmet, e) < 0 ||
	    edit_lines(j, text, &unmet, e) < 0 ||
	    append_lines(j, text, e) < 0)
		return -1;
	return check_lines(j, text, e);
}

static void
drop_judge(struct judge *j)
{
	for (size_t i = 0; i < j->regexes->n; i++)
		regex_free(j->regexes->items[i].re);
	free(j->regexes->items);
	arena_done(&j->arena);
}

int
repair_bytes(const struct rule *rule, const char *path, const char *bytes,
    size_t len, struct buf *out, struct err *e)
{
	struct regex_cache regexes = { 0 };
	CLEANUP(drop_judge) struct judge j = { .rule = rule, .path = path,
		.regexes = &regexes };
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (len > CONTENT_MAX)
		return err_set(e, ERR_INPUT, path,
		    _("larger than the %d MiB whose content is judged"),
		    CONTENT_MAX / 1024 / 1024);
	buf_add(&text, bytes, len);
	if (repair_lines(&j, &text, e) < 0 ||
	    repair_keys(&j, &text, e) < 0 || repair_config(&j, &text, e) < 0)
		return -1;
	if (text.len == len && (len == 0 ||
	    memcmp(text.bytes, bytes, len) == 0))
		return 0;
	buf_add(out, text.bytes, text.len);
	return 1;
}

/* Sets *name, or *id where want is a number; 1 when that changed anything. */
static int
repair_principal(const char *want, const char **name, uint32_t *id)
{
	if (want == NULL)
		return 0;
	if (*want != '\0' && want[strspn(want, "0123456789")] == '\0') {
		uint32_t n = (uint32_t)strtoul(want, NULL, 10);

		if (*id == n)
			return 0;
		*id = n;
		*name = NULL;
		return 1;
	}
	if (*name != NULL && strcmp(*name, want) == 0)
		return 0;
	*name = want;
	return 1;
}

int
repair_entry(const struct rule *rule, struct entry *en)
{
	uint32_t mode = en->mode;
	int changed;

	/* The kernel keeps no mode for symlinks. */
	if (rule->mode >= 0 && en->kind != ENTRY_SYMLINK)
		mode = rule->mode_at_most ? mode & (uint32_t)rule->mode :
		    (uint32_t)rule->mode;
	changed = mode != en->mode;
	en->mode = mode;
	changed |= repair_principal(rule->owner, &en->user, &en->uid);
	changed |= repair_principal(rule->group, &en->group, &en->gid);
	return changed;
}
