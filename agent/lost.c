/* SPDX-License-Identifier: MIT */
#include "agent/lost.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pkg/owners.h"
#include "agent/report/pasttext.h"
#include "agent/snapshotter.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

/* So many snapshots are looked through: more than most stores keep. */
enum { SNAPSHOTS_MAX = 5000 };

struct looking {
	struct machine *m;
	struct findings *f;
	struct lost {
		struct finding *x;
		bool found;
	} *items;
	size_t n, left;
	unsigned seen;
};

static void
say_snapshot(struct looking *l, struct lost *s, const struct gitcommit *c)
{
	struct finding *x = s->x;
	struct arena *a = &l->f->arena;
	CLEANUP(drop_buf) struct buf name = { 0 }, when = { 0 };

	snapshot_name(&c->oid, &name);
	pasttext_time(&when, c->time);
	x->what = arena_printf(a, _("%s; the baseline does not have it "
	    "either, but snapshot %s of %s does"), x->what, buf_str(&name),
	    buf_str(&when));
	/* That one finds a version for which the rule holds by itself. */
	if (x->rule->on_drift == ON_DRIFT_FLAG)
		x->remedy = arena_printf(a, "%s restore --from %s %s",
		    l->f->command, buf_str(&name), finding_quoted(l->f,
		    x->path));
	s->found = true;
	l->left--;
}

static int
look_in(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct looking *l = ctx;

	(void)e;
	for (size_t i = 0; i < l->n; i++) {
		struct err ignored = { 0 };
		struct entry was;

		if (!l->items[i].found && store_entry(l->m->store, &c->oid,
		    l->items[i].x->path, &l->f->arena, &was, &ignored) > 0)
			say_snapshot(l, &l->items[i], c);
	}
	return l->left == 0 || ++l->seen >= SNAPSHOTS_MAX;
}

static bool
there(struct machine *m, const char *path)
{
	CLEANUP(drop_fd) int fd = root_open_in(&m->root, path, O_PATH);

	inputs_add_below(&m->inputs, &m->root, path);
	return fd >= 0;
}

/* What puts the package's files there again; NULL where that is not known. */
static const char *
reinstall(struct machine *m, const struct package *p)
{
	if (p->kind == PACKAGE_DPKG)
		return there(m, "/usr/bin/apt-get") ? "apt-get install "
		    "--reinstall -o Dpkg::Options::=--force-confmiss" : NULL;
	return there(m, "/usr/bin/zypper") ? "zypper install --force" :
	    there(m, "/usr/bin/dnf") ? "dnf reinstall" : NULL;
}

static void
say_package(struct looking *l, struct finding *x, const struct package *p)
{
	struct arena *a = &l->f->arena;
	const char *how = reinstall(l->m, p);

	x->what = arena_printf(a, _("%s; no snapshot has it, the package %s "
	    "does"), x->what, p->name);
	x->remedy = how == NULL ? NULL : l->m->live ?
	    arena_printf(a, "%s %s", how, p->name) :
	    arena_printf(a, "chroot %s %s %s", finding_quoted(l->f,
	    l->m->root.dir), how, p->name);
}

/* The package that would put the path there again; NULL. */
static const struct package *
shipping(const struct owners *o, const char *path)
{
	const unsigned not = OWNED_GHOST | OWNED_OBSOLETE | OWNED_ABSENT |
	    OWNED_MISSINGOK;
	const struct owned *f = owners_find(o, path);

	return f != NULL && (f->flags & not) == 0 &&
	    package_is_software(owners_package(o, f)) ?
	    owners_package(o, f) : NULL;
}

static void
ask_packages(struct looking *l)
{
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };
	CLEANUP(drop_owners) struct owners owners = { 0 };

	for (size_t i = 0; i < l->n; i++)
		if (!l->items[i].found)
			strlist_add(&wanted, l->items[i].x->path);
	owners_load(&l->m->root, &wanted, &l->m->inputs, &owners);
	for (size_t i = 0; i < l->n; i++) {
		struct finding *x = l->items[i].x;
		const struct package *p;

		if (l->items[i].found)
			continue;
		p = shipping(&owners, x->path);
		if (p != NULL) {
			say_package(l, x, p);
			continue;
		}
		x->what = arena_printf(&l->f->arena, _("%s; no snapshot has "
		    "it, and no package that is installed: make it by hand, "
		    "then accept it"), x->what);
		x->remedy = NULL;
	}
}

void
lost_mend(struct machine *m, struct findings *f, const size_t *which,
    size_t n)
{
	struct looking l = { .m = m, .f = f, .n = n, .left = n };
	struct err ignored = { 0 };
	struct oid live;

	if (n == 0)
		return;
	l.items = xcalloc(n, sizeof(*l.items));
	for (size_t i = 0; i < n; i++)
		l.items[i].x = &f->items[which[i]];
	if (machine_live(m, &live, &ignored) > 0)
		gitwalk_history(store_repo(m->store), &live, look_in, &l,
		    &ignored);
	if (l.left > 0)
		ask_packages(&l);
	free(l.items);
}
