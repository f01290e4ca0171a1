/* SPDX-License-Identifier: MIT */
#include "agent/hook/upgrade.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "agent/answer.h"
#include "agent/hook/aptlist.h"
#include "agent/hook/causes.h"
#include "agent/hook/conclude.h"
#include "agent/hook/opened.h"
#include "agent/hook/pkglock.h"
#include "agent/hook/unseen.h"
#include "agent/pkg/ownerskept.h"
#include "agent/tell/tell.h"
#include "base/file.h"
#include "base/tr.h"

/* How long an end waits for whoever works on the package database. */
enum { PATIENCE = 600, PLANNED_MAX = 64 << 20 };

/* The packages there are now. */
static int
load_packages(const struct upgrade *u, struct pkglist *out, struct err *e)
{
	CLEANUP(drop_root) struct root root = { .fd = -1 };
	CLEANUP(drop_fd) int store = -1;

	return root_open(&root, u->o->root, e) < 0 ||
	    (store = opened_store(u, e)) < 0 ||
	    ownerskept_packages(store, &root, out, e) < 0 ? -1 : 0;
}

static int
open_machine(const struct upgrade *u, struct machine *m, struct err *e)
{
	return machine_open(u->o, m, e) < 0 ||
	    machine_open_store(m, false, e) < 0 || machine_lock(m, e) < 0 ?
	    -1 : 0;
}

/* The same at its end, with what there is from now on. */
static int
save_end(const struct upgrade *u, const struct transaction *t,
    const struct buf *report, const struct root *r,
    const struct pkglist *now, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };

	if (opened_ledger(u, &l, e) < 0 || unseen_note(&l, r, now, e) < 0)
		return -1;
	ledger_close(&l);
	return opened_save(u, t, report, e);
}

/* Under the store's lock. 1 when another run settled it meanwhile. */
static int
load_again(const struct upgrade *u, const struct root *r, const char *id,
    struct transaction *t, struct pkglist *was, bool *out_known,
    struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	int n;

	if (opened_ledger(u, &l, e) < 0)
		return -1;
	transaction_done(t);
	if (ledger_load(&l, id, t, e) < 0)
		return -1;
	if (t->state != TRANSACTION_OPEN)
		return 1;
	unseen_release(&l, r, t);
	n = ledger_load_packages(&l, id, was, e);
	*out_known = n > 0;
	return n < 0 ? -1 : 0;
}

/* A killed package manager leaves behind what it had started. */
static void
wait_for_others(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };

	if (root_open(&r, u->o->root, e) == 0 &&
	    !pkglock_wait(&r, u->owner.pid, u->wait > 0 ? u->wait : PATIENCE))
		err_set(e, ERR_BUSY, u->origin, _("somebody still works on "
		    "the package database"));
}

/* The record stays open, and is told of. */
static int
put_off(const struct upgrade *u, struct machine *m, const char *id,
    const struct err *trouble, struct err *e)
{
	CLEANUP(drop_look) struct look look = { 0 };
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };

	if (opened_ledger(u, &l, e) < 0 || ledger_load(&l, id, &t, e) < 0)
		return -1;
	if (t.state != TRANSACTION_OPEN)
		return 0;
	transaction_failed(&t, trouble);
	tell_end(&(struct teller){ u->o, m, u->origin, u->owner.pid,
	    u->loud }, &t, &look, NULL);
	return ledger_save(&l, &t, e);
}

/*
 * Ends one transaction. Where the store cannot be had the record stays open,
 * with what went wrong in it: the next run, the timer or the next boot ends
 * it.
 */
static int
end_one(const struct upgrade *u, const char *id, bool interrupted,
    struct err *e)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	CLEANUP(drop_pkglist) struct pkglist was = { 0 }, now = { 0 };
	CLEANUP(drop_buf) struct buf report = { 0 }, how = { 0 };
	CLEANUP(drop_look) struct look look = { 0 };
	struct err trouble = { 0 };
	bool known = false;
	int n;

	wait_for_others(u, &trouble);
	if (open_machine(u, &m, &trouble) < 0)
		return put_off(u, &m, id, &trouble, e);
	n = load_again(u, &m.root, id, &t, &was, &known, e);
	if (n != 0)
		return n < 0 ? -1 : 0;
	if (trouble.kind != ERR_NONE)
		transaction_failed(&t, &trouble);
	t.state = interrupted && !transaction_late(&t) ?
	    TRANSACTION_INTERRUPTED : TRANSACTION_ENDED;
	t.ended = (int64_t)time(NULL);
	conclude(&m, &t, known ? &was : NULL, &now, &look, &report);
	n = save_end(u, &t, &report, &m.root, &now, e);
	options_command(u->o, &how);
	buf_adds(&how, " report --last");
	tell_end(&(struct teller){ u->o, &m, t.origin, u->owner.pid, u->loud },
	    &t, &look, n == 0 ? buf_str(&how) : NULL);
	return n;
}

