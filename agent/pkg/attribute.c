/* SPDX-License-Identifier: MIT */
#include "agent/pkg/attribute.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/attributetext.h"
#include "agent/pkg/beside.h"
#include "agent/pkg/touched.h"
#include "agent/pkg/wanted.h"
#include "base/path.h"
#include "base/vec.h"

const char *const how_words[HOWS + 1] = { "untouched", "dropped", "erased",
	"vendor", "renamed", "replaced", "aside", "beside", "permissions",
	"came", "came back", "edited by a scriptlet",
	"touched by a scriptlet", "made by a scriptlet",
	"removed by a scriptlet", "not known", "not by a package" };

struct attributor {
	struct attribute_input in;
	struct arena arena;
	struct touched_list touched;
	/* Entries that were not there before. */
	struct {
		const struct entry **items;
		size_t n, cap;
	} added;
};

struct attributor *
attribute_new(const struct attribute_input *in)
{
	struct attributor *t = xcalloc(1, sizeof(*t));

	t->in = *in;
	touched_find(in->before, in->after, &t->arena, &t->touched);
	for (size_t i = 0; i < in->is->n; i++)
		if (manifest_find(in->was, in->is->items[i].path) == NULL)
			*VEC_ADD_IN(&t->arena, &t->added) = &in->is->items[i];
	return t;
}

void
attribute_free(struct attributor *t)
{
	if (t == NULL)
		return;
	arena_done(&t->arena);
	free(t);
}

void
drop_attributor(struct attributor **t)
{
	attribute_free(*t);
}

/* A path while it is looked at. */
struct looking {
	struct attributor *t;
	const char *path;
	const struct entry *was, *is;
	const struct owned *before, *after;
	unsigned differs;
	bool now_shipped;	/* it is what the package after ships */
};

/* A conffile of a package that is gone, or that it had once, is in no list any
 * more. */
static bool
listed(const struct owners *o, const struct owned *f)
{
	return f != NULL && !owners_package(o, f)->removed &&
	    (f->flags & (OWNED_OBSOLETE | OWNED_ABSENT)) == 0;
}

static bool
ships(const struct owners *o, const struct owned *f)
{
	return listed(o, f) && (f->flags & OWNED_GHOST) == 0;
}

static enum local_state
local_state(const struct looking *l)
{
	const struct attribute_input *in = &l->t->in;

	if (l->was == NULL)
		return ships(in->before, l->before) ? LOCAL_GONE : LOCAL_NONE;
	if (!ships(in->before, l->before))
		return LOCAL_OWN;
	return in->pristine(in->ctx, l->before, l->was, true) ==
	    PRISTINE_YES || (l->before->flags & OWNED_DIR) != 0 ?
	    LOCAL_PRISTINE : LOCAL_EDITED;
}

/* Where vendors' copies of what is in /etc lie. */
static const char *const vendor_folders[] = {
	"/usr/etc", "/usr/lib", "/usr/share/defaults/etc",
	"/usr/share/factory/etc", "/usr/share",
};

/* The vendor's copy that a package ships now, or NULL. */
static const char *
vendor_copy(const struct looking *l)
{
	struct attributor *t = l->t;

	if (!path_is_under(l->path, "/etc"))
		return NULL;
	for (size_t i = 0; i < sizeof(vendor_folders) /
	    sizeof(vendor_folders[0]); i++) {
		const char *path = arena_printf(&t->arena, "%s%s",
		    vendor_folders[i], l->path + strlen("/etc"));

		if (ships(t->in.after, owners_find(t->in.after, path)))
			return path;
	}
	return NULL;
}

/* The one name that is new, has the same bytes, and either the folder or the
 * name is as before. One that was in a list before came back by itself. */
static const char *
new_name(const struct looking *l)
{
	const struct attributor *t = l->t;
	const char *found = NULL;

	if (l->was == NULL || l->was->kind != ENTRY_FILE || l->was->size == 0)
		return NULL;
	for (size_t i = 0; i < t->added.n; i++) {
		const struct entry *en = t->added.items[i];

		if (en->kind != ENTRY_FILE || en->size != l->was->size ||
		    !oid_equal(&en->oid, &l->was->oid) ||
		    (!path_same_folder(en->path, l->path) &&
		    strcmp(path_name(en->path), path_name(l->path)) != 0) ||
		    owners_find(t->in.before, en->path) != NULL ||
		    beside_of(en->path) > 0)
			continue;
		if (found != NULL)
			return NULL;
		found = en->path;
	}
	return found;
}

static bool
same_file(const struct owned *a, const struct owned *b)
{
	if (((a->flags ^ b->flags) & OWNED_DIR) != 0)
		return false;
	if (((a->flags | b->flags) & (OWNED_GHOST | OWNED_DIR)) != 0)
		return true;
	if (a->target != NULL || b->target != NULL)
		return a->target != NULL && b->target != NULL &&
		    strcmp(a->target, b->target) == 0;
	if (a->algorithm == NULL || b->algorithm == NULL)
		return true;
	/* Digests of two kinds cannot be held against each other. */
	return strcmp(a->algorithm, b->algorithm) == 0 &&
	    strcmp(a->digest, b->digest) == 0;
}

