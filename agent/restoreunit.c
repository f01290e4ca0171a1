/* SPDX-License-Identifier: MIT */
#include "agent/restoreunit.h"

#include <string.h>

#include "agent/evidence.h"
#include "agent/finding.h"
#include "base/strlist.h"
#include "snapshots/gitwalk.h"

struct search {
	const struct restoreunit *u;
	unsigned left;
	bool found;
};

static bool
is_wanted(const struct restoreunit *u, const struct entry *en)
{
	const struct result *r = u->result;

	if (en->kind == ENTRY_DIR || !finding_rule_covers(r->rule, en->path))
		return false;
	/* What won before; what wins now is in nobody's way to remove. */
	if (strcmp(r->demand, "layers") == 0)
		return strcmp(en->path, r->path) == 0 &&
		    manifest_find(&u->a->live.manifest, en->path) == NULL;
	if (r->decided_in != NULL)
		return strcmp(en->path, r->decided_in) == 0;
	return strcmp(en->path, r->path) == 0 ||
	    manifest_find(&u->a->live.manifest, en->path) == NULL;
}

static bool
wish_parts(const struct restoreunit *u, const struct manifest *from)
{
	struct arena *keep = &u->out->older.arena;
	bool any = false;

	for (size_t i = 0; i < from->n; i++) {
		struct entry *en;

		if (!is_wanted(u, &from->items[i]))
			continue;
		en = arena_alloc(keep, sizeof(*en));
		*en = entry_dup(keep, &from->items[i]);
		restore_add_wish(u->out, en->path, en, u->reason);
		any = true;
	}
	return any;
}

static bool
try_manifest(const struct restoreunit *u, const struct manifest *m)
{
	CLEANUP(drop_evidence) struct evidence_source *ev =
	    evidence_snapshot(u->m, m, &u->a->baseline_commit);
	struct results judged = { 0 };
	bool held;

	eval_rule(u->result->rule, evidence_get(ev), &judged);
	held = judged.n == 0 && judged.held > 0;
	results_done(&judged);
	return held && wish_parts(u, m);
}

static int
try_commit(void *ctx, const struct gitcommit *commit, struct err *e)
{
	struct search *s = ctx;
	CLEANUP(drop_manifest) struct manifest m = { 0 };

	if (s->left-- == 0)
		return 1;
	if (store_load(s->u->m->store, &commit->oid, &m, e) < 0)
		return -1;
	s->found = try_manifest(s->u, &m);
	return s->found;
}

int
restore_wish_unit(const struct restoreunit *u, struct err *e)
{
	struct search s = { .u = u, .left = RESTORE_LOOK_BACK };
	struct oid live;

	if (u->q->from != NULL)
		s.found = wish_parts(u, &u->out->from);
	else
		s.found = try_manifest(u, u->baseline);
	if (!s.found && u->q->from == NULL &&
	    (machine_live(u->m, &live, e) <= 0 ||
	    gitwalk_history(store_repo(u->m->store), &live, try_commit, &s,
	    e) < 0))
		return -1;
	if (!s.found)
		strlist_take(&u->out->hopeless, xasprintf("%s:%s#", u->reason,
		    u->result->path));
	return 0;
}