static int
end_dead(const struct upgrade *u, const struct strlist *dead, struct err *e)
{
	int n = 0;

	for (size_t i = 0; i < dead->n; i++)
		if (end_one(u, dead->items[i], true, e) < 0)
			n = -1;
	return n;
}

/* Where nothing moved since the last hook, the newest snapshot is the one
 * before. False: it must be looked at. */
static bool
known_before(const struct upgrade *u, const char *id, struct oid *out)
{
	CLEANUP(drop_root) struct root root = { .fd = -1 };
	CLEANUP(drop_fd) int store = -1;
	struct err ignored = { 0 };

	return answer_recall_state(u->o, out) &&
	    root_open(&root, u->o->root, &ignored) == 0 &&
	    (store = opened_store(u, &ignored)) >= 0 &&
	    causes_note_known(store, &root, id, &ignored) == 0;
}

static int
take_before(struct machine *m, const char *id, const struct transaction *t,
    struct oid *out, struct err *trouble)
{
	CLEANUP(drop_capture) struct capture seen = { 0 };

	return conclude_snapshot(m, t, "before", out, &seen, trouble) < 0 ?
	    -1 : causes_note(m, id, out, &seen, trouble);
}

/*
 * The snapshot before; the record says so when there could be none. Where that
 * took longer than the package manager waits, its end may have come meanwhile,
 * and it is too late for a snapshot.
 */
static int
record_before(const struct upgrade *u, const char *id, struct err *trouble,
    struct err *e)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct oid before = { 0 };
	bool known = trouble->kind == ERR_NONE && known_before(u, id, &before);
	int n = trouble->kind != ERR_NONE ? -1 : known ? 0 :
	    open_machine(u, &m, trouble);

	if (opened_load(u, id, &t, e) < 0)
		return -1;
	if (t.state != TRANSACTION_OPEN)
		return 0;
	if (n == 0 && !known)
		n = take_before(&m, id, &t, &before, trouble);
	transaction_done(&t);
	if (opened_load(u, id, &t, e) < 0)
		return -1;
	t.before = before;
	if (n < 0) {
		transaction_failed(&t, trouble);
		tell_failure(u->o, u->origin, trouble);
	}
	if (u->patience > 0 && time(NULL) - t.began >= u->patience) {
		err_clear(trouble);
		err_set(trouble, ERR_BUSY, u->origin, _("the snapshot before "
		    "took too long: it may show what the upgrade had begun"));
		transaction_failed(&t, trouble);
	}
	return opened_save(u, &t, NULL, e);
}

/* 1 when packages changed since the last end, and the id of a transaction made
 * for that, which happened before. */
static int
find_unseen(const struct upgrade *u, const struct ledger *l,
    const struct pkglist *now, int64_t before, struct buf *out_id,
    struct err *e)
{
	CLEANUP(drop_root) struct root root = { .fd = -1 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	int n;

	if (root_open(&root, u->o->root, e) < 0)
		return -1;
	opened_new(u, l, before, &t);
	t.command = "";
	t.owner = (struct owner){ 0 };
	n = unseen_find(l, &root, now, &t, e);
	if (n <= 0 || ledger_save(l, &t, e) < 0)
		return n == 0 ? 0 : -1;
	buf_adds(out_id, t.id);
	return 1;
}

static int
open_transaction(const struct upgrade *u, struct ledger *l,
    const struct pkglist *were, struct err *trouble, struct transaction *t,
    struct err *e)
{
	int64_t now = (int64_t)time(NULL);

	opened_new(u, l, now, t);
	t->began = now;
	if (u->plan != NULL)
		transaction_plan(t, u->plan);
	if (trouble->kind != ERR_NONE ||
	    ledger_save_packages(l, t->id, were, trouble) < 0)
		transaction_failed(t, trouble);
	return ledger_save(l, t, e);
}

/* What changed and nobody told us must not pass for the state before, as if it
 * had been looked at; where dead ones are open, it is theirs. */
static int
open_both(const struct upgrade *u, struct ledger *l, bool alone,
    struct buf *out_unseen, struct transaction *t, struct err *e)
{
	CLEANUP(drop_pkglist) struct pkglist now = { 0 };
	struct upgrade late = *u;
	struct err trouble = { 0 }, odd = { 0 };

