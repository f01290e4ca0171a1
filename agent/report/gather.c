/* SPDX-License-Identifier: MIT */
#include "agent/report/gather.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/discreet.h"
#include "agent/doctor/doctor.h"
#include "agent/merge/leftover.h"
#include "agent/report/calendar.h"
#include "agent/report/fold.h"
#include "agent/report/found.h"
#include "agent/report/mendedwords.h"
#include "agent/report/moment.h"
#include "agent/report/past.h"
#include "agent/report/since.h"
#include "agent/snapshotter.h"
#include "agent/summaries.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

/* What the history calls things that are no findings. */
#define MERGE "merge:"

/* How long what happened is remembered. */
#define YEAR ((int64_t)400 * 24 * 60 * 60)

void
gathering_done(struct gathering *g)
{
	model_done(&g->model);
	history_done(&g->history);
	assessment_done(&g->a);
	if (g->snapshot != NULL)
		snapshot_result_done(g->snapshot);
	free(g->snapshot);
	g->snapshot = NULL;
}

void
drop_gathering(struct gathering *g)
{
	gathering_done(g);
}

static int
look(struct gathering *g, struct err *e)
{
	struct machine_capture how = { 0 };
	int n;

	if (!g->look_only) {
		g->snapshot = xcalloc(1, sizeof(*g->snapshot));
		if (snapshot_take(g->m, &(struct snapshot_reason){
		    .subject = "seen by the report", .trigger = "report" },
		    g->snapshot, e) < 0)
			return -1;
		how.taken = &g->snapshot->live;
	}
	n = machine_live(g->m, &g->live, e);
	if (n < 0 || assess(g->m, &how, &g->a, e) < 0)
		return -1;
	if (g->discreet)
		discreet_findings(g->m, &g->a);
	summaries_add(g->m, &g->a);
	return 0;
}

static int
make_model(struct gathering *g, struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct moment now = { .verb = "report",
		.findings = &g->a.findings,
		.exit_code = findings_exit(&g->a.findings) };

	if (g->a.has_baseline) {
		if (gitrepo_commit(store_repo(g->m->store),
		    &g->a.baseline_commit, &c, e) < 0)
			return -1;
		now.baseline = &g->a.baseline_commit;
		now.baseline_time = c.time;
	}
	moment_model(g->m, &now, &g->model);
	g->model.moment = false;
	return 0;
}

/* The newest snapshot that is not younger than the time asked for. */
struct finding_from {
	int64_t since;
	const struct oid *own;	/* the one just taken, or NULL */
	struct oid best;
	bool any;
};

static int
each_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct finding_from *f = ctx;

	(void)e;
	f->best = c->oid;
	f->any = true;
	/* A second is long: ours can have the time of the baseline. */
	return c->time <= f->since && (f->own == NULL ||
	    !oid_equal(f->own, &c->oid)) ? 1 : 0;
}

/*
 * Where the report begins: at the last one, else at the baseline. Its snapshot
 * may have been let go meanwhile.
 */
static int
find_from(struct gathering *g, struct err *e)
{
	const struct history_report *last = history_last(&g->history);
	struct gitrepo *repo = store_repo(g->m->store);
	struct finding_from f = { 0 };

	g->model.since = g->since != 0 ? g->since : last != NULL ?
	    last->time : g->model.baseline_time;
	if (g->since == 0 && last != NULL && gitrepo_has(repo, &last->commit)) {
		g->from = last->commit;
		g->has_from = true;
		return 0;
	}
	f.since = g->model.since;
	if (g->snapshot != NULL && g->snapshot->made)
		f.own = &g->snapshot->commit;
	if (oid_is_zero(&g->live))
		return 0;
	if (gitwalk_history(repo, &g->live, each_commit, &f, e) < 0)
		return -1;
	g->from = f.best;
	g->has_from = f.any;
	return 0;
}

static void
find_merges(struct gathering *g)
{
	CLEANUP(drop_strlist) struct strlist none = { 0 };
	CLEANUP(drop_strlist) struct strlist found = { 0 };
	CLEANUP(drop_strlist) struct strlist unread = { 0 };
	struct model *m = &g->model;

	leftover_find(&g->m->root, &g->a.live.manifest, &none, &found,
	    &unread);
	for (size_t i = 0; i < found.n; i++) {
		const char *leftover = found.items[i];
		enum leftover_side side;
		unsigned rank;
		size_t of = leftover_of(leftover, &side, &rank);
		struct model_merge *x;

		if (i > 0 && strcmp(leftover, found.items[i - 1]) == 0)
			continue;
		x = VEC_ADD(&m->merges);
		x->leftover = arena_strdup(&m->arena, leftover);
		x->path = arena_memdup(&m->arena, leftover, of);
		x->known = history_open(&g->history, arena_printf(&m->arena,
		    MERGE "%s", leftover)) != NULL;
	}
}

/*
 * Of the running system alone: what keeps another root well is not here. What
 * is wrong with specs is among the troubles, word for word.
 */
