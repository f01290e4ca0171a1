/* SPDX-License-Identifier: MIT */
#include "specs/unit_load.h"

#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/vec.h"
#include "specs/conf_files.h"
#include "specs/unit_name.h"

/* Symlinks from name to name; systemd gives up at some number too. */
enum { ALIASES_MAX = 16 };

enum found { FOUND_NOTHING, FOUND_FRAGMENT, FOUND_MASK, FOUND_ALIAS };

static bool
in_folders(const char *path)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };

	path_parent(&dir, path);
	for (size_t i = 0; unit_folders[i] != NULL; i++)
		if (strcmp(unit_folders[i], buf_str(&dir)) == 0)
			return true;
	return false;
}

/* A link to a name within the folders is an alias, whatever it leads to; one
 * out of them is the unit's file at another place. */
static enum found
look_at_link(const char *path, const struct entry *en, struct arena *a,
    const char **out)
{
	CLEANUP(drop_buf) struct buf to = { 0 };
	const char *name = path_name(path), *tail;

	if (en->target == NULL)
		return FOUND_NOTHING;
	if (conf_is_mask(en))
		return FOUND_MASK;
	path_link(&to, path, en->target);
	if (!in_folders(buf_str(&to)))
		return FOUND_FRAGMENT;
	tail = path_name(buf_str(&to));
	if (strcmp(tail, name) == 0 || !unit_name_may_alias(a, name, tail))
		return FOUND_NOTHING;
	*out = arena_strdup(a, tail);
	return FOUND_ALIAS;
}

/* What stands at path; *out is the name that an alias is for. */
static enum found
look_at(const struct evidence *ev, const char *path, struct arena *a,
    const char **out)
{
	const struct entry *en = ev->entry(ev->ctx, path);
	struct err ignored = { 0 };
	enum found found = FOUND_FRAGMENT;
	const char *bytes;
	size_t len;

	if (en == NULL || (en->kind != ENTRY_SYMLINK &&
	    en->kind != ENTRY_FILE))
		return FOUND_NOTHING;
	if (en->kind == ENTRY_SYMLINK)
		found = look_at_link(path, en, a, out);
	if (found == FOUND_FRAGMENT && ev->bytes(ev->ctx, path, &bytes, &len,
	    &ignored) == 0 && len == 0)
		return FOUND_MASK;
	return found;
}

/* *out is the path of what was found, or the name an alias is for. */
static enum found
look_up(const struct evidence *ev, const char *name, struct arena *a,
    const char **out)
{
	for (size_t i = 0; unit_folders[i] != NULL; i++) {
		const char *path = arena_printf(a, "%s/%s", unit_folders[i],
		    name);
		enum found found = look_at(ev, path, a, out);

		if (found == FOUND_NOTHING)
			continue;
		if (found != FOUND_ALIAS)
			*out = path;
		return found;
	}
	return FOUND_NOTHING;
}

/* Follows aliases from look, which is name or its template. */
static enum found
follow_aliases(const struct evidence *ev, const char *name, const char *look,
    struct arena *a, struct unit *u)
{
	const char *at = NULL;

	u->names = (struct texts){ 0 };
	u->id = name;
	for (int i = 0; i < ALIASES_MAX; i++) {
		enum found found = look_up(ev, look, a, &at);

		texts_add_once(a, &u->names, u->id);
		if (found == FOUND_NOTHING && unit_name_is_instance(look))
			found = look_up(ev, unit_name_template(a, look), a,
			    &at);
		if (found != FOUND_ALIAS) {
			u->fragment = at;
			return found;
		}
		look = at;
		u->id = unit_name_is_template(at) &&
		    unit_name_is_instance(name) ?
		    unit_name_instance(a, at, name) : at;
	}
	return FOUND_NOTHING;
}

/* An alias of an instance that leads nowhere leaves it its template. */
static void
find_fragment(const struct evidence *ev, const char *name, struct arena *a,
    struct unit *u)
{
	enum found found = follow_aliases(ev, name, name, a, u);

