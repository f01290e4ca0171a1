/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/changetext.h"
#include "agent/command.h"
#include "agent/json.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "agent/snapshotter.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/compare.h"

/* What one snapshot has, or has of one path. */
struct showing {
	struct machine *m;
	struct oid commit;
	const char *path;	/* NULL: all of it */
	struct buf *out;
	struct json *json;	/* NULL: text */
};

/* Whether JSON can hold all of it as it is. */
static bool
is_text(const struct buf *b)
{
	uint32_t code;

	for (size_t i = 0; i < b->len;) {
		size_t n = text_utf8(b->bytes + i, b->len - i, &code);

		if (n == 0 || b->bytes[i] == '\0')
			return false;
		i += n;
	}
	return true;
}

static int
entry_json(struct showing *s, const struct entry *en, struct err *e)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_buf) struct buf line = { 0 };
	bool file = en->kind == ENTRY_FILE;
	bool stored = file && en->content == CONTENT_STORED;

	if (stored && store_content(s->m->store, en, &bytes, e) < 0)
		return -1;
	manifest_line(&line, en, en->path, false);
	if (line.len > 0 && line.bytes[line.len - 1] == '\n')
		buf_truncate(&line, line.len - 1);
	json_text(s->json, "path", en->path);
	json_text(s->json, "type", entry_kind_name(en->kind));
	json_text(s->json, "metadata", buf_str(&line));
	json_bool(s->json, "secret", file && en->content == CONTENT_SEALED);
	json_text(s->json, "content", stored && is_text(&bytes) ?
	    buf_str(&bytes) : NULL);
	return 0;
}

/* Content as it was, byte for byte: for a pipe or a look. */
static int
show_content(struct showing *s, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest all = { 0 };
	const struct entry *en;

	if (store_load(s->m->store, &s->commit, &all, e) < 0)
		return -1;
	en = manifest_find(&all, s->path);
	if (en == NULL)
		return err_set(e, ERR_MISSING, s->path,
		    _("is not in that snapshot"));
	if (s->json != NULL)
		return entry_json(s, en, e);
	if (en->kind == ENTRY_FILE && en->content == CONTENT_SEALED)
		return err_set(e, ERR_USAGE, s->path, _("is secret: its "
		    "content is not shown [put it back with 'driftctl "
		    "restore']"));
	if (en->kind == ENTRY_FILE)
		return store_content(s->m->store, en, s->out, e);
	manifest_line(s->out, en, en->path, false);
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

/* What it changed; nothing where it is the first. */
static int
find_changes(struct showing *s, const struct gitcommit *c,
    struct manifest *before, const struct manifest *now,
    struct changes *out, struct err *e)
{
	if (store_load(s->m->store, &c->parents[0], before, e) < 0)
		return -1;
	compare_manifests(before, now, false, out);
	return 0;
}

static void
changes_json(struct json *j, const struct gitcommit *c, bool first, size_t n,
    const struct changes *changes)
{
	json_text(j, "message", c->message != NULL ? c->message : "");
	json_bool(j, "first", first);
	json_number(j, "entries", n);
	json_open(j, "changes", '[');
	for (size_t i = 0; i < changes->n; i++) {
		json_open(j, NULL, '{');
		change_json(j, &changes->items[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static int
show_snapshot(struct showing *s, const struct gitcommit *c, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest now = { 0 };
	CLEANUP(drop_manifest) struct manifest before = { 0 };
	CLEANUP(drop_changes) struct changes changes = { 0 };
	bool first = c->n_parents == 0 || oidset_has(
	    gitrepo_shallow(store_repo(s->m->store)), &s->commit);

	if (store_load(s->m->store, &s->commit, &now, e) < 0 || (!first &&
	    find_changes(s, c, &before, &now, &changes, e) < 0))
		return -1;
	if (s->json != NULL) {
		changes_json(s->json, c, first, now.n, &changes);
		return 0;
	}
	add_message(s->out, c);
	if (first)
		buf_addf(s->out, ngettext("the first snapshot: %zu entry\n",
		    "the first snapshot: %zu entries\n", now.n), now.n);
	for (size_t i = 0; i < changes.n; i++)
		change_line(s->out, &changes.items[i]);
	return 0;
}

static int
show(struct showing *s, struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	CLEANUP(drop_buf) struct buf hex = { 0 };
	int n;

	if (gitrepo_commit(store_repo(s->m->store), &s->commit, &c, e) < 0)
		return -1;
	text_hex(&hex, c.oid.b, OID_LEN);
	if (s->json != NULL) {
		json_open(s->json, NULL, '{');
		json_number(s->json, "version", 1);
		json_text(s->json, "verb", "show");
		json_text(s->json, "snapshot", buf_str(&hex));
		json_number(s->json, "time", (uint64_t)c.time);
	}
	n = s->path != NULL ? show_content(s, e) : show_snapshot(s, &c, e);
	if (s->json != NULL) {
		json_close(s->json, '}');
		buf_addc(s->out, '\n');
	}
	return n;
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
	CLEANUP(drop_strlist) struct strlist path = { 0 };
	struct json json = { .out = &out };
	struct showing s = { .m = &m, .out = &out,
		.json = o->format == FORMAT_JSON ? &json : NULL };
	const char *typed, *colon;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n > 1)
		return err_set(e, ERR_USAGE, rest.items[1],
		    _("one snapshot at a time"));
	typed = rest.n > 0 ? rest.items[0] : "live";
	colon = strchr(typed, ':');
	name = xmemdup(typed, colon != NULL ? (size_t)(colon - typed) :
	    strlen(typed));
	if (machine_open_tracked(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0 ||
	    snapshot_resolve(&m, name, &s.commit, e) < 0)
		return -1;
	if (colon != NULL) {
		strlist_add(&path, colon + 1);
		if (paths_normalize(&m, &path, e) < 0)
			return -1;
		s.path = path.items[0];
	}
	if (show(&s, e) < 0)
		return -1;
	/* A file is shown as it was. */
	return (s.path != NULL ? say_exact(&out, e) :
	    say_result(o, &out, e)) < 0 ? -1 : 0;
}

const struct command cmd_show = {
	"show", "[SNAPSHOT[:PATH]]", N_("what a snapshot changed, or a file "
	    "as it was then"), true, run
};
