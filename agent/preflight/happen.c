/* SPDX-License-Identifier: MIT */
#include "agent/preflight/happen.h"

#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

/* A script of a package, while it happens. */
struct happening {
	const struct foresee_input *in;
	struct foresight *out;
	const struct package *package;
	const struct script *script;
};

/* Scripts ask for files by any name. */
static int
is_there(void *ctx, const char *path)
{
	const struct happening *h = ctx;
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct foreseen *x;
	size_t n;

	h->in->resolve(h->in->ctx, path, &real);
	x = foresight_find(h->out, buf_str(&real));
	if (x != NULL)
		return !x->gone;
	/* What is tracked whole and not there is not there. */
	if (incoming_wants(h->in->in, buf_str(&real)))
		return 0;
	return owners_of(h->in->before, buf_str(&real), &n) != NULL ? 1 : -1;
}

static struct mark *
mark(struct happening *h, const char *path, const struct script_act *act)
{
	struct mark *m = arena_alloc(&h->out->arena, sizeof(*m));

	*m = (struct mark){ arena_strdup(&h->out->arena, path), h->package,
		h->script, *act };
	m->act.path = m->path;
	if (act->to != NULL)
		m->act.to = arena_strdup(&h->out->arena, act->to);
	*VEC_ADD(&h->out->marks) = m;
	return m;
}

static void
make_unknown(struct happening *h, struct foreseen *x, const struct mark *m)
{
	static const struct oid none;

	if (x->gone)
		x->entry = (struct entry){ .path = x->entry.path,
			.mode = 0644, .user = "root", .group = "root" };
	x->gone = false;
	x->from = FORESEEN_UNKNOWN;
	x->entry.kind = ENTRY_FILE;
	x->entry.oid = none;
	x->entry.content = CONTENT_STORED;
	x->why = arena_printf(&h->out->arena, _("%s of %s %s writes it: what "
	    "is in it then is not known"), h->script->name,
	    h->package->name, h->package->version);
	x->by = m;
}

static void
move(struct happening *h, struct foreseen *x, const char *to,
    const struct mark *m, bool copy)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct foreseen *y;

	h->in->resolve(h->in->ctx, to, &real);
	y = foresight_get(h->out, buf_str(&real));
	if (y == x || (!y->gone && y->entry.kind == ENTRY_DIR))
		return;
	if (x->gone)
		return;
	foresight_copy(x, y);
	y->by = m;
	if (copy)
		return;
	x->gone = true;
	x->by = m;
}

/* What dpkg remembers of a conffile. */
static bool
is_as_shipped(const struct happening *h, const struct foreseen *x)
{
	const struct owned *f = owners_find(h->in->before, x->entry.path);

	return f != NULL && (f->flags & OWNED_CONFFILE) != 0 &&
	    h->in->pristine(h->in->ctx, f, x) == PRISTINE_YES;
}

/* dpkg-maintscript-helper(1): what nobody edited goes before the new version
 * is unpacked, and what somebody did is renamed. */
static void
help(struct happening *h, struct foreseen *x, const struct script_act *act,
    const struct mark *m)
{
	bool first = strcmp(h->script->name, "preinst") == 0;
	const struct coming_file *taken = incoming_find(h->in->in,
	    x->entry.path);
	CLEANUP(drop_free) char *bak = xasprintf("%s.dpkg-bak",
	    x->entry.path);

	if (x->gone || (!first && strcmp(h->script->name, "postinst") != 0))
		return;
	/* Another package has taken it over: it is not this one's to remove. */
	if (taken != NULL && !taken->remove_on_upgrade)
		return;
	if (first && is_as_shipped(h, x)) {
		x->gone = true;
		x->by = m;
	} else if (first && act->deed == SCRIPT_RM_CONFFILE) {
		move(h, x, bak, m, false);
	} else if (!first && act->deed == SCRIPT_MV_CONFFILE) {
		move(h, x, act->to, m, false);
	}
}

/* ucf(1): what nobody edited is replaced; what somebody did stays, with the
 * new version beside it where that is new to ucf. */
