/* SPDX-License-Identifier: MIT */
#include "agent/preflight/forecast.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/assess.h"
#include "agent/onchange.h"
#include "agent/pkg/beside.h"
#include "agent/preflight/oldscripts.h"
#include "agent/preflight/rulesthen.h"
#include "base/file.h"
#include "base/path.h"
#include "base/pathset.h"
#include "base/tr.h"
#include "base/vec.h"

enum { HASHES_MAX = 1 << 20 };

void
forecast_done(struct forecast *f)
{
	results_done(&f->now);
	results_done(&f->later);
	catalogue_done(&f->catalogue);
	strlist_done(&f->leaving_specs);
	strlist_done(&f->others);
	overlay_free(f->overlay);
	attribute_free(f->attributor);
	foresight_done(&f->then);
	evidence_free(f->source);
	capture_done(&f->live);
	owners_done(&f->before);
	incoming_done(&f->in);
	free(f->outlooks.items);
	free(f->risks.items);
	free(f->unknowns.items);
	arena_done(&f->arena);
	*f = (struct forecast){ 0 };
}

void
drop_forecast(struct forecast *f)
{
	forecast_done(f);
}

static enum pristine
of_live(const struct forecast *f, const struct owned *o,
    const struct entry *en, const char *path)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_fd) int fd = -1;
	struct err ignored = { 0 };

	if (en->kind == ENTRY_FILE && o->algorithm != NULL) {
		fd = root_open_at(&f->m->root, path, O_RDONLY | O_NONBLOCK |
		    O_NOCTTY);
		if (fd < 0 || file_read_fd(fd, path, f->m->config.max_size,
		    &bytes, &ignored) < 0)
			return PRISTINE_UNKNOWN;
	}
	return owned_pristine(o, en, buf_str(&bytes), bytes.len);
}

static enum pristine
pristine_then(void *ctx, const struct owned *o, const struct foreseen *x)
{
	if (x->from == FORESEEN_LIVE)
		return of_live(ctx, o, &x->entry, x->live);
	if (x->from == FORESEEN_UNKNOWN)
		return PRISTINE_UNKNOWN;
	if (o->target != NULL || x->coming->owned.digest == NULL ||
	    o->digest == NULL)
		return owned_pristine(o, &x->entry, "", 0);
	return strcmp(o->digest, x->coming->owned.digest) == 0 ?
	    PRISTINE_YES : PRISTINE_EDITED;
}

static enum pristine
pristine(void *ctx, const struct owned *o, const struct entry *en, bool before)
{
	const struct forecast *f = ctx;
	const struct foreseen *x = before ? NULL :
	    foresight_find(&f->then, en->path);

	return x == NULL ? of_live(f, o, en, en->path) :
	    pristine_then(ctx, o, x);
}

/* Lines of "MD5  PATH". */
static const char *
ucf(void *ctx, const char *path)
{
	struct forecast *f = ctx;
	static const char file[] = "/var/lib/ucf/hashfile";

	if (!f->ucf_read) {
		CLEANUP(drop_fd) int fd = root_open_in(&f->m->root, file,
		    O_RDONLY | O_NONBLOCK);
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err ignored = { 0 };

		f->ucf_read = true;
		if (fd >= 0 && file_read_fd(fd, file, HASHES_MAX, &text,
		    &ignored) == 0)
			dpkgdb_sums(buf_str(&text), text.len, &f->arena,
			    &f->ucf);
	}
	for (size_t i = 0; i < f->ucf.n; i++)
		/* dpkgdb_sums puts a slash before each. */
		if (strcmp(f->ucf.items[i].path + 1, path) == 0)
			return f->ucf.items[i].md5;
	return NULL;
}

static void
resolve(void *ctx, const char *path, struct buf *out)
{
	const struct forecast *f = ctx;
	struct err ignored = { 0 };

	if (root_resolve(&f->m->root, path, out, NULL, &ignored) < 0) {
		buf_reset(out);
		buf_adds(out, path);
	}
}

