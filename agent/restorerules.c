/* SPDX-License-Identifier: MIT */
/* What rules want restored or repaired; the other half of restore.h. */
#include "agent/restore.h"

#include <stdlib.h>
#include <string.h>

#include "agent/evidence.h"
#include "base/glob.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

enum { LOOK_BACK = 200 };	/* snapshots, for one in which a rule held */

struct chooser {
	struct machine *m;
	const struct restore_request *q;
	const struct assessment *a;
	struct restore_wishes *out;
	const struct manifest *baseline;
	struct evidence_source *live;
};

static bool
wished(const struct restore_wishes *w, const char *path)
{
	for (size_t i = 0; i < w->wishes.n; i++)
		if (strcmp(w->wishes.items[i].path, path) == 0)
			return true;
	return false;
}

static const char *
reason_of(struct restore_wishes *w, const struct rule *r)
{
	return arena_printf(&w->arena, "%s/%s", r->spec->name, r->id);
}

static void
add_wish(struct restore_wishes *w, const char *path, const struct entry *want,
    const char *reason)
{
	if (!wished(w, path))
		*VEC_ADD(&w->wishes) = (struct wish){ .path = path,
			.want = want, .reason = reason };
}

/* Whether the rule holds for path by this evidence. */
static bool
holds(const struct rule *r, const struct evidence *ev, const char *path)
{
	struct results judged = { 0 };
	bool ok = true;

	eval_rule(r, ev, &judged);
	for (size_t i = 0; i < judged.n; i++)
		ok &= strcmp(judged.items[i].path, path) != 0;
	results_done(&judged);
	return ok;
}

/* The last version for which the rule held: what a search has found. */
struct search {
	struct chooser *c;
	const struct rule *rule;
	const char *path;
	unsigned left;
	const struct entry *found;
};

static int
try_manifest(struct search *s, const struct manifest *m)
{
	CLEANUP(drop_evidence) struct evidence_source *ev =
	    evidence_snapshot(s->c->m, m, &s->c->a->baseline_commit);
	const struct entry *en = manifest_find(m, s->path);
	struct manifest *keep = &s->c->out->older;

	if (en == NULL || !holds(s->rule, evidence_get(ev), s->path))
		return 0;
	s->found = arena_alloc(&keep->arena, sizeof(*en));
	*(struct entry *)s->found = entry_dup(&keep->arena, en);
	return 1;
}

static int
try_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct search *s = ctx;
	CLEANUP(drop_manifest) struct manifest m = { 0 };

	if (s->left-- == 0)
		return 1;
	if (store_load(s->c->m->store, &c->oid, &m, e) < 0)
		return -1;
	return try_manifest(s, &m);
}

static int
last_good(struct chooser *c, const struct rule *r, const char *path,
    const struct entry **out, struct err *e)
{
	struct search s = { .c = c, .rule = r, .path = path,
		.left = LOOK_BACK };
	struct oid live;

	*out = NULL;
	if (c->q->from != NULL) {
		*out = manifest_find(&c->out->from, path);
		return 0;
	}
	if (try_manifest(&s, c->baseline) == 0) {
		if (machine_live(c->m, &live, e) <= 0)
			return -1;
		if (gitwalk_history(store_repo(c->m->store), &live,
		    try_commit, &s, e) < 0)
			return -1;
	}
	*out = s.found;
	return 0;
}

/* A pattern that should match something: all the baseline had of it. */
static bool
wish_pattern(struct chooser *c, const struct result *r, const char *reason)
{
	const struct manifest *from = c->q->from != NULL ? &c->out->from :
	    c->baseline;
	bool any = false;

	for (size_t i = 0; i < from->n; i++) {
		if (!glob_path(r->path, from->items[i].path))
			continue;
		add_wish(c->out, from->items[i].path, &from->items[i], reason);
		any = true;
	}
	return any;
}

static int
wish_restore(struct chooser *c, const struct result *r, struct err *e)
{
	const char *reason = reason_of(c->out, r->rule);
	const struct entry *good;

	if (r->rule->require == REQUIRE_ABSENT) {
		add_wish(c->out, r->path, NULL, reason);
		return 0;
	}
	if (!glob_literal(r->path, strlen(r->path)) &&
	    wish_pattern(c, r, reason))
		return 0;
	if (last_good(c, r->rule, r->path, &good, e) < 0)
		return -1;
	if (good == NULL)
		c->out->left_flagged++;
	else
		add_wish(c->out, good->path, good, reason);
	return 0;
}

/* A name or a number in the root's own files. */
static int
find_ids(struct machine *m, struct entry *en, struct err *e)
{
	char *end;

	if (en->user != NULL &&
	    idnames_uid(m->ids, en->user, &en->uid) == 0) {
		en->uid = (uint32_t)strtoul(en->user, &end, 10);
		if (*end != '\0')
			return err_set(e, ERR_MISSING, en->path,
			    _("there is no user '%s' here"), en->user);
	}
	if (en->group != NULL &&
	    idnames_gid(m->ids, en->group, &en->gid) == 0) {
		en->gid = (uint32_t)strtoul(en->group, &end, 10);
		if (*end != '\0')
			return err_set(e, ERR_MISSING, en->path,
			    _("there is no group '%s' here"), en->group);
	}
	return 0;
}

