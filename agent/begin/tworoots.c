/* SPDX-License-Identifier: MIT */
#include "agent/begin/tworoots.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/assess.h"
#include "agent/begin/otherroot.h"
#include "agent/begin/tworootstext.h"
#include "agent/evidence.h"
#include "agent/rewritten.h"
#include "agent/say.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/seal.h"

enum { READERS = 2 };

/* Both systems, and what is made of them. */
struct both {
	struct seal_key *key;	/* so that secrets can be compared */
	struct machine first;	/* the newer one, for what it tracks */
	struct options first_options;
	struct otherroot old, now;
	struct capture was;
	struct assessment a;
	struct results held;	/* of the rules, on the older one */
	struct results lost, before;	/* borrowed from a.results */
};

static void
drop_both(struct both *b)
{
	free(b->lost.items);
	free(b->before.items);
	results_done(&b->held);
	assessment_done(&b->a);
	capture_done(&b->was);
	drop_otherroot(&b->now);
	drop_otherroot(&b->old);
	machine_close(&b->first);
	seal_key_free(b->key);
}

bool
tworoots_is_root(const char *path)
{
	CLEANUP(drop_free) char *etc = xasprintf("%s/etc", path);
	struct stat st;

	return strcmp(path, "/") == 0 ||
	    (stat(etc, &st) == 0 && S_ISDIR(st.st_mode));
}

static int
look(const struct both *b, struct otherroot *r, struct capture *out,
    struct err *e)
{
	const struct capture_options o = {
		.root = &r->m.root, .scope = &r->scope,
		.secrets = &r->secrets, .seal = b->key, .ids = r->m.ids,
		.max_size = r->m.config.max_size, .threads = READERS,
	};

	return capture_run(&o, out, e);
}

/* What was required of the older system is required of what became of it,
 * though the package that it was about is gone. */
static void
require_as_before(struct both *b)
{
	const struct catalogue *old = &b->old.m.catalogue;
	const struct catalogue *now = &b->now.m.catalogue;

	for (size_t i = 0, k = 0; i < old->n && k < now->n;) {
		int n = strcmp(old->specs[i]->name, now->specs[k]->name);

		if (n == 0)
			now->specs[k]->applies |= old->specs[i]->applies;
		i += n <= 0;
		k += n >= 0;
	}
}

static int
open_both(const struct options *o, const char *now, struct both *b,
    struct err *e)
{
	b->first_options = *o;
	b->first_options.root = now;
	b->first_options.store = NULL;
	if ((b->key = seal_key_passing(e)) == NULL ||
	    machine_open(&b->first_options, &b->first, e) < 0 ||
	    otherroot_open(&b->first, o->root, &b->old, e) < 0 ||
	    otherroot_open(&b->old.m, now, &b->now, e) < 0)
		return -1;
	require_as_before(b);
	return 0;
}

/* What could not be looked at then is not known to have come since. */
static void
drop_unseen(struct both *b)
{
	struct changes *c = &b->a.changes;
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].was != NULL ||
		    capture_hides(&b->was, c->items[i].is->path) == NULL)
			c->items[kept++] = c->items[i];
	c->n = kept;
}

static bool
covered(const struct strlist *paths, const char *path)
{
	for (size_t i = 0; i < paths->n; i++)
		if (path_is_under(path, paths->items[i]))
			return true;
	return paths->n == 0;
}

static void
keep_paths(struct changes *c, const struct strlist *paths)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct change *x = &c->items[i];

		if (covered(paths, x->was != NULL ? x->was->path :
		    x->is->path))
			c->items[kept++] = *x;
	}
	c->n = kept;
}

static bool
same_result(const struct result *a, const struct result *b)
{
	return a->rule == b->rule && strcmp(a->path, b->path) == 0 &&
	    strcmp(a->demand, b->demand) == 0;
}

