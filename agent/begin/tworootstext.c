/* SPDX-License-Identifier: MIT */
#include "agent/begin/tworootstext.h"

#include <stdlib.h>
#include <string.h>

#include "agent/json.h"
#include "agent/onchange.h"
#include "agent/report/fold.h"
#include "agent/report/moment.h"
#include "agent/report/report.h"
#include "agent/report/reportjson.h"
#include "agent/semantictell.h"
#include "agent/wrap.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"

/* A change, and how much rules care about it. */
struct weighed {
	const struct change *c;
	int weight;
	size_t below;	/* what went or came with its folder */
};

struct weights {
	struct weighed *items;
	size_t n;
};

static void
drop_weights(struct weights *w)
{
	free(w->items);
}

void
drop_tworoots_told(struct tworoots_told *t)
{
	findings_done(&t->lost);
	findings_done(&t->before);
}

static const char *
path_of(const struct change *c)
{
	return c->was != NULL ? c->was->path : c->is->path;
}

/* What went, what changed, what came; of each first what rules are about. */
static int
weigh(const struct onchange *rules, const struct change *c)
{
	const struct rule *rule;
	int kind = c->is == NULL ? 0 : c->was != NULL ? 1 : 2;

	onchange_of(rules, path_of(c), &rule);
	return kind * 8 + (rule == NULL ? 7 :
	    SEVERITY_CRITICAL - (int)rule->severity);
}

static int
by_weight(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	return x->weight != y->weight ? x->weight - y->weight :
	    path_cmp(path_of(x->c), path_of(y->c));
}

/* What went with its folder is told with it. */
static void
weigh_all(const struct tworoots_told *t, struct weights *out)
{
	CLEANUP(drop_onchange) struct onchange *rules =
	    onchange_new(t->catalogue);
	struct weighed *folder = NULL;

	out->items = xcalloc(t->changes->n + 1, sizeof(*out->items));
	for (size_t i = 0; i < t->changes->n; i++) {
		const struct change *c = &t->changes->items[i];
		struct weighed *w;

		if (folder != NULL &&
		    (folder->c->is == NULL) == (c->is == NULL) &&
		    (folder->c->was == NULL) == (c->was == NULL) &&
		    path_is_under(path_of(c), path_of(folder->c))) {
			int weight = weigh(rules, c);

			folder->below++;
			if (weight < folder->weight)
				folder->weight = weight;
			continue;
		}
		w = &out->items[out->n++];
		*w = (struct weighed){ c, weigh(rules, c), 0 };
		folder = (c->is == NULL && c->was->kind == ENTRY_DIR) ||
		    (c->was == NULL && c->is->kind == ENTRY_DIR) ? w : NULL;
	}
	qsort(out->items, out->n, sizeof(*out->items), by_weight);
}

static void
add_summary(struct buf *out, const struct change *c,
    const struct change_content *from)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct err ignored = { 0 };

	if (c->was == NULL || c->is == NULL || !(c->differs & DIFF_CONTENT) ||
	    c->was->kind != ENTRY_FILE || c->is->kind != ENTRY_FILE ||
	    c->was->content == CONTENT_DIGEST ||
	    c->is->content == CONTENT_DIGEST ||
	    from->was(from->ctx, c->was, &was, &ignored) < 0 ||
	    from->is(from->ctx, c->is, &is, &ignored) < 0 ||
	    !semantic_summary(c->is->path, &(struct semantic_text){
	    buf_str(&was), was.len }, &(struct semantic_text){ buf_str(&is),
	    is.len }, change_is_secret(c), &line))
		return;
	buf_adds(out, "  ");
	wrap_from(out, 2, 4, buf_str(&line));
}

static int
add_change(const struct tworoots_told *t, const struct weighed *w,
    struct lenses *lenses, struct buf *out, struct err *e)
{
	const struct semantic_style how = {
		.words = t->how->word ? WORDS_MARKED :
		    options_color(t->o) ? WORDS_COLORED : WORDS_PLAIN,
		.lines_too = t->o->verbose > 0, .lenses = lenses,
	};

	if (t->how->semantic && t->o->verbose >= 0)
		return semantic_tell(w->c, &t->from, &how, out, e);
	if (t->o->verbose > 0 || t->how->word)
		return change_diff(w->c, &t->from, how.words, out, e);
	change_line(out, w->c);
	if (w->below > 0) {
		buf_truncate(out, out->len - 1);
		buf_addf(out, ngettext(" (and %zu entry below it)\n",
		    " (and %zu entries below it)\n", w->below), w->below);
	}
	if (t->o->verbose >= 0)
		add_summary(out, w->c, &t->from);
	return 0;
}

