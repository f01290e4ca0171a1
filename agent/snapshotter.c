/* SPDX-License-Identifier: MIT */
#include "agent/snapshotter.h"

#include <string.h>
#include <time.h>

#include "agent/json.h"
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

void
snapshot_json(const char *verb, const struct oid *commit, bool made,
    int exit_code, struct buf *out)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct json j = { .out = out };

	text_hex(&hex, commit->b, OID_LEN);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", verb);
	json_text(&j, "snapshot", buf_str(&hex));
	json_bool(&j, "changed", made);
	json_number(&j, "exit", (uint64_t)exit_code);
	json_close(&j, '}');
	buf_addc(out, '\n');
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

int
snapshot_take(struct machine *m, const struct snapshot_reason *why,
    struct snapshot_result *out, struct err *e)
{
	CLEANUP(drop_packfile) struct packfile *pack = NULL;
	CLEANUP(drop_buf) struct buf message = { 0 };
	struct store_state state = { &out->live.manifest, NULL };
	struct oid last;
	int has_last = machine_live(m, &last, e), n;

	if (has_last < 0 || (pack = store_pack(m->store, e)) == NULL ||
	    machine_capture(m, &(struct machine_capture){ .pack = pack },
	    &out->live, e) < 0)
		return -1;
	state.lines = out->live.lines;
	snapshot_message(m, why, &message);
	n = store_save(m->store, &state, STEAL(pack), &(struct store_commit){
	    .ref = GITFILES_LIVE, .parent = has_last > 0 ? &last : NULL,
	    .message = buf_str(&message), .even_if_same = why->even_if_same },
	    &out->commit, e);
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
