/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/apply/apply.h"
#include "agent/apply/journal.h"
#include "agent/apply/undo.h"
#include "agent/command.h"
#include "agent/confirm.h"
#include "agent/machine.h"
#include "agent/restore.h"
#include "agent/say.h"
#include "base/tr.h"
#include "snapshots/rollback.h"

struct undoing {
	struct machine m;
	struct rollback old;
	struct capture live;
	struct wishes wishes;
	struct plan plan;
	struct buf id;
	bool dry_run, yes;
};

static void
drop_undoing(struct undoing *u)
{
	plan_done(&u->plan);
	wishes_done(&u->wishes);
	capture_done(&u->live);
	rollback_done(&u->old);
	buf_done(&u->id);
	machine_close(&u->m);
}

/* The newest that is no undo itself and was not taken back. */
static int
pick(struct undoing *u, const char *given, struct buf *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	int fd = store_fd(u->m.store);

	if (rollback_ids(fd, &ids, e) < 0)
		return -1;
	if (given != NULL) {
		buf_adds(out, given);
		if (strlist_has(&ids, given))
			return 0;
		return err_set(e, ERR_MISSING, given, _("there is no such "
		    "rollback [see 'driftctl undo --list']"));
	}
	for (size_t i = ids.n; i-- > 0;) {
		if (strstr(ids.items[i], "-undo") != NULL ||
		    rollback_undone(fd, ids.items[i]))
			continue;
		buf_adds(out, ids.items[i]);
		return 0;
	}
	return err_set(e, ERR_MISSING, store_dir(u->m.store),
	    _("there is no restore to take back"));
}

static int
list(struct undoing *u, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	int fd = store_fd(u->m.store);

	if (rollback_ids(fd, &ids, e) < 0)
		return -1;
	for (size_t i = ids.n; i-- > 0;)
		buf_addf(&out, "%s%s\n", ids.items[i],
		    rollback_undone(fd, ids.items[i]) ?
		    _("  (taken back)") : "");
	if (ids.n == 0)
		buf_adds(&out, _("no rollbacks\n"));
	return say_result(u->m.o, &out, e);
}

static int
carry_out(struct undoing *u, struct err *e)
{
	const struct apply_options o = {
		.tell = say_error,
		.root = &u->m.root, .store_fd = store_fd(u->m.store),
		.id = buf_str(&u->id), .title = "undo",
		.content = rollback_content, .ctx = &u->old,
		.have = &u->live.manifest,
	};

	if (u->plan.n > 0 && apply_plan(&o, &u->plan, e) < 0)
		return -1;
	return rollback_mark_undone(store_fd(u->m.store), u->old.id, e);
}

static int
show_plan(struct undoing *u, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (u->m.o->format == FORMAT_JSON ||
	    (u->m.o->verbose < 0 && u->yes && !u->dry_run))
		return 0;
	buf_addf(&text, u->dry_run ? _("would take back %s:\n") :
	    _("to take back %s:\n"), u->old.id);
	restore_plan_text(&u->plan, &text);
	return say_result(u->m.o, &text, e);
}

/* of: the rollback that is or would be used. */
static int
tell(struct undoing *u, const char *of, bool done, int code, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct json j = { .out = &text };

	if (u->m.o->format == FORMAT_JSON) {
		json_open(&j, NULL, '{');
		json_number(&j, "version", 1);
		json_text(&j, "verb", "undo");
		json_text(&j, "of", of);
		json_bool(&j, "done", done);
		json_text(&j, "rollback", done && u->plan.n > 0 ?
		    buf_str(&u->id) : NULL);
		json_number(&j, "exit", (uint64_t)code);
		restore_plan_json(&u->plan, &j);
		json_close(&j, '}');
		buf_addc(&text, '\n');
	} else if (done && u->m.o->verbose >= 0) {
		buf_addf(&text, _("%s was taken back\n"), of);
	}
	return say_result(u->m.o, &text, e) < 0 ? -1 : code;
}

