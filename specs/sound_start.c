/* SPDX-License-Identifier: MIT */
#include "specs/sound_start.h"

#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/sound.h"
#include "specs/unit_load.h"
#include "specs/unit_name.h"

static const char site[] = "/etc/systemd/system/";

/* A unit with its files read as one. */
struct start {
	struct judge *j;
	struct unit unit;
	const struct view *view;
	struct view_node top;
};

static struct values
get(struct start *s, const char *section, const char *key)
{
	struct values v = { 0 };

	keys_collect(s->j, s->view, &s->top, section, key, &v);
	return v;
}

/* The last value; "" where there is none. */
static const char *
one(struct start *s, const char *key)
{
	struct values v = get(s, "Service", key);

	return v.n > 0 ? v.items[v.n - 1] : "";
}

static bool
is_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 ||
	    strcmp(value, "1") == 0 || strcmp(value, "on") == 0;
}

static bool
is_generated(const char *name)
{
	static const char *const types[] = { "mount", "automount", "swap",
		"device", "slice", "scope" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(unit_name_type(name), types[i]) == 0)
			return true;
	return strchr(name, '%') != NULL;
}

int
sound_unit_there(struct judge *j, const char *name)
{
	struct unit u;

	if (!unit_name_is(name) || is_generated(name))
		return -1;
	unit_load(j->ev, "basic.target", &j->arena, &u);
	if (u.fragment == NULL)
		return -1;
	unit_load(j->ev, name, &j->arena, &u);
	if (u.fragment != NULL)
		return 1;
	/* Scripts of old make units of their own at boot. */
	return sound_look(j, arena_printf(&j->arena, "/etc/init.d/%.*s",
	    (int)(strlen(name) - strlen(unit_name_type(name)) - 1), name)) !=
	    0 ? -1 : 0;
}

/* Whether a condition on a path does not hold: then nothing is started. */
static bool
is_skipped(struct start *s)
{
	static const char *const keys[] = { "ConditionPathExists",
		"ConditionFileIsExecutable", "ConditionFileNotEmpty",
		"ConditionPathIsDirectory", "ConditionDirectoryNotEmpty" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct values v = get(s, "Unit", keys[i]);

		for (size_t k = 0; k < v.n; k++) {
			const char *path = v.items[k];

			path += path[0] == '|';
			if (path[0] == '/' && sound_look(s->j, path) == 0)
				return true;
		}
	}
	return false;
}

/* Written without a folder it is looked for in these: systemd.service(5). */
static int
look_for_program(struct judge *j, const char *program)
{
	static const char *const dirs[] = { "/usr/local/sbin",
		"/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin" };
	int there = 0;

	if (program[0] == '/')
		return sound_look(j, program);
	for (size_t i = 0; i < 6 && there == 0; i++)
		there = sound_look(j, arena_printf(&j->arena, "%s/%s",
		    dirs[i], program));
	return there;
}

static void
judge_program(struct start *s, const char *key, const char *value,
    unsigned line)
{
	size_t flags = strspn(value, "@-:+!|");
	const char *program;
	int there;

	if (memchr(value, '-', flags) != NULL)
		return;
	value += flags;
	program = arena_memdup(&s->j->arena, value, strcspn(value, " \t"));
	if (program[0] == '\0' || strpbrk(program, "%$\"'\\") != NULL ||
	    text_starts(program, "/run/") || text_starts(program, "/home/"))
		return;
	there = look_for_program(s->j, program);
	if (there == 0)
		judge_add(s->j, VERDICT_FAILS, (struct about){
		    .demand = "sound", .line = line },
		    _("%s of %s runs %s, which is not there"), key,
		    s->unit.id, judge_shows(s->j, program));
	else if (there == SOUND_FOLDER)
		judge_add(s->j, VERDICT_FAILS, (struct about){
		    .demand = "sound", .line = line },
		    _("%s of %s runs %s, which is a directory"), key,
		    s->unit.id, judge_shows(s->j, program));
}

static void
judge_programs(struct start *s)
{
	static const char *const keys[] = { "ExecStartPre", "ExecStart",
		"ExecStartPost" };

	/* Where not even a shell is there, programs are not kept. */
	if (sound_look(s->j, "/bin/sh") == 0 &&
	    sound_look(s->j, "/usr/bin/sh") == 0)
		return;
	/* Another root, as far as this unit can tell. */
	if (one(s, "RootDirectory")[0] != '\0' ||
	    one(s, "RootImage")[0] != '\0')
		return;
	for (size_t i = 0; i < 3; i++) {
		struct values v = get(s, "Service", keys[i]);

		for (size_t k = 0; k < v.n; k++)
			judge_program(s, keys[i], v.items[k], v.lines[k]);
	}
}