static enum shipped
shipped(const struct looking *l, struct attribution *out)
{
	const struct attribute_input *in = &l->t->in;
	bool had = listed(in->before, l->before);
	bool has = listed(in->after, l->after);

	if (had && has && touched_not(out->was, out->is))
		return SHIPPED_NOTHING;
	if (!had || (has && !ships(in->before, l->before) &&
	    ships(in->after, l->after)))
		return has ? SHIPPED_NEW : SHIPPED_NOTHING;
	if (has) {
		return same_file(l->before, l->after) ? SHIPPED_SAME :
		    SHIPPED_CHANGED;
	}
	out->other = vendor_copy(l);
	if (out->other == NULL && l->is == NULL)
		out->other = new_name(l);
	return out->other != NULL && listed(in->after,
	    owners_find(in->after, out->other)) ? SHIPPED_MOVED :
	    SHIPPED_DROPPED;
}

static enum how
how_gone(const struct looking *l, struct attribution *out)
{
	if (out->other == NULL && out->aside == NULL)
		out->other = new_name(l);
	if (out->other != NULL)
		return path_is_under(out->other, "/usr") &&
		    !path_is_under(l->path, "/usr") ? HOW_VENDOR :
		    HOW_RENAMED;
	if (out->did == SHIPPED_DROPPED)
		return out->is == NULL || out->is->removed ? HOW_ERASED :
		    out->aside != NULL ? HOW_ASIDE : HOW_DROPPED;
	return out->aside != NULL ? HOW_ASIDE : HOW_TAKEN;
}

static enum how
how_came(const struct attribution *a)
{
	if (a->did == SHIPPED_NEW)
		return HOW_CAME;
	return a->local == LOCAL_GONE && a->did != SHIPPED_NOTHING &&
	    a->did != SHIPPED_DROPPED ? HOW_BACK : HOW_MADE;
}

static bool
mode_is_shipped(const struct looking *l)
{
	const struct owned *f = l->after;

	return f != NULL && f->has_mode && l->before != NULL &&
	    l->before->has_mode && f->mode == l->is->mode &&
	    (f->mode != l->before->mode ||
	    strcmp(f->user, l->before->user) != 0 ||
	    strcmp(f->group, l->before->group) != 0);
}

/* What somebody had set here is as the package wants it again. dpkg knows no
 * modes: there, whoever may now do what he could not before. */
static bool
mode_lost(const struct looking *l)
{
	const struct owned *before = l->before, *after = l->after;

	if (l->was == NULL || l->is == NULL || before == NULL ||
	    after == NULL || (l->differs & DIFF_MODE) == 0)
		return false;
	if (before->has_mode && after->has_mode)
		return l->was->mode != before->mode &&
		    l->is->mode == after->mode;
	return l->now_shipped && (l->differs & DIFF_CONTENT) != 0 &&
	    (l->is->mode & ~l->was->mode & 0777) != 0;
}

static enum how
how_other(const struct looking *l, const struct attribution *a)
{
	bool content = (l->differs & (DIFF_KIND | DIFF_CONTENT)) != 0;

	if (content && a->did != SHIPPED_NOTHING && l->now_shipped)
		return a->aside != NULL ? HOW_ASIDE : HOW_REPLACED;
	if (content)
		return HOW_EDITED;
	return a->did != SHIPPED_NOTHING && mode_is_shipped(l) ? HOW_MODE :
	    HOW_TOUCHED;
}

static enum how
how_kept(const struct looking *l, const struct attribution *a)
{
	if (l->is == NULL)
		return HOW_NOT;
	switch (a->did) {
	case SHIPPED_CHANGED:
	case SHIPPED_NEW:
		return HOW_BESIDE;
	case SHIPPED_DROPPED:
		return a->is == NULL || a->is->removed ? HOW_ERASED :
		    HOW_DROPPED;
	case SHIPPED_MOVED:
		return HOW_VENDOR;
	default:
		return HOW_NOT;
	}
}

static enum remains
remains_of(const struct looking *l)
{
	if (l->was != NULL && l->is == NULL)
		return REMAINS_GONE;
	if (l->was == NULL)
		return l->is == NULL ? REMAINS_KEPT : REMAINS_OTHER;
	/* A time alone is no change. */
	return (l->differs & ~(unsigned)DIFF_MTIME) != 0 ? REMAINS_OTHER :
	    REMAINS_KEPT;
}

static void
look(struct attributor *t, const char *path, struct looking *l,
    struct attribution *out)
{
	const struct attribute_input *in = &t->in;

