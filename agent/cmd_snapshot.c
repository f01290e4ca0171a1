/* SPDX-License-Identifier: MIT */
#include "agent/answer.h"
#include "agent/command.h"
#include "agent/say.h"
#include "agent/repoinputs.h"
#include "agent/snapshotter.h"
#include "base/tr.h"

static void
tell_unknown(const struct capture *c)
{
	for (size_t i = 0; i < c->unknown.n; i++)
		say_note("%s: %s", c->unknown.items[i].path,
		    c->unknown.items[i].why);
}

/* What is recorded by digest only cannot be restored: that is to be known. */
static void
tell_large(const struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->items[i].kind == ENTRY_FILE &&
		    m->items[i].content == CONTENT_DIGEST)
			say_note(_("%s: larger than max-size: only its digest "
			    "is kept"), m->items[i].path);
}

static int
run(const struct options *o, struct err *e)
{
	const char *reason = NULL;
	const struct verb_option table[] = {
		{ "message", 'm', NULL, &reason }, { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_snapshot_result) struct snapshot_result r = { 0 };
	struct answer a = { 0 };
	bool bad;
	int n;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0], _("'snapshot' "
		    "takes no arguments [it records everything tracked]"));
	if (machine_open_tracked(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0)
		return -1;
	repoinputs_add(&m);
	if (machine_lock(&m, e) < 0 ||
	    snapshot_take(&m, &(struct snapshot_reason){
	    .subject = reason != NULL ? reason : "snapshot",
	    .trigger = "manual" }, &r, e) < 0)
		return -1;
	bad = machine_complain(&m) || r.live.unknown.n > 0;
	a.exit_code = bad ? 2 : 0;
	if (o->format == FORMAT_JSON) {
		snapshot_json("snapshot", &r.commit, r.made, a.exit_code,
		    &a.text);
	} else if (o->verbose >= 0) {
		buf_adds(&a.text, r.made ? _("recorded ") :
		    _("nothing changed since "));
		snapshot_name(&r.commit, &a.text);
		buf_addc(&a.text, '\n');
	}
	n = say_result(o, &a.text, e);
	tell_unknown(&r.live);
	if (r.made && o->verbose >= 0)
		tell_large(&r.live.manifest);
	if (!bad && !r.made && n == 0 && r.cache_sum != 0)
		answer_keep(o, &a, r.cache_sum, &m.inputs, m.since, 0);
	buf_done(&a.text);
	return n < 0 ? -1 : a.exit_code;
}

const struct command cmd_snapshot = {
	"snapshot", "[-m REASON]",
	N_("records everything tracked as it is now"), true, run
};