static struct buf *
new_bytes(struct restore_wishes *w)
{
	struct { struct buf **items; size_t n, cap; } v = {
		w->bytes, w->n_bytes, w->cap_bytes };
	struct buf *b = xcalloc(1, sizeof(*b));

	*VEC_ADD(&v) = b;
	w->bytes = v.items;
	w->n_bytes = v.n;
	w->cap_bytes = v.cap;
	return b;
}

/* 1 when there was something to repair, 0 when the rule has no way to. */
static int
repair_content(struct chooser *c, const struct rule *r, struct wish *wish,
    struct entry *want, struct err *e)
{
	const struct evidence *ev = evidence_get(c->live);
	struct err no_way = { 0 };
	const char *bytes;
	size_t len;
	struct buf *out;
	int n;

	if (want->kind != ENTRY_FILE)
		return 0;
	if (ev->bytes(ev->ctx, wish->path, &bytes, &len, e) < 0)
		return -1;
	out = new_bytes(c->out);
	n = repair_bytes(r, wish->path, bytes, len, out, &no_way);
	if (n <= 0)
		return 0;
	want->size = out->len;
	want->content = CONTENT_STORED;
	clock_gettime(CLOCK_REALTIME, &want->mtime);
	wish->bytes = out;
	return 1;
}

/*
 * Several rules may mend one file: each works on what the one before left.
 * Returns 1 when a wish was made, 0 when the rule gives no way.
 */
static int
wish_repair(struct chooser *c, const struct result *r, struct err *e)
{
	const struct evidence *ev = evidence_get(c->live);
	const struct entry *have = ev->entry(ev->ctx, r->path);
	struct entry *want;
	struct wish wish = { .path = r->path,
		.reason = reason_of(c->out, r->rule) };
	int content, meta;

	if (have == NULL || wished(c->out, r->path))
		return have != NULL;
	want = arena_alloc(&c->out->arena, sizeof(*want));
	*want = *have;
	wish.path = have->path;
	wish.want = want;
	content = repair_content(c, r->rule, &wish, want, e);
	if (content < 0)
		return -1;
	meta = repair_entry(r->rule, want);
	if (meta > 0 && find_ids(c->m, want, e) < 0)
		return -1;
	if (content == 0 && meta <= 0)
		return 0;
	*VEC_ADD(&c->out->wishes) = wish;
	return 1;
}

static int
wish_result(struct chooser *c, const struct result *r, struct err *e)
{
	enum on_drift how = r->rule->on_drift;

	if (c->q->rule != NULL && how == ON_DRIFT_FLAG)
		how = ON_DRIFT_RESTORE;
	if (how == ON_DRIFT_FLAG) {
		c->out->left_flagged++;
		return 0;
	}
	if (how == ON_DRIFT_REPAIR) {
		int n = wish_repair(c, r, e);

		if (n != 0)
			return n < 0 ? -1 : 0;
	}
	return wish_restore(c, r, e);
}

static int
wish_changes(struct chooser *c)
{
	const struct changes *l = &c->a->changes;

	for (size_t i = 0; i < l->n; i++) {
		const struct change *x = &l->items[i];
		const struct entry *en = x->was != NULL ? x->was : x->is;
		const struct rule *rule;
		enum on_change how = finding_on_change(&c->m->catalogue,
		    en->path, &rule);

		if (how != ON_CHANGE_RESTORE || (c->q->rule != NULL &&
		    rule != catalogue_rule(&c->m->catalogue, c->q->rule)))
			continue;
		add_wish(c->out, en->path, x->was, reason_of(c->out, rule));
	}
	return 0;
}

int
restore_wish_rules(struct machine *m, const struct restore_request *q,
    struct assessment *a, struct restore_wishes *out, struct err *e)
{
	struct chooser c = { m, q, a, out, assess_baseline(m, a, e), NULL };
	const struct rule *only = NULL;
	CLEANUP(drop_evidence) struct evidence_source *live =
	    evidence_live(m, &a->live.manifest, &a->baseline_commit, NULL);

	c.live = live;
	if (c.baseline == NULL)
		return -1;
	if (q->rule != NULL &&
	    (only = catalogue_rule(&m->catalogue, q->rule)) == NULL)
		return err_set(e, ERR_MISSING, q->rule,
		    _("no such rule [see 'driftctl spec show SPEC']"));
	if (q->from != NULL) {
		struct oid commit;

		if (gitwalk_resolve(store_repo(m->store), q->from, &commit,
		    e) < 0 || store_load(m->store, &commit, &out->from, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < a->results.n; i++) {
		const struct result *r = &a->results.items[i];

		if (r->verdict == VERDICT_FAILS &&
		    (only == NULL || r->rule == only) &&
		    wish_result(&c, r, e) < 0)
			return -1;
	}
	return wish_changes(&c);
}
