/* SPDX-License-Identifier: MIT */
#include "agent/assess.h"

#include <stdlib.h>
#include <string.h>

#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "agent/lost.h"
#include "agent/rewritten.h"
#include "agent/untracked.h"
#include "agent/verdicts.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

/* v is what may have been judged before; NULL: all is judged anew. */
static void
each_rule(const struct catalogue *cat, const struct evidence *ev,
    struct verdicts *v, struct results *out)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (!r->disabled && v != NULL)
				verdicts_rule(v, r, out);
			else if (!r->disabled)
				eval_rule(r, ev, out);
		}
	}
}

void
assess_rules(const struct catalogue *cat, const struct evidence *ev,
    struct results *out)
{
	each_rule(cat, ev, NULL, out);
}

/* The same, of what may have been judged before. */
static void
judge_rules(struct machine *m, const struct evidence *ev,
    const struct oid *baseline, struct results *out)
{
	CLEANUP(drop_verdicts) struct verdicts *v = verdicts_open(
	    store_fd(m->store), &m->rules_key, ev, baseline);

	each_rule(&m->catalogue, ev, v, out);
	verdicts_keep(v);
}

/* What was found behind a moved folder did not come new. */
static void
drop_met(struct changes *c, const struct strlist *met)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct change *x = &c->items[i];

		if (x->was == NULL && met->items != NULL &&
		    bsearch(&x->is->path, met->items, met->n, sizeof(char *),
		    strlist_cmp) != NULL)
			continue;
		c->items[kept++] = *x;
	}
	c->n = kept;
}

/* Names of one inode that moved together are that still. */
static unsigned
moved_differs(const struct manifest *live, const struct entry *was,
    const struct entry *is)
{
	unsigned d = entry_differs(was, is);
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (was->hardlink == NULL || is->hardlink == NULL)
		return d;
	entrypaths_resolve(live, was->hardlink, &real);
	if (strcmp(buf_str(&real), is->hardlink) == 0)
		d &= ~(unsigned)DIFF_HARDLINK;
	return d;
}

/*
 * A folder that became a symlink takes nothing away: what is found behind it
 * under its real name is what the baseline had (/lib and /usr/lib).
 */
static void
follow_moved_folders(struct assessment *a)
{
	CLEANUP(drop_strlist) struct strlist met = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < a->changes.n; i++) {
		struct change *c = &a->changes.items[i];
		CLEANUP(drop_buf) struct buf real = { 0 };
		const struct entry *is = NULL;

		if (c->is == NULL) {
			entrypaths_resolve(&a->live.manifest, c->was->path,
			    &real);
			is = manifest_find(&a->live.manifest, buf_str(&real));
		}
		if (is != NULL) {
			unsigned d = moved_differs(&a->live.manifest, c->was,
			    is);

			strlist_add(&met, is->path);
			if ((d & ~(unsigned)DIFF_MTIME) == 0)
				continue;
			c->is = is;
			c->differs = d;
		}
		a->changes.items[kept++] = *c;
	}
	a->changes.n = kept;
	strlist_sort(&met);
	drop_met(&a->changes, &met);
}

/* What lies in a folder that cannot be read is not known to be gone, and what
 * cannot be read itself is not known to be another. */
static bool
is_known(const struct assessment *a, const struct change *c)
{
	if (c->was == NULL || (c->is != NULL &&
	    (c->differs & ~(unsigned)DIFF_MTIME) != DIFF_UNKNOWN))
		return true;
	return capture_hides(&a->live, c->was->path) == NULL;
}

static void
drop_hidden(struct assessment *a)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->changes.n; i++)
		if (is_known(a, &a->changes.items[i]))
			a->changes.items[kept++] = a->changes.items[i];
	a->changes.n = kept;
}

void
assess_settle(struct assessment *a)
{
	drop_hidden(a);
	follow_moved_folders(a);
}

