/* SPDX-License-Identifier: MIT */
#include "agent/answer.h"
#include "agent/assess.h"
#include "agent/command.h"
#include "agent/say.h"
#include "agent/report.h"
#include "agent/repoinputs.h"
#include "agent/snapshotter.h"
#include "base/tr.h"

static int
write_report(struct machine *m, const struct assessment *a, int code,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	CLEANUP(drop_buf) struct buf when = { 0 };
	struct report r = { .verb = "check", .m = m, .findings = &a->findings,
		.exit_code = code };

	if (a->has_baseline) {
		if (gitrepo_commit(store_repo(m->store), &a->baseline_commit,
		    &c, e) < 0)
			return -1;
		snapshot_time(c.time, &when);
		r.baseline = &a->baseline_commit;
		r.baseline_time = buf_str(&when);
	}
	report_write(&r, out);
	return 0;
}

static void
keep(struct machine *m, const struct assessment *a,
    const struct answer *answer)
{
	struct oid last;
	struct err ignored = { 0 };
	int has_last = machine_live(m, &last, &ignored);
	uint64_t sum = machine_keep_cache(m, &a->live,
	    has_last > 0 ? &last : NULL, false, has_last > 0 &&
	    oid_equal(&last, &a->live.last) ? a->live.as :
	    STATCACHE_OTHER);

	/* What could not be looked at is looked at again each time. */
	if (sum == 0 || answer->exit_code == 2)
		return;
	answer_keep(m->o, answer, sum, &m->inputs, m->since,
	    a->results.valid_until);
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_assessment) struct assessment a = { 0 };
	struct answer answer = { 0 };
	bool bad_specs;
	int n;

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
	bad_specs = machine_complain(&m);
	answer.exit_code = findings_exit(&a.findings);
	if (bad_specs)
		answer.exit_code = 2;
	if (machine_say_pending(&m))
		answer.exit_code = 2;
	n = write_report(&m, &a, answer.exit_code, &answer.text, e);
	if (n == 0)
		n = say_out(&answer.text, e);
	if (n == 0)
		keep(&m, &a, &answer);
	buf_done(&answer.text);
	return n < 0 ? -1 : answer.exit_code;
}

const struct command cmd_check = {
	"check", "", N_("judges the rules and compares with the baseline; "
	    "changes nothing"), true, run
};
