/* SPDX-License-Identifier: MIT */
/* What rules say of a restore's outcome; part of restore.h. */
#include "agent/restore.h"

#include <string.h>

#include "agent/evidence.h"
#include "agent/snapshotarg.h"
#include "base/glob.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

/* Whether the pattern, without braces, may be about one of the paths or about
 * what lies below. */
static bool
meets(const char *pattern, const struct strlist *paths)
{
	if (paths_cover(paths, pattern))
		return true;
	for (size_t i = 0; i < paths->n; i++)
		if (glob_path(pattern, paths->items[i]) ||
		    glob_reaches(pattern, paths->items[i]))
			return true;
	return false;
}

/*
 * False for a rule whose results can be about none of the paths. One that only
 * looks at each of its files by itself speaks of these alone; what others may
 * say is known when they have said it.
 */
static bool
may_concern(const struct rule *r, const struct strlist *paths)
{
	CLEANUP(drop_strlist) struct strlist plain = { 0 };
	struct err ignored = { 0 };
	bool met = false;

	if (rule_is_joint(r) || r->relation != NULL || r->command != NULL ||
	    r->newest != NULL || r->count != NULL)
		return true;
	for (size_t i = 0; i < r->paths.n; i++)
		if (glob_braces(r->paths.items[i], &plain, &ignored) < 0)
			return true;
	for (size_t i = 0; i < plain.n && !met; i++)
		met = meets(plain.items[i], paths);
	for (size_t i = 0; i < r->real_paths.n && !met; i++)
		met = meets(r->real_paths.items[i], paths);
	return met;
}

static void
judge_concerned(const struct catalogue *cat, const struct evidence *ev,
    const struct strlist *paths, struct results *out)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (!s->rules[k].disabled &&
			    may_concern(&s->rules[k], paths))
				eval_rule(&s->rules[k], ev, out);
	}
}

/* The rules' results about these paths alone. */
static void
keep_paths(struct results *r, const struct strlist *paths)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++)
		if (paths_cover(paths, r->items[i].path))
			r->items[kept++] = r->items[i];
	r->n = kept;
}

static bool
was_put(const struct wishes *put, const char *path)
{
	for (size_t i = 0; i < put->n; i++)
		if (strcmp(put->items[i].path, path) == 0)
			return true;
	return false;
}

/*
 * Whoever follows such a remedy again gets no further, so the next one is
 * named: older snapshots.
 */
static void
explain_paths(struct findings *f, const struct wishes *put)
{
	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];

		if (x->kind != FINDING_DRIFT)
			continue;
		if (was_put(put, x->path))
			x->what = arena_printf(&f->arena, _("%s; what was put "
			    "back has it so, too"), finding_go_on(f, x));
		x->remedy = arena_printf(&f->arena, "%s restore --rule %s/%s",
		    f->command, x->rule->spec->name, x->rule->id);
	}
}

static int
judge_paths(struct machine *m, const struct strlist *paths,
    const struct scope *scope, struct assessment *a, struct err *e)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = NULL;
	const struct machine_capture how = { .scope = scope };

	if (machine_capture(m, &how, &a->live, e) < 0)
		return -1;
	ev = evidence_live(m, &a->live.manifest,
	    a->has_baseline ? &a->baseline_commit : NULL, NULL);
	evidence_set_unknown(ev, &a->live);
	judge_concerned(&m->catalogue, evidence_get(ev), paths, &a->results);
	keep_paths(&a->results, paths);
	return 0;
}

int
restore_judge_paths(struct machine *m, const struct strlist *paths,
    const struct wishes *put, const struct scope *scope,
    struct assessment *a, struct err *e)
{
	CLEANUP(drop_buf) struct buf command = { 0 };
	int n = machine_baseline(m, &a->baseline_commit, e);

	a->has_baseline = n > 0;
	if (n < 0 || judge_paths(m, paths, scope, a, e) < 0)
		return -1;
	/* What a rule misses may only lie outside the scope. */
	if (a->results.n > 0) {
		results_done(&a->results);
		capture_done(&a->live);
		if (judge_paths(m, paths, NULL, a, e) < 0)
			return -1;
	}
	options_command(m->o, &command);
	findings_make(&m->catalogue, &a->results, &a->changes, &a->live,
	    buf_str(&command), &a->findings);
	explain_paths(&a->findings, put);
	return 0;
}

/* Why a repair could not be made; NULL where none was tried. */
static const char *
why_unmended(const struct restore_wishes *w, const char *id)
{
	for (size_t k = 0; k + 1 < w->unmended.n; k += 2)
		if (text_starts(id, w->unmended.items[k]))
			return w->unmended.items[k + 1];
	return NULL;
}

void
restore_explain(struct findings *f, const struct restore_wishes *w)
{
	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];
		const char *why = why_unmended(w, x->id);
		bool hopeless = false;

		for (size_t k = 0; k < w->hopeless.n; k++)
			hopeless |= text_starts(x->id, w->hopeless.items[k]);
		if (why == NULL && !hopeless)
			continue;
		if (why == NULL)
			why = _("no recorded version satisfies the rule");
		x->what = arena_printf(&f->arena, _("%s; %s [mend it by hand, "
		    "then '%s accept %s']"), finding_go_on(f, x), why,
		    f->command, finding_quoted(f, x->path));
		x->remedy = NULL;
	}
}
