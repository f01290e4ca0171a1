/* SPDX-License-Identifier: MIT */
#include "agent/hook/standing.h"

#include <stdlib.h>
#include <string.h>

#include "agent/assess.h"
#include "agent/evidence.h"

struct standing {
	struct machine *m;
	struct oid commit, baseline;
	bool loaded;
	struct err trouble;
	struct manifest before;
	struct evidence_source *evidence;
	struct results results;
};

struct standing *
standing_new(struct machine *m, const struct oid *before,
    const struct oid *baseline)
{
	struct standing *s = xcalloc(1, sizeof(*s));

	s->m = m;
	s->commit = *before;
	s->baseline = *baseline;
	return s;
}

static bool
loaded(struct standing *s)
{
	if (s->loaded)
		return s->trouble.kind == ERR_NONE;
	s->loaded = true;
	if (store_load(s->m->store, &s->commit, &s->before, &s->trouble) < 0)
		return false;
	s->evidence = evidence_snapshot(s->m, &s->before, &s->baseline);
	assess_rules(&s->m->catalogue, evidence_get(s->evidence), &s->results);
	return true;
}

const struct err *
standing_trouble(const struct standing *s)
{
	return s->trouble.kind != ERR_NONE ? &s->trouble : NULL;
}

void
standing_free(struct standing *s)
{
	if (s == NULL)
		return;
	results_done(&s->results);
	evidence_free(s->evidence);
	manifest_done(&s->before);
	free(s);
}

void
drop_standing(struct standing **s)
{
	standing_free(*s);
}

static bool
failed_before(struct standing *s, const struct rule *rule, const char *path,
    const char *demand)
{
	if (!loaded(s))
		return false;
	for (size_t i = 0; i < s->results.n; i++) {
		const struct result *r = &s->results.items[i];

		if (r->verdict == VERDICT_FAILS && r->rule == rule &&
		    strcmp(r->path, path) == 0 &&
		    strcmp(r->demand, demand) == 0)
			return true;
	}
	return false;
}

bool
standing_result(void *standing, const struct result *r)
{
	return failed_before(standing, r->rule, r->path, r->demand);
}

bool
standing_change(void *standing, const struct change *c)
{
	struct standing *s = standing;
	const struct entry *is = c->is;
	const struct entry *known = c->was != NULL ? c->was : is;
	const struct entry *before = loaded(s) ?
	    manifest_find(&s->before, known->path) : NULL;

	if (standing_trouble(s) != NULL)
		return false;
	if (before == NULL || is == NULL)
		return before == NULL && is == NULL;
	return (entry_differs(before, is) & ~(unsigned)DIFF_MTIME) == 0;
}

bool
standing_finding(struct standing *s, const struct changes *changes,
    const struct finding *f)
{
	if (f->kind == FINDING_DRIFT)
		return failed_before(s, f->rule, f->path, f->demand);
	for (size_t i = 0; f->kind == FINDING_CHANGE && i < changes->n; i++) {
		const struct change *c = &changes->items[i];
		const struct entry *en = c->was != NULL ? c->was : c->is;

		if (strcmp(en->path, f->path) == 0)
			return standing_change(s, c);
	}
	return false;
}