static int
add_changes(const struct tworoots_told *t, struct buf *out, struct err *e)
{
	CLEANUP(drop_weights) struct weights all = { 0 };
	CLEANUP(drop_lenses) struct lenses *lenses = t->how->semantic ?
	    lenses_new() : NULL;
	size_t came = 0;

	weigh_all(t, &all);
	for (size_t i = 0; i < all.n; i++) {
		const struct weighed *w = &all.items[i];

		if (i == 0 && t->o->verbose >= 0)
			buf_adds(out, _("what went and what changed:\n"));
		if (w->c->was == NULL && t->o->verbose <= 0)
			came += 1 + w->below;
		else if (add_change(t, w, lenses, out, e) < 0)
			return -1;
	}
	if (came > 0 && t->o->verbose >= 0)
		buf_addf(out, ngettext("%zu entry came since [-v tells]\n",
		    "%zu entries came since [-v tells]\n", came), came);
	return 0;
}

static void
add_path(struct buf *out, const char *dir, const char *path)
{
	CLEANUP(drop_free) char *whole = xasprintf("%s%s",
	    strcmp(dir, "/") == 0 ? "" : dir, path);

	if (whole[strspn(whole, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:%,=")] == '\0')
		buf_adds(out, whole);
	else
		text_quote_sh(out, whole);
}

/* What the older one has otherwise; a rule may decide in another file. */
static const char *
differing(const struct tworoots_told *t, const struct finding *x)
{
	const char *const paths[] = { x->path, x->file };

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; paths[k] != NULL && i < t->changes->n;
		    i++) {
			const struct change *c = &t->changes->items[i];

			if (c->was != NULL && c->was->kind != ENTRY_DIR &&
			    strcmp(c->was->path, paths[k]) == 0)
				return paths[k];
		}
	}
	return NULL;
}

/* There is no store to restore from, but the older one has it. */
static void
mend(struct tworoots_told *t)
{
	struct findings *f = &t->lost;

	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];
		const char *path = x->kind == FINDING_DRIFT ?
		    differing(t, x) : NULL;
		CLEANUP(drop_buf) struct buf b = { 0 };

		x->remedy = NULL;
		if (path == NULL)
			continue;
		buf_adds(&b, "cp -a ");
		add_path(&b, t->o->root, path);
		buf_addc(&b, ' ');
		add_path(&b, t->now_dir, path);
		x->remedy = arena_memdup(&f->arena, b.bytes, b.len);
	}
	for (size_t i = 0; i < t->before.n; i++)
		t->before.items[i].remedy = NULL;
}

static void
make_model(const struct tworoots_told *t, const struct findings *f,
    struct model *out)
{
	moment_model(t->m, &(struct moment){ .verb = "diff", .findings = f,
	    .partial = true }, out);
	fold(out);
}

static void
add_findings(const struct tworoots_told *t, const struct findings *f,
    const char *title, struct buf *out)
{
	CLEANUP(drop_model) struct model model = { 0 };

	if (f->n == 0)
		return;
	if (t->o->verbose >= 0)
		buf_adds(out, title);
	make_model(t, f, &model);
	report_text_findings(&model, options_color(t->o), out);
	if (t->o->verbose >= 0)
		buf_addc(out, '\n');
}

static int
tell_text(struct tworoots_told *t, struct buf *out, struct err *e)
{
	add_findings(t, &t->lost, _("what is required and no longer holds:\n"),
	    out);
	if (add_changes(t, out, e) < 0)
		return -1;
	if (t->before.n > 0 && t->o->verbose > 0)
		add_findings(t, &t->before, _("\nwhat did not hold then "
		    "either:\n"), out);
	else if (t->before.n > 0 && t->o->verbose == 0)
		buf_addf(out, ngettext("%zu demand did not hold then either "
		    "[-v tells]\n", "%zu demands did not hold then either "
		    "[-v tells]\n", t->before.n), t->before.n);
	if (t->lost.n == 0 && t->changes->n == 0 && t->o->verbose >= 0)
		buf_adds(out, _("nothing that is tracked differs\n"));
	return 0;
}

static int
tell_json(struct tworoots_told *t, struct buf *out, struct err *e)
{
	CLEANUP(drop_lenses) struct lenses *lenses = t->how->semantic ?
	    lenses_new() : NULL;
	CLEANUP(drop_weights) struct weights all = { 0 };
	CLEANUP(drop_model) struct model model = { 0 };
	struct json j = { .out = out };

	weigh_all(t, &all);
	make_model(t, &t->lost, &model);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "older", t->o->root);
	json_text(&j, "newer", t->now_dir);
	reportjson_findings(&j, &model);
	json_number(&j, "failed-before", t->before.n);
	json_open(&j, "changes", '[');
	for (size_t i = 0; i < all.n; i++) {
		json_open(&j, NULL, '{');
		change_json(&j, all.items[i].c);
		if (t->how->semantic && semantic_json(all.items[i].c,
		    &t->from, lenses, &j, e) < 0)
			return -1;
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
	return 0;
}

int
tworoots_tell(struct tworoots_told *t, struct buf *out, struct err *e)
{
	mend(t);
	return t->o->format == FORMAT_JSON ? tell_json(t, out, e) :
	    tell_text(t, out, e);
}