/* Of each failing demand, whether it failed in the older one, too. */
static void
sort_out(struct both *b, const struct strlist *paths)
{
	const struct results *now = &b->a.results;

	for (size_t i = 0; i < now->n; i++) {
		const struct result *r = &now->items[i];
		bool then = false;

		for (size_t k = 0; k < b->held.n && !then; k++)
			then = same_result(r, &b->held.items[k]);
		if (covered(paths, r->path) || (r->decided_in != NULL &&
		    covered(paths, r->decided_in)))
			*VEC_ADD(then ? &b->before : &b->lost) = *r;
	}
}

static void
judge(struct both *b, const struct strlist *paths)
{
	CLEANUP(drop_evidence) struct evidence_source *then =
	    evidence_live(&b->old.m, &b->was.manifest, NULL, NULL);
	CLEANUP(drop_evidence) struct evidence_source *now =
	    evidence_live(&b->now.m, &b->a.live.manifest, NULL, NULL);

	evidence_set_unknown(then, &b->was);
	evidence_set_unknown(now, &b->a.live);
	assess_rules(&b->now.m.catalogue, evidence_get(then), &b->held);
	assess_rules(&b->now.m.catalogue, evidence_get(now), &b->a.results);
	sort_out(b, paths);
}

static int
read_of(struct machine *m, const struct entry *en, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = root_open_at(&m->root, en->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, en->path, _("cannot open"));
	return file_read_fd(fd, en->path, m->config.max_size, out, e);
}

static int
read_was(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	struct both *b = ctx;

	return read_of(&b->old.m, en, out, e);
}

static int
read_is(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	struct both *b = ctx;

	return read_of(&b->now.m, en, out, e);
}

static void
told_of(const struct both *b, struct tworoots_told *out)
{
	const struct changes none = { 0 };
	const struct capture nothing = { 0 };

	findings_make(&b->now.m.catalogue, &b->lost, &none, &b->a.live, "",
	    &out->lost);
	findings_make(&b->now.m.catalogue, &b->before, &none, &nothing, "",
	    &out->before);
	out->changes = &b->a.changes;
	out->catalogue = &b->now.m.catalogue;
}

/* What of the older one nobody could look at; that of the newer one is among
 * the findings. */
static bool
complain(const struct both *b, const char *dir, const struct strlist *paths)
{
	bool any = false;

	for (size_t i = 0; i < b->was.unknown.n; i++) {
		const char *path = b->was.unknown.items[i].path;

		if (!covered(paths, path))
			continue;
		say_note("%s%s: %s", strcmp(dir, "/") == 0 ? "" : dir, path,
		    b->was.unknown.items[i].why);
		any = true;
	}
	return any;
}

int
tworoots_compare(const struct options *o, const char *now,
    const struct tworoots_style *how, struct buf *out, struct err *e)
{
	CLEANUP(drop_both) struct both b = { .first.root.fd = -1,
		.old.m.root.fd = -1, .now.m.root.fd = -1 };
	CLEANUP(drop_tworoots_told) struct tworoots_told told = {
		.o = o, .now_dir = now, .how = how,
		.from = { read_was, read_is, &b },
	};
	bool bad;

	if (open_both(o, now, &b, e) < 0 || look(&b, &b.old, &b.was, e) < 0 ||
	    look(&b, &b.now, &b.a.live, e) < 0)
		return -1;
	compare_manifests(&b.was.manifest, &b.a.live.manifest, false,
	    &b.a.changes);
	drop_unseen(&b);
	assess_settle(&b.a);
	keep_paths(&b.a.changes, how->paths);
	judge(&b, how->paths);
	told_of(&b, &told);
	told.m = &b.now.m;
	if (tworoots_tell(&told, out, e) < 0)
		return -1;
	bad = machine_complain(&b.now.m);
	bad |= machine_complain(&b.old.m);
	bad |= complain(&b, o->root, how->paths);
	if (bad || told.lost.unknowns > 0)
		return 2;
	return told.lost.drifts + b.a.changes.n > 0 ? 1 : 0;
}
