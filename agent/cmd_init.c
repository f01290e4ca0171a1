/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/begin/hooks.h"
#include "agent/begin/origin.h"
#include "agent/begin/survey.h"
#include "agent/command.h"
#include "agent/hook/causes.h"
#include "agent/hook/upgrade.h"
#include "agent/json.h"
#include "agent/say.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"

/* What was asked for, and what came of it. */
struct beginning {
	struct machine m;
	bool hooks;
	const char *from;	/* the older system, or NULL */
	struct origin origin;
	struct snapshot_result taken;
	struct begin_hooks callers;
	struct oid baseline;
	bool made;
	struct buf text, installed;
};

static void
drop_beginning(struct beginning *b)
{
	snapshot_result_done(&b->taken);
	drop_begin_hooks(&b->callers);
	machine_close(&b->m);
	buf_done(&b->text);
	buf_done(&b->installed);
}

static void
add_next(struct beginning *b, const char *verb, const char *what)
{
	CLEANUP(drop_buf) struct buf command = { 0 };

	options_command(b->m.o, &command);
	buf_adds(&b->text, _("next: "));
	buf_addf(&b->text, "%s %s\n", buf_str(&command), verb);
	buf_addf(&b->text, "      (%s)\n", what);
}

static void
add_origin(struct beginning *b)
{
	const struct origin *o = &b->origin;
	struct buf *out = &b->text;
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, ngettext("baseline: %zu entry as it was in ",
	    "baseline: %zu entries as they were in ", o->entries),
	    o->entries);
	buf_adds(&line, b->from);
	buf_adds(&line, _(", as "));
	snapshot_name(&o->commit, &line);
	wrap_from(out, 0, 2, buf_str(&line));
	if (o->assumed > 0)
		buf_addf(out, ngettext("  %zu that it has nothing of is taken "
		    "to be as it is now\n", "  %zu that it has nothing of are "
		    "taken to be as they are now\n", o->assumed), o->assumed);
	if (o->no_xattrs)
		buf_adds(out, _("  it was written without extended "
		    "attributes: these are not compared\n"));
	if (o->no_acls)
		buf_adds(out, _("  it was written without ACLs: these are not "
		    "compared\n"));
}

static void
add_recorded(struct beginning *b)
{
	struct buf *out = &b->text;

	buf_adds(out, _("recorded as "));
	snapshot_name(&b->taken.commit, out);
	buf_adds(out, b->from != NULL ? _(", what there is now\n") :
	    _(", which is the baseline: what the machine is meant to be\n"));
}

static void
explain(struct beginning *b)
{
	struct buf *out = &b->text;

	survey_system(&b->m, out);
	buf_adds(out, _("store: "));
	text_escape(out, store_dir(b->m.store),
	    strlen(store_dir(b->m.store)));
	buf_adds(out, "\n\n");
	survey_specs(&b->m.catalogue, out);
	buf_addc(out, '\n');
	survey_tracked(&b->taken.live.manifest, out);
	if (b->from != NULL)
		add_origin(b);
	add_recorded(b);
	if (!b->hooks) {
		buf_adds(out, _("\nwhat calls driftctl when packages change, "
		    "and each night:\n"));
		begin_hooks_text(&b->callers, out);
	}
	if (b->m.config.only_flag)
		buf_adds(out, _("\nthey put nothing back, they only tell: "
		    "'at-end: flag' in driftctl.yaml\n"));
	buf_addc(out, '\n');
	if (b->from != NULL)
		add_next(b, "check", _("what required state was lost since "
		    "then; 'diff --semantic': what changed"));
	else
		add_next(b, "check", _("which rules do not hold on this "
		    "machine today"));
}

/* What is recorded stands, whatever comes of the hooks. */
static int
install(struct beginning *b, int code)
{
	struct begin_hooks after = { 0 };
	struct err e = { 0 };
	int n = begin_hooks_install(&b->callers, &b->m, &b->installed, &e);

	if (n < 0) {
		say_error(&e);
		code = 2;
	}
	begin_hooks_look(&after, &b->m);
	drop_begin_hooks(&b->callers);
	b->callers = after;
	return code;
}

/* The machine as it is now is what it is meant to be. */
static int
record(struct beginning *b, const char *subject, bool even_if_same,
    struct err *e)
{
	CLEANUP(drop_snapshot_result) struct snapshot_result r = { 0 };

	if (snapshot_take(&b->m, &(struct snapshot_reason){
	    .subject = subject, .trigger = "init",
	    .even_if_same = even_if_same }, &r, e) < 0 ||
	    (b->from == NULL && gitrepo_ref_set(store_repo(b->m.store),
	    GITFILES_BASELINE, &r.commit, NULL, e) < 0))
		return -1;
	snapshot_result_done(&b->taken);
	b->taken = r;
	r = (struct snapshot_result){ 0 };
	b->baseline = b->from != NULL ? b->origin.commit : b->taken.commit;
	b->made = true;
	return 0;
}