static int
show_and_do(struct undoing *u, struct err *e)
{
	const char *of = u->old.id;
	int n;

	restore_new_id(&u->m, "undo", &u->id);
	if (show_plan(u, e) < 0)
		return -1;
	if (u->dry_run)
		return tell(u, of, false, u->plan.n > 0 ? 1 : 0, e);
	/* It only brings back what we replaced ourselves, and keeps what it
	 * replaces: where nobody can be asked, nobody need be. */
	n = u->yes || u->plan.n == 0 || isatty(STDIN_FILENO) != 1 ? 1 :
	    confirm(_("do it?"), e);
	if (n <= 0)
		return n < 0 ? -1 : tell(u, of, false, 1, e);
	return carry_out(u, e) < 0 ? -1 : tell(u, of, true, 0, e);
}

/*
 * An interrupted restore is the last one: 1 when it is what undo was called
 * for and nothing else is to be taken back, its id in out_id.
 */
static int
interrupted(struct undoing *u, const char *given, struct buf *out_id,
    struct err *e)
{
	int n;

	if (!u->dry_run)
		n = machine_lock_recover(&u->m, out_id, e);
	else
		n = apply_pending_id(store_fd(u->m.store), out_id, e);
	if (n <= 0 || given == NULL)
		return n;
	if (u->dry_run)
		machine_say_pending(&u->m);
	return strcmp(given, buf_str(out_id)) == 0;
}

static int
tell_interrupted(struct undoing *u, const char *id, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (!u->dry_run || u->m.o->format == FORMAT_JSON)
		return tell(u, id, !u->dry_run, u->dry_run ? 1 : 0, e);
	buf_addf(&text, _("would take back %s, which was interrupted\n"), id);
	return say_result(u->m.o, &text, e) < 0 ? -1 : 1;
}

/* What one machine had is not put into another one. */
static int
check_root(struct undoing *u, struct err *e)
{
	CLEANUP(drop_free) char *here = journal_root(&u->m.root);
	CLEANUP(drop_free) char *there = realpath(u->old.root, NULL);

	if (strcmp(here, u->old.root) == 0 ||
	    (there != NULL && strcmp(here, there) == 0))
		return 0;
	return err_set(e, ERR_USAGE, u->old.root, _("the rollback %s is of "
	    "this root [run again with --root '%s', or where it lies elsewhere "
	    "now: sh %s/rollback/%s.sh DIR]"), u->old.id, u->old.root,
	    store_dir(u->m.store), u->old.id);
}

static int
make_plan(struct undoing *u, const char *given, struct err *e)
{
	CLEANUP(drop_buf) struct buf id = { 0 };
	int fd = store_fd(u->m.store);

	if (pick(u, given, &id, e) < 0 ||
	    rollback_read(fd, buf_str(&id), &u->old, e) < 0 ||
	    check_root(u, e) < 0 ||
	    machine_capture(&u->m, &(struct machine_capture){ 0 }, &u->live,
	    e) < 0)
		return -1;
	rollback_wishes(&u->old, &u->wishes);
	if (undo_look_at(&u->m.root, &u->old, &u->live.manifest, e) < 0)
		return -1;
	return plan_make(&u->live.manifest, &u->old.manifest, &u->wishes,
	    &u->plan, e);
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_undoing) struct undoing u = { .m.root.fd = -1 };
	bool only_list = false;
	const struct verb_option table[] = {
		{ "list", 'l', &only_list, NULL },
		{ "dry-run", 'n', &u.dry_run, NULL },
		{ "yes", 'y', &u.yes, NULL }, { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };
	const char *given;
	int n;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 1)
		return err_set(e, ERR_USAGE, rest.items[1],
		    _("one rollback at a time"));
	if (machine_open(o, &u.m, e) < 0 ||
	    machine_open_store(&u.m, false, e) < 0)
		return -1;
	if (only_list)
		return list(&u, e);
	given = rest.n > 0 ? rest.items[0] : NULL;
	n = interrupted(&u, given, &id, e);
	if (n != 0)
		return n < 0 ? -1 : tell_interrupted(&u, buf_str(&id), e);
	return make_plan(&u, given, e) < 0 ? -1 : show_and_do(&u, e);
}

const struct command cmd_undo = {
	"undo", "[ID] [-l|--list] [-n|--dry-run] [-y|--yes]",
	N_("takes the last restore back, or the one named"), COMMAND_JSON,
	run, true
};