static void
judge_environment(struct start *s)
{
	struct values v = get(s, "Service", "EnvironmentFile");

	for (size_t i = 0; i < v.n; i++)
		if (v.items[i][0] == '/' &&
		    strpbrk(v.items[i], "*?[%") == NULL &&
		    !text_starts(v.items[i], "/run/") &&
		    sound_look(s->j, v.items[i]) == 0)
			judge_add(s->j, VERDICT_FAILS, (struct about){
			    .demand = "sound", .line = v.lines[i] },
			    _("%s needs %s, which is not there [write "
			    "EnvironmentFile=-%s if it need not be]"),
			    s->unit.id, judge_shows(s->j, v.items[i]),
			    v.items[i]);
}

/* Whether a table of /etc begins a line with name and a colon. */
static bool
has_row(struct judge *j, const char *path, const char *name, bool *out_read)
{
	const char *bytes, *p, *end;
	struct err ignored = { 0 };
	size_t len, n = strlen(name);

	if (j->ev->bytes(j->ev->ctx, path, &bytes, &len, &ignored) < 0)
		return false;
	*out_read = true;
	end = bytes + len;
	for (p = bytes; p != NULL && p < end;) {
		if ((size_t)(end - p) > n && memcmp(p, name, n) == 0 &&
		    p[n] == ':')
			return true;
		p = memchr(p, '\n', (size_t)(end - p));
		p = p != NULL ? p + 1 : NULL;
	}
	return false;
}

/* Users and groups of a directory are in no file. */
static void
judge_owner(struct start *s, const char *key, const char *table)
{
	struct values v = get(s, "Service", key);
	const char *name = v.n > 0 ? v.items[v.n - 1] : "";
	bool read = false;

	if (name[0] == '\0' || is_yes(one(s, "DynamicUser")) ||
	    strchr("0123456789%$", name[0]) != NULL ||
	    sound_look(s->j, "/etc/sssd/sssd.conf") != 0 ||
	    has_row(s->j, arena_printf(&s->j->arena, "/etc/%s", table), name,
	    &read) || !read ||
	    has_row(s->j, arena_printf(&s->j->arena, "/usr/lib/%s", table),
	    name, &read))
		return;
	judge_add(s->j, VERDICT_FAILS, (struct about){ .demand = "sound",
	    .line = v.lines[v.n - 1] }, _("%s runs as %s, which is not in "
	    "/etc/%s"), s->unit.id, judge_shows(s->j, name), table);
}

struct wanting {
	struct start *s;
	const char *key;
	unsigned line;
};

static int
one_needed(void *arg, const char *word, size_t len)
{
	struct wanting *w = arg;
	const char *name = arena_memdup(&w->s->j->arena, word, len);

	if (sound_unit_there(w->s->j, name) == 0)
		judge_add(w->s->j, VERDICT_FAILS, (struct about){
		    .demand = "sound", .line = w->line },
		    _("%s=%s, and there is no such unit: %s is not started"),
		    w->key, judge_shows(w->s->j, name), w->s->unit.id);
	return 0;
}

static void
judge_needed(struct start *s)
{
	static const char *const keys[] = { "Requires", "Requisite",
		"BindsTo" };

	for (size_t i = 0; i < 3; i++) {
		struct values v = get(s, "Unit", keys[i]);

		for (size_t k = 0; k < v.n; k++) {
			struct wanting w = { s, keys[i], v.lines[k] };

			view_words(s->view, v.items[k], one_needed, &w);
		}
	}
}

static void
refuse(struct start *s, unsigned line, const char *why)
{
	judge_add(s->j, VERDICT_FAILS, (struct about){ .demand = "sound",
	    .line = line }, "%s", why);
}

