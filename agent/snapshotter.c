/* SPDX-License-Identifier: MIT */
#include "agent/snapshotter.h"

#include <stdlib.h>

#include "agent/pristine.h"
#include "agent/say.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/capturecache.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitfold.h"

enum { PACKS_MAX = 40 };

void
snapshot_result_done(struct snapshot_result *r)
{
	capture_done(&r->live);
}

void
drop_snapshot_result(struct snapshot_result *r)
{
	snapshot_result_done(r);
}

/* A state to record: what was seen, and what is taken over from before. */
struct mixture {
	struct manifest before;		/* owns what is taken over */
	struct manifest all;		/* borrowed entries, in path order */
	struct {
		const char **items;
		size_t n, cap;
	} lines;
};

static void
drop_mixture(struct mixture *x)
{
	manifest_done(&x->before);
	free(x->all.items);
	free(x->lines.items);
}

static void
mix_in(struct mixture *x, const struct entry *en, const char *line)
{
	*manifest_add(&x->all) = *en;
	*VEC_ADD(&x->lines) = line;
}

/*
 * What could not be looked at this time is taken over from the last snapshot:
 * a folder that is unreadable for a moment must not seem to lose all that is
 * in it, least of all to the baseline.
 */
static void
mix(struct mixture *x, const struct capture *live)
{
	size_t i = 0, k = 0;

	while (i < live->manifest.n || k < x->before.n) {
		const struct entry *now = i < live->manifest.n ?
		    &live->manifest.items[i] : NULL;
		const struct entry *old = k < x->before.n ?
		    &x->before.items[k] : NULL;
		int order = now == NULL ? 1 : old == NULL ? -1 :
		    path_cmp(now->path, old->path);
		bool hidden = order >= 0 &&
		    capture_hides(live, old->path) != NULL;

		if (order > 0 && hidden)
			mix_in(x, old, NULL);
		else if (order == 0 && hidden && now->kind == ENTRY_FILE &&
		    now->content == CONTENT_UNREADABLE)
			mix_in(x, old, NULL);
		else if (order <= 0)
			mix_in(x, now, live->lines[i]);
		i += order <= 0;
		k += order >= 0;
	}
}

static int
take_over(struct machine *m, const struct oid *last,
    const struct capture *live, struct mixture *out, struct store_state *state,
    struct err *e)
{
	CLEANUP(drop_strlist) struct strlist paths = { 0 };

	for (size_t i = 0; i < live->unknown.n; i++)
		strlist_add(&paths, live->unknown.items[i].path);
	if (store_load_paths(m->store, last, &paths, &out->before, e) < 0)
		return -1;
	mix(out, live);
	*state = (struct store_state){ .manifest = &out->all,
		.lines = out->lines.items };
	return 0;
}

/* The snapshot stands, whatever comes of this. */
static void
record_pristine(struct machine *m, const struct oid *last,
    const struct capture *live)
{
	struct err why = { 0 };

	if (pristine_record(m, last, live, &why) < 0)
		say_error(&why);
}

int
snapshot_take(struct machine *m, const struct snapshot_reason *why,
    struct snapshot_result *out, struct err *e)
{
	CLEANUP(drop_packfile) struct packfile *pack = NULL;
	CLEANUP(drop_buf) struct buf message = { 0 };
	CLEANUP(drop_mixture) struct mixture mixed = { 0 };
	struct store_state state = { 0 };
	struct oid last;
	int has_last = machine_live(m, &last, e), lost = 0, n;

	/* Without its newest snapshot history goes on from the baseline. */
	if (has_last == 0)
		lost = has_last = machine_baseline(m, &last, e);
	if (has_last < 0 || (pack = store_pack(m->store, e)) == NULL ||
	    machine_capture(m, &(struct machine_capture){ .pack = pack },
	    &out->live, e) < 0)
		return -1;
	capturecache_fill_lines(&out->live);
	state = machine_state(&out->live);
	if (has_last > 0 && out->live.unknown.n > 0 &&
	    take_over(m, &last, &out->live, &mixed, &state, e) < 0)
		return -1;
	snapshot_message(m, why, &message);
	n = store_save(m->store, &state, STEAL(pack), &(struct store_commit){
	    .ref = GITFILES_LIVE, .parent = has_last > 0 ? &last : NULL,
	    .message = buf_str(&message),
	    .even_if_same = why->even_if_same || lost > 0 },
	    &out->commit, e);
	if (n < 0)
		return -1;
	out->made = n > 0;
	if (!out->made)
		out->commit = last;
	/* What was read but not kept, as nothing but times moved, was stored
	 * before: its content is that of the last snapshot. */
	out->cache_sum = machine_keep_cache(m, &out->live, &out->commit, true,
	    out->live.unknown.n > 0 ? STATCACHE_OTHER : out->made ||
	    out->live.as == STATCACHE_SAME ? STATCACHE_SAME :
	    STATCACHE_BUT_TIMES);
	if (out->made)
		record_pristine(m, has_last > 0 ? &last : NULL, &out->live);
	if (out->made &&
	    gitfold_small(store_repo(m->store), PACKS_MAX, e) < 0)
		return -1;
	return 0;
}
