/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/command.h"
#include "agent/hook/prune.h"
#include "agent/json.h"
#include "agent/machine.h"
#include "agent/say.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitfold.h"
#include "snapshots/gitwalk.h"
#include "snapshots/rollback.h"

/* What was done; all zero: nothing. */
struct done {
	uint64_t snapshots, kept;	/* that there were; kept of them */
	uint64_t folded, rollbacks, transactions;
};

/* Counts snapshots from the newest; the last one kept is where history ends. */
struct counting {
	uint64_t keep;
	struct oidset needed;	/* kept however old they are */
	size_t n, kept;
	struct oid last;
};

static int
count(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct counting *k = ctx;

	(void)e;
	k->n++;
	if (k->n <= k->keep || oidset_has(&k->needed, &c->oid)) {
		k->last = c->oid;
		k->kept = k->n;
	}
	return 0;
}

/* A transaction that is under way is going to be held against these. */
static int
find_needed(struct machine *m, struct oidset *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	int n = ledger_open_read(store_fd(m->store), &l, e);

	if (n <= 0 || ledger_open_ids(&l, &ids, e) < 0)
		return n;
	for (size_t i = 0; i < ids.n; i++) {
		CLEANUP(drop_transaction) struct transaction t = { 0 };
		struct err ignored = { 0 };

		if (ledger_load(&l, ids.items[i], &t, &ignored) < 0)
			continue;
		oidset_add(out, oid_is_zero(&t.before) ? &t.newest :
		    &t.before);
	}
	return 0;
}

static int
prune_history(struct machine *m, struct done *out, struct err *e)
{
	struct gitrepo *repo = store_repo(m->store);
	struct counting k = { .keep = m->config.keep_snapshots };
	CLEANUP(drop_oidset) struct oidset cut = { 0 };
	struct oidlist keep = { 0 };
	struct oid live;
	int n = machine_live(m, &live, e);

	if (n > 0 && find_needed(m, &k.needed, e) < 0)
		n = -1;
	if (n > 0)
		n = gitwalk_history(repo, &live, count, &k, e);
	oidset_done(&k.needed);
	if (n < 0)
		return -1;
	out->snapshots = k.n;
	out->kept = k.kept;
	if (k.kept == k.n) {
		n = gitfold_small(repo, 1, e);
		out->folded = n > 0 ? (uint64_t)n : 0;
		return n < 0 ? -1 : 0;
	}
	oidset_add(&cut, &k.last);
	if (gitfold_prune(repo, &keep, &cut, e) < 0)
		return -1;
	return 0;
}

static int
prune_rollbacks(struct machine *m, struct done *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	size_t surplus;

	if (rollback_ids(store_fd(m->store), &ids, e) < 0)
		return -1;
	if (ids.n <= m->config.keep_rollbacks)
		return 0;
	/* Ids begin with their time, so the oldest come first. */
	surplus = ids.n - m->config.keep_rollbacks;
	for (size_t i = 0; i < surplus; i++)
		if (rollback_remove(store_fd(m->store), ids.items[i], e) < 0)
			return -1;
	out->rollbacks = surplus;
	return 0;
}

static int
prune_transactions(struct machine *m, struct done *out, struct err *e)
{
	const struct prune_limits limits = {
		.count = m->config.keep_transactions,
		.days = m->config.keep_transaction_days,
		.now = (int64_t)time(NULL) };
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	size_t n;

	if (ledger_open(store_fd(m->store), &l, e) < 0 ||
	    prune_ledger(&l, &limits, &n, e) < 0)
		return -1;
	out->transactions = n;
	return 0;
}

static void
done_text(const struct done *d, struct buf *out)
{
	if (d->folded > 0)
		buf_addf(out, ngettext("folded %llu pack into one\n",
		    "folded %llu packs into one\n", d->folded),
		    (unsigned long long)d->folded);
	if (d->kept < d->snapshots)
		buf_addf(out, ngettext("kept the newest %llu of %llu "
		    "snapshot\n", "kept the newest %llu of %llu snapshots\n",
		    d->snapshots), (unsigned long long)d->kept,
		    (unsigned long long)d->snapshots);
	if (d->rollbacks > 0)
		buf_addf(out, ngettext("removed the oldest rollback\n",
		    "removed the %llu oldest rollbacks\n", d->rollbacks),
		    (unsigned long long)d->rollbacks);
	if (d->transactions > 0)
		buf_addf(out, ngettext("removed %llu record of a transaction\n",
		    "removed %llu records of transactions\n",
		    d->transactions), (unsigned long long)d->transactions);
	if (out->len == 0)
		buf_adds(out, _("nothing to do\n"));
}

static void
done_json(const struct done *d, int code, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "gc");
	json_number(&j, "snapshots", d->snapshots);
	json_number(&j, "kept", d->kept);
	json_number(&j, "folded-packs", d->folded);
	json_number(&j, "removed-rollbacks", d->rollbacks);
	json_number(&j, "removed-transactions", d->transactions);
	json_number(&j, "exit", (uint64_t)code);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct done done = { 0 };
	int code;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0],
		    _("'gc' takes no arguments [limits are the keep- keys in "
		    "driftctl.yaml]"));
	if (machine_open_tracked(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0 || machine_lock(&m, e) < 0 ||
	    prune_history(&m, &done, e) < 0 ||
	    prune_rollbacks(&m, &done, e) < 0 ||
	    prune_transactions(&m, &done, e) < 0)
		return -1;
	code = machine_complain(&m) ? 2 : 0;
	if (o->format == FORMAT_JSON)
		done_json(&done, code, &out);
	else if (o->verbose >= 0)
		done_text(&done, &out);
	return say_result(o, &out, e) < 0 ? -1 : code;
}

const struct command cmd_gc = {
	"gc", "",
	N_("keeps history, rollbacks and records of transactions within "
	    "their limits"), true, run
};
