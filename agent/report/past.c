/* SPDX-License-Identifier: MIT */
#include "agent/report/past.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/ledger/ledger.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/rollback.h"

/* More than these in one report nobody reads. */
enum { TRANSACTIONS_MAX = 200, RESTORES_MAX = 20, PATHS_MAX = 100 };

static void
trouble(struct model *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	strlist_add(&out->troubles, buf_str(&line));
	err_clear(e);
}

/* 1 when it was loaded, 0 when it is damaged. */
static int
load(const struct ledger *l, const char *id, struct model *out)
{
	struct transaction t;
	struct err e = { 0 };

	if (ledger_load(l, id, &t, &e) < 0) {
		trouble(out, &e);
		return 0;
	}
	*VEC_ADD(&out->transactions) = t;
	return 1;
}

static void
reverse(struct model *out)
{
	struct transaction *t = out->transactions.items;

	for (size_t i = 0, k = out->transactions.n; i + 1 < k; i++) {
		struct transaction kept = t[i];

		t[i] = t[--k];
		t[k] = kept;
	}
}

static int64_t
time_of(const struct transaction *t)
{
	return t->ended > t->began ? t->ended : t->began;
}

/* Newest first, down to the first one that was over before. */
static void
load_since(const struct ledger *l, const struct strlist *ids,
    struct model *out)
{
	for (size_t i = ids->n; i > 0 &&
	    out->transactions.n < TRANSACTIONS_MAX; i--) {
		struct transaction *t;

		if (load(l, ids->items[i - 1], out) == 0)
			continue;
		t = &out->transactions.items[out->transactions.n - 1];
		if (time_of(t) >= out->since)
			continue;
		transaction_done(t);
		out->transactions.n--;
		break;
	}
	reverse(out);
}

static int
open_ledger(struct machine *m, struct ledger *l, struct strlist *ids,
    struct model *out)
{
	struct err e = { 0 };

	if (ledger_open(store_fd(m->store), l, &e) == 0 &&
	    ledger_ids(l, ids, &e) == 0)
		return 0;
	trouble(out, &e);
	return -1;
}

void
past_transactions(struct machine *m, struct model *out)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_strlist) struct strlist ids = { 0 };

	if (open_ledger(m, &l, &ids, out) == 0)
		load_since(&l, &ids, out);
}

static void
find_baseline(struct machine *m, struct model *out)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct oid baseline;
	struct err e = { 0 };
	int has = machine_baseline(m, &baseline, &e);

	if (has < 0)
		trouble(out, &e);
	if (has <= 0)
		return;
	text_hex(&hex, baseline.b, OID_LEN);
	out->baseline = arena_strdup(&out->arena, buf_str(&hex));
}

void
past_last(struct machine *m, struct model *out)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_strlist) struct strlist ids = { 0 };

	find_baseline(m, out);
	/* What could be listed is looked at whatever came of the rest. */
	open_ledger(m, &l, &ids, out);
	for (size_t i = ids.n; i > 0; i--)
		if (load(&l, ids.items[i - 1], out) > 0)
			break;
}

/* "20261121T193012Z-restore": 0 when it does not begin with a time. */
static int64_t
time_in(const char *id)
{
	struct tm tm = { 0 };
	const char *end = strptime(id, "%Y%m%dT%H%M%SZ", &tm);

	return end != NULL && *end == '-' ? (int64_t)timegm(&tm) : 0;
}

static bool
is_transactions(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->transactions.n; i++)
		if (strcmp(m->transactions.items[i].rollback, id) == 0)
			return true;
	return false;
}

static void
add_paths(struct model_restore *r, const struct rollback *b)
{
	for (size_t i = 0; i < b->manifest.n; i++) {
		if (b->classes[i] != ROLLBACK_PUT &&
		    b->classes[i] != ROLLBACK_META)
			continue;
		r->n++;
		if (r->paths.n < PATHS_MAX)
			strlist_add(&r->paths, b->manifest.items[i].path);
	}
	for (size_t i = 0; i < b->added.n; i++) {
		r->n++;
		if (r->paths.n < PATHS_MAX)
			strlist_add(&r->paths, b->added.items[i]);
	}
}

static void
add_restore(struct machine *m, const char *id, int64_t when,
    struct model *out)
{
	CLEANUP(drop_rollback) struct rollback b = { 0 };
	struct model_restore *r;
	struct err e = { 0 };

	if (rollback_read(store_fd(m->store), id, &b, &e) < 0) {
		trouble(out, &e);
		return;
	}
	r = VEC_ADD(&out->restores);
	r->id = arena_strdup(&out->arena, id);
	r->title = arena_strdup(&out->arena, b.title);
	r->when = when;
	r->undone = rollback_undone(store_fd(m->store), id);
	add_paths(r, &b);
}

