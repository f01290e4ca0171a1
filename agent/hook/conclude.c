/* SPDX-License-Identifier: MIT */
#include "agent/hook/conclude.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/answer.h"
#include "agent/discreet.h"
#include "agent/hook/causes.h"
#include "agent/hook/standing.h"
#include "agent/language.h"
#include "agent/pkg/ownerskept.h"
#include "agent/repoinputs.h"
#include "agent/pkg/pkgversion.h"
#include "agent/report/moment.h"
#include "agent/report/pasttext.h"
#include "agent/report/report.h"
#include "agent/restoring.h"
#include "agent/snapshotter.h"
#include "agent/tell/look.h"
#include "base/text.h"
#include "base/tr.h"

enum { TRAILERS_MAX = 500 };

/* Everything of one end. */
struct ending {
	struct machine *m;
	struct transaction *t;
	struct oid baseline;
	struct standing *standing;
	struct causes causes;
	struct buf from;		/* hex of the snapshot before */
	struct capture seen;		/* by the snapshot after */
	struct restoring r;
	struct restored out;
};

static void
drop_ending(struct ending *n)
{
	drop_restored(&n->out);
	drop_restoring(&n->r);
	standing_free(n->standing);
	causes_done(&n->causes);
	buf_done(&n->from);
	capture_done(&n->seen);
}

static void
trailers(const struct transaction *t, struct buf *out)
{
	buf_addf(out, "Transaction: %s\n", t->id);
	for (size_t i = 0; i < t->packages.n && i < TRAILERS_MAX; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		pkgchange_text(&t->packages.items[i], &line);
		buf_adds(out, "Package: ");
		text_escape(out, buf_str(&line), line.len);
		buf_addc(out, '\n');
	}
}

/* History is read by programs, too, and stays in one language. */
static void
describe(const struct transaction *t, const char *when, struct buf *subject,
    struct buf *more)
{
	CLEANUP(language_back) locale_t was = language_english();

	(void)was;
	buf_addf(subject, "%s %s", when, t->command[0] != '\0' ? t->command :
	    t->origin);
	if (t->packages.n > 0) {
		buf_adds(subject, ": ");
		transaction_packages_text(t, subject);
	}
	trailers(t, more);
}

int
conclude_snapshot(struct machine *m, const struct transaction *t,
    const char *when, struct oid *out, struct capture *seen, struct err *e)
{
	CLEANUP(drop_snapshot_result) struct snapshot_result r = { 0 };
	CLEANUP(drop_buf) struct buf subject = { 0 }, more = { 0 };

	describe(t, when, &subject, &more);
	if (snapshot_take(m, &(struct snapshot_reason){
	    .subject = buf_str(&subject), .trigger = t->origin,
	    .trailers = buf_str(&more) }, &r, e) < 0)
		return -1;
	*out = r.commit;
	/* Whoever moves these waits for our lock. */
	repoinputs_add(m);
	if (!r.made && r.cache_sum != 0 && r.live.unknown.n == 0 &&
	    m->diagnostics.n == 0)
		answer_keep_state(m->o, out, r.cache_sum, &m->inputs,
		    m->since);
	if (seen != NULL)
		*seen = STEAL(r.live);
	return 0;
}

static void
find_packages(struct ending *n, const struct pkglist *was,
    struct pkglist *now)
{
	CLEANUP(drop_pkgchanges) struct pkgchanges c = { 0 };
	struct transaction *t = n->t;
	struct err e = { 0 };

	if (ownerskept_packages(store_fd(n->m->store), &n->m->root, now,
	    &e) < 0) {
		transaction_failed(t, &e);
		pkglist_done(now);
		return;
	}
	if (was == NULL)
		return;
	pkglist_compare(was, now, &c);
	for (size_t i = 0; i < c.n; i++) {
		struct pkgchange *p = &c.items[i];

		p->name = arena_strdup(&t->arena, p->name);
		p->arch = arena_strdup(&t->arena, p->arch);
		if (p->was != NULL)
			p->was = arena_strdup(&t->arena, p->was);
		if (p->is != NULL)
			p->is = arena_strdup(&t->arena, p->is);
	}
	pkgchanges_done(&t->packages);
	t->packages = STEAL(c);
}

/* "mail-auth.yaml" of a folder, or a file in its "mail-auth.d". */
static bool
is_of_spec(const char *file, const char *spec)
{
	size_t len = strlen(spec);

	for (const char *p = strstr(file, spec); p != NULL;
	    p = strstr(p + 1, spec)) {
		if (p > file && p[-1] != '/')
			continue;
		if (strcmp(p + len, ".yaml") == 0 ||
		    strncmp(p + len, ".d/", 3) == 0)
			return true;
	}
	return false;
}

