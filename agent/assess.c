/* SPDX-License-Identifier: MIT */
#include "agent/assess.h"

#include "agent/evidence.h"
#include "base/path.h"

void
assess_rules(const struct catalogue *cat, const struct evidence *ev,
    struct results *out)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (!s->rules[k].disabled)
				eval_rule(&s->rules[k], ev, out);
	}
}

/* What was found behind a moved folder did not come new. */
static void
drop_met(struct changes *c, const struct entry *first, const bool *met)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].was != NULL || !met[c->items[i].is - first])
			c->items[kept++] = c->items[i];
	c->n = kept;
}

/*
 * A folder that became a symlink takes nothing away: what is found behind it
 * under its real name is what the baseline had (/lib and /usr/lib).
 */
static void
follow_moved_folders(struct assessment *a)
{
	const struct entry *first = a->live.manifest.items;
	CLEANUP(drop_free) bool *met = xcalloc(a->live.manifest.n,
	    sizeof(*met));
	size_t kept = 0;

	for (size_t i = 0; i < a->changes.n; i++) {
		struct change *c = &a->changes.items[i];
		CLEANUP(drop_buf) struct buf real = { 0 };
		const struct entry *is = NULL;

		if (c->is == NULL) {
			evidence_resolve(&a->live.manifest, c->was->path,
			    &real);
			is = manifest_find(&a->live.manifest, buf_str(&real));
		}
		if (is != NULL) {
			unsigned d = entry_differs(c->was, is);

			met[is - first] = true;
			if ((d & ~(unsigned)DIFF_MTIME) == 0)
				continue;
			c->is = is;
			c->differs = d;
		}
		a->changes.items[kept++] = *c;
	}
	a->changes.n = kept;
	drop_met(&a->changes, first, met);
}

int
assess(struct machine *m, const struct machine_capture *how,
    struct assessment *a, struct err *e)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = NULL;
	int n = machine_baseline(m, &a->baseline_commit, e);

	if (n < 0 || machine_capture(m, how, &a->live, e) < 0)
		return -1;
	a->has_baseline = n > 0;
	if (a->has_baseline) {
		if (store_load(m->store, &a->baseline_commit, &a->baseline,
		    e) < 0)
			return -1;
		compare_manifests(&a->baseline, &a->live.manifest, false,
		    &a->changes);
		follow_moved_folders(a);
	}
	ev = evidence_live(&m->root, m->ids, &a->live.manifest,
	    a->has_baseline ? &a->baseline : NULL, &m->inputs);
	assess_rules(&m->catalogue, evidence_get(ev), &a->results);
	findings_make(&m->catalogue, &a->results, &a->changes, &a->live,
	    &a->findings);
	return 0;
}

void
assessment_done(struct assessment *a)
{
	findings_done(&a->findings);
	results_done(&a->results);
	changes_done(&a->changes);
	manifest_done(&a->baseline);
	capture_done(&a->live);
}

void
drop_assessment(struct assessment *a)
{
	assessment_done(a);
}
