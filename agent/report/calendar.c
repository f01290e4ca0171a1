/* SPDX-License-Identifier: MIT */
#include "agent/report/calendar.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/ledger/ledger.h"
#include "base/text.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

/* 52 weeks and what there is of this one; what is read for them. */
enum { WEEKS = 52, RECORDS_MAX = 1000, COMMITS_MAX = 20000 };

/* A calendar being made. */
struct making {
	struct machine *m;
	const struct history *h;
	struct model *out;
	int64_t *starts;	/* midnights, one more than days */
	size_t n;
	size_t commits;
};

static void
make_days(struct making *k)
{
	time_t now = (time_t)k->out->until;
	struct tm today, tm;
	size_t n;

	if (localtime_r(&now, &today) == NULL)
		return;
	n = WEEKS * 7 + (size_t)(today.tm_wday + 6) % 7 + 1;
	k->starts = xcalloc(n + 1, sizeof(*k->starts));
	for (size_t i = 0; i <= n; i++) {
		struct model_day *d;
		time_t at;

		tm = (struct tm){ .tm_year = today.tm_year,
			.tm_mon = today.tm_mon,
			.tm_mday = today.tm_mday - (int)(n - 1 - i),
			.tm_isdst = -1 };
		at = mktime(&tm);
		k->starts[i] = (int64_t)at;
		if (i == n)
			break;
		d = VEC_ADD(&k->out->days);
		d->year = tm.tm_year + 1900;
		d->month = tm.tm_mon + 1;
		d->day = tm.tm_mday;
		d->weekday = (tm.tm_wday + 6) % 7;
	}
	k->n = n;
}

/* The day of a moment; NULL before the first one. */
static struct model_day *
day_of(struct making *k, int64_t when)
{
	size_t lo = 0, hi = k->n;

	if (k->n == 0 || when < k->starts[0])
		return NULL;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->starts[mid] <= when)
			lo = mid;
		else
			hi = mid;
	}
	return &k->out->days.items[lo];
}

/* "spec/rule" of a finding's id; NULL where it is of none. */
static const char *
rule_name(struct model *m, const char *text)
{
	size_t n = strcspn(text, ":");
	const char *slash = memchr(text, '/', n);

	return text[n] == ':' && slash != NULL ?
	    arena_memdup(&m->arena, text, n) : NULL;
}

static struct model_rule *
rule_of(struct model *m, const char *name)
{
	struct model_rule *r;

	for (size_t i = 0; i < m->rules_past.n; i++)
		if (strcmp(m->rules_past.items[i].name, name) == 0)
			return &m->rules_past.items[i];
	r = VEC_ADD(&m->rules_past);
	r->name = name;
	return r;
}

static enum severity
severity_of(const char *word)
{
	return strcmp(word, "critical") == 0 ? SEVERITY_CRITICAL :
	    strcmp(word, "info") == 0 ? SEVERITY_INFO : SEVERITY_WARNING;
}

static int
by_from(const void *a, const void *b)
{
	const struct model_span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* Several paths of a rule may have failed at once: that is one span. */
static void
melt(struct model_rule *r)
{
	size_t kept = 0;

	if (r->spans.n < 2)
		return;
	qsort(r->spans.items, r->spans.n, sizeof(*r->spans.items), by_from);
	for (size_t i = 1; i < r->spans.n; i++) {
		struct model_span *last = &r->spans.items[kept];
		const struct model_span *s = &r->spans.items[i];

		if (last->to == 0 || s->from <= last->to) {
			if (last->to != 0 && (s->to == 0 || s->to > last->to))
				last->to = s->to;
			continue;
		}
		r->spans.items[++kept] = *s;
	}
	r->spans.n = kept + 1;
}

static void
add_span(struct making *k, const struct history_span *s)
{
	const char *name = rule_name(k->out, s->id);

	/* Neither is about what the machine must be. */
	if (strcmp(s->word, "merge") == 0 || strcmp(s->word, "doctor") == 0)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (s->from < k->starts[i + 1] &&
		    (s->to == 0 || s->to > k->starts[i]))
			k->out->days.items[i].open++;
	if (name != NULL) {
		struct model_rule *r = rule_of(k->out, name);

		r->severity = severity_of(s->word);
		*VEC_ADD(&r->spans) = (struct model_span){ s->from, s->to };
	}
}

/* What is open now is so whether or not a report told of it already. */
static void
add_now(struct making *k)
{
	for (size_t i = 0; i < k->out->findings.n; i++) {
		const struct model_finding *f = &k->out->findings.items[i];

		if ((!f->flagged && f->kind != FINDING_UNKNOWN) ||
		    history_open(k->h, f->id) != NULL)
			continue;
		add_span(k, &(struct history_span){ f->id, f->kind ==
		    FINDING_UNKNOWN ? "unknown" : model_severity(f),
		    k->out->until, 0 });
	}
}

/* "spec/rule: put back": by that rule. */
static void
add_restored(struct making *k, const struct transaction *t)
{
	struct model_day *d = day_of(k, t->ended != 0 ? t->ended : t->began);

	if (d == NULL)
		return;
	d->transactions++;
	d->watched = true;
	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		const char *name;

		if (strcmp(f->kind, "restored") != 0)
			continue;
		d->restored++;
		name = rule_name(k->out, f->what);
		if (name != NULL)
			rule_of(k->out, name)->restored++;
	}
}

static void
add_transactions(struct making *k)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	struct err ignored = { 0 };

	if (ledger_open(store_fd(k->m->store), &l, &ignored) < 0 ||
	    ledger_ids(&l, &ids, &ignored) < 0)
		return;
	for (size_t i = ids.n > RECORDS_MAX ? ids.n - RECORDS_MAX : 0;
	    i < ids.n; i++) {
		CLEANUP(drop_transaction) struct transaction t = { 0 };

		/* A damaged one was told of among the troubles. */
		err_clear(&ignored);
		if (ledger_load(&l, ids.items[i], &t, &ignored) == 0)
			add_restored(k, &t);
	}
}

static int
each_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct making *k = ctx;
	struct model_day *d = day_of(k, c->time);

	(void)e;
	if (d == NULL || ++k->commits > COMMITS_MAX)
		return 1;
	d->snapshots++;
	d->watched = true;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct model_rule *)a)->name,
	    ((const struct model_rule *)b)->name);
}

void
calendar(struct machine *m, const struct history *h, struct model *out)
{
	struct making k = { .m = m, .h = h, .out = out };
	struct err ignored = { 0 };
	struct oid live;

	make_days(&k);
	for (size_t i = 0; i < h->spans.n; i++)
		add_span(&k, &h->spans.items[i]);
	add_now(&k);
	for (size_t i = 0; i < h->reports.n; i++) {
		struct model_day *d = day_of(&k, h->reports.items[i].time);

		if (d != NULL)
			d->watched = true;
	}
	add_transactions(&k);
	if (machine_live(m, &live, &ignored) > 0)
		gitwalk_history(store_repo(m->store), &live, each_commit, &k,
		    &ignored);
	for (size_t i = 0; i < out->rules_past.n; i++)
		melt(&out->rules_past.items[i]);
	if (out->rules_past.n > 1)
		qsort(out->rules_past.items, out->rules_past.n,
		    sizeof(*out->rules_past.items), by_name);
	free(k.starts);
}
