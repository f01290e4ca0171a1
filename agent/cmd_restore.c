/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/apply/apply.h"
#include "agent/assess.h"
#include "agent/command.h"
#include "agent/confirm.h"
#include "agent/report.h"
#include "agent/restore.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "base/path.h"
#include "base/tr.h"

struct restoring {
	struct machine m;
	struct restore_request q;
	bool dry_run, yes;
	struct assessment a;
	struct restore_wishes w;
	struct plan plan;
	struct buf id;
	struct scope only;	/* the paths asked for */
};

static void
drop_restoring(struct restoring *r)
{
	plan_done(&r->plan);
	restore_wishes_done(&r->w);
	assessment_done(&r->a);
	strlist_done(&r->q.paths);
	buf_done(&r->id);
	scope_done(&r->only);
	machine_close(&r->m);
}

static bool
by_rules(const struct restoring *r)
{
	return !r->q.all && r->q.paths.n == 0;
}

static int
content(void *ctx, const struct entry *want, struct buf *out, struct err *e)
{
	struct restoring *r = ctx;

	return store_content(r->m.store, want, out, e);
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
			idnames_uid(r->m.ids, want->user, &uid);
		if (want->group != NULL)
			idnames_gid(r->m.ids, want->group, &gid);
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
	if (restore_wish_paths(&r->m, &r->q, &r->a.live.manifest, &r->w,
	    e) < 0)
		return -1;
	if (r->q.all || !restore_links_reach_out(&r->m, &r->q, &r->w.from,
	    &r->a.live.manifest))
		return 0;
	r->q.whole = true;
	restore_wishes_done(&r->w);
	r->w = (struct restore_wishes){ 0 };
	capture_done(&r->a.live);
	r->a.live = (struct capture){ 0 };
	if (machine_capture(&r->m, &(struct machine_capture){ 0 }, &r->a.live,
	    e) < 0)
		return -1;
	return restore_wish_paths(&r->m, &r->q, &r->a.live.manifest, &r->w, e);
}

static int
make_plan(struct restoring *r, struct err *e)
{
	const struct manifest *known = by_rules(r) && r->q.from == NULL ?
	    &r->a.baseline : &r->w.from;
	int n = by_rules(r) ?
	    restore_wish_rules(&r->m, &r->q, &r->a, &r->w, e) :
	    wish_paths(r, e);

	if (n < 0)
		return -1;
	map_owners(r);
	if (restore_look_at(&r->m, &r->w.wishes, &r->a.live.manifest, e) < 0)
		return -1;
	if (restore_plan(&r->w, &r->a.live.manifest, known, by_rules(r),
	    &r->plan, e) < 0)
		return -1;
	for (size_t i = 0; i < r->w.impossible.n; i++)
		say_error_text(r->w.impossible.items[i]);
	return 0;
}

/* What is to be told at the end. */
struct outcome {
	bool done;
	int exit_code;
	bool judged;		/* after holds what rules leave to a person */
	struct assessment after;
};

static void
drop_outcome(struct outcome *o)
{
	assessment_done(&o->after);
}

static int
judge_again(struct restoring *r, struct outcome *out, struct err *e)
{
	/* What could not be put back is left to a person; where that was all
	 * that was asked for, nothing could be done. */
	if (r->w.impossible.n > 0 && !by_rules(r))
		out->exit_code = out->done ? 1 : 2;
	if (r->q.all || out->exit_code == 2)
		return 0;
	if (!by_rules(r)) {
		if (restore_judge_paths(&r->m, &r->q.paths, &r->w.wishes,
		    &r->only, &out->after, e) < 0)
			return -1;
	} else if (assess(&r->m, &(struct machine_capture){ 0 }, &out->after,
	    e) < 0) {
		return -1;
	}
	restore_explain(&out->after.findings, &r->w.hopeless);
	out->judged = true;
	out->exit_code = findings_exit(&out->after.findings);
	if (out->exit_code == 0 && r->w.impossible.n > 0)
		out->exit_code = 1;
	return 0;
}

static void
outcome_text(struct restoring *r, const struct outcome *out, struct buf *text)
{
	const struct findings *f = &out->after.findings;
	const struct report rep = { .verb = "restore", .m = &r->m,
		.findings = f, .exit_code = out->exit_code,
		.partial = !by_rules(r),
		.baseline = out->judged && out->after.has_baseline ?
		    &out->after.baseline_commit : NULL };

	if (r->m.o->verbose >= 0 && out->done) {
		buf_adds(text, _("done; to take it back: "));
		options_command(r->m.o, text);
		buf_addf(text, " undo %s\n", buf_str(&r->id));
	} else if (r->m.o->verbose >= 0 && r->plan.n == 0)
		buf_adds(text, _("nothing to put back\n"));
	if (out->judged && f->flagged + f->unknowns > 0) {
		buf_adds(text, _("left as it is:\n"));
		report_text(&rep, options_color(r->m.o), text);
	}
}

static void
outcome_json(struct restoring *r, const struct outcome *out, struct buf *text)
{
	struct json j = { .out = text };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "restore");
	json_bool(&j, "done", out->done);
	json_text(&j, "rollback", out->done ? buf_str(&r->id) : NULL);
	json_number(&j, "exit", (uint64_t)out->exit_code);
	restore_plan_json(&r->plan, &j);
	if (out->judged)
		report_json_findings(&out->after.findings, &j);
	json_close(&j, '}');
	buf_addc(text, '\n');
}