void
past_restores(struct machine *m, struct model *out)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	struct err e = { 0 };
	size_t from;

	if (rollback_ids(store_fd(m->store), &ids, &e) < 0) {
		trouble(out, &e);
		return;
	}
	from = ids.n;
	while (from > 0 && ids.n - from < RESTORES_MAX &&
	    time_in(ids.items[from - 1]) >= out->since)
		from--;
	for (size_t i = from; i < ids.n; i++)
		if (!is_transactions(out, ids.items[i]))
			add_restore(m, ids.items[i], time_in(ids.items[i]),
			    out);
}

void
past_accepts(const struct history *h, bool since_last, struct model *out)
{
	const struct history_report *last = history_last(h);
	size_t from = since_last && last != NULL ? last->accepts : 0;

	for (size_t i = from; i < h->accepts.n; i++) {
		const struct history_accept *a = &h->accepts.items[i];
		struct model_accept *x;

		if (a->time < out->since && from == 0)
			continue;
		x = VEC_ADD(&out->accepts);
		x->when = a->time;
		x->who = a->who;
		x->reason = a->reason;
		x->snapshot = a->commit;
		for (size_t k = 0; k < a->paths.n; k++)
			strlist_add(&x->paths, a->paths.items[k]);
	}
}

void
past_told(const struct model *m, struct strlist *out)
{
	for (size_t i = 0; i < m->transactions.n; i++)
		if (time_of(&m->transactions.items[i]) >= m->until)
			strlist_add(out, m->transactions.items[i].id);
	for (size_t i = 0; i < m->restores.n; i++)
		if (m->restores.items[i].when >= m->until)
			strlist_add(out, m->restores.items[i].id);
	/* Theirs are not told by themselves, then or later. */
	for (size_t i = 0; i < m->transactions.n; i++)
		if (time_in(m->transactions.items[i].rollback) >= m->until)
			strlist_add(out, m->transactions.items[i].rollback);
}

void
past_drop_told(struct model *m, const struct history_report *last)
{
	size_t kept = 0;

	if (last == NULL)
		return;
	for (size_t i = 0; i < m->transactions.n; i++) {
		struct transaction *t = &m->transactions.items[i];

		if (strlist_has(&last->told, t->id))
			transaction_done(t);
		else
			m->transactions.items[kept++] = *t;
	}
	m->transactions.n = kept;
	kept = 0;
	for (size_t i = 0; i < m->restores.n; i++) {
		struct model_restore *r = &m->restores.items[i];

		if (strlist_has(&last->told, r->id))
			strlist_done(&r->paths);
		else
			m->restores.items[kept++] = *r;
	}
	m->restores.n = kept;
}

/* An id ends with its path, or with it and what was demanded. */
static bool
is_about(const char *at, const char *path)
{
	size_t n = strlen(path);

	return n > 0 && strncmp(at, path, n) == 0 &&
	    (at[n] == '\0' || at[n] == '#');
}

const char *
past_put_back(const struct model *m, const char *path)
{
	for (size_t i = m->transactions.n; i > 0; i--) {
		const struct transaction *t = &m->transactions.items[i - 1];

		for (size_t k = 0; k < t->findings.n; k++)
			if (strcmp(t->findings.items[k].kind,
			    "restored") == 0 &&
			    is_about(path, t->findings.items[k].id))
				return t->id;
	}
	return NULL;
}

const char *
past_restored(const struct model *m, const char *path)
{
	for (size_t i = m->restores.n; i > 0; i--) {
		const struct model_restore *r = &m->restores.items[i - 1];

		for (size_t k = 0; !r->undone && k < r->paths.n; k++)
			if (is_about(path, r->paths.items[k]))
				return r->id;
	}
	return NULL;
}

/* What the record says begins with what the finding does; who did it is
 * behind. */
static const char *
cause_in(const struct model_finding *f, const char *what)
{
	size_t n = strlen(f->what);

	return strncmp(what, f->what, n) == 0 &&
	    strncmp(what + n, "; ", 2) == 0 ? what + n + 2 : NULL;
}

void
past_cause(struct model *m, struct model_finding *f)
{
	for (size_t i = m->transactions.n; i > 0; i--) {
		const struct transaction *t = &m->transactions.items[i - 1];

		for (size_t k = 0; k < t->findings.n; k++) {
			const struct transaction_finding *x =
			    &t->findings.items[k];

			if (strcmp(x->id, f->id) != 0 ||
			    strcmp(x->kind, "restored") == 0)
				continue;
			f->transaction = t->id;
			f->cause = cause_in(f, x->what);
			return;
		}
	}
}