static int
first(struct beginning *b, int code, struct err *e)
{
	struct machine *m = &b->m;
	struct snapshot_result *r = &b->taken;
	struct err ignored = { 0 };

	if (b->from != NULL && origin_record(m, b->from, &b->origin, e) < 0)
		return -1;
	if (record(b, "first snapshot", true, e) < 0)
		return -1;
	/* Our own hooks are no change that anybody need be told of. */
	if (b->hooks) {
		code = install(b, code);
		if (record(b, "hooks installed", false, e) < 0)
			return -1;
	}
	/* Where that fails the first look at what changed does it. */
	upgrade_note_packages(m->o, &ignored);
	causes_note(m, LEDGER_SEEN, &r->commit, &r->live, &ignored);
	for (size_t i = 0; i < r->live.unknown.n; i++)
		say_note("%s: %s", r->live.unknown.items[i].path,
		    r->live.unknown.items[i].why);
	explain(b);
	return r->live.unknown.n + b->origin.unknown > 0 ? 2 : code;
}

/* An earlier init that died may have left a snapshot without a baseline. */
static int
again(struct beginning *b, int code, struct err *e)
{
	struct machine *m = &b->m;
	struct buf *out = &b->text;
	struct oid live;
	int n = machine_baseline(m, &b->baseline, e);

	if (n < 0 || machine_live(m, &live, e) < 0)
		return -1;
	if (b->from != NULL && n == 0)
		return first(b, code, e);
	if (b->from != NULL)
		return err_set(e, ERR_USAGE, store_dir(m->store),
		    _("there is a store already, with a baseline of its own "
		    "[for another one: --store DIR]"));
	if (n == 0) {
		if (gitrepo_ref_set(store_repo(m->store), GITFILES_BASELINE,
		    &live, NULL, e) < 0)
			return -1;
		b->baseline = live;
		b->made = true;
	}
	buf_adds(out, n == 0 ? _("there is a store already; its newest "
	    "snapshot becomes the baseline\n") : b->hooks ?
	    _("there is a store already; the baseline stays as it is\n") :
	    _("there is a store already; nothing was changed\n"));
	buf_adds(out, _("baseline: "));
	snapshot_name(&b->baseline, out);
	buf_adds(out, _("\nto record anew: driftctl snapshot; to move the "
	    "baseline: driftctl accept\n"));
	return code;
}

/* As doc/snapshot.schema.json has it. */
static void
write_json(struct beginning *b, int code, struct buf *out)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct json j = { .out = out };

	text_hex(&hex, b->baseline.b, OID_LEN);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "init");
	json_text(&j, "snapshot", buf_str(&hex));
	json_bool(&j, "changed", b->made);
	if (b->taken.live.manifest.n > 0)
		survey_json(&b->m.catalogue, &b->taken.live.manifest, &j);
	if (b->from != NULL) {
		json_open(&j, "from", '{');
		json_text(&j, "path", b->from);
		json_number(&j, "entries", b->origin.entries);
		json_number(&j, "assumed", b->origin.assumed);
		json_close(&j, '}');
	}
	begin_hooks_json(&b->callers, &j);
	json_number(&j, "exit", (uint64_t)code);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_beginning) struct beginning b = { .m.root.fd = -1 };
	CLEANUP(drop_buf) struct buf json = { 0 };
	const struct verb_option table[] = {
		{ .name = "hooks", .flag = &b.hooks },
		{ .name = "from", .value = &b.from },
		{ 0 },
	};
	struct oid live;
	int n, code;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (b.from != NULL && b.from[0] == '\0')
		return err_set(e, ERR_USAGE, "--from",
		    _("this option needs a value"));
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0],
		    _("'init' takes no arguments [an older system: --from "
		    "DIR or ARCHIVE]"));
	if (machine_open(o, &b.m, e) < 0 ||
	    machine_open_store(&b.m, true, e) < 0 ||
	    machine_lock(&b.m, e) < 0)
		return -1;
	code = machine_complain(&b.m) ? 2 : 0;
	begin_hooks_look(&b.callers, &b.m);
	n = machine_live(&b.m, &live, e);
	if (n >= 0)
		code = n > 0 ? again(&b, code, e) : first(&b, code, e);
	if (n < 0 || code < 0)
		return -1;
	/* Of a machine that is watched already the hooks are a change. */
	if (b.hooks && n > 0)
		code = install(&b, code);
	buf_add(&b.text, buf_str(&b.installed), b.installed.len);
	if (o->format == FORMAT_JSON)
		write_json(&b, code, &json);
	if (o->format == FORMAT_JSON ? say_exact(&json, e) < 0 :
	    o->verbose >= 0 && say_out(&b.text, e) < 0)
		return -1;
	return code;
}

const struct command cmd_init = {
	"init", "[--hooks] [--from DIR|ARCHIVE]", N_("makes the store and "
	    "takes the first snapshot as the baseline"), true, run
};