/* What a script does behind the point where it was left is not known. */
static void
lack_scripts(struct forecast *f)
{
	for (size_t i = 0; i < f->then.cut.n; i++) {
		const struct script_cut *x = &f->then.cut.items[i];
		struct arena *a = &f->in.arena;

		incoming_lacks(&f->in, arena_printf(a, "%s %s",
		    x->package->name, x->package->version), arena_printf(a,
		    _("its script %s is too long to be followed to its end "
		    "[read what it does]"), x->script->name));
	}
}

int
forecast_look(struct forecast *f, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct machine *m = f->m;
	int n = 0;

	strlist_add(&all, "/");
	owners_load(&m->root, &all, NULL, &f->before);
	if (f->before.trouble.kind != ERR_NONE) {
		*e = f->before.trouble;
		return -1;
	}
	if (m->store == NULL)
		return machine_look(m, &m->scope, &f->live, e);
	n = machine_baseline(m, &f->baseline, e);
	f->has_baseline = n > 0;
	return n < 0 || machine_capture(m, &(struct machine_capture){ 0 },
	    &f->live, e) < 0 ? -1 : 0;
}

static bool
is_beside(const struct forecast *f, const char *path, char **out_base)
{
	size_t n = beside_of(path);

	(void)f;
	if (n == 0)
		return false;
	*out_base = xmemdup(path, n);
	return true;
}

/* Removing is more than editing, and that more than naming. */
static int
gravity(const struct mark *m)
{
	static const int table[SCRIPT_DEEDS] = {
		[SCRIPT_NAMES] = 1, [SCRIPT_LINKS] = 1, [SCRIPT_TOUCHES] = 2,
		[SCRIPT_COPIES] = 0, [SCRIPT_UCF] = 3, [SCRIPT_EDITS] = 4,
		[SCRIPT_MAKES] = 4, [SCRIPT_MV_CONFFILE] = 5,
		[SCRIPT_MOVES] = 5, [SCRIPT_RM_CONFFILE] = 5,
		[SCRIPT_REMOVES] = 6,
	};

	return table[m->act.deed];
}

static int
by_mark(const void *a, const void *b)
{
	const struct mark *x = *(struct mark *const *)a;
	const struct mark *y = *(struct mark *const *)b;
	int n = path_cmp(x->path, y->path);

	return n != 0 ? n : gravity(y) - gravity(x);
}

/* What is sure has happened already; permissions are not foreseen. */
static const struct mark *
maybe(const struct forecast *f, const char *path)
{
	size_t from = VEC_LOWER(f->then.marks.n, i,
	    path_cmp(f->then.marks.items[i]->path, path) < 0);

	for (; from < f->then.marks.n; from++) {
		const struct mark *m = f->then.marks.items[from];

		if (strcmp(m->path, path) != 0)
			return NULL;
		if (gravity(m) > 0 && (m->act.maybe || m->act.deed ==
		    SCRIPT_TOUCHES || m->act.deed == SCRIPT_NAMES ||
		    m->act.deed == SCRIPT_LINKS))
			return m;
	}
	return NULL;
}

/* What nobody may read now is the same then. */
static bool
is_untouched(const struct forecast *f, const char *path)
{
	const struct entry *was = manifest_find(&f->live.manifest, path);
	const struct foreseen *x = foresight_find(&f->then, path);

	return was != NULL && !x->gone && memcmp(was, &x->entry,
	    sizeof(*was)) == 0;
}

static void
add_outlook(struct forecast *f, const struct onchange *rules,
    const char *path)
{
	struct outlook x = { .path = path };
	const struct rule *rule;

	attribute_path(f->attributor, path, &x.a);
	if (x.a.remains == REMAINS_OTHER && is_untouched(f, path))
		return;
	onchange_of(rules, path, &rule);
	x.ruled = rule != NULL;
	x.by = foresight_find(&f->then, path)->by;
	x.maybe = maybe(f, path);
	*VEC_ADD(&f->outlooks) = x;
}

