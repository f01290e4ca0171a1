/* SPDX-License-Identifier: MIT */
/* What both sides of a merge were made from; part of job.h. */
#include "agent/merge/job.h"

#include <string.h>

#include "base/text.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitwalk.h"
#include "snapshots/seal.h"
#include "snapshots/vendor.h"

/* Back through the snapshots, for an earlier version of a leftover. */
struct earlier {
	struct machine *m;
	struct merge_job *j;
	struct arena *a;
	unsigned left;
	bool gone;	/* on the way: somebody had seen to it */
	bool found;
	struct vendor_version v;
};

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    memcmp(buf_str(a), buf_str(b), a->len) == 0;
}

/*
 * Where the next one took its place unseen, mine was never brought up to it,
 * and it is no base.
 */
static int
try_earlier(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct earlier *x = ctx;
	CLEANUP(drop_sealed_buf) struct buf b = { 0 };
	struct entry en;
	int n;

	if (x->left-- == 0)
		return 1;
	n = store_entry(x->m->store, &c->oid, x->j->leftover, x->a, &en, e);
	if (n < 0)
		return -1;
	if (n == 0) {
		x->gone = true;
		return 0;
	}
	if (en.kind != ENTRY_FILE ||
	    store_content(x->m->store, &en, &b, e) < 0)
		return en.kind == ENTRY_FILE ? -1 : 1;
	if (same(&b, &x->j->their_bytes)) {
		x->gone = false;
		return 0;
	}
	x->found = x->gone;
	x->v = (struct vendor_version){ en, c->oid, c->time };
	if (x->found)
		buf_add(&x->j->base_bytes, buf_str(&b), b.len);
	return 1;
}

static int
find_earlier(struct machine *m, struct merge_job *j, struct arena *a,
    struct vendor_version *out, struct err *e)
{
	struct earlier x = { .m = m, .j = j, .a = a,
		.left = VENDOR_LOOK_BACK };
	struct oid live;
	int n = machine_live(m, &live, e);

	if (n <= 0)
		return n;
	if (gitwalk_history(store_repo(m->store), &live, try_earlier, &x,
	    e) < 0)
		return -1;
	*out = x.v;
	return x.found;
}

/* Versions of the file itself, and the one among them to begin with. */
struct versions {
	struct machine *m;
	struct merge_job *j;
	bool oldest;		/* the one farthest back, not the nearest */
	size_t best;		/* lines in which it differs from mine */
	unsigned seen;
	bool found;
	struct vendor_version v;
};

enum { VERSIONS_MAX = 16 };

/* Lines that differ, each side counted. */
static int
distance(const struct buf *a, const struct buf *b, size_t *out,
    struct err *e)
{
	const struct gitrepo_text x = { buf_str(a), a->len, "" };
	const struct gitrepo_text y = { buf_str(b), b->len, "" };
	CLEANUP(drop_sealed_buf) struct buf diff = { 0 };

	*out = 0;
	if (gitrepo_diff(&x, &y, 0, &diff, e) < 0)
		return -1;
	for (const char *p = buf_str(&diff); *p != '\0';
	    p += strcspn(p, "\n"), p += *p == '\n')
		*out += *p == '+' || *p == '-';
	return 0;
}

/*
 * What mine was last brought up to need not be the newest: somebody may have
 * taken a merge back. It is the one that mine is most like.
 */
static int
try_version(void *ctx, const struct vendor_version *v,
    const struct buf *bytes, struct err *e)
{
	struct versions *x = ctx;
	size_t d = 0;

	if (same(bytes, &x->j->their_bytes))
		return 0;
	if (!x->oldest) {
		if (x->seen++ == VERSIONS_MAX)
			return 1;
		if (distance(bytes, &x->j->mine_bytes, &d, e) < 0)
			return -1;
		if (x->found && d >= x->best)
			return 0;
	}
	x->best = d;
	x->found = true;
	x->v = *v;
	seal_wipe(&x->j->base_bytes);
	buf_add(&x->j->base_bytes, buf_str(bytes), bytes->len);
	return 0;
}

/* 1 when the kind of base was found. */
static int
find_kind(struct machine *m, struct merge_job *j, enum merge_base kind,
    struct arena *a, struct vendor_version *out, struct err *e)
{
	struct versions x = { .m = m, .j = j,
		.oldest = kind == MERGE_BASE_RECORDED };

	if (kind == MERGE_BASE_LEFTOVER)
		return j->side == LEFTOVER_MINE ? 0 :
		    find_earlier(m, j, a, out, e);
	if (vendor_walk(m->store, kind == MERGE_BASE_VENDOR ?
	    GITFILES_VENDOR : GITFILES_LIVE, j->path, a, try_version, &x,
	    e) < 0)
		return -1;
	/* As first recorded it is mine: that says nothing about what of it
	 * was the package's. */
	if (x.found && x.oldest && same(&j->base_bytes, &j->mine_bytes)) {
		seal_wipe(&j->base_bytes);
		return 0;
	}
	*out = x.v;
	return x.found;
}

void
merge_find_base(struct machine *m, struct merge_job *j, struct merge_jobs *l)
{
	static const enum merge_base kinds[] = { MERGE_BASE_VENDOR,
		MERGE_BASE_LEFTOVER, MERGE_BASE_RECORDED };
	enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

	for (int i = 0; i < KINDS && j->base == MERGE_BASE_NONE; i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct vendor_version v;
		struct err why = { 0 };
		int n = find_kind(m, j, kinds[i], &l->arena, &v, &why);

		if (n < 0) {
			/* A sealed one without its key, say: the merge goes
			 * on without, and says so. */
			err_format(&why, &text);
			j->base_trouble = arena_strdup(&l->arena,
			    buf_str(&text));
			seal_wipe(&j->base_bytes);
		}
		if (n <= 0)
			continue;
		text_hex(&text, v.commit.b, OID_LEN);
		j->base = kinds[i];
		j->base_time = v.time;
		j->base_commit = arena_strdup(&l->arena, buf_str(&text));
	}
}