	*l = (struct looking){ .t = t, .path = path,
		.was = manifest_find(in->was, path),
		.is = manifest_find(in->is, path),
		.before = owners_find(in->before, path),
		.after = owners_find(in->after, path) };
	if (l->was != NULL && l->is != NULL)
		l->differs = entry_differs(l->was, l->is);
	if (l->before != NULL)
		out->was = owners_package(in->before, l->before);
	if (l->after != NULL)
		out->is = owners_package(in->after, l->after);
	else if (out->was != NULL)
		out->is = touched_other(in->after, out->was);
	if (out->was == NULL && out->is != NULL)
		out->was = touched_other(in->before, out->is);
	l->now_shipped = l->is != NULL && ships(in->after, l->after) &&
	    ((l->after->flags & OWNED_DIR) != 0 ? l->is->kind == ENTRY_DIR :
	    in->pristine(in->ctx, l->after, l->is, false) == PRISTINE_YES);
}

void
attribute_each_dropped(struct attributor *t,
    void (*each)(void *arg, const char *path), void *arg)
{
	const struct owners *before = t->in.before, *after = t->in.after;
	const char *last = NULL;

	for (size_t i = 0; i < before->files.n; i++) {
		const char *path = before->files.items[i].path;

		if (last != NULL && strcmp(path, last) == 0)
			continue;
		last = path;
		if (listed(before, owners_find(before, path)) &&
		    !listed(after, owners_find(after, path)) &&
		    manifest_find(t->in.is, path) != NULL)
			each(arg, path);
	}
}

static bool
asked(const struct attributor *t, const char *path)
{
	return wanted_has(&t->in.before->asked, path) &&
	    wanted_has(&t->in.after->asked, path);
}

static bool
is_file(const struct manifest *m, const char *path)
{
	const struct entry *en = path != NULL ? manifest_find(m, path) : NULL;

	return en != NULL && en->kind == ENTRY_FILE;
}

static enum decision
decision_of(const struct looking *l, const struct attribution *a)
{
	const struct manifest *is = l->t->in.is;
	enum decision d = decide(a->local, a->did, a->remains);

	/* With all that had been edited in it. */
	if (a->how == HOW_RENAMED && a->did == SHIPPED_MOVED)
		return DECISION_NOTE;
	/* It takes two files to merge. */
	if (d == DECISION_MERGE && (!is_file(is, l->path) ||
	    (!is_file(is, a->aside) && !is_file(is, a->beside))))
		d = a->remains == REMAINS_KEPT ? DECISION_NOTE :
		    DECISION_FLAG;
	if (a->mode_lost || (a->edit_lost && d < DECISION_MERGE))
		d = DECISION_FLAG;
	return d;
}

void
attribute_path(struct attributor *t, const char *path,
    struct attribution *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct attribute_said said;
	struct beside beside;
	struct looking l;

	*out = (struct attribution){ 0 };
	look(t, path, &l, out);
	out->local = local_state(&l);
	out->did = shipped(&l, out);
	out->remains = remains_of(&l);
	if (out->remains == REMAINS_KEPT && l.now_shipped &&
	    out->did != SHIPPED_NOTHING)
		out->did = SHIPPED_SAME;
	beside_look(t->in.was, t->in.is, path, &t->arena, &beside);
	out->aside = beside.copy;
	out->beside = beside.version;
	if (out->remains == REMAINS_GONE)
		out->how = how_gone(&l, out);
	else if (out->remains == REMAINS_KEPT)
		out->how = how_kept(&l, out);
	else
		out->how = l.was == NULL ? how_came(out) : how_other(&l, out);
	/* Silence of a list that was not asked proves nothing. */
	if (out->remains != REMAINS_KEPT && !asked(t, path))
		out->how = HOW_UNASKED;
	if (t->touched.n == 0 && out->remains != REMAINS_KEPT)
		out->how = HOW_STRANGE;
	if (out->how >= HOW_EDITED && out->how < HOW_UNASKED)
		touched_suspect(&t->touched, &(struct touched){ out->was,
		    out->is }, path, &out->suspect);
	out->mode_lost = mode_lost(&l);
	out->edit_lost = out->local == LOCAL_EDITED && l.now_shipped &&
	    out->remains == REMAINS_OTHER && out->aside == NULL &&
	    (l.differs & DIFF_CONTENT) != 0;
	out->decision = decision_of(&l, out);
	said = (struct attribute_said){ l.was, l.is, t->touched.n };
	attribute_text(out, &said, &text);
	out->text = arena_memdup(&t->arena, buf_str(&text), text.len);
}

void
attribute_wanted(const struct manifest *tracked, struct strlist *out)
{
	static const char *const folders[] = {
		"/etc", "/usr/etc", "/usr/lib/pam.d", "/usr/lib/sysctl.d",
		"/usr/lib/modprobe.d", "/usr/lib/tmpfiles.d",
		"/usr/lib/sysusers.d", "/usr/lib/security",
		"/usr/share/defaults/etc", "/usr/share/dbus-1/system.d",
	};
	size_t n = sizeof(folders) / sizeof(folders[0]);

	for (size_t i = 0; i < n; i++)
		strlist_add(out, folders[i]);
	for (size_t i = 0; i < tracked->n; i++) {
		const struct entry *en = &tracked->items[i];
		size_t k = 0;

		while (k < n && !path_is_under(en->path, folders[k]))
			k++;
		if (k == n && en->kind != ENTRY_DIR)
			strlist_add(out, en->path);
	}
}