/* Of what comes beside a file the file itself is told of. */
static void
look_at_paths(struct forecast *f)
{
	CLEANUP(drop_onchange) struct onchange *rules =
	    onchange_new(&f->m->catalogue);

	/* What is in a list and was removed here: that may come back. */
	for (size_t i = 0; i < f->before.files.n; i++) {
		const struct owned *o = &f->before.files.items[i];

		if ((o->flags & OWNED_DIR) == 0 &&
		    incoming_wants(&f->in, o->path) &&
		    incoming_leaves(&f->in, owners_package(&f->before, o)) !=
		    NULL)
			foresight_get(&f->then, o->path);
	}
	for (size_t i = 0; i < f->then.paths.n; i++) {
		const struct foreseen *x = f->then.paths.items[i];
		const struct entry *was = manifest_find(&f->live.manifest,
		    x->entry.path);
		CLEANUP(drop_free) char *base = NULL;

		if (x->entry.kind == ENTRY_DIR && was != NULL && !x->gone &&
		    entry_differs(was, &x->entry) == 0)
			continue;
		if (was == NULL && is_beside(f, x->entry.path, &base) &&
		    foresight_find(&f->then, base) != NULL)
			continue;
		add_outlook(f, rules, x->entry.path);
	}
}

static int
worst_first(const void *a, const void *b)
{
	const struct outlook *x = a, *y = b;
	int n = (int)y->a.decision - (int)x->a.decision;

	if (n == 0)
		n = (int)y->ruled - (int)x->ruled;
	return n != 0 ? n : path_cmp(x->path, y->path);
}

static bool
is_same(const struct result *a, const struct result *b)
{
	/* They are of two catalogues. */
	return strcmp(a->rule->id, b->rule->id) == 0 &&
	    strcmp(a->rule->spec->name, b->rule->spec->name) == 0 &&
	    strcmp(a->path, b->path) == 0 &&
	    strcmp(a->demand, b->demand) == 0;
}

static int
by_result_path(const void *a, const void *b)
{
	return strcmp((*(const struct result *const *)a)->path,
	    (*(const struct result *const *)b)->path);
}

/* Of n in order of their paths. */
static bool
was_so(const struct result *const *now, size_t n, const struct result *r)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(now[mid]->path, r->path) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < n && strcmp(now[from]->path, r->path) == 0; from++)
		if (is_same(now[from], r) && now[from]->verdict == r->verdict)
			return true;
	return false;
}

static const struct outlook *
outlook_of(const struct forecast *f, const struct pathset *at,
    const struct result *r)
{
	size_t i;

	return (r->decided_in != NULL &&
	    pathset_find(at, r->decided_in, &i)) ||
	    pathset_find(at, r->path, &i) ? &f->outlooks.items[i] : NULL;
}

static void
compare_verdicts(struct forecast *f)
{
	CLEANUP(drop_free) const struct result **now = xcalloc(f->now.n + 1,
	    sizeof(*now));
	struct pathset at = { 0 };

	for (size_t i = 0; i < f->now.n; i++)
		now[i] = &f->now.items[i];
	qsort(now, f->now.n, sizeof(*now), by_result_path);
	for (size_t i = 0; i < f->outlooks.n; i++)
		if (f->outlooks.items[i].a.how != HOW_NOT)
			pathset_add(&at, f->outlooks.items[i].path, i);
	for (size_t i = 0; i < f->later.n; i++) {
		const struct result *r = &f->later.items[i];
		struct risk risk = { r, NULL };

		if (r->verdict == VERDICT_HOLDS || was_so(now, f->now.n, r))
			continue;
		risk.because = outlook_of(f, &at, r);
		if (r->verdict == VERDICT_FAILS)
			*VEC_ADD(&f->risks) = risk;
		else
			*VEC_ADD(&f->unknowns) = risk;
	}
	pathset_done(&at);
}

