/* SPDX-License-Identifier: MIT */
#include "agent/snapshotter.h"

#include <string.h>
#include <time.h>

#include "agent/compare.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitfold.h"

enum { PACKS_MAX = 40, NAME_DIGITS = 10 };

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

void
snapshot_name(const struct oid *o, struct buf *out)
{
	text_hex(out, o->b, NAME_DIGITS / 2);
}

void
snapshot_time(int64_t t, struct buf *out)
{
	time_t when = (time_t)t;
	char text[64] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	buf_adds(out, text);
}

/* A subject is one line whatever was typed. */
static void
add_line(struct buf *out, const char *text)
{
	text_escape(out, text, strlen(text));
	buf_addc(out, '\n');
}

void
snapshot_message(const struct machine *m, const struct snapshot_reason *why,
    struct buf *out)
{
	const char *os = facts_os_name(m->facts);

	add_line(out, why->subject);
	buf_adds(out, "\nTrigger: ");
	add_line(out, why->trigger);
	if (os != NULL) {
		buf_adds(out, "Os-Release: ");
		add_line(out, os);
	}
	buf_adds(out, "Driftctl-Version: " VERSION "\n");
}

/* True when something besides times differs from the last snapshot. */
static int
worth_it(struct machine *m, const struct oid *last,
    const struct manifest *now, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest before = { 0 };
	CLEANUP(drop_changes) struct changes c = { 0 };

	if (store_load(m->store, last, &before, e) < 0)
		return -1;
	compare_manifests(&before, now, false, &c);
	return c.n > 0;
}

static int
save(struct machine *m, const struct snapshot_reason *why,
    const struct oid *last, struct packfile *pack,
    struct snapshot_result *out, struct err *e)
{
	CLEANUP(drop_packfile) struct packfile *owned = pack;
	CLEANUP(drop_buf) struct buf message = { 0 };
	int n = last == NULL || why->even_if_same ? 1 :
	    worth_it(m, last, &out->live.manifest, e);

	if (n <= 0)
		return n;
	snapshot_message(m, why, &message);
	return store_save(m->store, &out->live.manifest, STEAL(owned),
	    &(struct store_commit){ .ref = GITFILES_LIVE, .parent = last,
	    .message = buf_str(&message),
	    .even_if_same = why->even_if_same }, &out->commit, e);
}

int
snapshot_take(struct machine *m, const struct snapshot_reason *why,
    struct snapshot_result *out, struct err *e)
{
	CLEANUP(drop_packfile) struct packfile *pack = NULL;
	struct oid last;
	int has_last = machine_live(m, &last, e), n;

	if (has_last < 0 || (pack = store_pack(m->store, e)) == NULL ||
	    machine_capture(m, &(struct machine_capture){ .pack = pack },
	    &out->live, e) < 0)
		return -1;
	n = save(m, why, has_last > 0 ? &last : NULL, STEAL(pack), out, e);
	if (n < 0)
		return -1;
	out->made = n > 0;
	if (!out->made)
		out->commit = last;
	/* What was read but not kept, as nothing but times moved, was stored
	 * before: its content is that of the last snapshot. */
	out->cache_sum = machine_keep_cache(m, &out->live, &out->commit, true);
	if (out->made &&
	    gitfold_small(store_repo(m->store), PACKS_MAX, e) < 0)
		return -1;
	return 0;
}