static void
find_complaints(struct gathering *g)
{
	CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };
	struct model *m = &g->model;

	if (!g->m->live)
		return;
	doctor_look(g->m, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct diagnosis *x = &d.items[i];
		struct model_complaint *c;

		if (x->state == DIAGNOSIS_WELL ||
		    strcmp(x->check, "specs") == 0 || diagnoses_said(&d, i))
			continue;
		c = VEC_ADD(&m->complaints);
		c->check = arena_strdup(&m->arena, x->check);
		c->what = arena_strdup(&m->arena, x->what);
		c->remedy = x->remedy != NULL ?
		    arena_strdup(&m->arena, x->remedy) : NULL;
		c->unknown = x->state == DIAGNOSIS_UNKNOWN;
		c->known = history_open(&g->history, arena_printf(&m->arena,
		    MENDEDWORDS_DOCTOR "%s", x->check)) != NULL;
	}
}

/* What is in the history was told, by the last report or one before it. */
static void
find_known(struct gathering *g)
{
	for (size_t i = 0; i < g->model.findings.n; i++) {
		struct model_finding *f = &g->model.findings.items[i];
		const struct history_span *s = history_open(&g->history,
		    f->id);

		if (s == NULL)
			continue;
		f->since = s->from;
		f->known = g->since == 0 || s->from < g->since;
	}
}

static bool
is_found(const struct gathering *g, const char *id)
{
	for (size_t i = 0; i < g->model.findings.n; i++) {
		const struct model_finding *f = &g->model.findings.items[i];

		if ((f->flagged || f->kind == FINDING_UNKNOWN) &&
		    strcmp(f->id, id) == 0)
			return true;
	}
	for (size_t i = 0; i < g->model.merges.n; i++)
		if (text_starts(id, MERGE) && strcmp(id + strlen(MERGE),
		    g->model.merges.items[i].leftover) == 0)
			return true;
	for (size_t i = 0; i < g->model.complaints.n; i++)
		if (text_starts(id, MENDEDWORDS_DOCTOR) &&
		    strcmp(id + strlen(MENDEDWORDS_DOCTOR),
		    g->model.complaints.items[i].check) == 0)
			return true;
	return false;
}

/* "/etc/a" of "spec/rule:/etc/a#content"; "" where there is none. */
static const char *
path_of(const char *id)
{
	const char *colon = strchr(id, ':');

	return colon != NULL ? colon + 1 : "";
}

/*
 * What is not found any more is only in order again where it was asked: a spec
 * that has a mistake, or a folder that cannot be read, hides what it had.
 */
static bool
is_hidden(const struct gathering *g, const char *id)
{
	const char *path = path_of(id);

	if (g->m->diagnostics.n > 0)
		return true;
	for (size_t i = 0; i < g->model.findings.n; i++) {
		const struct model_finding *f = &g->model.findings.items[i];

		if (f->kind == FINDING_UNKNOWN && f->path[0] != '\0' &&
		    (text_starts(path, f->path) || text_starts(f->path, path)))
			return true;
	}
	return false;
}

/* The rule that an id is of is still in force, or it is of none. */
static bool
is_asked(const struct gathering *g, const char *id)
{
	CLEANUP(drop_free) char *name = xmemdup(id, strcspn(id, ":"));
	const struct rule *r;

	if (strchr(name, '/') == NULL)
		return true;
	r = catalogue_rule(&g->m->catalogue, name);
	return r != NULL && !r->disabled && r->spec->applies;
}

static void
find_mended(struct gathering *g)
{
	struct model *m = &g->model;

	for (size_t i = 0; i < g->history.spans.n; i++) {
		const struct history_span *s = &g->history.spans.items[i];

		/* The end of one is written as a report tells of it. */
		if (text_starts(s->id, MERGE) || (s->to != 0 &&
		    (g->since == 0 || s->to < g->since)) ||
		    is_found(g, s->id) || is_hidden(g, s->id) ||
		    !is_asked(g, s->id))
			continue;
		*VEC_ADD(&m->mended) = (struct model_mended){
			.id = s->id, .since = s->from,
			.what = mendedwords(&m->arena, s->id),
			.transaction = past_put_back(m, path_of(s->id)),
			.restore = past_restored(m, path_of(s->id)) };
	}
}

/* Which transaction brought a finding, and by which package. */
static void
find_causes(struct model *m)
{
	for (size_t i = 0; i < m->findings.n; i++)
		past_cause(m, &m->findings.items[i]);
}

static void
tie_changes(struct model *m)
{
	for (size_t i = 0; i < m->findings.n; i++) {
		struct model_finding *f = &m->findings.items[i];

		if (!f->flagged && f->kind != FINDING_UNKNOWN)
			continue;
		for (size_t k = 0; k < m->changes.n; k++) {
			struct model_change *c = &m->changes.items[k];

			/* Of one that is open already it is news of its own. */
			if (f->known || strcmp(c->path, f->path) != 0)
				continue;
			/* One diff is enough. */
			if (!c->told)
				f->change = k + 1;
			c->told = true;
			if (f->transaction == NULL)
				f->transaction = c->transaction;
		}
	}
}

