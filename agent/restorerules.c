/* SPDX-License-Identifier: MIT */
/* What rules want restored or repaired; the other half of restore.h. */
#include "agent/restore.h"

#include <stdlib.h>
#include <string.h>

#include "agent/evidence.h"
#include "agent/moved.h"
#include "agent/onchange.h"
#include "agent/restoreunit.h"
#include "base/glob.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

/* A live entry being repaired: several rules may mend the same file, each
 * working on what the one before left. */
struct mending {
	size_t wish;
	struct entry *want;
	struct buf *bytes;	/* NULL: the content is still the live one */
};

struct chooser {
	struct machine *m;
	const struct restore_request *q;
	const struct assessment *a;
	struct restore_wishes *out;
	const struct manifest *baseline;
	struct evidence_source *live;
	struct moved moved;	/* of the snapshot to restore from */
	bool moved_known;
	struct {
		struct mending *items;
		size_t n, cap;
	} mendings;
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

void
restore_add_wish(struct restore_wishes *w, const char *path,
    const struct entry *want, const char *reason)
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
	const struct entry *en = moved_entry(&s->c->moved, m, s->path);
	struct manifest *keep = &s->c->out->older;

	if (en == NULL || !holds(s->rule, evidence_get(ev), s->path) ||
	    !holds(s->rule, evidence_get(ev), en->path))
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
		.left = RESTORE_LOOK_BACK };
	struct oid live;

	*out = NULL;
	if (!c->moved_known && moved_find(&c->m->root, c->q->from != NULL ?
	    &c->out->from : c->baseline, &c->moved, e) < 0)
		return -1;
	c->moved_known = true;
	if (c->q->from != NULL) {
		*out = moved_entry(&c->moved, &c->out->from, path);
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
		restore_add_wish(c->out, from->items[i].path,
		    &from->items[i], reason);
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
		restore_add_wish(c->out, r->path, NULL, reason);
		return 0;
	}
	if (rule_is_joint(r->rule))
		return restore_wish_unit(&(struct restoreunit){ c->m, c->q,
		    c->a, c->baseline, r, reason, c->out }, e);
	if (!glob_literal(r->path, strlen(r->path)) &&
	    wish_pattern(c, r, reason))
		return 0;
	/* Asked for by --rule, as its spec cannot. */
	if (text_starts(r->demand, "luks")) {
		strlist_take(&c->out->impossible, xasprintf(_("%s: no rule "
		    "puts a LUKS header back [an older one can cost the data; "
		    "name the file to put it back]"), r->path));
		return 0;
	}
	if (last_good(c, r->rule, r->path, &good, e) < 0)
		return -1;
	if (good == NULL)
		strlist_take(&c->out->hopeless, xasprintf("%s:%s#", reason,
		    r->path));
	else
		restore_add_wish(c->out, good->path, good, reason);
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
repair_content(struct chooser *c, const struct rule *r, struct mending *m,
    struct err *e)
{
	const struct evidence *ev = evidence_get(c->live);
	struct err no_way = { 0 };
	const char *bytes;
	size_t len;
	struct buf *out;
	int n;

	if (m->want->kind != ENTRY_FILE)
		return 0;
	if (m->bytes != NULL) {
		bytes = buf_str(m->bytes);
		len = m->bytes->len;
	} else if (ev->bytes(ev->ctx, m->want->path, &bytes, &len, e) < 0) {
		return -1;
	}
	out = new_bytes(c->out);
	n = repair_bytes(r, m->want->path, bytes, len, out, &no_way);
	if (n < 0) {
		strlist_take(&c->out->unmended, xasprintf("%s/%s:%s#",
		    r->spec->name, r->id, m->want->path));
		strlist_add(&c->out->unmended, no_way.what);
	}
	if (n <= 0)
		return 0;
	m->bytes = out;
	m->want->size = out->len;
	m->want->content = CONTENT_STORED;
	clock_gettime(CLOCK_REALTIME, &m->want->mtime);
	return 1;
}

static struct mending *
find_mending(struct chooser *c, const char *path)
{
	for (size_t i = 0; i < c->mendings.n; i++)
		if (strcmp(c->mendings.items[i].want->path, path) == 0)
			return &c->mendings.items[i];
	return NULL;
}

static struct mending
new_mending(struct chooser *c, const struct entry *have)
{
	struct mending m = { .want = arena_alloc(&c->out->arena,
	    sizeof(*m.want)) };

	*m.want = *have;
	return m;
}

/* Among the modes that "<=" allows, the one that was accepted is meant; one
 * that is allowed already is nobody's to change. */
static void
keep_baseline_mode(struct chooser *c, const struct rule *r,
    struct entry *want)
{
	const struct entry *was = manifest_find(c->baseline, want->path);

	if (r->mode_at_most && was != NULL && was->kind == want->kind &&
	    (was->mode & ~(uint32_t)r->mode) == 0)
		want->mode = was->mode;
}

/*
 * Returns 1 when the rule's demands are wished for, 0 when it gives no way to
 * repair.
 */
