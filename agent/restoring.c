/* SPDX-License-Identifier: MIT */
#include "agent/restoring.h"

#include <string.h>

#include "agent/apply/apply.h"
#include "agent/say.h"
#include "base/path.h"
#include "base/tr.h"

void
drop_restoring(struct restoring *r)
{
	plan_done(&r->plan);
	restore_wishes_done(&r->w);
	assessment_done(&r->a);
	strlist_done(&r->q.paths);
	buf_done(&r->id);
	scope_done(&r->only);
}

bool
restoring_by_rules(const struct restoring *r)
{
	return !r->q.all && r->q.paths.n == 0;
}

static int
content(void *ctx, const struct entry *want, struct buf *out, struct err *e)
{
	struct restoring *r = ctx;

	progress_show(&r->progress, _("writing: %zu files"), r->written++);
	return store_content(r->m->store, want, out, e);
}

/*
 * Numbers are restored as they were, unless the name belongs to another number
 * today (a package made its user anew) and the account files stay as they are.
 */
static void
map_owners(struct restoring *r)
{
	struct wishes *w = &r->w.wishes;

	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->items[i].path, "/etc/passwd") == 0 ||
		    strcmp(w->items[i].path, "/etc/group") == 0)
			return;
	for (size_t i = 0; i < w->n; i++) {
		const struct entry *want = w->items[i].want;
		struct entry *mine;
		uint32_t uid, gid;

		if (want == NULL)
			continue;
		uid = want->uid;
		gid = want->gid;
		if (want->user != NULL)
			idnames_uid(r->m->ids, want->user, &uid);
		if (want->group != NULL)
			idnames_gid(r->m->ids, want->group, &gid);
		if (uid == want->uid && gid == want->gid)
			continue;
		mine = arena_alloc(&r->w.arena, sizeof(*mine));
		*mine = *want;
		mine->uid = uid;
		mine->gid = gid;
		w->items[i].want = mine;
	}
}

static int
wish_paths(struct restoring *r, struct err *e)
{
	if (restore_wish_paths(r->m, &r->q, &r->a.live.manifest, &r->w,
	    e) < 0)
		return -1;
	if (r->q.all || !restore_links_reach_out(r->m, &r->q, &r->w.from,
	    &r->a.live.manifest))
		return 0;
	r->q.whole = true;
	restore_wishes_done(&r->w);
	r->w = (struct restore_wishes){ 0 };
	capture_done(&r->a.live);
	r->a.live = (struct capture){ 0 };
	if (machine_capture(r->m, &(struct machine_capture){ 0 }, &r->a.live,
	    e) < 0)
		return -1;
	return restore_wish_paths(r->m, &r->q, &r->a.live.manifest, &r->w, e);
}

static int
make_plan(struct restoring *r, struct err *e)
{
	bool rules = restoring_by_rules(r);
	const struct manifest *known = rules && r->q.from == NULL ?
	    &r->a.baseline : &r->w.from;
	int n = rules ?
	    restore_wish_rules(r->m, &r->q, &r->a, &r->w, e) :
	    wish_paths(r, e);

	if (n < 0)
		return -1;
	map_owners(r);
	if (restore_look_at(r->m, &r->w.wishes, &r->a.live.manifest, e) < 0)
		return -1;
	if (restore_plan(&r->w, &r->a.live.manifest, known, rules,
	    &r->plan, e) < 0)
		return -1;
	for (size_t i = 0; i < r->w.impossible.n; i++)
		say_error_text(r->w.impossible.items[i]);
	return 0;
}

static bool
concerns(const struct rule *r, const char *path)
{
	if (finding_rule_covers(r, path))
		return true;
	for (size_t i = 0; i < r->paths.n; i++)
		if (path_is_under(r->paths.items[i], path))
			return true;
	return false;
}

/* A unit, and what lies in layers, is judged by all of its files, not only by
 * those put back. */
static void
add_units(const struct catalogue *cat, const char *path, struct scope *only)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (!rule_is_joint(r) || r->disabled ||
			    !concerns(r, path))
				continue;
			for (size_t p = 0; p < r->paths.n; p++)
				strlist_add(&only->include,
				    r->paths.items[p]);
			for (size_t p = 0; p < r->real_paths.n; p++)
				strlist_add(&only->include,
				    r->real_paths.items[p]);
		}
	}
}

