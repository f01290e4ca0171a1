/* SPDX-License-Identifier: MIT */
#include "agent/preflight/foresee.h"

#include <stdlib.h>
#include <string.h>

#include "agent/preflight/happen.h"
#include "base/path.h"
#include "base/vec.h"

/* Work in hand. */
struct seeing {
	const struct foresee_input *in;
	struct foresight *out;
	size_t *coming_at;	/* index in after of each package that comes */
};

static void
take_live(struct seeing *s)
{
	const struct manifest *was = s->in->was;
	struct foresight *f = s->out;

	for (size_t i = 0; i < was->n; i++) {
		struct foreseen *x = arena_alloc(&f->arena, sizeof(*x));

		x->entry = was->items[i];
		x->live = x->entry.path;
		*VEC_ADD(&f->paths) = x;
	}
}

/* What becomes of a package, and where it is in the list after. */
struct end {
	enum { STAYS, CHANGES, IS_REMOVED, GOES } how;
	size_t at;
};

static struct end
end_of(struct seeing *s, size_t i)
{
	const struct package *p = &s->in->before->packages.items[i];
	const struct leaving *l = incoming_leaves(s->in->in, p);
	struct owners *after = &s->out->after;
	struct end end = { GOES, 0 };
	const struct coming *by = incoming_comes_for(s->in->in, p);

	if (l != NULL && l->replaced && by != NULL)
		return (struct end){ CHANGES, s->coming_at[by -
		    s->in->in->coming.items] };
	if (l != NULL && (l->purged || p->kind != PACKAGE_DPKG))
		return end;
	end = (struct end){ l == NULL ? STAYS : IS_REMOVED, after->packages.n };
	*owners_add_package(after) = *p;
	if (l != NULL)
		after->packages.items[end.at].removed = true;
	return end;
}

/* dpkg keeps the record of a conffile that nobody ships any more. */
static void
keep_file(struct seeing *s, const struct owned *f, const struct end *end)
{
	bool conffile = (f->flags & OWNED_CONFFILE) != 0;
	struct owned *g;

	if (end->how == GOES || (end->how != STAYS && (!conffile ||
	    incoming_find(s->in->in, f->path) != NULL)))
		return;
	g = owners_add_file(&s->out->after);
	*g = *f;
	g->package = end->at;
	if (end->how == CHANGES)
		g->flags |= OWNED_OBSOLETE;
}

static void
make_after(struct seeing *s)
{
	const struct owners *before = s->in->before;
	const struct incoming *in = s->in->in;
	struct owners *after = &s->out->after;
	CLEANUP(drop_free) struct end *ends = xcalloc(before->packages.n + 1,
	    sizeof(*ends));

	for (size_t i = 0; i < in->coming.n; i++) {
		s->coming_at[i] = after->packages.n;
		*owners_add_package(after) = in->coming.items[i].package;
	}
	for (size_t i = 0; i < before->packages.n; i++)
		ends[i] = end_of(s, i);
	for (size_t i = 0; i < before->files.n; i++)
		keep_file(s, &before->files.items[i],
		    &ends[before->files.items[i].package]);
	for (size_t i = 0; i < in->files.n; i++) {
		const struct coming_file *f = &in->files.items[i];

		if (f->remove_on_upgrade)
			continue;
		*owners_add_file(after) = f->owned;
		after->files.items[after->files.n - 1].package =
		    s->coming_at[f->owned.package];
	}
	for (size_t i = 0; i < before->asked.n; i++)
		strlist_add(&after->asked, before->asked.items[i]);
	owners_settle(after);
}

/* One path while its fate is decided. */
struct deciding {
	const char *path;
	enum package_kind kind;		/* who decides */
	const struct owned *had;	/* in the list of who is installed */
	const struct coming_file *will;	/* ships it, or NULL */
	bool there;
	struct foreseen now;		/* what is there at that moment */
	enum fate_disk disk;
};

static void
look(const struct seeing *s, struct deciding *d)
{
	const struct foreseen *x = foresight_find(s->out, d->path);

	d->there = x != NULL && !x->gone;
	if (d->there)
		d->now = *x;
}

static bool
same_shipped(const struct owned *a, const struct owned *b)
{
	if (a->target != NULL || b->target != NULL)
		return a->target != NULL && b->target != NULL &&
		    strcmp(a->target, b->target) == 0;
	return a->digest != NULL && b->digest != NULL &&
	    strcmp(a->algorithm, b->algorithm) == 0 &&
	    strcmp(a->digest, b->digest) == 0;
}

/* What a script has written nobody knows. */
static bool
is_as(const struct seeing *s, const struct owned *f,
    const struct foreseen *now)
{
	return f != NULL &&
	    s->in->pristine(s->in->ctx, f, now) == PRISTINE_YES;
}

/* dpkg remembers a digest of conffiles alone. */
static bool
is_remembered(const struct deciding *d)
{
	return d->had != NULL && (d->kind == PACKAGE_RPM ||
	    ((d->had->flags & OWNED_CONFFILE) != 0 && d->had->digest != NULL));
}