static int
find_past(struct gathering *g, struct err *e)
{
	struct model *m = &g->model;
	struct since s = { .m = g->m, .from = &g->from, .live = &g->live,
		.recorded = !g->look_only, .now = &g->a.live, .model = m };

	past_transactions(g->m, m);
	past_restores(g->m, m);
	past_accepts(&g->history, g->since == 0, m);
	if (g->since == 0)
		past_drop_told(m, history_last(&g->history));
	if (g->has_from && since_changes(&s, e) < 0)
		return -1;
	find_known(g);
	find_causes(m);
	tie_changes(m);
	find_merges(g);
	find_complaints(g);
	find_mended(g);
	calendar(g->m, &g->history, m);
	return 0;
}

/* A mistake in a spec hides what its rules would find. */
static void
find_troubles(struct gathering *g)
{
	struct model *m = &g->model;

	for (size_t i = 0; i < g->m->diagnostics.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		if (g->discreet)
			discreet_diagnostic(g->m,
			    &g->m->diagnostics.items[i], &line);
		else
			diagnostic_format(&g->m->diagnostics.items[i], &line);
		strlist_add(&m->troubles, buf_str(&line));
	}
	for (size_t i = 0; i < m->complaints.n; i++) {
		const struct model_complaint *c = &m->complaints.items[i];

		if (!c->known && m->exit_code < 1 + c->unknown)
			m->exit_code = 1 + c->unknown;
	}
	if (m->troubles.n > 0)
		m->exit_code = 2;
}

/* Earlier versions did not note which words were for root alone. */
static void
be_discreet(struct gathering *g)
{
	struct model *m = &g->model;

	for (size_t i = 0; g->discreet && i < m->transactions.n; i++) {
		struct transaction *t = &m->transactions.items[i];

		for (size_t k = 0; k < t->findings.n; k++)
			discreet_recorded(g->m, &m->arena,
			    &t->findings.items[k]);
	}
	if (g->discreet)
		model_be_discreet(m);
}

int
gather(struct gathering *g, struct err *e)
{
	if (history_load(store_fd(g->m->store), &g->history, e) < 0 ||
	    look(g, e) < 0 || make_model(g, e) < 0 || find_from(g, e) < 0 ||
	    find_past(g, e) < 0)
		return -1;
	find_troubles(g);
	be_discreet(g);
	fold(&g->model);
	return 0;
}

static void
note_open(struct gathering *g, struct buf *lines, const char *id,
    const char *word)
{
	if (history_open(&g->history, id) == NULL)
		history_add_open(lines, g->model.until, id, word);
}

int
gather_told(struct gathering *g, struct err *e)
{
	const struct model *m = &g->model;
	CLEANUP(drop_buf) struct buf lines = { 0 };
	struct history_report r;
	int fd = store_fd(g->m->store);

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		if (f->flagged || f->kind == FINDING_UNKNOWN)
			note_open(g, &lines, f->id, f->kind ==
			    FINDING_UNKNOWN ? "unknown" : model_severity(f));
	}
	for (size_t i = 0; i < m->merges.n; i++)
		note_open(g, &lines, arena_printf(&g->model.arena, MERGE "%s",
		    m->merges.items[i].leftover), "merge");
	for (size_t i = 0; i < m->complaints.n; i++)
		note_open(g, &lines, arena_printf(&g->model.arena,
		    MENDEDWORDS_DOCTOR "%s", m->complaints.items[i].check),
		    "doctor");
	for (size_t i = 0; i < g->history.spans.n; i++) {
		const struct history_span *s = &g->history.spans.items[i];

		if (s->to == 0 && !is_found(g, s->id) && !is_hidden(g, s->id))
			history_add_shut(&lines, m->until, s->id);
	}
	/* Last: without it, the next report tells all of this again. */
	r = (struct history_report){ .time = m->until,
		.exit_code = m->exit_code, .commit = g->live };
	past_told(m, &r.told);
	history_add_report(&lines, &r);
	strlist_done(&r.told);
	if (history_append(fd, &lines, e) < 0)
		return -1;
	return history_trim(fd, &g->history, m->until - YEAR, e);
}

int
gather_last(struct gathering *g, struct err *e)
{
	struct model *m = &g->model;
	struct findings none = { 0 };

	(void)e;
	moment_model(g->m, &(struct moment){ .verb = "report",
	    .findings = &none }, m);
	m->moment = false;
	m->last = true;
	past_last(g->m, m);
	be_discreet(g);
	for (size_t i = 0; i < m->transactions.n; i++)
		found_take(m, &m->transactions.items[i], false);
	if (m->troubles.n > 0)
		m->exit_code = 2;
	for (size_t i = 0; i < m->transactions.n; i++) {
		const struct transaction *t = &m->transactions.items[i];

		if (transaction_count(t, "unknown") > 0)
			m->exit_code = 2;
		else if (m->exit_code == 0 && (t->failed.n > 0 ||
		    transaction_count(t, "flagged") > 0 ||
		    transaction_count(t, "merge") > 0))
			m->exit_code = 1;
		m->until = t->ended != 0 ? t->ended : t->began;
	}
	return 0;
}