/*
 * A spec with a mistake may lack the very words that would have kept its rules
 * from acting: they are judged, but do nothing. Other specs are as good as
 * ever. A mistake in the configuration can be about any of them.
 */
static void
disarm(struct ending *n)
{
	const struct diagnostics *d = &n->m->diagnostics;
	struct catalogue *c = &n->m->catalogue;

	for (size_t i = 0; i < d->n; i++) {
		const char *file = d->items[i].at.file;
		CLEANUP(drop_buf) struct buf line = { 0 };

		discreet_diagnostic(n->m, &d->items[i], &line);
		if (!strlist_has(&n->t->failed, buf_str(&line)))
			strlist_add(&n->t->failed, buf_str(&line));
		for (size_t k = 0; k < c->n; k++) {
			struct spec *s = c->specs[k];

			if (text_ends(file, "/driftctl.yaml") ||
			    is_of_spec(file, s->name))
				for (size_t x = 0; x < s->n_rules; x++) {
					s->rules[x].on_drift = ON_DRIFT_FLAG;
					s->rules[x].on_change = ON_CHANGE_FLAG;
				}
		}
	}
}

/*
 * What was recorded last is newer than all there is now: it is no version to
 * go back to for a file that merely differs. What does not hold is another
 * matter.
 */
static void
leave_changes(struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct spec *s = c->specs[i];

		for (size_t k = 0; k < s->n_rules; k++)
			if (s->rules[k].on_change == ON_CHANGE_RESTORE)
				s->rules[k].on_change = ON_CHANGE_FLAG;
	}
}

static const char *
step_word(const struct step *s)
{
	return s->bytes != NULL ? C_("done", "repaired") :
	    s->want == NULL ? C_("done", "removed") :
	    s->have == NULL ? C_("done", "put back") :
	    C_("done", "replaced");
}

/* That of the rule "SPEC/RULE". */
static enum severity
severity_of(const struct machine *m, const char *reason)
{
	const struct catalogue *c = &m->catalogue;

	for (size_t i = 0; i < c->n; i++) {
		const struct spec *s = c->specs[i];
		size_t len = strlen(s->name);

		if (strncmp(reason, s->name, len) != 0 || reason[len] != '/')
			continue;
		for (size_t k = 0; k < s->n_rules; k++)
			if (strcmp(s->rules[k].id, reason + len + 1) == 0)
				return s->rules[k].severity;
	}
	return SEVERITY_WARNING;
}

static struct transaction_finding *
found(struct ending *n, const char *kind, const char *id,
    const struct buf *what, enum severity severity, const char *path)
{
	CLEANUP(drop_buf) struct buf package = { 0 };
	struct transaction_finding *f = transaction_found(n->t, kind, id,
	    buf_str(what));

	causes_package(&n->causes, path, &package);
	f->severity = severity_words[severity];
	f->path = arena_strdup(&n->t->arena, path);
	f->package = arena_strdup(&n->t->arena, buf_str(&package));
	return f;
}

static void
note_restored(struct ending *n)
{
	const struct plan *p = &n->r.plan;

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->items[i];
		CLEANUP(drop_buf) struct buf what = { 0 };

		if (s->reason == NULL)
			continue;
		buf_addf(&what, "%s: %s", s->reason, step_word(s));
		causes_add(&n->causes, s->path, &what);
		found(n, "restored", s->path, &what,
		    severity_of(n->m, s->reason), s->path);
	}
	n->t->rollback = arena_strdup(&n->t->arena, buf_str(&n->r.id));
}

static bool
leave_result(void *ending, const struct result *r)
{
	struct ending *n = ending;

	return n->standing != NULL && standing_result(n->standing, r);
}

/*
 * Of what was found late nobody knows when it happened: what no package's list
 * explains may be a person's work of today, which was never recorded.
 */
static bool
leave_change(void *ending, const struct change *c)
{
	struct ending *n = ending;
	const struct entry *en = c->was != NULL ? c->was : c->is;

	return (n->standing != NULL && standing_change(n->standing, c)) ||
	    (transaction_late(n->t) && !causes_explain(&n->causes, en->path));
}

static int
restore(struct ending *n, struct err *e)
{
	struct restoring *r = &n->r;

	*r = (struct restoring){ .m = n->m, .title = "upgrade",
		.taken = n->seen.manifest.n > 0 ? &n->seen : NULL,
		.q.from = n->from.len > 0 ? buf_str(&n->from) : NULL,
		.q.leave = leave_result, .q.leave_change = leave_change,
		.q.leave_ctx = n };
	if (restoring_plan(r, e) < 0)
		return -1;
	for (size_t i = 0; i < r->w.impossible.n; i++)
		strlist_add(&n->t->failed, r->w.impossible.items[i]);
	if (r->plan.n == 0)
		return 0;
	if (restoring_carry_out(r, &n->out, e) < 0)
		return -1;
	note_restored(n);
	return restoring_judge(r, &n->out, e);
}

