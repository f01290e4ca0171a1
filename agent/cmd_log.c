/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/command.h"
#include "agent/finding.h"
#include "agent/json.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "agent/snapshotter.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitwalk.h"
#include "snapshots/trees.h"

/* A history being told, newest first. */
struct telling {
	struct machine *m;
	const struct strlist *paths;
	unsigned long left;	/* how many more to tell */
	struct oid live, baseline;
	struct buf *out;
	struct json json;
	/* With paths, a snapshot is told when it differs from the one before,
	 * which the walk meets later. */
	struct gitcommit newer;
	struct strlist newer_state;
	bool has_newer;
};

static void
tell(struct telling *t, const struct gitcommit *c)
{
	const char *message = c->message != NULL ? c->message : "";
	CLEANUP(drop_buf) struct buf name = { 0 };
	CLEANUP(drop_buf) struct buf when = { 0 };
	CLEANUP(drop_free) char *subject = xmemdup(message,
	    strcspn(message, "\n"));
	bool baseline = oid_equal(&c->oid, &t->baseline);

	snapshot_name(&c->oid, &name);
	snapshot_time(c->time, &when);
	t->left--;
	if (t->m->o->format == FORMAT_JSON) {
		json_open(&t->json, NULL, '{');
		json_text(&t->json, "snapshot", buf_str(&name));
		json_number(&t->json, "time", (uint64_t)c->time);
		json_text(&t->json, "subject", subject);
		json_bool(&t->json, "baseline", baseline);
		json_close(&t->json, '}');
		return;
	}
	buf_addf(t->out, "%s  %s  ", buf_str(&name), buf_str(&when));
	text_escape(t->out, subject, strlen(subject));
	if (baseline)
		buf_adds(t->out, _("  (baseline)"));
	buf_addc(t->out, '\n');
}

/* What a snapshot says of one path: its line of metadata and its content. */
static int
state_of(struct telling *t, const struct gitcommit *c, const char *path,
    struct strlist *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct oid oid;
	int n = trees_path_state(store_repo(t->m->store), &c->tree, path,
	    &text, &oid, e);

	if (n < 0)
		return -1;
	text_hex(&text, oid.b, OID_LEN);
	strlist_add(out, buf_str(&text));
	return 0;
}

static int
state(struct telling *t, const struct gitcommit *c, struct strlist *out,
    struct err *e)
{
	for (size_t i = 0; i < t->paths->n; i++)
		if (state_of(t, c, t->paths->items[i], out, e) < 0)
			return -1;
	return 0;
}

static bool
same_state(const struct strlist *a, const struct strlist *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static void
remember(struct telling *t, const struct gitcommit *c, struct strlist *now)
{
	gitcommit_done(&t->newer);
	strlist_done(&t->newer_state);
	t->newer = *c;
	t->newer.message = xstrdup(c->message != NULL ? c->message : "");
	t->newer_state = STEAL(*now);
	t->has_newer = true;
}

static int
each(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct telling *t = ctx;
	CLEANUP(drop_strlist) struct strlist now = { 0 };

	if (t->paths->n == 0) {
		tell(t, c);
		return t->left == 0 ? 1 : 0;
	}
	if (state(t, c, &now, e) < 0)
		return -1;
	if (t->has_newer && !same_state(&now, &t->newer_state))
		tell(t, &t->newer);
	remember(t, c, &now);
	return t->left == 0 ? 1 : 0;
}

/* The first snapshot tells a path only if it had it. */
static bool
nothing_there(const struct strlist *state)
{
	for (size_t i = 0; i < state->n; i++)
		if (strspn(state->items[i], "0") != strlen(state->items[i]))
			return false;
	return true;
}

static int
tell_history(struct telling *t, struct err *e)
{
	int n = gitwalk_history(store_repo(t->m->store), &t->live, each, t, e);

	if (n < 0)
		return -1;
	if (t->has_newer && t->left > 0 && !nothing_there(&t->newer_state))
		tell(t, &t->newer);
	gitcommit_done(&t->newer);
	strlist_done(&t->newer_state);
	return 0;
}

/* The paths a rule is about: those it spells out, and those that its wildcards
 * find in the newest snapshot and the baseline. */
static int
add_rule_paths(struct machine *m, const char *id, struct strlist *out,
    struct err *e)
{
	const struct rule *r = catalogue_rule(&m->catalogue, id);
	const char *const refs[] = { "live", "baseline" };

	if (r == NULL)
		return err_set(e, ERR_MISSING, id,
		    _("no such rule [see 'driftctl spec list']"));
	for (size_t i = 0; i < r->paths.n; i++)
		if (glob_braces(r->paths.items[i], out, e) < 0)
			return -1;
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(drop_manifest) struct manifest all = { 0 };
		struct oid commit;

		if (snapshot_resolve(m, refs[i], &commit, e) < 0 ||
		    store_load(m->store, &commit, &all, e) < 0)
			return -1;
		for (size_t k = 0; k < all.n; k++)
			if (finding_rule_covers(r, all.items[k].path) &&
			    !strlist_has(out, all.items[k].path))
				strlist_add(out, all.items[k].path);
	}
	return 0;
}

static int
run(const struct options *o, struct err *e)
{
	const char *count = NULL, *rule = NULL;
	const struct verb_option table[] = {
		{ "max-count", 'n', NULL, &count },
		{ "rule", 0, NULL, &rule }, { 0 } };
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct telling t = { .m = &m, .paths = &paths, .left = 20,
		.out = &out, .json = { .out = &out } };
	char *end;
	int n;

	if (options_verb(o, table, &paths, e) < 0)
		return -1;
	errno = 0;
	if (count != NULL) {
		t.left = strtoul(count, &end, 10);
		if (errno != 0 || *end != '\0' || t.left == 0 ||
		    count[0] == '-')
			return err_set(e, ERR_USAGE, "-n",
			    _("'%s' is no number of snapshots"), count);
	}
	if ((rule != NULL ? machine_open : machine_open_tracked)(o, &m,
	    e) < 0 || machine_open_store(&m, false, e) < 0 ||
	    paths_normalize(&m, &paths, e) < 0 ||
	    (rule != NULL && add_rule_paths(&m, rule, &paths, e) < 0))
		return -1;
	n = machine_live(&m, &t.live, e);
	if (n < 0 || machine_baseline(&m, &t.baseline, e) < 0)
		return -1;
	if (o->format == FORMAT_JSON)
		json_open(&t.json, NULL, '[');
	if (n > 0 && tell_history(&t, e) < 0)
		return -1;
	if (o->format == FORMAT_JSON) {
		json_close(&t.json, ']');
		buf_addc(&out, '\n');
	}
	return say_result(o, &out, e) < 0 ? -1 : 0;
}

const struct command cmd_log = {
	"log", "[-n COUNT] [--rule ID] [PATH]...", N_("the snapshots, of the "
	    "machine or in which the paths changed"), true, run
};
