/* SPDX-License-Identifier: MIT */
/* What is wrong with one file of a unit of systemd: part of sound.h. */
#include "specs/sound.h"

#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/conf_files.h"
#include "specs/sound_names.h"
#include "specs/sound_start.h"
#include "specs/unit_name.h"

/* Settings that take one of a few words; what is none of them is passed over,
 * and with Type= the unit is taken for another kind. */
static const struct {
	const char *section, *key, *words[12];
} choices[] = {
	{ "Service", "Type", { "simple", "exec", "forking", "oneshot",
	    "dbus", "notify", "notify-reload", "idle", NULL } },
	{ "Service", "Restart", { "no", "always", "on-success", "on-failure",
	    "on-abnormal", "on-abort", "on-watchdog", NULL } },
	{ "Service", "KillMode", { "control-group", "process", "mixed",
	    "none", NULL } },
	{ "Service", "NotifyAccess", { "none", "main", "exec", "all",
	    NULL } },
};

static void
judge_choice(struct judge *j, const struct view_node *s,
    const struct view_node *k)
{
	struct about about = { .demand = "sound", .line = k->line };
	size_t i = 0, w = 0;
	const char *near;

	while (i < sizeof(choices) / sizeof(*choices) &&
	    (strcmp(choices[i].section, s->name) != 0 ||
	    strcmp(choices[i].key, k->name) != 0))
		i++;
	/* Empty is the default again, and a specifier may be anything. */
	if (i == sizeof(choices) / sizeof(*choices) ||
	    k->value[0] == '\0' || strchr(k->value, '%') != NULL)
		return;
	while (choices[i].words[w] != NULL &&
	    strcmp(choices[i].words[w], k->value) != 0)
		w++;
	if (choices[i].words[w] != NULL)
		return;
	near = text_nearest(k->value, choices[i].words);
	judge_add(j, VERDICT_FAILS, about, near != NULL ?
	    _("systemd passes over %s=%s (did you mean '%s'?)") :
	    _("systemd passes over %s=%s"), k->name,
	    judge_shows(j, k->value), near);
}

static void
judge_names(struct judge *j, const struct view_node *top)
{
	for (const struct view_node *s = top->child; s != NULL; s = s->next) {
		const char *meant = sound_meant_section(s->name);

		if (meant != NULL)
			judge_add(j, VERDICT_FAILS, (struct about){
			    .demand = "sound", .line = s->line },
			    _("systemd passes over the section [%s] (did you "
			    "mean [%s]?)"), judge_shows(j, s->name), meant);
		for (const struct view_node *k = s->child; k != NULL;
		    k = k->next) {
			judge_choice(j, s, k);
			meant = sound_meant_key(s->name, k->name);
			if (meant == NULL)
				continue;
			judge_add(j, VERDICT_FAILS, (struct about){
			    .demand = "sound", .line = k->line },
			    _("systemd passes over %s in [%s] (did you mean "
			    "'%s'?)"), judge_shows(j, k->name), s->name,
			    meant);
		}
	}
}

/* Its own folder's name: "multi-user.target.wants". */
static const char *
folder_of(struct judge *j, const char *path)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	path_parent(&b, path);
	return arena_strdup(&j->arena, path_name(buf_str(&b)));
}

static bool
is_pull(const char *folder)
{
	for (size_t i = 0; unit_pulls[i] != NULL; i++)
		if (text_ends(folder, unit_pulls[i]))
			return true;
	return false;
}

/* A link in .wants counts by its name: whatever it leads to. */
static void
judge_link(struct judge *j, const char *folder)
{
	const char *name = path_name(j->path);

	if (conf_is_mask(j->entry))
		return;
	if (sound_unit_there(j, name) == 0)
		judge_add(j, VERDICT_FAILS, (struct about){
		    .demand = "sound" }, _("%s is to start %s, which is not "
		    "there"), folder, judge_shows(j, name));
	else
		judge_held(j);
}

static void
judge_file(struct judge *j)
{
	const struct view *v = view_find("systemd");
	struct view_node top;
	const char *bytes;
	struct err e = { 0 };
	size_t len, before = j->out->n;

	if (judge_bytes(j, &bytes, &len, &e) < 0 ||
	    v->parse(j->path, bytes, len, &j->arena, &top, &e) < 0) {
		sound_wrong(j, &e);
		return;
	}
	judge_names(j, &top);
	if (j->out->n == before && unit_name_is(path_name(j->path)))
		sound_start(j);
	if (j->out->n == before)
		judge_held(j);
}

void
sound_unit(struct judge *j)
{
	const char *folder = folder_of(j, j->path);

	if (is_pull(folder))
		judge_link(j, folder);
	else if (j->entry->kind == ENTRY_FILE)
		judge_file(j);
}