/* What was found at the end, whoever looked last. */
static struct assessment *
last_look(struct ending *n)
{
	return n->out.judged ? &n->out.after : &n->r.a;
}

static void
note_finding(struct ending *n, const struct finding *f)
{
	CLEANUP(drop_buf) struct buf what = { 0 }, told = { 0 };
	struct transaction_finding *x;

	buf_adds(&what, f->what);
	causes_add(&n->causes, f->path, &what);
	x = found(n, f->kind == FINDING_UNKNOWN ? "unknown" :
	    causes_soothe(&n->causes, f) ? "note" : "flagged", f->id, &what,
	    f->severity, f->path);
	if (f->told == NULL)
		return;
	buf_adds(&told, f->told);
	causes_add(&n->causes, f->path, &told);
	x->told = arena_strdup(&n->t->arena, buf_str(&told));
}

static void
note_findings(struct ending *n)
{
	struct assessment *a = last_look(n);

	discreet_findings(n->m, a);
	for (size_t i = 0; i < a->findings.n; i++) {
		const struct finding *f = &a->findings.items[i];

		if (n->standing != NULL &&
		    standing_finding(n->standing, &a->changes, f))
			continue;
		if (f->kind == FINDING_UNKNOWN || f->flagged)
			note_finding(n, f);
	}
	causes_tell(&n->causes, n->t);
}

static void
write_report(struct ending *n, struct buf *out)
{
	const struct assessment *a = last_look(n);
	CLEANUP(drop_model) struct model now = { 0 };

	moment_model(n->m, &(struct moment){ .verb = "check",
	    .findings = &a->findings,
	    .exit_code = findings_exit(&a->findings),
	    .baseline = a->has_baseline ? &a->baseline_commit : NULL }, &now);
	pasttext_transaction(out, &now, n->t);
	buf_adds(out, _("\nthe machine afterwards:\n"));
	report_text(&now, false, out);
}

/*
 * The last snapshot known when nobody took one as it began: whoever was killed
 * then may have been followed by somebody who recorded what was lost.
 */
static void
settle_before(struct ending *n, struct oid *before)
{
	struct err e = { 0 };

	*before = oid_is_zero(&n->t->before) ? n->t->newest : n->t->before;
	if (oid_is_zero(before) && machine_live(n->m, before, &e) <= 0)
		*before = (struct oid){ 0 };
	if (!oid_is_zero(before))
		text_hex(&n->from, before->b, OID_LEN);
}

static void
failed(struct ending *n, struct err *e)
{
	transaction_failed(n->t, e);
	err_clear(e);
}

void
conclude(struct machine *m, struct transaction *t, const struct pkglist *was,
    struct pkglist *now, struct look *look, struct buf *report)
{
	CLEANUP(drop_ending) struct ending n = { .m = m, .t = t };
	struct oid before;
	struct err e = { 0 };
	bool judged;
	int has;

	find_packages(&n, was, now);
	settle_before(&n, &before);
	if (conclude_snapshot(m, t, "after", &t->after, &n.seen, &e) < 0)
		failed(&n, &e);
	else if (!oid_is_zero(&before))
		causes_init(&n.causes, m, t, &before);
	disarm(&n);
	if (pkgversion_backwards(&t->packages))
		leave_changes(&m->catalogue);
	has = machine_baseline(m, &n.baseline, &e);
	if (has < 0)
		failed(&n, &e);
	if (has > 0 && !oid_is_zero(&before))
		n.standing = standing_new(m, &before, &n.baseline);
	judged = has > 0 && restore(&n, &e) == 0;
	if (e.kind != ERR_NONE)
		failed(&n, &e);
	if (n.out.done && conclude_snapshot(m, t, "restored after", &t->after,
	    NULL, &e) < 0)
		failed(&n, &e);
	note_findings(&n);
	if (n.causes.trouble.kind != ERR_NONE)
		transaction_failed(t, &n.causes.trouble);
	look_open(look, &last_look(&n)->findings,
	    judged && m->diagnostics.n == 0);
	if (n.standing != NULL && standing_trouble(n.standing) != NULL)
		transaction_failed(t, standing_trouble(n.standing));
	write_report(&n, report);
	if (causes_keep(&n.causes, m, &t->after, n.seen.manifest.n > 0 ?
	    &n.seen : &last_look(&n)->live, &e) < 0)
		failed(&n, &e);
}