/* Without it nobody can tell whether anything changed: that is not clean. */
static void
miss_baseline(struct machine *m, struct assessment *a)
{
	struct arena *arena = &a->live.manifest.arena;

	*VEC_ADD(&a->live.unknown) = (struct capture_unknown){
		arena_strdup(arena, store_dir(m->store)),
		_("there is no baseline to compare with [run 'driftctl "
		"accept' to make what is now the baseline]") };
}

/* Whether the path is now as the baseline has it. */
static bool
is_same(struct machine *m, const struct oid *baseline,
    const struct manifest *live, const char *path, struct arena *arena)
{
	const struct entry *now = manifest_find(live, path);
	struct entry was;
	struct err ignored = { 0 };

	return now != NULL && store_entry(m->store, baseline, path, arena,
	    &was, &ignored) == 1 &&
	    (entry_differs(&was, now) & ~(unsigned)DIFF_MTIME) == 0;
}

/* Why putting the path back from the baseline leads nowhere; NULL where it may
 * lead somewhere. Other rules' remedies look into older snapshots, too. */
static const char *
no_help(struct machine *m, const struct oid *baseline,
    const struct manifest *live, const struct finding *x, const char *path,
    struct arena *arena)
{
	struct entry was;
	struct err ignored = { 0 };

	if (store_entry(m->store, baseline, path, arena, &was, &ignored) == 0)
		return _("the baseline does not have it either: mend it by "
		    "hand, then accept it");
	/* A file that decides for this one may be what changed. */
	if (x->rule->on_drift == ON_DRIFT_FLAG &&
	    is_same(m, baseline, live, path, arena) &&
	    (strcmp(x->file, path) == 0 ||
	    is_same(m, baseline, live, x->file, arena)))
		return _("the baseline has the same: mend it by hand, then "
		    "accept it");
	return NULL;
}

/*
 * A remedy that leads nowhere is worse than none: what the baseline does not
 * have cannot be put back from it, nor what it has no other version of.
 */
void
assess_mend(struct machine *m, const struct oid *baseline,
    const struct manifest *live, struct findings *f)
{
	struct arena *arena = &f->arena;
	size_t *lost = xcalloc(f->n + 1, sizeof(*lost));
	size_t n_lost = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];
		const char *path = x->rule != NULL && rule_is_joint(x->rule) ?
		    x->file : x->path;
		const char *why;

		if (x->kind != FINDING_DRIFT || x->remedy == NULL ||
		    x->rule->on_drift == ON_DRIFT_REPAIR ||
		    x->rule->require == REQUIRE_ABSENT ||
		    strpbrk(path, "*?[\\") != NULL ||
		    strcmp(x->demand, "layers") == 0)
			continue;
		why = no_help(m, baseline, live, x, path, arena);
		if (why == NULL)
			continue;
		/* To accept that would make the loss a lasting one. */
		if (strcmp(x->demand, "present") == 0) {
			lost[n_lost++] = i;
			continue;
		}
		x->what = arena_printf(arena, "%s; %s", finding_go_on(f, x),
		    why);
		x->remedy = arena_printf(arena, "%s accept %s",
		    f->command, finding_quoted(f, path));
	}
	lost_mend(m, f, lost, n_lost);
	free(lost);
}

/* Whether some rule in force would have repaired the path. */
static bool
is_repaired(const struct catalogue *cat, const char *path)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (!s->rules[k].disabled &&
			    s->rules[k].on_drift == ON_DRIFT_REPAIR &&
			    finding_rule_covers(&s->rules[k], path))
				return true;
	}
	return false;
}

static bool
is_back_and_forth(const struct catalogue *cat, const struct finding *x)
{
	return x->kind == FINDING_CHANGE && x->remedy != NULL &&
	    is_repaired(cat, x->path);
}