	if (found == FOUND_NOTHING && unit_name_is_instance(name))
		found = follow_aliases(ev, name, unit_name_template(a, name),
		    a, u);
	if (found == FOUND_NOTHING)
		u->fragment = NULL;
	u->masked = found == FOUND_MASK;
}

/* Names that are links, and the names that they lead to. */
struct listing {
	struct arena *a;
	struct texts names, targets;
};

static void
add_link(void *arg, const struct entry *en)
{
	struct listing *l = arg;
	const char *target = NULL;

	if (en->kind != ENTRY_SYMLINK ||
	    look_at_link(en->path, en, l->a, &target) != FOUND_ALIAS)
		return;
	*VEC_ADD_IN(l->a, &l->names) = arena_strdup(l->a,
	    path_name(en->path));
	*VEC_ADD_IN(l->a, &l->targets) = target;
}

static bool
has(const struct texts *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/*
 * Adds a name when it is an alias of one that the unit has; where the fragment
 * is a template, those of the template count for its instances. A link counts
 * only where no folder before its own has something else of its name.
 */
static bool
add_alias(const struct evidence *ev, const char *name, const char *target,
    struct arena *a, struct unit *u)
{
	const char *to = target, *first = NULL, *add = name;

	if (unit_name_is_template(to) && unit_name_is_instance(u->id) &&
	    unit_name_is_template(path_name(u->fragment))) {
		to = unit_name_instance(a, to, u->id);
		if (unit_name_is_template(name))
			add = unit_name_instance(a, name, u->id);
	}
	return has(&u->names, to) && !has(&u->names, add) &&
	    look_up(ev, name, a, &first) == FOUND_ALIAS &&
	    strcmp(first, target) == 0 && texts_add_once(a, &u->names, add);
}

/* Names that lead to one of the unit's; its drop-ins may be under theirs. */
static void
find_aliases(const struct evidence *ev, struct arena *a, struct unit *u)
{
	struct listing l = { .a = a };
	bool more = true;

	for (size_t i = 0; unit_folders[i] != NULL; i++)
		ev->find(ev->ctx, arena_printf(a, "%s/*.%s", unit_folders[i],
		    unit_name_type(u->id)), add_link, &l);
	for (int i = 0; more && i < ALIASES_MAX; i++) {
		more = false;
		for (size_t k = 0; k < l.names.n; k++)
			more |= add_alias(ev, l.names.items[k],
			    l.targets.items[k], a, u);
	}
}

/* The id goes first: its drop-ins win over those of its other names. */
static void
id_first(struct unit *u)
{
	for (size_t i = u->names.n; i-- > 1;) {
		if (strcmp(u->names.items[i], u->id) != 0)
			continue;
		u->names.items[i] = u->names.items[0];
		u->names.items[0] = u->id;
	}
}

static void
find_dropins(const struct evidence *ev, struct arena *a, struct unit *u)
{
	struct texts folders = { 0 };

	for (size_t i = 0; i < u->names.n; i++) {
		struct texts names = { 0 };

		unit_name_dropins(a, u->names.items[i], &names);
		for (size_t f = 0; unit_folders[f] != NULL; f++)
			for (size_t k = 0; k < names.n; k++)
				texts_add_once(a, &folders, arena_printf(a,
				    "%s/%s.d", unit_folders[f],
				    names.items[k]));
	}
	for (size_t f = 0; unit_folders[f] != NULL; f++)
		texts_add_once(a, &folders, arena_printf(a, "%s/%s.d",
		    unit_folders[f], unit_name_type(u->id)));
	conf_files(ev, &folders, "*.conf", a, &u->dropins);
}

void
unit_load(const struct evidence *ev, const char *name, struct arena *a,
    struct unit *out)
{
	*out = (struct unit){ 0 };
	find_fragment(ev, name, a, out);
	if (out->fragment == NULL || out->masked)
		return;
	find_aliases(ev, a, out);
	id_first(out);
	find_dropins(ev, a, out);
}
