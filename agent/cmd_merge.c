/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/apply/apply.h"
#include "agent/command.h"
#include "agent/confirm.h"
#include "agent/merge/job.h"
#include "agent/merge/tell.h"
#include "agent/restore.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "agent/snapshotter.h"
#include "base/path.h"
#include "base/secrets.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/vendor.h"

/* A merge from beginning to end. */
struct merging {
	struct machine m;
	bool dry_run, yes;
	struct strlist paths;
	struct capture live;
	struct merge_jobs jobs;
	struct restore_wishes w;
	struct plan plan;
	struct buf id;
	bool done;
	int exit_code;
};

static void
drop_merging(struct merging *x)
{
	plan_done(&x->plan);
	restore_wishes_done(&x->w);
	merge_jobs_done(&x->jobs);
	capture_done(&x->live);
	strlist_done(&x->paths);
	buf_done(&x->id);
	machine_close(&x->m);
}

static void
add_job(struct merging *x, const char *leftover)
{
	struct merge_job *j = VEC_ADD(&x->jobs);
	size_t of = leftover_of(leftover, &j->side, &j->rank);

	j->leftover = arena_strdup(&x->jobs.arena, leftover);
	j->path = arena_memdup(&x->jobs.arena, leftover, of);
	j->beside = arena_printf(&x->jobs.arena, "%s" MERGE_BESIDE, j->path);
}

static int
by_path(const void *a, const void *b)
{
	const struct merge_job *x = a, *y = b;
	int n = path_cmp(x->path, y->path);

	return n != 0 ? n : (int)x->rank - (int)y->rank;
}

static bool
is_secret(const struct entry *en)
{
	return en != NULL && en->content == CONTENT_SEALED;
}

/* Sets what is known of both files, tracked or not. */
static int
look_at(struct merging *x, struct err *e)
{
	CLEANUP(drop_wishes) struct wishes w = { 0 };

	for (size_t i = 0; i < x->jobs.n; i++) {
		*VEC_ADD(&w) = (struct wish){ .path = x->jobs.items[i].path };
		*VEC_ADD(&w) = (struct wish){
			.path = x->jobs.items[i].leftover };
		*VEC_ADD(&w) = (struct wish){
			.path = x->jobs.items[i].beside };
	}
	if (restore_look_at(&x->m, &w, &x->live.manifest, e) < 0)
		return -1;
	for (size_t i = 0; i < x->jobs.n; i++) {
		struct merge_job *j = &x->jobs.items[i];

		j->live = manifest_find(&x->live.manifest, j->path);
		j->left = manifest_find(&x->live.manifest, j->leftover);
		j->mine = j->side == LEFTOVER_THEIRS ? j->live : j->left;
		j->secret = is_secret(j->live) || is_secret(j->left) ||
		    secrets_has(&x->m.secrets, j->path);
	}
	return 0;
}

static int
find(struct merging *x, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist found = { 0 };
	CLEANUP(drop_strlist) struct strlist unread = { 0 };

	if (machine_capture(&x->m, &(struct machine_capture){ 0 }, &x->live,
	    e) < 0)
		return -1;
	leftover_find(&x->m.root, &x->live.manifest, &x->paths, &found,
	    &unread);
	for (size_t i = 0; i + 1 < unread.n; i += 2) {
		say_note(_("%s: cannot be looked into: %s [run it as root]"),
		    unread.items[i], unread.items[i + 1]);
		x->exit_code = 2;
	}
	for (size_t i = 0; i < found.n; i++)
		if (i == 0 || strcmp(found.items[i], found.items[i - 1]) != 0)
			add_job(x, found.items[i]);
	if (x->jobs.n > 0)
		qsort(x->jobs.items, x->jobs.n, sizeof(*x->jobs.items),
		    by_path);
	return look_at(x, e);
}

/* A path that nothing lies beside is a typing mistake, or done already. */
static int
check_paths(struct merging *x, struct err *e)
{
	for (size_t i = 0; i < x->paths.n; i++) {
		const char *p = x->paths.items[i];
		CLEANUP(drop_fd) int fd = root_open_at(&x->m.root, p, O_PATH);

		if (fd < 0)
			return err_sys(e, p, _("cannot be merged"));
	}
	return 0;
}

static void
work(struct merging *x)
{
	for (size_t i = 0; i < x->jobs.n; i++) {
		struct merge_job *j = &x->jobs.items[i];

		if (i > 0 && strcmp(j->path, j[-1].path) == 0) {
			j->state = MERGE_LEFT;
			j->reason = _("one at a time: the other one comes "
			    "first [run it again afterwards]");
			continue;
		}
		merge_work(&x->m, &x->live, j, &x->jobs);
	}
}