static void
take_ucf(struct happening *h, struct foreseen *x, const struct script_act *act,
    const struct mark *m)
{
	const struct coming_file *new = incoming_find(h->in->in, act->to);
	const char *known = h->in->ucf(h->in->ctx, x->entry.path);
	struct owned recorded = { .algorithm = "md5", .digest = known };
	struct foreseen *beside;

	if (new == NULL || new->owned.digest == NULL ||
	    (x->gone && known != NULL))
		return;
	if (!x->gone && h->in->pristine(h->in->ctx, &new->owned, x) ==
	    PRISTINE_YES)
		return;
	if (x->gone || (known != NULL && h->in->pristine(h->in->ctx,
	    &recorded, x) == PRISTINE_YES)) {
		foresight_bring(h->out, new, x);
		x->by = m;
		return;
	}
	if (known != NULL && strcmp(known, new->owned.digest) == 0)
		return;
	beside = foresight_get(h->out, arena_printf(&h->out->arena,
	    "%s.ucf-dist", x->entry.path));
	foresight_bring(h->out, new, beside);
	beside->by = m;
}

static void
apply(struct happening *h, struct foreseen *x, const struct script_act *act,
    const struct mark *m)
{
	bool folder = !x->gone && x->entry.kind == ENTRY_DIR;

	switch (act->deed) {
	case SCRIPT_REMOVES:
		if (!x->gone && !folder) {
			x->gone = true;
			x->by = m;
		}
		return;
	case SCRIPT_MOVES:
		if (!folder)
			move(h, x, act->to, m, false);
		return;
	case SCRIPT_COPIES:
		if (!folder)
			move(h, x, act->to, m, true);
		return;
	case SCRIPT_EDITS:
	case SCRIPT_MAKES:
		if (!folder)
			make_unknown(h, x, m);
		return;
	case SCRIPT_RM_CONFFILE:
	case SCRIPT_MV_CONFFILE:
		help(h, x, act, m);
		return;
	case SCRIPT_UCF:
		take_ucf(h, x, act, m);
		return;
	case SCRIPT_LINKS:
	case SCRIPT_TOUCHES:
	case SCRIPT_NAMES:
	case SCRIPT_DEEDS:
		return;
	}
}

/* A package brings what its script then puts in place. */
static bool
bring(struct happening *h, const struct script_act *act, const char *real)
{
	const struct coming_file *f = incoming_find(h->in->in, act->path);

	if (act->maybe || f == NULL || !f->has_bytes ||
	    f->entry.kind != ENTRY_FILE)
		return false;
	foresight_bring(h->out, f, foresight_get(h->out, real));
	foresight_find(h->out, real)->by = mark(h, real, act);
	return true;
}

/* What is copied from where nobody looked is another content. */
static void
take_copy(struct happening *h, const struct script_act *act)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct foreseen *from = foresight_find(h->out, act->path);
	struct script_act made = *act;

	h->in->resolve(h->in->ctx, act->to, &real);
	if ((from != NULL && !from->gone) ||
	    !incoming_wants(h->in->in, buf_str(&real)) ||
	    bring(h, act, buf_str(&real)))
		return;
	made.deed = SCRIPT_MAKES;
	if (!act->maybe)
		apply(h, foresight_get(h->out, buf_str(&real)), &made,
		    mark(h, buf_str(&real), &made));
	else
		mark(h, buf_str(&real), &made);
}

static void
take_one(struct happening *h, const char *path, const struct script_act *act)
{
	struct foreseen *x = foresight_find(h->out, path);
	bool wants = incoming_wants(h->in->in, path);
	const struct mark *m;

	if (x == NULL && (!wants || (act->deed != SCRIPT_MAKES &&
	    act->deed != SCRIPT_EDITS && act->deed != SCRIPT_UCF)))
		return;
	m = mark(h, path, act);
	if (!act->maybe)
		apply(h, x != NULL ? x : foresight_get(h->out, path), act, m);
}

static void
take_pattern(struct happening *h, const char *pattern,
    const struct script_act *act)
{
	size_t n = h->out->paths.n;

	for (size_t i = 0; i < n; i++) {
		struct foreseen *x = h->out->paths.items[i];

		if (!x->gone && x->entry.kind != ENTRY_DIR &&
		    glob_path(pattern, x->entry.path))
			mark(h, x->entry.path, act);
	}
}

static void
take_act(struct happening *h, const struct script_act *act)
{
	CLEANUP(drop_buf) struct buf real = { 0 };

	h->in->resolve(h->in->ctx, act->path, &real);
	if (act->deed == SCRIPT_COPIES || act->deed == SCRIPT_MOVES)
		take_copy(h, act);
	if (strpbrk(act->path, "*?[") != NULL)
		take_pattern(h, buf_str(&real), act);
	else
		take_one(h, buf_str(&real), act);
}