static int
wish_repair(struct chooser *c, const struct result *r, struct err *e)
{
	const struct evidence *ev = evidence_get(c->live);
	const struct entry *have = ev->entry(ev->ctx, r->path);
	struct mending *old, m;
	struct wish *w;
	uint32_t mode;
	int content, meta;

	if (have == NULL)
		return 0;
	old = find_mending(c, have->path);
	if (old == NULL && wished(c->out, have->path))
		return 1;	/* it is being restored whole */
	m = old != NULL ? *old : new_mending(c, have);
	content = repair_content(c, r->rule, &m, e);
	if (content < 0)
		return -1;
	mode = m.want->mode;
	meta = repair_entry(r->rule, m.want);
	if (m.want->mode != mode)
		keep_baseline_mode(c, r->rule, m.want);
	if (meta > 0 && find_ids(c->m, m.want, e) < 0)
		return -1;
	/* A rule with several results mends all of them the first time. */
	if (content == 0 && meta <= 0)
		return old != NULL;
	if (old == NULL) {
		m.wish = c->out->wishes.n;
		*VEC_ADD(&c->out->wishes) = (struct wish){
			.path = m.want->path, .want = m.want,
			.reason = reason_of(c->out, r->rule) };
		old = VEC_ADD(&c->mendings);
	}
	*old = m;
	w = &c->out->wishes.items[m.wish];
	w->bytes = m.bytes;
	return 1;
}

/* True when what is repaired is, but for its time, what the snapshot has. */
static bool
known_to(struct chooser *c, const struct mending *m, const struct oid *commit,
    struct entry *out)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct store *store = c->m->store;
	struct err ignored = { 0 };
	const unsigned rest = DIFF_MTIME | DIFF_CONTENT | DIFF_HARDLINK;

	return store_entry(store, commit, m->want->path, &c->out->arena, out,
	    &ignored) > 0 && (entry_differs(out, m->want) & ~rest) == 0 &&
	    out->size == m->bytes->len &&
	    store_content(store, out, &bytes, &ignored) == 0 &&
	    (bytes.len == 0 ||
	    memcmp(bytes.bytes, m->bytes->bytes, bytes.len) == 0);
}

/* A file that is again what it once was gets its time back, too: then nothing
 * of it differs any more. */
static int
settle_times(struct chooser *c, struct err *e)
{
	struct oid live;
	int n = machine_live(c->m, &live, e);

	if (n < 0)
		return -1;
	for (size_t i = 0; i < c->mendings.n; i++) {
		struct mending *m = &c->mendings.items[i];
		struct entry was;

		if (m->bytes != NULL &&
		    (known_to(c, m, &c->a->baseline_commit, &was) ||
		    (n > 0 && known_to(c, m, &live, &was))))
			m->want->mtime = was.mtime;
	}
	return 0;
}

static int
wish_result(struct chooser *c, const struct result *r, struct err *e)
{
	enum on_drift how = r->rule->on_drift;

	if (c->q->rule != NULL && how == ON_DRIFT_FLAG)
		how = ON_DRIFT_RESTORE;
	if (how == ON_DRIFT_FLAG)
		return 0;
	if (how == ON_DRIFT_REPAIR) {
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err why = { 0 };
		int n = wish_repair(c, r, &why);

		/* One that cannot be mended bars nobody else's way. */
		if (n < 0) {
			err_format(&why, &said);
			strlist_add(&c->out->impossible, buf_str(&said));
		}
		if (n != 0)
			return 0;
	}
	return wish_restore(c, r, e);
}

static int
wish_results(struct chooser *c, const struct rule *only, struct err *e)
{
	for (size_t i = 0; i < c->a->results.n; i++) {
		const struct result *r = &c->a->results.items[i];

		if (r->verdict == VERDICT_FAILS &&
		    (only == NULL || r->rule == only) &&
		    (c->q->leave == NULL ||
		    !c->q->leave(c->q->leave_ctx, r)) &&
		    wish_result(c, r, e) < 0)
			return -1;
	}
	return 0;
}

static int
wish_changes(struct chooser *c)
{
	CLEANUP(drop_onchange) struct onchange *rules =
	    onchange_new(&c->m->catalogue);
	const struct changes *l = &c->a->changes;

	for (size_t i = 0; i < l->n; i++) {
		const struct change *x = &l->items[i];
		const struct entry *want = x->was;
		const struct rule *rule;
		enum on_change how;

		/* What was added stays, and stays flagged. */
		if (x->was == NULL || change_is_rewritten(x) ||
		    (c->q->leave_change != NULL &&
		    c->q->leave_change(c->q->leave_ctx, x)))
			continue;
		how = onchange_of(rules, x->was->path, &rule);
		if (how != ON_CHANGE_RESTORE || (c->q->rule != NULL &&
		    rule != catalogue_rule(&c->m->catalogue, c->q->rule)))
			continue;
		if (c->q->from != NULL)
			want = manifest_find(&c->out->from, x->was->path);
		if (want != NULL)
			restore_add_wish(c->out, want->path, want,
			    reason_of(c->out, rule));
	}
	return 0;
}

int
restore_wish_rules(struct machine *m, const struct restore_request *q,
    struct assessment *a, struct restore_wishes *out, struct err *e)
{
	struct chooser c = { .m = m, .q = q, .a = a, .out = out,
		.baseline = assess_baseline(m, a, e) };
	const struct rule *only = NULL;
	int n;
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
	n = wish_results(&c, only, e);
	if (n == 0)
		n = settle_times(&c, e);
	free(c.mendings.items);
	moved_done(&c.moved);
	if (n < 0 || wish_changes(&c) < 0)
		return -1;
	return moved_redirect(&m->root, &out->arena, &out->wishes, e);
}