static void
wish(struct merging *x, const char *path, const struct entry *want,
    const struct buf *bytes)
{
	*VEC_ADD(&x->w.wishes) = (struct wish){ .path = path, .want = want,
		.bytes = bytes };
}

/* mine's owner, mode and the rest, with other bytes. */
static struct entry *
want_of(struct merging *x, const struct merge_job *j, const char *path)
{
	struct entry *en = arena_alloc(&x->w.arena, sizeof(*en));

	*en = *j->mine;
	en->path = path;
	if (strcmp(path, j->mine->path) != 0)
		en->hardlink = NULL;
	en->size = j->result.len;
	en->content = CONTENT_STORED;
	clock_gettime(CLOCK_REALTIME, &en->mtime);
	return en;
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    memcmp(buf_str(a), buf_str(b), a->len) == 0;
}

static void
wish_done(struct merging *x, const struct merge_job *j)
{
	const struct buf *now = j->side == LEFTOVER_THEIRS ? &j->mine_bytes :
	    &j->their_bytes;

	if (!same(now, &j->result) || j->side == LEFTOVER_MINE)
		wish(x, j->path, want_of(x, j, j->path), &j->result);
	wish(x, j->leftover, NULL, NULL);
	if (j->has_beside)
		wish(x, j->beside, NULL, NULL);
}

/* No program takes it for one: markers are no commands. */
static void
wish_beside(struct merging *x, const struct merge_job *j)
{
	struct entry *en;

	if (j->has_beside && same(&j->beside_bytes, &j->result))
		return;
	en = want_of(x, j, j->beside);
	en->mode &= ~(uint32_t)07111;
	en->n_xattrs = 0;
	wish(x, j->beside, en, &j->result);
}

static int
make_plan(struct merging *x, struct err *e)
{
	for (size_t i = 0; i < x->jobs.n; i++) {
		const struct merge_job *j = &x->jobs.items[i];

		if (j->state == MERGE_DONE || j->state == MERGE_SAME)
			wish_done(x, j);
		else if (j->state == MERGE_CONFLICT ||
		    j->state == MERGE_REFUSED)
			wish_beside(x, j);
	}
	return plan_make(&x->live.manifest, NULL, &x->w.wishes, &x->plan, e);
}

/* While somebody thought about it, an editor may have been at work. */
static int
check_still(struct merging *x, struct err *e)
{
	for (size_t i = 0; i < x->jobs.n; i++) {
		const struct merge_job *j = &x->jobs.items[i];
		bool theirs = j->side == LEFTOVER_THEIRS;
		const struct buf *live = theirs ? &j->mine_bytes :
		    &j->their_bytes;
		const struct buf *left = theirs ? &j->their_bytes :
		    &j->mine_bytes;
		CLEANUP(drop_buf) struct buf a = { 0 };
		CLEANUP(drop_buf) struct buf b = { 0 };

		if (j->state == MERGE_LEFT || j->state == MERGE_UNKNOWN)
			continue;
		if (merge_read(&x->m, j->path, &a, e) < 0 ||
		    merge_read(&x->m, j->leftover, &b, e) < 0)
			return -1;
		if (!same(&a, live) || !same(&b, left))
			return err_set(e, ERR_BUSY, j->path, _("was changed "
			    "meanwhile: nothing was done [run it again]"));
	}
	return 0;
}

static int
content(void *ctx, const struct entry *want, struct buf *out, struct err *e)
{
	struct merging *x = ctx;

	return store_content(x->m.store, want, out, e);
}

/* What was merged is what the next merge begins with. */
static int
record(struct merging *x, struct err *e)
{
	struct {
		struct vendor_new *items;
		size_t n, cap;
	} new = { 0 };
	CLEANUP(drop_buf) struct buf message = { 0 };
	int n;

	for (size_t i = 0; i < x->jobs.n; i++) {
		const struct merge_job *j = &x->jobs.items[i];
		struct entry *en;

		if (j->state != MERGE_DONE && j->state != MERGE_SAME)
			continue;
		en = arena_alloc(&x->w.arena, sizeof(*en));
		*en = j->side == LEFTOVER_THEIRS ? *j->left : *j->live;
		en->path = j->path;
		en->content = j->secret ? CONTENT_SEALED : CONTENT_STORED;
		*VEC_ADD(&new) = (struct vendor_new){ en, &j->their_bytes };
	}
	snapshot_message(&x->m, &(struct snapshot_reason){
	    .subject = "what packages shipped", .trigger = "merge" },
	    &message);
	n = vendor_record(x->m.store, new.items, new.n, &x->live.manifest,
	    buf_str(&message), e);
	free(new.items);
	return n;
}