/* Of one that is run twice it is said once. */
static void
note_cut(struct happening *h)
{
	for (size_t i = 0; i < h->out->cut.n; i++)
		if (h->out->cut.items[i].script == h->script)
			return;
	*VEC_ADD(&h->out->cut) = (struct script_cut){ h->package, h->script };
}

static void
run(struct happening *h, const char *const *args, size_t n_args)
{
	const struct script_asked asked = { args, n_args, is_there, h };
	CLEANUP(drop_script_acts) struct script_acts acts = { 0 };

	script_read(h->script, &asked, &acts);
	if (acts.cut)
		note_cut(h);
	for (size_t i = 0; i < acts.list.n; i++)
		take_act(h, &acts.list.items[i]);
}

static const struct script *
find(const struct scripts *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].name, name) == 0)
			return &s->items[i];
	return NULL;
}

/* Which script runs when, and whose: that of who comes or of who leaves. */
static const struct {
	enum happen_when when;
	enum package_kind kind;
	bool old;
	const char *name;
	/* What it is told first: on an upgrade, when it comes or goes alone;
	 * NULL: it is not run then. */
	const char *upgrade, *alone;
} order[] = {
	{ HAPPEN_FIRST, PACKAGE_RPM, false, "%pretrans", "2", "1" },
	{ HAPPEN_FIRST, PACKAGE_RPM, false, "%pre", "2", "1" },
	{ HAPPEN_FIRST, PACKAGE_DPKG, true, "prerm", "upgrade", "remove" },
	{ HAPPEN_FIRST, PACKAGE_DPKG, false, "preinst", "upgrade", "install" },
	{ HAPPEN_PUT, PACKAGE_DPKG, true, "postrm", "upgrade", NULL },
	{ HAPPEN_PUT, PACKAGE_RPM, false, "%post", "2", "1" },
	{ HAPPEN_PUT, PACKAGE_RPM, true, "%preun", "1", "0" },
	{ HAPPEN_ERASED, PACKAGE_RPM, true, "%postun", "1", "0" },
	{ HAPPEN_ERASED, PACKAGE_DPKG, true, "postrm", NULL, "remove" },
	{ HAPPEN_LAST, PACKAGE_DPKG, false, "postinst", "configure",
	    "configure" },
	{ HAPPEN_LAST, PACKAGE_RPM, false, "%posttrans", "2", "1" },
};

static void
of_coming(struct happening *h, const struct coming *c, size_t i)
{
	const struct incoming *in = h->in->in;
	const struct leaving *old = NULL;
	const char *args[3];

	if (c->package.kind != order[i].kind)
		return;
	for (size_t k = 0; k < in->leaving.n && old == NULL; k++)
		if (in->leaving.items[k].replaced && incoming_comes_for(in,
		    &in->leaving.items[k].package) == c)
			old = &in->leaving.items[k];
	h->package = &c->package;
	h->script = find(&c->scripts, order[i].name);
	args[0] = old != NULL ? order[i].upgrade : order[i].alone;
	args[1] = old != NULL ? old->package.version : "";
	args[2] = c->package.version;
	if (h->script != NULL)
		run(h, args, c->package.kind == PACKAGE_RPM ? 1 : 3);
}

static void
of_leaving(struct happening *h, const struct leaving *l, size_t i)
{
	const struct coming *by = incoming_comes_for(h->in->in, &l->package);
	const char *args[2];

	if (l->package.kind != order[i].kind)
		return;
	args[0] = l->replaced ? order[i].upgrade : order[i].alone;
	args[1] = by != NULL ? by->package.version : "";
	h->package = &l->package;
	h->script = find(&l->scripts, order[i].name);
	if (h->script == NULL || args[0] == NULL)
		return;
	run(h, args, l->package.kind == PACKAGE_DPKG && l->replaced ? 2 : 1);
	if (l->purged && strcmp(order[i].name, "postrm") == 0)
		run(h, (const char *const []){ "purge" }, 1);
}

void
happen(const struct foresee_input *in, struct foresight *f,
    enum happen_when when)
{
	struct happening h = { .in = in, .out = f };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i].when != when)
			continue;
		for (size_t k = 0; order[i].old && k < in->in->leaving.n; k++)
			of_leaving(&h, &in->in->leaving.items[k], i);
		for (size_t k = 0; !order[i].old && k < in->in->coming.n; k++)
			of_coming(&h, &in->in->coming.items[k], i);
	}
}
