/* SPDX-License-Identifier: MIT */
/* What speaks against the result of a merge; part of job.h. */
#include "agent/merge/job.h"

#include <string.h>

#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "base/tr.h"
#include "specs/eval.h"
#include "specs/lenses.h"

/* The machine as it would be with the result in place. */
struct overlay {
	const struct evidence *under;
	const struct manifest *live;
	const struct merge_job *job;
	struct entry entry;
};

static bool
is_it(const struct overlay *o, const char *path)
{
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (strcmp(path, o->job->path) == 0)
		return true;
	entrypaths_resolve(o->live, path, &real);
	return strcmp(buf_str(&real), o->job->path) == 0;
}

static const struct entry *
over_entry(void *ctx, const char *path)
{
	struct overlay *o = ctx;

	return is_it(o, path) ? &o->entry :
	    o->under->entry(o->under->ctx, path);
}

struct over_each {
	struct overlay *o;
	void (*each)(void *arg, const struct entry *en);
	void *arg;
};

static void
over_one(void *arg, const struct entry *en)
{
	struct over_each *x = arg;

	x->each(x->arg, strcmp(en->path, x->o->job->path) == 0 ?
	    &x->o->entry : en);
}

static void
over_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct overlay *o = ctx;
	struct over_each x = { o, each, arg };

	o->under->find(o->under->ctx, pattern, over_one, &x);
}

static int
over_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct overlay *o = ctx;

	if (!is_it(o, path))
		return o->under->bytes(o->under->ctx, path, out_bytes,
		    out_len, e);
	*out_bytes = buf_str(&o->job->result);
	*out_len = o->job->result.len;
	return 0;
}

static const char *
over_hidden(void *ctx, const char *path)
{
	struct overlay *o = ctx;

	return o->under->hidden == NULL ? NULL :
	    o->under->hidden(o->under->ctx, path);
}

static const struct entry *
over_baseline(void *ctx, const char *path)
{
	struct overlay *o = ctx;

	return o->under->baseline(o->under->ctx, path);
}

static int
over_baseline_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct overlay *o = ctx;

	return o->under->baseline_bytes(o->under->ctx, path, out_bytes,
	    out_len, e);
}

static int
over_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	struct overlay *o = ctx;

	return o->under->look(o->under->ctx, path, out_kind, e);
}

static int
over_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct overlay *o = ctx;

	return o->under->device(o->under->ctx, name, max, out_bytes, out_len,
	    e);
}

static bool
complained(const struct results *before, const struct result *r)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct result *b = &before->items[i];

		if (b->rule == r->rule && b->verdict == r->verdict &&
		    b->at.line == r->at.line && b->at.col == r->at.col &&
		    strcmp(b->path, r->path) == 0 &&
		    strcmp(b->demand, r->demand) == 0)
			return true;
	}
	return false;
}

/* The first thing wrong with the new state that is not wrong already. */
static const char *
worse(const struct rule *rule, const struct evidence *now,
    const struct evidence *then, struct arena *a)
{
	struct results before = { 0 }, after = { 0 };
	const char *why = NULL;

	eval_rule(rule, then, &after);
	if (after.n > 0)
		eval_rule(rule, now, &before);
	for (size_t i = 0; i < after.n && why == NULL; i++) {
		const struct result *r = &after.items[i];

		if (r->verdict == VERDICT_HOLDS || complained(&before, r))
			continue;
		why = arena_printf(a, r->verdict == VERDICT_FAILS ?
		    _("the rule %s/%s would not hold any more: %s: %s") :
		    _("whether the rule %s/%s holds could not be told any "
		    "more: %s: %s"), rule->spec->name, rule->id, r->path,
		    r->what);
	}
	results_done(&before);
	results_done(&after);
	return why;
}

static const char *
breaks_rule(struct machine *m, const struct evidence *now,
    const struct evidence *then, struct arena *a)
{
	const char *why = NULL;

	for (size_t i = 0; i < m->catalogue.n && why == NULL; i++) {
		const struct spec *s = m->catalogue.specs[i];

		if (!s->applies)
			continue;
		for (size_t k = 0; k < s->n_rules && why == NULL; k++)
			if (!s->rules[k].disabled)
				why = worse(&s->rules[k], now, then, a);
	}
	return why;
}

static bool
parses(const struct merge_job *j, const struct buf *b, struct err *e)
{
	struct arena a = { 0 };
	struct view_node top;
	int n = j->view->parse(j->path, buf_str(b), b->len, &a, &top, e);

	arena_done(&a);
	return n == 0;
}

/* As the library of lenses reads it, where no view of ours does. */
static bool
lens_reads(struct lenses *l, const char *lens, const struct merge_job *j,
    const struct buf *b, struct err *e)
{
	const struct lens_text text = { lens, j->path, buf_str(b), b->len };
	struct lens_question any = { .match = "/*" };
	struct arena a = { 0 };
	int n = lenses_ask(l, &text, &any, 1, &a, e);

	arena_done(&a);
	return n == 0;
}

static bool
lens_objects(const struct merge_job *j, struct err *why)
{
	const char *lens = lenses_for_path(j->path);
	CLEANUP(drop_lenses) struct lenses *l = NULL;
	struct err ignored = { 0 };

	if (lens == NULL)
		return false;
	l = lenses_new();
	return lens_reads(l, lens, j, &j->mine_bytes, &ignored) &&
	    lens_reads(l, lens, j, &j->their_bytes, &ignored) &&
	    !lens_reads(l, lens, j, &j->result, why);
}

/* A format that is only taken for one by its name says nothing. */
static const char *
does_not_parse(const struct merge_job *j, struct arena *a)
{
	struct err why = { 0 }, ignored = { 0 };
	bool viewed = j->view != NULL &&
	    parses(j, &j->mine_bytes, &ignored) &&
	    parses(j, &j->their_bytes, &ignored);

	if (viewed ? parses(j, &j->result, &why) : !lens_objects(j, &why))
		return NULL;
	return arena_printf(a, _("the result would not parse: line %u: %s"),
	    why.line, j->secret ? _("(not shown)") : why.what);
}

const char *
merge_refusal(struct machine *m, const struct capture *live,
    const struct merge_job *j, struct arena *a)
{
	const char *why = does_not_parse(j, a);
	struct overlay o = { .live = &live->manifest, .job = j,
		.entry = *j->mine };
	struct err ignored = { 0 };
	struct oid baseline;
	bool based = machine_baseline(m, &baseline, &ignored) > 0;
	CLEANUP(drop_evidence) struct evidence_source *src = evidence_live(m,
	    &live->manifest, based ? &baseline : NULL, NULL);
	struct evidence then;

	if (why != NULL)
		return why;
	evidence_set_unknown(src, live);
	o.under = evidence_get(src);
	o.entry.path = j->path;
	o.entry.size = j->result.len;
	then = (struct evidence){ .ctx = &o, .entry = over_entry,
		.find = over_find, .bytes = over_bytes, .hidden = over_hidden,
		.baseline = over_baseline,
		.baseline_bytes = over_baseline_bytes, .now = o.under->now,
		.look = o.under->look != NULL ? over_look : NULL,
		.device = o.under->device != NULL ? over_device : NULL };
	return breaks_rule(m, o.under, &then, a);
}
