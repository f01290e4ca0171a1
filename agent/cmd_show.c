/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/changetext.h"
#include "agent/command.h"
#include "snapshots/compare.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "agent/snapshotter.h"
#include "base/text.h"
#include "base/tr.h"

/* Content as it was, byte for byte: for a pipe or a look. */
static int
show_content(struct machine *m, const struct oid *commit, const char *path,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest all = { 0 };
	const struct entry *en;

	if (store_load(m->store, commit, &all, e) < 0)
		return -1;
	en = manifest_find(&all, path);
	if (en == NULL)
		return err_set(e, ERR_MISSING, path,
		    _("is not in that snapshot"));
	if (en->kind == ENTRY_FILE && en->content == CONTENT_SEALED)
		return err_set(e, ERR_USAGE, path, _("is secret: its content "
		    "is not shown [put it back with 'driftctl restore']"));
	if (en->kind == ENTRY_FILE)
		return store_content(m->store, en, out, e);
	manifest_line(out, en, en->path, false);
	return 0;
}

static void
add_message(struct buf *out, const struct gitcommit *c)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };

	text_hex(&hex, c->oid.b, OID_LEN);
	buf_addf(out, _("snapshot %s\n"), buf_str(&hex));
	buf_adds(out, _("taken    "));
	snapshot_time(c->time, out);
	buf_adds(out, "\n\n");
	for (const char *p = c->message; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\n");

		buf_adds(out, "    ");
		text_escape(out, p, n);
		buf_addc(out, '\n');
		p += n + (p[n] == '\n');
	}
	buf_addc(out, '\n');
}

static int
show_snapshot(struct machine *m, const struct oid *commit, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	CLEANUP(drop_manifest) struct manifest now = { 0 };
	CLEANUP(drop_manifest) struct manifest before = { 0 };
	CLEANUP(drop_changes) struct changes changes = { 0 };
	bool first;

	if (gitrepo_commit(store_repo(m->store), commit, &c, e) < 0 ||
	    store_load(m->store, commit, &now, e) < 0)
		return -1;
	first = c.n_parents == 0 || oidset_has(
	    gitrepo_shallow(store_repo(m->store)), commit);
	add_message(out, &c);
	if (first) {
		buf_addf(out, _("the first snapshot: %zu entries\n"), now.n);
		return 0;
	}
	if (store_load(m->store, &c.parents[0], &before, e) < 0)
		return -1;
	compare_manifests(&before, &now, false, &changes);
	for (size_t i = 0; i < changes.n; i++)
		change_line(out, &changes.items[i]);
	return 0;
}

/* "SNAPSHOT:PATH", "SNAPSHOT" or nothing, which is live. */
static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_free) char *name = NULL;
	const char *typed, *colon;
	struct oid commit;
	int n;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 1)
		return err_set(e, ERR_USAGE, rest.items[1],
		    _("one snapshot at a time"));
	typed = rest.n > 0 ? rest.items[0] : "live";
	colon = strchr(typed, ':');
	name = xmemdup(typed, colon != NULL ? (size_t)(colon - typed) :
	    strlen(typed));
	if (machine_open(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0 ||
	    snapshot_resolve(&m, name, &commit, e) < 0)
		return -1;
	if (colon != NULL) {
		CLEANUP(drop_strlist) struct strlist path = { 0 };

		strlist_add(&path, colon + 1);
		n = paths_normalize(&m, &path, e) < 0 ? -1 :
		    show_content(&m, &commit, path.items[0], &out, e);
	} else {
		n = show_snapshot(&m, &commit, &out, e);
	}
	if (n < 0)
		return -1;
	/* A file is shown as it was. */
	return (colon != NULL ? say_exact(&out, e) : say_result(o, &out, e)) <
	    0 ? -1 : 0;
}

const struct command cmd_show = {
	"show", "[SNAPSHOT[:PATH]]", N_("what a snapshot changed, or a file "
	    "as it was then"), false, run
};