static enum fate_disk
disk_of(const struct seeing *s, const struct deciding *d)
{
	const struct owned *will = d->will != NULL ? &d->will->owned : NULL;
	bool same = d->had != NULL && will != NULL &&
	    same_shipped(d->had, will);

	if (!d->there)
		return !is_remembered(d) ? FATE_NEVER : same ? FATE_MISSING :
		    FATE_ABSENT;
	if (is_remembered(d) && is_as(s, d->had, &d->now))
		return FATE_AS_OLD;
	if (is_as(s, will, &d->now))
		return FATE_AS_NEW;
	if (!is_remembered(d))
		return FATE_FOREIGN;
	return same ? FATE_EDITED : FATE_OTHER;
}

static const struct {
	const char *save, *orig, *beside;
} endings[] = {
	[PACKAGE_RPM] = { ".rpmsave", ".rpmorig", ".rpmnew" },
	[PACKAGE_DPKG] = { ".dpkg-old", ".dpkg-old", ".dpkg-dist" },
};

/* A copy of what is there, under another name. */
static void
keep_copy(struct seeing *s, const struct deciding *d, const char *ending)
{
	const char *path = arena_printf(&s->out->arena, "%s%s", d->path,
	    ending);
	struct foreseen *to = foresight_get(s->out, path);

	foresight_copy(&d->now, to);
}

/* What is not known but by its digest is other than what is there. */
static void
put(struct seeing *s, const struct deciding *d, const char *path)
{
	struct foreseen *to = foresight_get(s->out, path);
	const struct coming_file *f = d->will;
	const struct entry *now = d->there ? &d->now.entry : NULL;
	bool keeps_mode = d->kind == PACKAGE_DPKG && now != NULL &&
	    (f->owned.flags & OWNED_CONFFILE) != 0;

	to->gone = false;
	to->entry = f->entry;
	to->entry.path = path;
	to->from = FORESEEN_PACKAGE;
	to->coming = f;
	if (now != NULL && is_as(s, &f->owned, &d->now)) {
		to->entry.size = now->size;
		to->entry.oid = now->oid;
		to->entry.content = now->content;
		to->from = d->now.from;
		to->live = d->now.live;
		to->coming = d->now.coming;
	} else if (now != NULL) {
		to->entry.content = now->content;
	}
	if (now != NULL && now->kind == to->entry.kind) {
		to->entry.xattrs = now->xattrs;
		to->entry.n_xattrs = now->n_xattrs;
	}
	if (!keeps_mode)
		return;
	to->entry.mode = now->mode;
	to->entry.uid = now->uid;
	to->entry.gid = now->gid;
	to->entry.user = now->user;
	to->entry.group = now->group;
	to->entry.acl = now->acl;
}

static void
carry_out(struct seeing *s, const struct deciding *d, enum fate fate)
{
	const char *beside;

	switch (fate) {
	case FATE_KEEP:
	case FATES:
		return;
	case FATE_BESIDE:
		beside = arena_printf(&s->out->arena, "%s%s", d->path,
		    endings[d->kind].beside);
		put(s, d, beside);
		return;
	case FATE_SAVE:
	case FATE_ORIG:
	case FATE_RETIRE:
		keep_copy(s, d, fate == FATE_ORIG ? endings[d->kind].orig :
		    endings[d->kind].save);
		break;
	case FATE_PUT:
	case FATE_ERASE:
		break;
	}
	if (fate == FATE_ERASE || fate == FATE_RETIRE)
		foresight_get(s->out, d->path)->gone = true;
	else
		put(s, d, d->path);
}

/* rpm sets the permissions of folders each time; dpkg leaves them alone. */
static void
put_folder(struct seeing *s, const struct deciding *d)
{
	struct foreseen *to;

	if (!d->there) {
		put(s, d, d->path);
		return;
	}
	if (d->kind != PACKAGE_RPM || d->now.entry.kind != ENTRY_DIR)
		return;
	to = foresight_get(s->out, d->path);
	to->entry.mode = d->will->entry.mode;
	to->entry.uid = d->will->entry.uid;
	to->entry.gid = d->will->entry.gid;
	to->entry.user = d->will->entry.user;
	to->entry.group = d->will->entry.group;
}

static enum fate
fate_of_coming(struct seeing *s, const struct deciding *d)
{
	unsigned flags = d->will->owned.flags;
	unsigned both = flags | (d->had != NULL ? d->had->flags : 0);

	if (d->kind == PACKAGE_DPKG)
		return fate_dpkg((flags & OWNED_CONFFILE) != 0, d->disk,
		    s->in->answer);
	if (!d->there && d->had != NULL &&
	    (flags & OWNED_MISSINGOK) != 0 && (both & OWNED_CONFIG) != 0)
		return FATE_KEEP;
	/* What nobody has in a list yet is asked for its own flag alone. */
	if (d->had == NULL)
		both = flags;
	return fate_rpm((both & OWNED_CONFIG) == 0 ? FATE_PLAIN :
	    (flags & OWNED_NOREPLACE) != 0 ? FATE_NOREPLACE : FATE_CONFIG,
	    d->disk);
}