/*
 * Rules are judged on the whole machine; for paths it is enough to look at
 * these, so that one file is back at once however much is tracked.
 */
static int
look(struct restoring *r, struct err *e)
{
	struct machine_capture how = { .taken = r->taken };
	struct scope *only = &r->only;

	if (restoring_by_rules(r))
		return assess(r->m, &how, &r->a, e);
	for (size_t i = 0; !r->q.all && i < r->q.paths.n; i++) {
		CLEANUP(drop_free) char *below = xasprintf("%s/**",
		    r->q.paths.items[i]);

		strlist_add(&only->include, r->q.paths.items[i]);
		strlist_add(&only->include, below);
		add_units(&r->m->catalogue, r->q.paths.items[i], only);
	}
	for (size_t i = 0; i < r->m->scope.ignore.n; i++)
		strlist_add(&only->ignore, r->m->scope.ignore.items[i]);
	for (size_t i = 0; i < r->m->scope.never.n; i++)
		strlist_add(&only->never, r->m->scope.never.items[i]);
	scope_prepare(only);
	if (!r->q.all)
		how.scope = only;
	return machine_capture(r->m, &how, &r->a.live, e);
}

/* No rule asks for anything: then nothing that was need be read. */
static bool
nobody_asks(const struct restoring *r)
{
	if (!restoring_by_rules(r) || r->q.rule != NULL || r->a.changes.n > 0)
		return false;
	for (size_t i = 0; i < r->a.results.n; i++)
		if (r->a.results.items[i].verdict == VERDICT_FAILS &&
		    r->a.results.items[i].rule->on_drift != ON_DRIFT_FLAG)
			return false;
	return true;
}

int
restoring_plan(struct restoring *r, struct err *e)
{
	if (look(r, e) < 0)
		return -1;
	return nobody_asks(r) ? 0 : make_plan(r, e);
}

static void
tell_step(void *ctx, const struct step *s)
{
	struct restoring *r = ctx;

	(void)s;
	progress_show(&r->progress, _("putting in place: %zu files"),
	    r->placed++);
}

int
restoring_carry_out(struct restoring *r, struct restored *out,
    struct err *e)
{
	struct apply_options o;
	int n;

	restore_new_id(r->m, r->title, &r->id);
	o = (struct apply_options){
		.tell = say_error,
		.root = &r->m->root, .store_fd = store_fd(r->m->store),
		.id = buf_str(&r->id), .title = r->title,
		.have = &r->a.live.manifest, .content = content, .ctx = r,
		.progress = tell_step,
	};
	progress_begin(&r->progress, r->m->o);
	n = apply_plan(&o, &r->plan, e);
	progress_end(&r->progress);
	if (n < 0)
		return -1;
	out->done = true;
	return 0;
}

void
drop_restored(struct restored *o)
{
	assessment_done(&o->after);
}

int
restoring_judge(struct restoring *r, struct restored *out, struct err *e)
{
	/* What could not be put back is left to a person; where that was all
	 * that was asked for, nothing could be done. */
	if (r->w.impossible.n > 0 && !restoring_by_rules(r))
		out->exit_code = out->done ? 1 : 2;
	if (r->q.all || out->exit_code == 2)
		return 0;
	if (!restoring_by_rules(r)) {
		if (restore_judge_paths(r->m, &r->q.paths, &r->w.wishes,
		    &r->plan, &r->only, &out->after, e) < 0)
			return -1;
	} else if (assess(r->m, &(struct machine_capture){ 0 }, &out->after,
	    e) < 0) {
		return -1;
	}
	/* Whoever named one rule did not ask about the others. */
	if (r->q.rule != NULL)
		findings_keep_rule(&out->after.findings, catalogue_rule(
		    &r->m->catalogue, r->q.rule));
	restore_explain(&out->after.findings, &r->w);
	out->judged = true;
	out->exit_code = findings_exit(&out->after.findings);
	if (out->exit_code == 0 && r->w.impossible.n > 0)
		out->exit_code = 1;
	return 0;
}
