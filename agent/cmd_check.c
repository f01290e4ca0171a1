/* SPDX-License-Identifier: MIT */
#include "agent/answer.h"
#include "agent/assess.h"
#include "agent/command.h"
#include "agent/discreet.h"
#include "agent/repoinputs.h"
#include "agent/report/fold.h"
#include "agent/report/moment.h"
#include "agent/report/output.h"
#include "agent/say.h"
#include "agent/summaries.h"
#include "base/tr.h"

static int
make_model(struct machine *m, const struct assessment *a, int code,
    struct model *out, struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct moment now = { .verb = "check", .findings = &a->findings,
		.exit_code = code };

	if (a->has_baseline) {
		if (gitrepo_commit(store_repo(m->store), &a->baseline_commit,
		    &c, e) < 0)
			return -1;
		now.baseline_time = c.time;
		now.baseline = &a->baseline_commit;
	}
	moment_model(m, &now, out);
	/* On stderr it would be lost to readers of other formats. */
	for (size_t i = 0; i < m->diagnostics.n &&
	    m->o->format > FORMAT_JSON; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&m->diagnostics.items[i], &line);
		strlist_add(&out->troubles, buf_str(&line));
	}
	fold(out);
	return 0;
}

/* These say nothing of the moment they were written in. */
static bool
may_keep(const struct options *o, const char *output)
{
	return output == NULL && (o->format == FORMAT_TEXT ||
	    o->format == FORMAT_JSON || o->format == FORMAT_NAGIOS);
}

static void
keep(struct machine *m, const struct assessment *a,
    const struct answer *answer, bool unknown)
{
	struct oid last;
	struct err ignored = { 0 };
	int has_last = machine_live(m, &last, &ignored);
	uint64_t sum = machine_keep_cache(m, &a->live,
	    has_last > 0 ? &last : NULL, false, has_last > 0 &&
	    oid_equal(&last, &a->live.last) ? a->live.as :
	    STATCACHE_OTHER);

	/* What could not be looked at is looked at again each time. */
	if (sum == 0 || unknown)
		return;
	answer_keep(m->o, answer, sum, &m->inputs, m->since,
	    a->results.valid_until);
}

static int
tell(struct machine *m, const struct assessment *a, const char *output,
    struct err *e)
{
	CLEANUP(drop_model) struct model model = { 0 };
	struct answer answer = { 0 };
	int code = findings_exit(&a->findings), n;

	if (machine_complain(m))
		code = 2;
	if (machine_say_pending(m))
		code = 2;
	if (make_model(m, a, code, &model, e) < 0)
		return -1;
	report_write(&model, m->o->format, output == NULL &&
	    options_color(m->o), &answer.text);
	answer.exit_code = output_exit(&model, m->o->format);
	n = output_write(output, m->o->format, &answer.text, e);
	if (n == 0)
		keep(m, a, &answer, code == 2 || !may_keep(m->o, output));
	buf_done(&answer.text);
	return n < 0 ? -1 : answer.exit_code;
}

static int
check(const struct options *o, struct err *e)
{
	const char *output = NULL;
	const struct verb_option table[] = {
		{ "output", 'o', NULL, &output }, { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_assessment) struct assessment a = { 0 };

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0], _("'check' takes "
		    "no arguments [for some paths: 'driftctl diff PATH']"));
	if (machine_open(o, &m, e) < 0 || machine_open_store(&m, false, e) < 0)
		return -1;
	repoinputs_add(&m);
	if (assess(&m, &(struct machine_capture){ 0 }, &a, e) < 0)
		return -1;
	if (o->format == FORMAT_NAGIOS)
		discreet_findings(&m, &a);
	summaries_add(&m, &a);
	return tell(&m, &a, output, e);
}

static int
run(const struct options *o, struct err *e)
{
	int n = check(o, e);

	return n < 0 ? output_failure(o->format, e) : n;
}

const struct command cmd_check = {
	"check", "[-o|--output FILE]", N_("judges the rules and compares with "
	    "the baseline; changes nothing"), COMMAND_REPORT, run
};
