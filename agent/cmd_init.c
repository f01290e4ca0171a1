/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/command.h"
#include "agent/hook/causes.h"
#include "agent/hook/upgrade.h"
#include "agent/say.h"
#include "agent/snapshotter.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"

static void
add_specs(struct buf *out, const struct catalogue *cat)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];
		size_t n = 0;

		if (!s->applies)
			continue;
		for (size_t k = 0; k < s->n_rules; k++)
			n += !s->rules[k].disabled;
		buf_addf(out, "  %-20s %3zu ", s->name, n);
		buf_adds(out, ngettext("rule   ", "rules  ", n));
		text_escape(out, s->title != NULL ? s->title : "",
		    s->title != NULL ? strlen(s->title) : 0);
		buf_addc(out, '\n');
	}
}

static void
add_recorded(struct buf *out, const struct snapshot_result *r)
{
	const struct manifest *m = &r->live.manifest;
	uint64_t bytes = 0;
	size_t large = 0, sealed = 0;

	for (size_t i = 0; i < m->n; i++) {
		bytes += m->items[i].size;
		large += m->items[i].kind == ENTRY_FILE &&
		    m->items[i].content == CONTENT_DIGEST;
		sealed += m->items[i].content == CONTENT_SEALED;
	}
	buf_addf(out, _("recorded %zu entries, "), m->n);
	text_size_human(out, bytes);
	buf_adds(out, _(", as "));
	snapshot_name(&r->commit, out);
	buf_adds(out, _(" and made it the baseline\n"));
	if (sealed > 0)
		buf_addf(out, ngettext("  %zu of them is secret and stored "
		    "sealed\n", "  %zu of them are secret and stored "
		    "sealed\n", sealed), sealed);
	if (large > 0)
		buf_addf(out, ngettext("  %zu is larger than max-size: only "
		    "its digest is kept, so it cannot be restored\n",
		    "  %zu are larger than max-size: only their digests are "
		    "kept, so they cannot be restored\n", large), large);
}

static int
first(struct machine *m, int code, struct buf *out, struct err *e)
{
	CLEANUP(drop_snapshot_result) struct snapshot_result r = { 0 };
	struct err ignored = { 0 };
	size_t unknown;

	if (snapshot_take(m, &(struct snapshot_reason){
	    .subject = "first snapshot", .trigger = "init",
	    .even_if_same = true }, &r, e) < 0 ||
	    gitrepo_ref_set(store_repo(m->store), GITFILES_BASELINE,
	    &r.commit, NULL, e) < 0)
		return -1;
	/* Where that fails the first look at what changed does it. */
	upgrade_note_packages(m->o, &ignored);
	causes_note(m, LEDGER_SEEN, &r.commit, &r.live, &ignored);
	unknown = r.live.unknown.n;
	for (size_t i = 0; i < unknown; i++)
		say_note("%s: %s", r.live.unknown.items[i].path,
		    r.live.unknown.items[i].why);
	if (unknown > 0)
		code = 2;
	if (m->o->format == FORMAT_JSON) {
		snapshot_json("init", &r.commit, true, code, out);
		return code;
	}
	buf_adds(out, _("store: "));
	text_escape(out, store_dir(m->store), strlen(store_dir(m->store)));
	buf_adds(out, _("\nspecs that apply here:\n"));
	add_specs(out, &m->catalogue);
	add_recorded(out, &r);
	buf_adds(out, _("next: "));
	options_command(m->o, out);
	buf_adds(out, " check\n");
	return code;
}

/* An earlier init that died may have left a snapshot without a baseline. */
static int
again(struct machine *m, int code, struct buf *out, struct err *e)
{
	struct oid live, baseline;
	int n = machine_baseline(m, &baseline, e);

	if (n < 0 || machine_live(m, &live, e) < 0)
		return -1;
	if (n == 0) {
		if (gitrepo_ref_set(store_repo(m->store), GITFILES_BASELINE,
		    &live, NULL, e) < 0)
			return -1;
		baseline = live;
	}
	if (m->o->format == FORMAT_JSON) {
		snapshot_json("init", &baseline, n == 0, code, out);
		return code;
	}
	buf_adds(out, _("there is a store already; nothing was changed\n"
	    "baseline: "));
	snapshot_name(&baseline, out);
	buf_adds(out, _("\nto record anew: driftctl snapshot; to move the "
	    "baseline: driftctl accept\n"));
	return code;
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct oid live;
	int n, code;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 0)
		return err_set(e, ERR_USAGE, rest.items[0],
		    _("'init' takes no arguments"));
	if (machine_open(o, &m, e) < 0 || machine_open_store(&m, true, e) < 0 ||
	    machine_lock(&m, e) < 0)
		return -1;
	code = machine_complain(&m) ? 2 : 0;
	n = machine_live(&m, &live, e);
	if (n >= 0)
		n = n > 0 ? again(&m, code, &out, e) :
		    first(&m, code, &out, e);
	if (n < 0)
		return -1;
	if ((o->verbose >= 0 || o->format == FORMAT_JSON) &&
	    say_out(&out, e) < 0)
		return -1;
	return n;
}

const struct command cmd_init = {
	"init", "", N_("makes the store and takes the first snapshot as the "
	    "baseline"), true, run
};
