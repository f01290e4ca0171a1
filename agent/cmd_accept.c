/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/accepted.h"
#include "agent/command.h"
#include "agent/json.h"
#include "agent/report/history.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "agent/snapshotter.h"
#include "agent/who.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"

/* The baseline with what the paths cover taken from now. Entries are borrowed,
 * so the arenas of both must outlive the result. */
static void
mix(const struct manifest *baseline, const struct manifest *now,
    const struct strlist *paths, struct manifest *out)
{
	size_t i = 0, k = 0;

	while (i < baseline->n || k < now->n) {
		const struct entry *a = i < baseline->n ?
		    &baseline->items[i] : NULL;
		const struct entry *b = k < now->n ? &now->items[k] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 :
		    path_cmp(a->path, b->path);
		const struct entry *pick = a;

		i += order <= 0;
		k += order >= 0;
		if (paths_cover(paths, order <= 0 ? a->path : b->path))
			pick = order >= 0 ? b : NULL;
		else if (order > 0)
			pick = NULL;
		if (pick != NULL)
			*manifest_add(out) = *pick;
	}
}

static bool
same_entries(const struct manifest *a, const struct manifest *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i].path, b->items[i].path) != 0 ||
		    entry_differs(&a->items[i], &b->items[i]) != 0)
			return false;
	return true;
}

/* 1 and the new baseline, 0 when it is that already. */
static int
accept_paths(struct machine *m, const struct snapshot_reason *why,
    const struct snapshot_result *now, const struct strlist *paths,
    struct oid *out, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest before = { 0 };
	CLEANUP(drop_manifest) struct manifest after = { 0 };
	CLEANUP(drop_buf) struct buf message = { 0 };
	struct manifest mixed = { 0 };
	struct packfile *pack;
	struct oid commit;
	int n;

	/* What was recorded, not what was seen: see snapshot_take. */
	if (machine_load_baseline(m, &commit, &before, e) < 0 ||
	    store_load(m->store, &now->commit, &after, e) < 0)
		return -1;
	mix(&before, &after, paths, &mixed);
	*out = commit;
	if (same_entries(&before, &mixed)) {
		free(mixed.items);
		return 0;
	}
	snapshot_message(m, why, &message);
	pack = store_pack(m->store, e);
	n = pack == NULL ? -1 : store_save(m->store,
	    &(struct store_state){ &mixed, NULL }, pack,
	    &(struct store_commit){ .ref = GITFILES_BASELINE,
	    .parent = &commit, .message = buf_str(&message),
	    .even_if_same = true }, out, e);
	free(mixed.items);
	return n;
}

static int
accept_all(struct machine *m, const struct snapshot_result *now,
    struct oid *out, struct err *e)
{
	struct oid before;
	int n = machine_baseline(m, &before, e);

	if (n < 0)
		return -1;
	*out = now->commit;
	if (n > 0 && oid_equal(&before, &now->commit))
		return 0;
	return gitrepo_ref_set(store_repo(m->store), GITFILES_BASELINE,
	    &now->commit, NULL, e) < 0 ? -1 : 1;
}

/* A typing mistake must not pass for something accepted. */
static int
check_known(struct machine *m, const struct strlist *paths,
    const struct manifest *now, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest before = { 0 };
	struct oid commit;

	if (paths->n == 0)
		return 0;
	if (machine_load_baseline(m, &commit, &before, e) < 0)
		return -1;
	for (size_t i = 0; i < paths->n; i++)
		if (strcmp(paths->items[i], "/") != 0 &&
		    manifest_find(now, paths->items[i]) == NULL &&
		    manifest_find(&before, paths->items[i]) == NULL)
			return err_set(e, ERR_MISSING, paths->items[i],
			    _("is not tracked, now or in the baseline "
			    "[add it to 'track:' in driftctl.yaml]"));
	return 0;
}

/* For the next report. The baseline has moved, whatever comes of this. */
static void
note(struct machine *m, const struct oid *baseline, const char *reason,
    struct strlist *paths)
{
	CLEANUP(drop_buf) struct buf lines = { 0 }, who = { 0 }, hex = { 0 };
	struct err e = { 0 };

	who_asks(&who);
	text_hex(&hex, baseline->b, OID_LEN);
	history_add_accept(&lines, &(struct history_accept){
	    .time = (int64_t)time(NULL), .who = buf_str(&who),
	    .commit = buf_str(&hex), .reason = reason, .paths = *paths });
	if (history_append(store_fd(m->store), &lines, &e) < 0)
		say_error(&e);
}

/* As doc/snapshot.schema.json has it. */
static void
write_json(const struct machine *m, const struct oid *baseline, bool moved,
    const struct accepted *a, int code, struct buf *out)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct json j = { .out = out };

	text_hex(&hex, baseline->b, OID_LEN);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "accept");
	json_text(&j, "snapshot", buf_str(&hex));
	json_bool(&j, "changed", moved);
	accepted_json(m, a, &j);
	json_number(&j, "exit", (uint64_t)code);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

/* What is wrong with it is said even to those who want to hear little. */
static void
write_text(const struct machine *m, const struct oid *baseline, bool moved,
    const struct accepted *a, struct buf *out)
{
	if (m->o->verbose >= 0) {
		buf_adds(out, moved ? _("the baseline is now ") :
		    _("the baseline was that already: "));
		snapshot_name(baseline, out);
		buf_addc(out, '\n');
		accepted_text(a, out);
	}
	accepted_warn(m, a, out);
}

static int
run(const struct options *o, struct err *e)
{
	const char *reason = NULL;
	const struct verb_option table[] = {
		{ "message", 'm', NULL, &reason }, { 0 } };
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_snapshot_result) struct snapshot_result now = { 0 };
	CLEANUP(drop_accepted) struct accepted what = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct snapshot_reason why = { .trigger = "accept" };
	struct oid baseline;
	int n, code;

	if (options_verb(o, table, &paths, e) < 0)
		return -1;
	why.subject = reason != NULL ? reason : "accepted as it is";
	if (machine_open(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0 || machine_lock(&m, e) < 0 ||
	    paths_normalize(&m, &paths, e) < 0)
		return -1;
	if (accepted_begin(&m, &what, e) < 0 ||
	    snapshot_take(&m, &why, &now, e) < 0 ||
	    check_known(&m, &paths, &now.live.manifest, e) < 0)
		return -1;
	n = paths.n > 0 ? accept_paths(&m, &why, &now, &paths, &baseline, e) :
	    accept_all(&m, &now, &baseline, e);
	if (n < 0)
		return -1;
	if (n > 0)
		note(&m, &baseline, why.subject, &paths);
	code = machine_complain(&m) || now.live.unknown.n > 0 ? 2 : 0;
	if (accepted_end(&m, &baseline, &now.live, &paths, &what, e) < 0)
		return -1;
	if (o->format == FORMAT_JSON)
		write_json(&m, &baseline, n > 0, &what, code, &out);
	else
		write_text(&m, &baseline, n > 0, &what, &out);
	return say_result(o, &out, e) < 0 ? -1 : code;
}

const struct command cmd_accept = {
	"accept", "[-m REASON] [PATH]...", N_("makes what is the baseline, for "
	    "the paths or for all"), COMMAND_JSON, run, true
};
