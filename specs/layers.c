/* SPDX-License-Identifier: MIT */
#include "specs/layers.h"

#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/vec.h"
#include "specs/conf_files.h"
#include "specs/unit_name.h"

/* /lib is a folder of its own where /usr was not merged. */
const char *const layer_folders[] = {
	"/etc",
	"/run",
	"/usr/local/lib",
	"/usr/lib",
	"/lib",
	"/usr/etc",
	NULL
};

/* What stands behind the layer in a path: "/pam.d/imap". */
static const char *
below_layer(const char *path)
{
	size_t len, best = 0;

	for (size_t i = 0; layer_folders[i] != NULL; i++) {
		len = strlen(layer_folders[i]);
		if (len > best && text_starts(path, layer_folders[i]) &&
		    path[len] == '/')
			best = len;
	}
	return path + best;
}

/*
 * Drop-ins end as the file itself does (login.defs.d/50.defs); those of what
 * systemd reads, whatever it is, in .conf. Where the name has no ending there
 * is none to ask for.
 */
static const char *
dropin_pattern(struct arena *a, const char *path)
{
	static const char *const of_systemd[] = { ".network", ".netdev",
		".link", ".nspawn", ".dnssd" };
	const char *name = path_name(path), *dot = strrchr(name, '.');

	if (dot == NULL || dot == name)
		return "*";
	for (size_t i = 0; i < sizeof(of_systemd) / sizeof(*of_systemd); i++)
		if (strcmp(dot, of_systemd[i]) == 0)
			return "*.conf";
	return arena_printf(a, "*%s", dot);
}

static bool
is_pattern(const char *path)
{
	return !glob_literal(path, strlen(path));
}

static const char *
folder_of(struct arena *a, const char *path)
{
	return arena_memdup(a, path, (size_t)(path_name(path) - path) - 1);
}

static void
load_folder(const struct evidence *ev, const char *path, struct arena *a,
    struct layered *out)
{
	const char *folder = folder_of(a, below_layer(path));
	struct texts folders = { 0 };

	for (size_t i = 0; layer_folders[i] != NULL; i++)
		*VEC_ADD_IN(a, &folders) = arena_printf(a, "%s%s",
		    layer_folders[i], folder);
	conf_files(ev, &folders, path_name(path), a, &out->files);
}

/* The file itself, of the first layer that has it. */
static void
load_first(const struct evidence *ev, const char *below, struct arena *a,
    struct layered *out)
{
	for (size_t i = 0; layer_folders[i] != NULL; i++) {
		const struct entry *en = ev->entry(ev->ctx,
		    arena_printf(a, "%s%s", layer_folders[i], below));

		if (en == NULL || (en->kind != ENTRY_FILE &&
		    en->kind != ENTRY_SYMLINK))
			continue;
		if (conf_is_dangling(ev, en)) {
			if (out->dangling == NULL)
				out->dangling = arena_strdup(a, en->path);
			continue;
		}
		out->first = arena_strdup(a, en->path);
		out->masked = conf_is_mask(en);
		if (!out->masked)
			*VEC_ADD_IN(a, &out->files) = out->first;
		return;
	}
}

static void
load_dropins(const struct evidence *ev, const char *path, struct arena *a,
    struct layered *out)
{
	const char *below = below_layer(path);
	struct texts folders = { 0 }, files = { 0 };

	for (size_t i = 0; layer_folders[i] != NULL; i++)
		*VEC_ADD_IN(a, &folders) = arena_printf(a, "%s%s.d",
		    layer_folders[i], below);
	conf_files(ev, &folders, dropin_pattern(a, path), a, &files);
	for (size_t i = 0; i < files.n; i++)
		*VEC_ADD_IN(a, &out->files) = files.items[i];
}

void
layers_load(const struct evidence *ev, enum layers how, const char *path,
    struct arena *a, struct layered *out)
{
	*out = (struct layered){ 0 };
	if (how == LAYERS_ETC && is_pattern(path)) {
		load_folder(ev, path, a, out);
		return;
	}
	load_first(ev, below_layer(path), a, out);
	if (how == LAYERS_ETC)
		load_dropins(ev, path, a, out);
}

struct naming {
	struct arena *a;
	struct strlist *out;
};

static void
add_name(void *arg, const struct entry *en)
{
	struct naming *n = arg;

	if (en->kind == ENTRY_FILE || en->kind == ENTRY_SYMLINK)
		strlist_add(n->out, arena_printf(n->a, "/etc%s",
		    below_layer(en->path)));
}

void
layers_names(const struct evidence *ev, const char *pattern, struct arena *a,
    struct texts *out)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct naming n = { a, &all };

	if (!is_pattern(pattern)) {
		*VEC_ADD_IN(a, out) = pattern;
		return;
	}
	for (size_t i = 0; layer_folders[i] != NULL; i++)
		ev->find(ev->ctx, arena_printf(a, "%s%s", layer_folders[i],
		    below_layer(pattern)), add_name, &n);
	strlist_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		texts_add_once(a, out, arena_strdup(a, all.items[i]));
}

void
layers_track_in(struct arena *a, enum layers how, const char *path, size_t i,
    struct texts *out)
{
	const char *below = below_layer(path);

	texts_add_once(a, out, arena_printf(a, "%s%s", layer_folders[i],
	    below));
	if (how == LAYERS_ETC && !is_pattern(path))
		texts_add_once(a, out, arena_printf(a, "%s%s.d/%s",
		    layer_folders[i], below, dropin_pattern(a, path)));
}

size_t
layers_of(const char *path)
{
	const char *below = below_layer(path);
	size_t i = 0;

	while (layer_folders[i] != NULL && (below == path ||
	    strlen(layer_folders[i]) != (size_t)(below - path) ||
	    !text_starts(path, layer_folders[i])))
		i++;
	return i;
}

void
layers_track(struct arena *a, enum layers how, const char *path,
    struct texts *out)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct err ignored = { 0 };

	if (glob_braces(path, &all, &ignored) < 0)
		return;
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; layer_folders[k] != NULL; k++)
			layers_track_in(a, how, all.items[i], k, out);
}

const char *
layers_before(const struct evidence *ev, const char *live, struct arena *a)
{
	const char *below = below_layer(live);

	if (ev->baseline == NULL || below == live)
		return NULL;
	for (size_t i = 0; layer_folders[i] != NULL; i++) {
		const char *path = arena_printf(a, "%s%s", layer_folders[i],
		    below);
		const struct entry *is = ev->entry(ev->ctx, path), *was;

		/* Behind a symlink it is recorded by its real path. */
		if (is != NULL)
			path = arena_strdup(a, is->path);
		was = ev->baseline(ev->ctx, path);
		if (was == NULL || (was->kind != ENTRY_FILE &&
		    was->kind != ENTRY_SYMLINK))
			continue;
		return strcmp(path, live) == 0 ? NULL : path;
	}
	return NULL;
}
