/* SPDX-License-Identifier: MIT */
/* Whether a unit is started, and whether it should be. */
#include "specs/unit_load.h"

#include <fnmatch.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"
#include "specs/conf_files.h"
#include "specs/unit_name.h"

static const char *const preset_folders[] = {
	"/etc/systemd/system-preset",
	"/run/systemd/system-preset",
	"/usr/local/lib/systemd/system-preset",
	"/usr/lib/systemd/system-preset",
	"/lib/systemd/system-preset",
};

enum { PRESET_FOLDERS = sizeof(preset_folders) / sizeof(*preset_folders) };

struct link_search {
	const struct evidence *ev;
	struct arena *a;
	size_t folder;		/* of unit_folders */
	const char *found;
};

/* The same link to /dev/null in a folder before it takes this one back. */
static bool
masked(const struct link_search *s, const char *path)
{
	const char *name = path_name(path), *dir = name - 1;

	while (dir > path && dir[-1] != '/')
		dir--;
	for (size_t i = 0; i < s->folder; i++) {
		const struct entry *en = s->ev->entry(s->ev->ctx,
		    arena_printf(s->a, "%s/%s", unit_folders[i], dir));

		if (en != NULL && conf_is_mask(en))
			return true;
	}
	return false;
}

static void
take_link(void *arg, const struct entry *en)
{
	struct link_search *s = arg;

	if (s->found == NULL && en->kind == ENTRY_SYMLINK &&
	    !conf_is_mask(en) && !masked(s, en->path))
		s->found = arena_strdup(s->a, en->path);
}

static void
find_pulls(struct link_search *s, const char *name)
{
	const char *pattern = unit_name_pattern(s->a, name);

	/* A template is started by way of its instances. */
	if (unit_name_is_template(name))
		pattern = arena_printf(s->a, "%.*s@*.%s",
		    (int)strcspn(pattern, "@"), pattern,
		    unit_name_type(name));
	for (size_t i = 0; unit_pulls[i] != NULL; i++)
		s->ev->find(s->ev->ctx, arena_printf(s->a, "%s/*%s/%s",
		    unit_folders[s->folder], unit_pulls[i], pattern),
		    take_link, s);
}

const char *
unit_enabled_by(const struct evidence *ev, const struct unit *u,
    struct arena *a)
{
	struct link_search s = { .ev = ev, .a = a };

	for (; unit_folders[s.folder] != NULL; s.folder++)
		for (size_t i = 0; i < u->names.n; i++)
			find_pulls(&s, u->names.items[i]);
	/* Alias= is enablement as well, and its links are the site's; those of
	 * packages are in /usr/lib. */
	for (size_t i = 1; s.found == NULL && i < u->names.n; i++) {
		const struct entry *en = ev->entry(ev->ctx, arena_printf(a,
		    "/etc/systemd/system/%s", u->names.items[i]));

		if (en != NULL && en->kind == ENTRY_SYMLINK)
			s.found = arena_strdup(a, en->path);
	}
	return s.found;
}

static const char *
next_word(struct arena *a, const char **s)
{
	size_t n = strcspn(*s += strspn(*s, " \t\r"), " \t\r");
	const char *word = arena_memdup(a, *s, n);

	*s += n;
	return n > 0 ? word : NULL;
}

/* The rest of an enable line: the instances that a template is for. */
static bool
lists_instance(struct arena *a, const char *rest, const char *name)
{
	const char *at = strchr(name, '@'), *word;
	size_t n;

	if (at == NULL)
		return false;
	n = strlen(at + 1) - strlen(unit_name_type(name)) - 1;
	while ((word = next_word(a, &rest)) != NULL)
		if (strlen(word) == n && memcmp(word, at + 1, n) == 0)
			return true;
	return false;
}

enum says { SAYS_NOTHING, SAYS_DISABLE, SAYS_ENABLE, SAYS_IGNORE };

static enum says
preset_verb(const char *word)
{
	if (word == NULL)
		return SAYS_NOTHING;
	if (strcmp(word, "enable") == 0)
		return SAYS_ENABLE;
	if (strcmp(word, "disable") == 0)
		return SAYS_DISABLE;
	return strcmp(word, "ignore") == 0 ? SAYS_IGNORE : SAYS_NOTHING;
}

/* What one line says of the unit. */
static enum says
preset_line(struct arena *a, const char *line, const char *name)
{
	enum says says = preset_verb(next_word(a, &line));
	const char *pattern, *of = name;

	if (says == SAYS_NOTHING || (pattern = next_word(a, &line)) == NULL)
		return SAYS_NOTHING;
	if (says == SAYS_ENABLE && unit_name_is_instance(name) &&
	    line[strspn(line, " \t\r")] != '\0') {
		if (!lists_instance(a, line, name))
			return SAYS_NOTHING;
		of = unit_name_template(a, name);
	}
	return fnmatch(pattern, of, FNM_NOESCAPE) == 0 ? says : SAYS_NOTHING;
}

/* 1 when a line of the file decides. */
static int
preset_file(const struct evidence *ev, const char *path, const char *name,
    struct arena *a, struct unit_preset *out, struct err *e)
{
	const char *bytes, *end;
	size_t len;
	unsigned line = 0;

	if (ev->bytes(ev->ctx, path, &bytes, &len, e) < 0)
		return -1;
	for (end = bytes + len; bytes < end; bytes++) {
		const char *lf = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t n = (size_t)((lf != NULL ? lf : end) - bytes);
		enum says says = preset_line(a, arena_memdup(a, bytes, n),
		    name);

		line++;
		bytes += n;
		if (says == SAYS_NOTHING)
			continue;
		*out = (struct unit_preset){ says == SAYS_ENABLE,
			says == SAYS_IGNORE, path, line };
		return 1;
	}
	return 0;
}

int
unit_preset(const struct evidence *ev, const char *name, struct arena *a,
    struct unit_preset *out, struct err *e)
{
	struct texts folders = { 0 }, files = { 0 };

	for (size_t i = 0; i < PRESET_FOLDERS; i++)
		*VEC_ADD_IN(a, &folders) = preset_folders[i];
	conf_files(ev, &folders, "*.preset", a, &files);
	for (size_t i = 0; i < files.n; i++) {
		int n = preset_file(ev, files.items[i], name, a, out, e);

		if (n != 0)
			return n < 0 ? -1 : 0;
	}
	/* systemd.preset(5): what nobody speaks of is enabled. */
	*out = (struct unit_preset){ .enable = true };
	return 0;
}

void
unit_preset_track(struct arena *a, struct texts *out)
{
	for (size_t i = 0; i < PRESET_FOLDERS; i++)
		texts_add_once(a, out, arena_printf(a, "%s/*.preset",
		    preset_folders[i]));
}