static void
mend_change(struct findings *f, struct finding *x, const struct results *was)
{
	for (size_t i = 0; i < was->n; i++) {
		const struct result *r = &was->items[i];

		if (r->verdict != VERDICT_FAILS ||
		    strcmp(r->path, x->path) != 0)
			continue;
		x->more = arena_printf(&f->arena, _("; as the baseline has "
		    "it, %s/%s does not hold: accept what is now"),
		    r->rule->spec->name, r->rule->id);
		x->what = arena_printf(&f->arena, "%s%s", x->what, x->more);
		x->remedy = arena_printf(&f->arena, "%s accept %s",
		    f->command, finding_quoted(f, x->path));
		return;
	}
}

/*
 * A repair makes the file another than the baseline's: putting that back would
 * only bring the drift back. Nobody can tell when the baseline cannot be read.
 */
static void
mend_changes(struct machine *m, struct assessment *a)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = NULL;
	struct results was = { 0 };
	struct findings *f = &a->findings;
	const struct manifest *baseline;
	struct err ignored = { 0 };
	size_t i = 0;

	while (i < f->n && !is_back_and_forth(&m->catalogue, &f->items[i]))
		i++;
	if (i == f->n || (baseline = assess_baseline(m, a, &ignored)) == NULL)
		return;
	ev = evidence_snapshot(m, baseline, &a->baseline_commit);
	assess_rules(&m->catalogue, evidence_get(ev), &was);
	for (; i < f->n; i++)
		if (is_back_and_forth(&m->catalogue, &f->items[i]))
			mend_change(f, &f->items[i], &was);
	results_done(&was);
}

int
assess_compare(struct machine *m, struct assessment *a, struct err *e)
{
	const struct store_state state = machine_state(&a->live);
	size_t untracked;

	if (store_compare(m->store, &a->baseline_commit, &state, &a->was,
	    &a->now, e) < 0)
		return -1;
	compare_manifests(&a->was, &a->now, false, &a->changes);
	assess_settle(a);
	untracked = untracked_drop(m, &a->changes);
	rewritten_mark(m, &a->changes);
	return (int)untracked;
}

int
assess(struct machine *m, const struct machine_capture *how,
    struct assessment *a, struct err *e)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = NULL;
	CLEANUP(drop_buf) struct buf command = { 0 };
	int n = machine_baseline(m, &a->baseline_commit, e), untracked = 0;

	if (n < 0 || machine_capture(m, how, &a->live, e) < 0)
		return -1;
	a->has_baseline = n > 0;
	if (a->has_baseline) {
		untracked = assess_compare(m, a, e);
		if (untracked < 0)
			return -1;
	}
	ev = evidence_live(m, &a->live.manifest,
	    a->has_baseline ? &a->baseline_commit : NULL, &m->inputs);
	evidence_set_unknown(ev, &a->live);
	evidence_let_ask(ev);
	judge_rules(m, evidence_get(ev),
	    a->has_baseline ? &a->baseline_commit : NULL, &a->results);
	if (!a->has_baseline)
		miss_baseline(m, a);
	options_command(m->o, &command);
	findings_make(&m->catalogue, &a->results, &a->changes, &a->live,
	    buf_str(&command), &a->findings);
	a->findings.untracked = (size_t)untracked;
	if (a->has_baseline) {
		assess_mend(m, &a->baseline_commit, &a->live.manifest,
		    &a->findings);
		mend_changes(m, a);
	}
	return 0;
}

const struct manifest *
assess_baseline(struct machine *m, struct assessment *a, struct err *e)
{
	if (!a->baseline_loaded &&
	    store_load(m->store, &a->baseline_commit, &a->baseline, e) < 0)
		return NULL;
	a->baseline_loaded = true;
	return &a->baseline;
}

void
assessment_done(struct assessment *a)
{
	findings_done(&a->findings);
	results_done(&a->results);
	changes_done(&a->changes);
	manifest_done(&a->baseline);
	manifest_done(&a->was);
	manifest_done(&a->now);
	capture_done(&a->live);
}

void
drop_assessment(struct assessment *a)
{
	assessment_done(a);
}