static int
tell(struct restoring *r, struct outcome *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	/* What was asked for is done, but not all could be judged. */
	if (r->m.diagnostics.n > 0)
		out->exit_code = 2;
	if (r->m.o->format == FORMAT_JSON)
		outcome_json(r, out, &text);
	else
		outcome_text(r, out, &text);
	return say_out(&text, e) < 0 ? -1 : out->exit_code;
}

static int
show_plan(struct restoring *r, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (r->m.o->format == FORMAT_JSON ||
	    (r->m.o->verbose < 0 && r->yes && !r->dry_run))
		return 0;
	buf_adds(&text, r->dry_run ? _("would do:\n") : _("to do:\n"));
	restore_plan_text(&r->plan, &text);
	return say_out(&text, e);
}

static int
carry_out(struct restoring *r, struct err *e)
{
	const struct apply_options o = {
		.tell = say_error,
		.root = &r->m.root, .store_fd = store_fd(r->m.store),
		.id = buf_str(&r->id), .title = "restore",
		.have = &r->a.live.manifest, .content = content, .ctx = r,
	};

	return apply_plan(&o, &r->plan, e);
}

static int
show_and_do(struct restoring *r, struct err *e)
{
	CLEANUP(drop_outcome) struct outcome out = { 0 };
	int n = 1;

	if (r->plan.n == 0)
		return judge_again(r, &out, e) < 0 ? -1 : tell(r, &out, e);
	restore_new_id(&r->m, "restore", &r->id);
	if (show_plan(r, e) < 0)
		return -1;
	if (!r->dry_run && !r->yes)
		n = confirm(_("do it?"), e);
	if (n < 0)
		return -1;
	if (n == 0 || r->dry_run) {
		out.exit_code = 1;
		return tell(r, &out, e);
	}
	if (carry_out(r, e) < 0)
		return -1;
	out.done = true;
	return judge_again(r, &out, e) < 0 ? -1 : tell(r, &out, e);
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

/* A unit is judged by all of its files, not only by those put back. */
static void
add_units(const struct catalogue *cat, const char *path, struct scope *only)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (r->units.n == 0 || r->disabled ||
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
	struct machine_capture how = { 0 };
	struct scope *only = &r->only;

	if (by_rules(r))
		return assess(&r->m, &how, &r->a, e);
	for (size_t i = 0; !r->q.all && i < r->q.paths.n; i++) {
		CLEANUP(drop_free) char *below = xasprintf("%s/**",
		    r->q.paths.items[i]);

		strlist_add(&only->include, r->q.paths.items[i]);
		strlist_add(&only->include, below);
		add_units(&r->m.catalogue, r->q.paths.items[i], only);
	}
	for (size_t i = 0; i < r->m.scope.ignore.n; i++)
		strlist_add(&only->ignore, r->m.scope.ignore.items[i]);
	for (size_t i = 0; i < r->m.scope.never.n; i++)
		strlist_add(&only->never, r->m.scope.never.items[i]);
	scope_prepare(only);
	if (!r->q.all)
		how.scope = only;
	return machine_capture(&r->m, &how, &r->a.live, e);
}

static int
check_request(const struct restoring *r, struct err *e)
{
	if (r->q.all && r->q.paths.n > 0)
		return err_set(e, ERR_USAGE, "--all",
		    _("everything, or some paths: not both"));
	if (r->q.rule != NULL && (r->q.all || r->q.paths.n > 0))
		return err_set(e, ERR_USAGE, "--rule",
		    _("a rule, or paths: not both"));
	if (r->q.remove_added && by_rules(r))
		return err_set(e, ERR_USAGE, "--remove-added",
		    _("goes with --all or paths"));
	return 0;
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_restoring) struct restoring r = { .m.root.fd = -1 };
	const struct verb_option table[] = {
		{ "all", 'a', &r.q.all, NULL },
		{ "from", 0, NULL, &r.q.from },
		{ "rule", 0, NULL, &r.q.rule },
		{ "remove-added", 0, &r.q.remove_added, NULL },
		{ "dry-run", 'n', &r.dry_run, NULL },
		{ "yes", 'y', &r.yes, NULL }, { 0 } };
	struct oid baseline;
	int n;

	if (options_verb(o, table, &r.q.paths, e) < 0 ||
	    check_request(&r, e) < 0 || machine_open(o, &r.m, e) < 0 ||
	    machine_open_store(&r.m, false, e) < 0)
		return -1;
	/* Rules that were not understood might be those that matter. */
	if (machine_complain(&r.m) && by_rules(&r))
		return err_set(e, ERR_INPUT, NULL, _("nothing was restored, as "
		    "the specs have mistakes [mend them, or name paths]"));
	if (r.dry_run)
		machine_say_pending(&r.m);
	else if (machine_lock(&r.m, e) < 0)
		return -1;
	n = machine_baseline(&r.m, &baseline, e);
	if (n == 0)
		return err_set(e, ERR_MISSING, store_dir(r.m.store),
		    _("there is no baseline yet [run 'driftctl init']"));
	if (n < 0 || paths_normalize(&r.m, &r.q.paths, e) < 0 ||
	    look(&r, e) < 0)
		return -1;
	if (make_plan(&r, e) < 0)
		return -1;
	return show_and_do(&r, e);
}

const struct command cmd_restore = {
	"restore", "[--all | --rule ID | PATH...] [--from SNAPSHOT]\n"
	"          [--remove-added] [-n|--dry-run] [-y|--yes]",
	N_("puts back what drifted, or what is named"), true, run
};