static int
carry_out(struct merging *x, struct err *e)
{
	struct apply_options o;
	struct err why = { 0 };

	restore_new_id(&x->m, "merge", &x->id);
	o = (struct apply_options){
		.tell = say_error, .root = &x->m.root,
		.store_fd = store_fd(x->m.store), .id = buf_str(&x->id),
		.title = "merge", .have = &x->live.manifest,
		.content = content, .ctx = x,
	};
	if (apply_plan(&o, &x->plan, e) < 0)
		return -1;
	x->done = true;
	/* The files are in place, whatever comes of this. */
	if (record(x, &why) < 0) {
		say_error(&why);
		x->exit_code = 2;
	}
	return 0;
}

static void
set_exit(struct merging *x)
{
	for (size_t i = 0; i < x->jobs.n; i++) {
		const struct merge_job *j = &x->jobs.items[i];

		if (j->state == MERGE_UNKNOWN)
			x->exit_code = 2;
		else if (merge_is_open(j) && x->exit_code == 0)
			x->exit_code = 1;
	}
	if (x->plan.n > 0 && !x->done && x->exit_code == 0)
		x->exit_code = 1;
	if (x->m.diagnostics.n > 0)
		x->exit_code = 2;
}

static int
show(struct merging *x, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (x->m.o->format == FORMAT_JSON)
		return 0;
	for (size_t i = 0; i < x->jobs.n; i++) {
		const struct merge_job *j = &x->jobs.items[i];

		if ((x->m.o->verbose >= 0 || merge_is_open(j)) &&
		    merge_text(&x->m, j, &text, e) < 0)
			return -1;
	}
	if (x->jobs.n == 0 && x->m.o->verbose >= 0)
		buf_adds(&text, _("nothing to merge\n"));
	return say_out(&text, e);
}

static int
tell(struct merging *x, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct json j = { .out = &text };

	set_exit(x);
	if (x->m.o->format == FORMAT_JSON) {
		json_open(&j, NULL, '{');
		json_number(&j, "version", 1);
		json_text(&j, "verb", "merge");
		json_bool(&j, "done", x->done);
		json_text(&j, "rollback", x->done ? buf_str(&x->id) : NULL);
		json_number(&j, "exit", (uint64_t)x->exit_code);
		merge_json(&x->jobs, &j);
		json_close(&j, '}');
		buf_addc(&text, '\n');
	} else if (x->done && x->m.o->verbose >= 0) {
		buf_adds(&text, _("done; to take it back: "));
		options_command(x->m.o, &text);
		buf_addf(&text, " undo %s\n", buf_str(&x->id));
	}
	return say_result(x->m.o, &text, e) < 0 ? -1 : x->exit_code;
}

static int
show_and_do(struct merging *x, struct err *e)
{
	int n = 1;

	if (show(x, e) < 0)
		return -1;
	if (x->plan.n == 0 || x->dry_run)
		return tell(x, e);
	if (!x->yes)
		n = confirm(_("do it?"), e);
	if (n < 0)
		return -1;
	if (n > 0 && (check_still(x, e) < 0 || carry_out(x, e) < 0))
		return -1;
	return tell(x, e);
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_merging) struct merging x = { .m.root.fd = -1 };
	const struct verb_option table[] = {
		{ "dry-run", 'n', &x.dry_run, NULL },
		{ "yes", 'y', &x.yes, NULL }, { 0 } };

	if (options_verb(o, table, &x.paths, e) < 0 ||
	    machine_open(o, &x.m, e) < 0 ||
	    machine_open_store(&x.m, false, e) < 0)
		return -1;
	machine_complain(&x.m);
	if (x.dry_run)
		machine_say_pending(&x.m);
	else if (machine_lock(&x.m, e) < 0)
		return -1;
	if (paths_normalize(&x.m, &x.paths, e) < 0 ||
	    check_paths(&x, e) < 0 || find(&x, e) < 0)
		return -1;
	work(&x);
	return make_plan(&x, e) < 0 ? -1 : show_and_do(&x, e);
}

const struct command cmd_merge = {
	"merge", "[PATH...] [-n|--dry-run] [-y|--yes]",
	N_("merges what packages left beside files: .rpmnew, .dpkg-dist and "
	    "others"), COMMAND_JSON, run, true
};
