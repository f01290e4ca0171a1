/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "agent/command.h"
#include "agent/json.h"
#include "agent/machine.h"
#include "agent/progress.h"
#include "agent/say.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitverify.h"
#include "snapshots/rollback.h"

struct verifying {
	struct buf *out;
	struct json *json;	/* NULL: text; else in its list of problems */
	size_t problems;
	struct progress progress;
};

static void
tell_seen(void *ctx, size_t objects)
{
	struct verifying *v = ctx;

	progress_show(&v->progress, _("checking: %zu objects"), objects);
}

static void
problem(void *ctx, const char *where, const char *what)
{
	struct verifying *v = ctx;

	v->problems++;
	if (v->json != NULL) {
		json_open(v->json, NULL, '{');
		json_text(v->json, "where", where);
		json_text(v->json, "what", what);
		json_close(v->json, '}');
		return;
	}
	if (where[0] != '\0') {
		text_escape(v->out, where, strlen(where));
		buf_adds(v->out, ": ");
	}
	text_escape(v->out, what, strlen(what));
	buf_addc(v->out, '\n');
}

static void
failed(struct verifying *v, const struct err *e)
{
	static const char self[] = " [run 'driftctl verify']";
	CLEANUP(drop_buf) struct buf what = { 0 };
	size_t n = sizeof(self) - 1;

	buf_adds(&what, e->what);
	/* Who reads this has just done so. */
	if (what.len > n &&
	    strcmp(buf_str(&what) + what.len - n, self) == 0)
		buf_truncate(&what, what.len - n);
	if (e->sys != 0)
		buf_addf(&what, ": %s", strerror(e->sys));
	problem(v, e->where, buf_str(&what));
}

/* Each ref must name a snapshot whose manifest can be read. */
static void
verify_snapshots(struct machine *m, struct verifying *v)
{
	static const char *const names[] = { "live", "baseline" };
	CLEANUP(drop_strlist) struct strlist refs = { 0 };
	struct err e = { 0 };

	if (gitrepo_refs(store_repo(m->store), &refs, &e) < 0) {
		failed(v, &e);
		return;
	}
	for (size_t i = 0; i < refs.n; i++) {
		CLEANUP(drop_manifest) struct manifest all = { 0 };
		struct err bad = { 0 };
		struct oid commit;

		if (gitrepo_ref_get(store_repo(m->store), refs.items[i],
		    &commit, &bad) < 0 ||
		    store_load(m->store, &commit, &all, &bad) < 0)
			failed(v, &bad);
	}
	for (size_t i = 0; i < 2; i++) {
		struct err bad = { 0 };
		struct oid commit;
		int n = i == 0 ? machine_live(m, &commit, &bad) :
		    machine_baseline(m, &commit, &bad);

		if (n == 0)
			problem(v, names[i], _("there is no such ref "
			    "[run 'driftctl init']"));
	}
}

static void
verify_rollbacks(struct machine *m, struct verifying *v, size_t *out_n)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	struct err e = { 0 };

	if (rollback_ids(store_fd(m->store), &ids, &e) < 0) {
		failed(v, &e);
		return;
	}
	*out_n = ids.n;
	for (size_t i = 0; i < ids.n; i++) {
		CLEANUP(drop_rollback) struct rollback r = { 0 };
		struct err bad = { 0 };

		if (rollback_read(store_fd(m->store), ids.items[i], &r,
		    &bad) < 0)
			failed(v, &bad);
	}
}

static void
verify_journal(struct machine *m, struct verifying *v)
{
	struct err e = { 0 };
	int n = machine_pending(m, &e);

	if (n < 0)
		failed(v, &e);
	else if (n > 0)
		problem(v, store_dir(m->store), _("a restore was interrupted "
		    "[the next 'driftctl restore' or 'undo' takes it back]"));
}

static int
verify(struct machine *m, struct verifying *v, size_t *out_rollbacks,
    struct err *e)
{
	int n;

	progress_begin(&v->progress, m->o);
	n = gitverify_run(store_repo(m->store), &(struct gitverify){
	    .problem = problem, .progress = tell_seen, .ctx = v }, e);
	progress_end(&v->progress);
	if (n < 0)
		return -1;
	verify_snapshots(m, v);
	verify_rollbacks(m, v, out_rollbacks);
	verify_journal(m, v);
	return 0;
}

static int
verify_json(struct machine *m, struct buf *out, struct err *e)
{
	struct json j = { .out = out };
	struct verifying v = { .out = out, .json = &j };
	size_t rollbacks = 0;
	int code;

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "verify");
	json_open(&j, "problems", '[');
	if (verify(m, &v, &rollbacks, e) < 0)
		return -1;
	json_close(&j, ']');
	code = v.problems > 0 ? 2 : 0;
	json_number(&j, "rollbacks", rollbacks);
	json_number(&j, "exit", (uint64_t)code);
	json_close(&j, '}');
	buf_addc(out, '\n');
	return code;
}

static int
verify_text(struct machine *m, struct buf *out, struct err *e)
{
	struct verifying v = { .out = out };
	size_t rollbacks = 0;

	if (verify(m, &v, &rollbacks, e) < 0)
		return -1;
	if (v.problems == 0 && m->o->verbose >= 0)
		buf_addf(out, ngettext("sound: the repository and %zu "
		    "rollback\n", "sound: the repository and %zu rollbacks\n",
		    rollbacks), rollbacks);
	return v.problems > 0 ? 2 : 0;
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	int n;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0],
		    _("'verify' takes no arguments"));
	if (machine_open_tracked(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0)
		return -1;
	n = o->format == FORMAT_JSON ? verify_json(&m, &out, e) :
	    verify_text(&m, &out, e);
	return n < 0 || say_result(o, &out, e) < 0 ? -1 : n;
}

const struct command cmd_verify = {
	"verify", "",
	N_("reads everything in the store and checks it"), true, run
};