	late.origin = "timer";
	if (load_packages(u, &now, &trouble) == 0 && alone &&
	    find_unseen(&late, l, &now, (int64_t)time(NULL) - 1, out_unseen,
	    &odd) < 0)
		tell_failure(u->o, u->origin, &odd);
	return open_transaction(u, l, &now, &trouble, t, e);
}

int
upgrade_begin(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_opened) struct opened open = { 0 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	CLEANUP(drop_buf) struct buf unseen = { 0 };
	struct err trouble = { 0 };
	int n = opened_ledger(u, &l, e);

	if (n <= 0 || opened_look(u, &l, &open, e) < 0)
		return n;
	if (open.mine.len > 0 || open.above.len > 0) {
		opened_join(u, &l, buf_str(open.mine.len > 0 ? &open.mine :
		    &open.above));
		return 0;
	}
	if (open_both(u, &l, open.dead.n == 0, &unseen, &t, e) < 0)
		return -1;
	ledger_close(&l);
	/* What the dead one took away must not pass for the state before. */
	if (unseen.len > 0)
		strlist_add(&open.dead, buf_str(&unseen));
	end_dead(u, &open.dead, &trouble);
	return record_before(u, t.id, &trouble, e);
}

int
upgrade_read_plan(const struct upgrade *u, int in, struct aptlist *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	return file_read_fd(in, u->origin, PLANNED_MAX, &text, e) < 0 ? -1 :
	    aptlist_parse(u->origin, buf_str(&text), text.len, out, e);
}

int
upgrade_planned(const struct upgrade *u, const struct aptlist *list,
    struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_opened) struct opened open = { 0 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	int n = opened_ledger(u, &l, e);

	if (n <= 0 || opened_look(u, &l, &open, e) < 0 || open.mine.len == 0)
		return n < 0 ? -1 : 0;
	if (ledger_load(&l, buf_str(&open.mine), &t, e) < 0)
		return -1;
	t.planned.n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct aptplan *p = &list->items[i];

		transaction_planned(&t, &(struct pkgchange){ p->name, p->arch,
		    p->was, p->is }, p->file);
	}
	return ledger_save(&l, &t, e);
}

/* rpm has two triggers at the end, and each of them tells. */
static bool
ended_already(const struct upgrade *u, const struct ledger *l)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct err ignored = { 0 };

	return ledger_ids(l, &ids, &ignored) == 0 && ids.n > 0 &&
	    ledger_load(l, ids.items[ids.n - 1], &t, &ignored) == 0 &&
	    opened_is_owners(u, &t);
}

int
upgrade_end(const struct upgrade *u, bool interrupted, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_opened) struct opened open = { 0 };
	int n = opened_ledger(u, &l, e);

	if (n <= 0 || opened_look(u, &l, &open, e) < 0)
		return n;
	if (open.mine.len == 0 &&
	    (open.above.len > 0 || ended_already(u, &l)))
		return 0;
	if (open.mine.len == 0) {
		/* Nobody saw it begin, or the disk was full. */
		CLEANUP(drop_transaction) struct transaction t = { 0 };
		struct err odd = { 0 };

		opened_new(u, &l, (int64_t)time(NULL), &t);
		if (unseen_begin(&l, &t, &odd) < 0)
			transaction_failed(&t, &odd);
		if (ledger_save(&l, &t, e) < 0)
			return -1;
		buf_adds(&open.mine, t.id);
	}
	ledger_close(&l);
	return end_one(u, buf_str(&open.mine), interrupted, e);
}

int
upgrade_note_packages(const struct options *o, struct err *e)
{
	const struct upgrade u = { .o = o };
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_root) struct root root = { .fd = -1 };
	CLEANUP(drop_pkglist) struct pkglist now = { 0 };
	int n = opened_ledger(&u, &l, e);

	if (n <= 0)
		return n;
	if (root_open(&root, o->root, e) < 0 ||
	    load_packages(&u, &now, e) < 0)
		return -1;
	return unseen_note(&l, &root, &now, e);
}

int
upgrade_catch_up(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_strlist) struct strlist still = { 0 };
	CLEANUP(drop_pkglist) struct pkglist now = { 0 };
	CLEANUP(drop_opened) struct opened open = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };
	int n = opened_ledger(u, &l, e);

	if (n <= 0 || opened_look(u, &l, &open, e) < 0)
		return n;
	ledger_close(&l);
	if (end_dead(u, &open.dead, e) < 0 || opened_ledger(u, &l, e) < 0 ||
	    ledger_open_ids(&l, &still, e) < 0)
		return -1;
	/* While one is open its end tells. */
	n = still.n > 0 ? 0 : load_packages(u, &now, e) < 0 ? -1 :
	    find_unseen(u, &l, &now, (int64_t)time(NULL), &id, e);
	if (n <= 0)
		return n;
	ledger_close(&l);
	return end_one(u, buf_str(&id), true, e);
}
