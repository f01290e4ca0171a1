/* SPDX-License-Identifier: MIT */
#include "agent/accepted.h"

#include "agent/assess.h"
#include "agent/changetext.h"
#include "agent/evidence.h"
#include "agent/report/moment.h"
#include "agent/report/report.h"
#include "agent/report/reportjson.h"
#include "agent/snapshotarg.h"
#include "agent/untracked.h"
#include "base/glob.h"
#include "base/tr.h"
#include "snapshots/compare.h"

enum { LINES = 10 };

void
drop_accepted(struct accepted *a)
{
	findings_done(&a->critical);
	results_done(&a->judged);
	changes_done(&a->changes);
	manifest_done(&a->was);
	manifest_done(&a->is);
}

int
accepted_begin(struct machine *m, struct accepted *out, struct err *e)
{
	struct oid before;
	int n = machine_baseline(m, &before, e);

	return n <= 0 ? n : store_load(m->store, &before, &out->was, e);
}

/* Whether the result is about what was accepted. */
static bool
concerns(const struct result *r, const struct strlist *paths)
{
	if (paths->n == 0 || paths_cover(paths, r->path) ||
	    (r->decided_in != NULL && paths_cover(paths, r->decided_in)))
		return true;
	for (size_t i = 0; i < paths->n; i++)
		if (glob_path(r->path, paths->items[i]))
			return true;
	return false;
}

static void
judge(struct machine *m, const struct evidence *ev,
    const struct strlist *paths, struct results *out)
{
	const struct catalogue *c = &m->catalogue;
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct spec *s = c->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (!s->rules[k].disabled &&
			    s->rules[k].severity == SEVERITY_CRITICAL)
				eval_rule(&s->rules[k], ev, out);
	}
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].verdict == VERDICT_FAILS &&
		    concerns(&out->items[i], paths))
			out->items[kept++] = out->items[i];
	out->n = kept;
}

int
accepted_end(struct machine *m, const struct oid *baseline,
    const struct capture *live, const struct strlist *paths,
    struct accepted *a, struct err *e)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = evidence_live(m,
	    &live->manifest, baseline, NULL);
	CLEANUP(drop_buf) struct buf command = { 0 };
	const struct changes none = { 0 };
	const struct capture seen = { 0 };

	if (store_load(m->store, baseline, &a->is, e) < 0)
		return -1;
	if (a->was.n > 0) {
		compare_manifests(&a->was, &a->is, false, &a->changes);
		a->forgotten = untracked_drop(m, &a->changes);
	}
	evidence_set_unknown(ev, live);
	judge(m, evidence_get(ev), paths, &a->judged);
	options_command(m->o, &command);
	findings_make(&m->catalogue, &a->judged, &none, &seen,
	    buf_str(&command), &a->critical);
	assess_mend(m, baseline, &live->manifest, &a->critical);
	return 0;
}

/* "2 changed, 1 removed": those that there are. */
static void
add_counts(const struct accepted *a, struct buf *out)
{
	size_t added = 0, removed = 0, changed = 0;
	const char *comma = "";

	for (size_t i = 0; i < a->changes.n; i++) {
		const struct change *c = &a->changes.items[i];

		added += c->was == NULL;
		removed += c->is == NULL;
		changed += c->was != NULL && c->is != NULL;
	}
	if (changed > 0)
		buf_addf(out, ngettext("%zu changed", "%zu changed", changed),
		    changed);
	if (changed > 0)
		comma = ", ";
	if (removed > 0) {
		buf_adds(out, comma);
		buf_addf(out, ngettext("%zu removed", "%zu removed", removed),
		    removed);
		comma = ", ";
	}
	if (added > 0) {
		buf_adds(out, comma);
		buf_addf(out, ngettext("%zu added", "%zu added", added),
		    added);
	}
}

void
accepted_text(const struct accepted *a, struct buf *out)
{
	size_t n = a->changes.n;

	if (n > 0) {
		buf_adds(out, _("accepted: "));
		add_counts(a, out);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < n && i < LINES; i++) {
		buf_adds(out, "  ");
		change_line(out, &a->changes.items[i]);
	}
	if (n > LINES)
		buf_addf(out, _("  and %zu more\n"), n - LINES);
	if (a->forgotten > 0)
		buf_addf(out, ngettext("forgotten: %zu entry that is not "
		    "tracked any more\n", "forgotten: %zu entries that are "
		    "not tracked any more\n", a->forgotten), a->forgotten);
}

static void
make_model(const struct machine *m, const struct accepted *a,
    struct model *out)
{
	moment_model(m, &(struct moment){ .verb = "accept", .partial = true,
	    .findings = &a->critical }, out);
}

void
accepted_warn(const struct machine *m, const struct accepted *a,
    struct buf *out)
{
	CLEANUP(drop_model) struct model model = { 0 };

	if (a->critical.n == 0)
		return;
	make_model(m, a, &model);
	buf_adds(out, _("warning: what was accepted is not what these rules "
	    "ask for:\n"));
	report_text(&model, options_color(m->o), out);
}

void
accepted_json(const struct machine *m, const struct accepted *a,
    struct json *j)
{
	CLEANUP(drop_model) struct model model = { 0 };

	json_open(j, "changes", '[');
	for (size_t i = 0; i < a->changes.n; i++) {
		json_open(j, NULL, '{');
		change_json(j, &a->changes.items[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
	make_model(m, a, &model);
	reportjson_findings(j, &model);
}