static void
look_at_coming(struct seeing *s, const struct coming_file *f)
{
	struct deciding d = { .path = f->owned.path, .will = f,
		.kind = s->in->in->coming.items[f->owned.package].package.kind,
		.had = owners_find(s->in->before, f->owned.path) };

	look(s, &d);
	if (incoming_find(s->in->in, d.path) != f ||
	    (f->owned.flags & OWNED_GHOST) != 0 ||
	    (!d.there && !incoming_wants(s->in->in, d.path)))
		return;
	if (f->entry.kind == ENTRY_DIR) {
		put_folder(s, &d);
		return;
	}
	if (d.there && d.now.entry.kind == ENTRY_DIR)
		return;
	if (f->remove_on_upgrade) {
		d.will = NULL;
		d.disk = disk_of(s, &d);
		carry_out(s, &d, fate_dpkg_leaves(true, d.disk, FATE_RETIRED));
		return;
	}
	d.disk = disk_of(s, &d);
	carry_out(s, &d, fate_of_coming(s, &d));
}

static enum fate
fate_of_leaving(const struct deciding *d, const struct leaving *l)
{
	bool config = (d->had->flags & OWNED_CONFIG) != 0;

	/* rpm would put a %ghost %config aside, but not what it never
	 * shipped: that stays. */
	if (d->kind == PACKAGE_RPM && config &&
	    (d->had->flags & OWNED_GHOST) != 0)
		return FATE_KEEP;
	if (d->kind == PACKAGE_RPM)
		return fate_rpm_leaves(config, d->disk);
	return fate_dpkg_leaves((d->had->flags & OWNED_CONFFILE) != 0,
	    d->disk, l->replaced ? FATE_UPGRADED : l->purged ? FATE_PURGED :
	    FATE_REMOVED);
}

static void
look_at_leaving(struct seeing *s, const struct owned *f)
{
	const struct package *p = owners_package(s->in->before, f);
	const struct leaving *l = incoming_leaves(s->in->in, p);
	struct deciding d = { .path = f->path, .kind = p->kind, .had = f };
	size_t n;

	if (l == NULL)
		return;
	look(s, &d);
	if (!d.there || d.now.entry.kind == ENTRY_DIR ||
	    (f->flags & (OWNED_ABSENT | OWNED_DIR)) != 0 ||
	    incoming_find(s->in->in, f->path) != NULL)
		return;
	/* Whoever else has it in his list keeps it; a mere record does not. */
	owners_of(&s->out->after, f->path, &n);
	if (n > 0 && (f->flags & OWNED_CONFFILE) == 0)
		return;
	d.disk = disk_of(s, &d);
	carry_out(s, &d, fate_of_leaving(&d, l));
}

static bool
is_empty(const struct foresight *f, const char *folder)
{
	for (size_t i = foresight_lower(f, folder) + 1; i < f->paths.n &&
	    path_is_under(f->paths.items[i]->entry.path, folder); i++)
		if (!f->paths.items[i]->gone)
			return false;
	return true;
}

/* Folders go when the last of their files does. */
static void
drop_folders(struct seeing *s)
{
	const struct owners *before = s->in->before;

	for (size_t i = before->files.n; i-- > 0;) {
		const struct owned *f = &before->files.items[i];
		struct foreseen *x = foresight_find(s->out, f->path);
		size_t n;

		if (x == NULL || x->gone || x->entry.kind != ENTRY_DIR ||
		    incoming_leaves(s->in->in, owners_package(before, f)) ==
		    NULL)
			continue;
		owners_of(&s->out->after, f->path, &n);
		if (n == 0 && is_empty(s->out, f->path))
			x->gone = true;
	}
}

static bool
is_conffile(const struct coming_file *f)
{
	return (f->owned.flags & OWNED_CONFFILE) != 0;
}

/* dpkg unpacks, and settles conffiles when it configures. */
static void
look_at_all_coming(struct seeing *s, bool conffiles)
{
	for (size_t i = 0; i < s->in->in->files.n; i++) {
		const struct coming_file *f = &s->in->in->files.items[i];

		if (is_conffile(f) == conffiles)
			look_at_coming(s, f);
	}
}

void
foresee(const struct foresee_input *in, struct foresight *out)
{
	CLEANUP(drop_free) size_t *coming_at = xcalloc(in->in->coming.n + 1,
	    sizeof(*coming_at));
	struct seeing s = { in, out, coming_at };

	take_live(&s);
	make_after(&s);
	happen(in, out, HAPPEN_FIRST);
	look_at_all_coming(&s, false);
	happen(in, out, HAPPEN_PUT);
	for (size_t i = 0; i < in->before->files.n; i++)
		look_at_leaving(&s, &in->before->files.items[i]);
	happen(in, out, HAPPEN_ERASED);
	look_at_all_coming(&s, true);
	happen(in, out, HAPPEN_LAST);
	drop_folders(&s);
	foresight_settle(out);
}