/* Those of one rule that say the same stand together. */
static int
gravest_first(const void *a, const void *b)
{
	const struct result *x = ((const struct risk *)a)->then;
	const struct result *y = ((const struct risk *)b)->then;
	int n = (int)y->rule->severity - (int)x->rule->severity;

	if (n == 0)
		n = strcmp(x->rule->spec->name, y->rule->spec->name);
	if (n == 0)
		n = strcmp(x->rule->id, y->rule->id);
	if (n == 0)
		n = strcmp(x->what, y->what);
	return n != 0 ? n : path_cmp(x->path, y->path);
}

static bool
applies(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->specs[i]->name, name) == 0)
			return c->specs[i]->applies;
	return false;
}

/* A spec goes with the package that it is about: nothing of it is at risk. */
static void
find_leaving_specs(struct forecast *f)
{
	const struct catalogue *now = &f->m->catalogue;

	for (size_t i = 0; i < now->n; i++)
		if (now->specs[i]->applies &&
		    !applies(&f->catalogue, now->specs[i]->name))
			strlist_add(&f->leaving_specs, now->specs[i]->name);
}

static int
judge(struct forecast *f, struct err *e)
{
	const struct evidence *live;
	struct overlay_input in;

	f->source = evidence_live(f->m, &f->live.manifest,
	    f->has_baseline ? &f->baseline : NULL, NULL);
	evidence_set_unknown(f->source, &f->live);
	live = evidence_get(f->source);
	in = (struct overlay_input){ live, &f->then, &f->before,
		&f->live.manifest, &f->in, &f->m->root, &f->m->catalogue };
	f->overlay = overlay_new(&in);
	if (rulesthen_make(&(struct rulesthen){ f->m, &f->then, f->overlay },
	    &f->catalogue, e) < 0)
		return -1;
	find_leaving_specs(f);
	assess_rules(&f->m->catalogue, live, &f->now);
	assess_rules(&f->catalogue, overlay_evidence(f->overlay), &f->later);
	compare_verdicts(f);
	if (f->risks.n > 1)
		qsort(f->risks.items, f->risks.n, sizeof(*f->risks.items),
		    gravest_first);
	if (f->unknowns.n > 1)
		qsort(f->unknowns.items, f->unknowns.n,
		    sizeof(*f->unknowns.items), gravest_first);
	return 0;
}

/* What another package diverts comes under another name. */
static int
divert(struct forecast *f, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist d = { 0 };
	struct incoming *in = &f->in;

	if (dpkgdb_diversions(&f->m->root, &d, e) < 0)
		return -1;
	for (size_t i = 0; d.n > 0 && i < in->files.n; i++) {
		struct owned *o = &in->files.items[i].owned;
		const struct package *p = &in->coming.items[o->package].package;
		const char *to = p->kind != PACKAGE_DPKG ? NULL :
		    dpkgdb_diverted(&d, p->name, o->path);

		if (to == NULL)
			continue;
		o->path = arena_strdup(&in->arena, to);
		o->flags |= OWNED_DIVERTED;
	}
	return 0;
}

int
forecast_make(struct forecast *f, struct err *e)
{
	const struct foresee_input how = { &f->before, &f->live.manifest,
		&f->in, f->answer, pristine_then, ucf, resolve, f };
	const struct attribute_input in = { &f->before, &f->then.after,
		&f->live.manifest, &f->then.is, pristine, f };

	f->tracked = f->live.manifest.n;
	if (divert(f, e) < 0)
		return -1;
	incoming_settle(&f->in, &f->m->root);
	oldscripts_read(&f->m->root, &f->before, &f->in);
	foresee(&how, &f->then);
	lack_scripts(f);
	f->attributor = attribute_new(&in);
	if (f->then.marks.n > 1)
		qsort(f->then.marks.items, f->then.marks.n,
		    sizeof(*f->then.marks.items), by_mark);
	look_at_paths(f);
	if (f->outlooks.n > 1)
		qsort(f->outlooks.items, f->outlooks.n,
		    sizeof(*f->outlooks.items), worst_first);
	return judge(f, e);
}

int
forecast_exit(const struct forecast *f)
{
	if (f->risks.n > 0)
		return 1;
	return f->unknowns.n > 0 || f->in.wanting.n > 0 ? 2 : 0;
}
