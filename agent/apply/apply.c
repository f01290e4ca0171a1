/* SPDX-License-Identifier: MIT */
#include "agent/apply/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/apply/run.h"
#include "agent/apply/undo.h"
#include "base/file.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/rollback.h"

bool
apply_pending(int store_fd)
{
	CLEANUP(drop_journal) struct journal j = { 0 };
	struct err e = { 0 };

	/* One that cannot be read is one, too. */
	return journal_find(store_fd, &j, &e) != 0;
}

int
apply_pending_id(int store_fd, struct buf *out_id, struct err *e)
{
	CLEANUP(drop_journal) struct journal j = { 0 };
	int n = journal_find(store_fd, &j, e);

	if (n > 0)
		buf_adds(out_id, j.id);
	return n;
}

/* Temporaries of a dead run, and old ones that were swapped out. */
static int
remove_temporaries(struct run *r, const char *path, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf prefix = { 0 };
	CLEANUP(drop_fd) int fd = root_open_at(r->o->root, path,
	    O_PATH | O_DIRECTORY);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return err_sys(e, path, _("cannot read the folder"));
	run_temp_prefix(r->o->id, &prefix);
	for (size_t i = 0; i < names.n; i++)
		if (text_starts(names.items[i], buf_str(&prefix)) &&
		    run_remove_tree(fd, names.items[i], path, e) < 0)
			return -1;
	return 0;
}

static int
clear_away(struct run *r, const struct journal *j, struct err *e)
{
	r->folders.root = r->o->root;
	for (size_t i = 0; i < j->n; i++)
		journal_loosened(&r->journal, j->loosened[i].path,
		    j->loosened[i].flags);
	if (run_loosen_folders(r, e) < 0)
		return -1;
	for (size_t i = 0; i < j->folders.n; i++)
		if (remove_temporaries(r, j->folders.items[i], e) < 0)
			return -1;
	return 0;
}

static int
check_folder(const struct root *root, const char *path,
    const struct manifest *have, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf below = { 0 };
	CLEANUP(drop_fd) int fd = root_open_at(root, path,
	    O_PATH | O_DIRECTORY);
	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return err_sys(e, path, _("cannot read the folder"));
	for (size_t i = 0; i < names.n; i++) {
		path_join(&below, path, names.items[i]);
		if (manifest_find(have, buf_str(&below)) == NULL)
			return err_set(e, ERR_USAGE, path, _("must go, but "
			    "'%s' came into it since [move it away and run "
			    "again]"), names.items[i]);
	}
	return 0;
}

/* What came into a folder since, and is in no list, is not to be lost. */
static int
check_strangers(const struct root *root, const struct plan *p,
    const struct manifest *have, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->items[i];
		size_t k;

		if (s->have == NULL || s->have->kind != ENTRY_DIR ||
		    (s->kind != STEP_REMOVE && s->kind != STEP_SWAP_KIND))
			continue;
		for (k = manifest_lower(have, s->path); k < have->n &&
		    path_is_under(have->items[k].path, s->path); k++)
			if (have->items[k].kind == ENTRY_DIR &&
			    check_folder(root, have->items[k].path, have,
			    e) < 0)
				return -1;
	}
	return 0;
}

/* Turns what is into what the rollback says, in the same way as a restore. */
static int
bring_back(struct run *r, struct apply_options *o, struct rollback *rb,
    struct err *e)
{
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_wishes) struct wishes wishes = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };

	o->content = rollback_content;
	o->ctx = rb;
	if (undo_live(o->root, rb, &have, e) < 0)
		return -1;
	rollback_wishes(rb, &wishes);
	if (plan_make(&have, &rb->manifest, &wishes, &plan, e) < 0 ||
	    check_strangers(o->root, &plan, &have, e) < 0)
		return -1;
	r->plan = &plan;
	return run_prepare(r, e) < 0 || run_stage(r, e) < 0 ? -1 :
	    run_publish(r, e);
}

static int
take_back(const struct root *root, int store_fd, const struct journal *j,
    struct err *e)
{
	struct apply_options o = { .root = root, .store_fd = store_fd,
		.id = j->id };
	CLEANUP(drop_rollback) struct rollback rb = { 0 };
	CLEANUP(drop_run) struct run r = { .o = &o, .recovering = true };

	/* Without a rollback nothing had been touched. */
	if (!rollback_there(store_fd, j->id)) {
		if (rollback_remove(store_fd, j->id, e) < 0)
			return -1;
		return journal_remove(store_fd, j->id, e);
	}
	/* Proved first: a damaged one must not be half brought back. */
	if (rollback_read(store_fd, j->id, &rb, e) < 0 ||
	    clear_away(&r, j, e) < 0 || bring_back(&r, &o, &rb, e) < 0)
		return -1;
	if (journal_retire(store_fd, j->id, e) < 0)
		return -1;
	return journal_sweep(store_fd, e);
}

int
apply_recover(const struct root *root, int store_fd, struct buf *out_id,
    struct err *e)
{
	CLEANUP(drop_journal) struct journal j = { 0 };
	CLEANUP(drop_free) char *here = journal_root(root);
	int n = journal_find(store_fd, &j, e);

	if (n == 0 && (rollback_sweep(store_fd, e) < 0 ||
	    journal_sweep(store_fd, e) < 0))
		return -1;
	if (n <= 0)
		return n;
	if (strcmp(here, j.root) != 0)
		return err_set(e, ERR_USAGE, j.root, _("a restore of this root "
		    "was cut off and must be taken back first [run again with "
		    "--root '%s']"), j.root);
	if (take_back(root, store_fd, &j, e) < 0)
		return -1;
	buf_adds(out_id, j.id);
	return 1;
}

/*
 * All or nothing: what was begun goes back at once. Where that fails, too, e
 * is told here and becomes what a person must know above all.
 */
static void
give_up(const struct apply_options *o, struct err *e)
{
	CLEANUP(drop_buf) struct buf id = { 0 };
	CLEANUP(drop_buf) struct buf why = { 0 };
	CLEANUP(drop_free) char *script = NULL;
	struct err second = { 0 }, ignored = { 0 };

	if (!apply_pending(o->store_fd) || apply_recover(o->root, o->store_fd,
	    &id, &second) >= 0) {
		rollback_remove(o->store_fd, o->id, &ignored);
		return;
	}
	if (o->tell != NULL)
		o->tell(e);
	err_format(&second, &why);
	script = journal_script(o->store_fd, o->id);
	err_clear(e);
	err_set(e, ERR_SYSTEM, script, _("the machine may be half changed, as "
	    "taking it back failed, too: %s [run 'driftctl undo', or this "
	    "script]"), buf_str(&why));
}

int
apply_plan(const struct apply_options *o, const struct plan *p,
    struct err *e)
{
	CLEANUP(drop_run) struct run r = { .o = o, .plan = p };

	if (apply_pending(o->store_fd))
		return err_set(e, ERR_BUSY, o->root->dir, _("an earlier "
		    "restore was cut off and not yet taken back [run "
		    "'driftctl undo']"));
	if (rollback_there(o->store_fd, o->id))
		return err_set(e, ERR_USAGE, o->id,
		    _("there is a rollback of this name already"));
	if (run_prepare(&r, e) < 0)
		return -1;
	if (run_save(&r, o->store_fd, e) < 0 || run_stage(&r, e) < 0 ||
	    run_recheck(&r, e) < 0 || run_publish(&r, e) < 0) {
		give_up(o, e);
		return -1;
	}
	return journal_remove(o->store_fd, o->id, e);
}
