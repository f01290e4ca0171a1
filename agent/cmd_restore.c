/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/command.h"
#include "agent/confirm.h"
#include "agent/report/moment.h"
#include "agent/report/report.h"
#include "agent/report/reportjson.h"
#include "agent/restoring.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "base/tr.h"

/* A restore that a person asked for. */
struct asked_for {
	struct machine m;
	struct restoring r;
	bool dry_run, yes;
};

static void
drop_asked_for(struct asked_for *a)
{
	drop_restoring(&a->r);
	machine_close(&a->m);
}

static void
outcome_text(struct asked_for *a, const struct restored *out, struct buf *text)
{
	const struct findings *f = &out->after.findings;
	CLEANUP(drop_model) struct model left = { 0 };
	const struct moment now = { .verb = "restore",
		.findings = f, .exit_code = out->exit_code,
		.partial = !restoring_by_rules(&a->r) || a->r.q.rule != NULL,
		.baseline = out->judged && out->after.has_baseline ?
		    &out->after.baseline_commit : NULL };

	if (a->m.o->verbose >= 0 && out->done) {
		buf_adds(text, _("done; to take it back: "));
		options_command(a->m.o, text);
		buf_addf(text, " undo %s\n", buf_str(&a->r.id));
	} else if (a->m.o->verbose >= 0 && a->r.plan.n == 0)
		buf_adds(text, _("nothing to put back\n"));
	if (out->judged && f->flagged + f->unknowns > 0) {
		buf_adds(text, _("left as it is:\n"));
		moment_model(&a->m, &now, &left);
		report_text(&left, options_color(a->m.o), text);
	}
}

static void
outcome_json(struct asked_for *a, const struct restored *out, struct buf *text)
{
	CLEANUP(drop_model) struct model left = { 0 };
	struct json j = { .out = text };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "restore");
	json_bool(&j, "done", out->done);
	json_text(&j, "rollback", out->done ? buf_str(&a->r.id) : NULL);
	json_number(&j, "exit", (uint64_t)out->exit_code);
	restore_plan_json(&a->r.plan, &j);
	moment_model(&a->m, &(struct moment){ .verb = "restore",
	    .findings = &out->after.findings }, &left);
	if (out->judged)
		reportjson_findings(&j, &left);
	json_close(&j, '}');
	buf_addc(text, '\n');
}

static int
tell(struct asked_for *a, struct restored *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	/* What was asked for is done, but not all could be judged. */
	if (a->m.diagnostics.n > 0)
		out->exit_code = 2;
	if (a->m.o->format == FORMAT_JSON)
		outcome_json(a, out, &text);
	else
		outcome_text(a, out, &text);
	return say_result(a->m.o, &text, e) < 0 ? -1 : out->exit_code;
}

static int
show_plan(struct asked_for *a, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (a->m.o->format == FORMAT_JSON ||
	    (a->m.o->verbose < 0 && a->yes && !a->dry_run))
		return 0;
	buf_adds(&text, a->dry_run ? _("would do:\n") : _("to do:\n"));
	restore_plan_text(&a->r.plan, &text);
	return say_result(a->m.o, &text, e);
}

static int
show_and_do(struct asked_for *a, struct err *e)
{
	CLEANUP(drop_restored) struct restored out = { 0 };
	int n = 1;

	if (a->r.plan.n == 0)
		return restoring_judge(&a->r, &out, e) < 0 ? -1 :
		    tell(a, &out, e);
	if (show_plan(a, e) < 0)
		return -1;
	if (!a->dry_run && !a->yes)
		n = confirm(_("do it?"), e);
	if (n < 0)
		return -1;
	if (n == 0 || a->dry_run) {
		out.exit_code = 1;
		return tell(a, &out, e);
	}
	if (restoring_carry_out(&a->r, &out, e) < 0)
		return -1;
	return restoring_judge(&a->r, &out, e) < 0 ? -1 : tell(a, &out, e);
}

static int
check_request(const struct asked_for *a, struct err *e)
{
	if (a->r.q.all && a->r.q.paths.n > 0)
		return err_set(e, ERR_USAGE, "--all",
		    _("everything, or some paths: not both"));
	if (a->r.q.rule != NULL && (a->r.q.all || a->r.q.paths.n > 0))
		return err_set(e, ERR_USAGE, "--rule",
		    _("a rule, or paths: not both"));
	if (a->r.q.remove_added && restoring_by_rules(&a->r))
		return err_set(e, ERR_USAGE, "--remove-added",
		    _("goes with --all or paths"));
	return 0;
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_asked_for) struct asked_for a = {
		.m.root.fd = -1, .r.m = &a.m, .r.title = "restore" };
	struct restore_request *q = &a.r.q;
	const struct verb_option table[] = {
		{ "all", 'a', &q->all, NULL },
		{ "from", 0, NULL, &q->from },
		{ "rule", 0, NULL, &q->rule },
		{ "remove-added", 0, &q->remove_added, NULL },
		{ "dry-run", 'n', &a.dry_run, NULL },
		{ "yes", 'y', &a.yes, NULL }, { 0 } };
	struct oid baseline;
	int n;

	if (options_verb(o, table, &q->paths, e) < 0 ||
	    check_request(&a, e) < 0 || machine_open(o, &a.m, e) < 0 ||
	    machine_open_store(&a.m, false, e) < 0)
		return -1;
	/* Rules that were not understood might be those that matter. */
	if (machine_complain(&a.m) && restoring_by_rules(&a.r))
		return err_set(e, ERR_INPUT, NULL, _("nothing was restored, as "
		    "the specs have mistakes [mend them, or name paths]"));
	if (a.dry_run)
		machine_say_pending(&a.m);
	else if (machine_lock(&a.m, e) < 0)
		return -1;
	n = machine_baseline(&a.m, &baseline, e);
	if (n == 0)
		return err_set(e, ERR_MISSING, store_dir(a.m.store),
		    _("there is no baseline yet [run 'driftctl init']"));
	if (n < 0 || paths_normalize(&a.m, &q->paths, e) < 0 ||
	    restoring_plan(&a.r, e) < 0)
		return -1;
	return show_and_do(&a, e);
}

const struct command cmd_restore = {
	"restore", "[--all | --rule ID | PATH...] [--from SNAPSHOT]\n"
	"          [--remove-added] [-n|--dry-run] [-y|--yes]",
	N_("puts back what drifted, or what is named"), COMMAND_JSON, run, true
};