/* What systemd refuses to load: systemd.service(5). */
static void
judge_service(struct start *s)
{
	struct values start = get(s, "Service", "ExecStart");
	const char *type = one(s, "Type");
	bool once = strcmp(type, "oneshot") == 0;

	if (start.n == 0 && get(s, "Service", "ExecStop").n == 0 &&
	    get(s, "Unit", "SuccessAction").n == 0)
		refuse(s, 0, _("has no ExecStart=, so systemd refuses it"));
	else if (start.n == 0 && !once && !is_yes(one(s, "RemainAfterExit")) &&
	    get(s, "Unit", "SuccessAction").n == 0)
		refuse(s, 0, _("has no ExecStart=, so systemd refuses it"));
	if (start.n > 1 && !once)
		refuse(s, start.lines[1], _("a second ExecStart=, which "
		    "systemd refuses unless Type=oneshot [write an empty "
		    "ExecStart= before it]"));
	if (strcmp(type, "dbus") == 0 && one(s, "BusName")[0] == '\0')
		refuse(s, 0, _("Type=dbus without BusName=, which systemd "
		    "refuses"));
	if (once && (strcmp(one(s, "Restart"), "always") == 0 ||
	    strcmp(one(s, "Restart"), "on-success") == 0))
		refuse(s, 0, _("Type=oneshot with Restart=always or "
		    "on-success, which systemd refuses"));
}

/* The unit that a timer, socket or path starts. */
static void
judge_partner(struct start *s)
{
	static const struct {
		const char *type, *section, *key;
	} pairs[] = {
		{ "timer", "Timer", "Unit" },
		{ "path", "Path", "Unit" },
		{ "socket", "Socket", "Service" },
	};
	const char *type = unit_name_type(s->unit.id);

	for (size_t i = 0; i < 3; i++) {
		struct values v;
		const char *name;

		if (strcmp(pairs[i].type, type) != 0)
			continue;
		v = get(s, pairs[i].section, pairs[i].key);
		name = v.n > 0 ? v.items[v.n - 1] :
		    arena_printf(&s->j->arena, "%.*s%s.service",
		    (int)(strlen(s->unit.id) - strlen(type) - 1), s->unit.id,
		    i == 2 && is_yes(get(s, "Socket", "Accept").n > 0 ?
		    get(s, "Socket", "Accept").items[0] : "") ? "@" : "");
		if (sound_unit_there(s->j, name) == 0)
			judge_add(s->j, VERDICT_FAILS, (struct about){
			    .demand = "sound",
			    .line = v.n > 0 ? v.lines[v.n - 1] : 0 },
			    _("%s is to start %s, which is not there"),
			    s->unit.id, judge_shows(s->j, name));
	}
}

/* Whether the site made it or any part of it, or has it started. */
static bool
is_ours(struct judge *j, const struct unit *u)
{
	const char *by;

	if (text_starts(u->fragment, site))
		return true;
	for (size_t i = 0; i < u->dropins.n; i++)
		if (text_starts(u->dropins.items[i], site))
			return true;
	by = unit_enabled_by(j->ev, u, &j->arena);
	return by != NULL && text_starts(by, site);
}

static bool
read_unit(struct start *s)
{
	struct texts files = { 0 };

	*VEC_ADD_IN(&s->j->arena, &files) = s->unit.fragment;
	for (size_t i = 0; i < s->unit.dropins.n; i++)
		*VEC_ADD_IN(&s->j->arena, &files) = s->unit.dropins.items[i];
	judge_parts_view(s->j, s->view, &files, &s->top);
	return s->j->parts.gap == NULL;
}

void
sound_start(struct judge *j)
{
	struct start s = { .j = j, .view = view_find("systemd") };
	bool service;

	unit_load(j->ev, path_name(j->path), &j->arena, &s.unit);
	/* Another folder's file of that name is the one that counts. */
	if (s.unit.fragment == NULL || s.unit.masked ||
	    strcmp(s.unit.fragment, j->path) != 0)
		return;
	/* What a drop-in has wrong is told there. */
	if (!read_unit(&s)) {
		j->parts = (struct judge_parts){ 0 };
		return;
	}
	service = strcmp(unit_name_type(s.unit.id), "service") == 0;
	if (service)
		judge_service(&s);
	if (is_ours(j, &s.unit) && !is_skipped(&s)) {
		if (service) {
			judge_programs(&s);
			judge_environment(&s);
			judge_owner(&s, "User", "passwd");
			judge_owner(&s, "Group", "group");
		}
		judge_needed(&s);
		judge_partner(&s);
	}
	j->parts = (struct judge_parts){ 0 };
}
