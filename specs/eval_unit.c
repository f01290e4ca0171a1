/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/conf_files.h"
#include "specs/unit_load.h"
#include "specs/unit_name.h"
#include "specs/unit_specifiers.h"

/*
 * Where a unit that is not there is told to be missing: where the baseline
 * has it, so that it can be put back.
 */
static const char *
place_of(struct judge *j, const char *name)
{
	const char *path = NULL;

	for (size_t i = 0; unit_folders[i] != NULL; i++) {
		path = arena_printf(&j->arena, "%s/%s", unit_folders[i], name);
		if (j->ev->baseline != NULL &&
		    j->ev->baseline(j->ev->ctx, path) != NULL)
			return path;
	}
	return arena_printf(&j->arena, "/usr/lib/systemd/system/%s", name);
}

static void
judge_missing(struct judge *j, const char *name)
{
	if (j->rule->require == REQUIRE_ABSENT)
		judge_holds(j, (struct about){ .demand = "absent" },
		    _("there is no unit %s"), name);
	if (j->rule->require != REQUIRE_PRESENT)
		return;
	j->path = place_of(j, unit_name_is_instance(name) ?
	    unit_name_template(&j->arena, name) : name);
	judge_add(j, VERDICT_FAILS, (struct about){ .demand = "present" },
	    _("unit %s is missing"), name);
}

/* Why something may stand at tail in a folder before that of path, in any
 * folder where path is another. */
static const char *
hides_before(struct judge *j, const char *tail, const char *path)
{
	const char *pattern = unit_name_pattern(&j->arena, tail), *why = NULL;

	for (size_t i = 0; unit_folders[i] != NULL && why == NULL; i++) {
		if (path != NULL && strcmp(path, arena_printf(&j->arena,
		    "%s/%s", unit_folders[i], tail)) == 0)
			return NULL;
		why = judge_hidden(j, arena_printf(&j->arena, "%s/%s",
		    unit_folders[i], pattern));
	}
	return why;
}

/* Whether another fragment may win, or the only one be unseen. */
static bool
is_hidden(struct judge *j, const struct unit *u, const char *name)
{
	const char *at = u->fragment;
	const char *why = hides_before(j, name, at);

	if (why == NULL && unit_name_is_instance(name) &&
	    (at == NULL || strcmp(path_name(at), name) != 0))
		why = hides_before(j, unit_name_template(&j->arena, name),
		    at);
	if (why == NULL && strcmp(u->id, name) != 0)
		why = hides_before(j, u->id, at);
	if (why == NULL && at != NULL)
		why = hides_before(j, path_name(at), at);
	if (why == NULL)
		return false;
	j->path = at != NULL ? at : place_of(j, name);
	judge_add(j, VERDICT_CANNOT_TELL, (struct about){ .demand = "unit" },
	    _("unit %s may have files in a folder that cannot be read (%s)"),
	    u->id, why);
	return true;
}

/* Why there may be more drop-ins: each may set any key, or take it back. */
static const char *
hides_dropins(struct judge *j, const struct unit *u)
{
	struct texts all = { 0 };

	for (size_t i = 0; i < u->names.n; i++)
		unit_name_track_dropins(&j->arena, u->names.items[i], &all);
	return judge_hides(j, &all);
}

/* Why it may be started, or not, by what is not seen; by is a link that starts
 * it, which counts unless one to /dev/null comes before it. */
static const char *
hides_starts(struct judge *j, const struct unit *u, const char *by)
{
	struct texts all = { 0 };

	if (j->rule->enabled == ENABLED_PRESET)
		unit_preset_track(&j->arena, &all);
	for (size_t i = 0; by == NULL && i < u->names.n; i++)
		unit_name_track_starts(&j->arena, u->names.items[i], &all);
	for (size_t i = 0; by != NULL && unit_folders[i] != NULL; i++) {
		size_t n = strlen(unit_folders[i]);

		if (strncmp(by, unit_folders[i], n) == 0 && by[n] == '/' &&
		    hides_before(j, by + n + 1, by) != NULL)
			return hides_before(j, by + n + 1, by);
	}
	return judge_hides(j, &all);
}

/* What is masked is not read: there is nothing more to judge. */
static void
judge_mask(struct judge *j, const struct unit *u)
{
	const struct rule *r = j->rule;

	if (r->masked == MASKED_YES)
		judge_holds(j, (struct about){ .demand = "masked" },
		    _("masks %s"), u->id);
	else if (r->masked == MASKED_NO || r->require == REQUIRE_PRESENT ||
	    r->enabled == ENABLED_YES)
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "masked" },
		    _("masks %s, which is never started [systemctl unmask "
		    "%s]"), u->id, u->id);
}

/* What is compared is what the unit does, not how it is written. */
static void
put_specifiers(struct judge *j, const struct unit *u, struct view_node *top)
{
	for (struct view_node *s = top->child; s != NULL; s = s->next)
		for (struct view_node *k = s->child; k != NULL; k = k->next)
			k->value = unit_specifiers(&j->arena, u->id,
			    k->value);
}

static void
judge_unit_keys(struct judge *j, const struct unit *u)
{
	const struct view *v = view_find("systemd");
	struct texts files = { 0 };
	struct view_node top;
	const char *why;

	if (j->rule->keys.n == 0)
		return;
	if ((why = hides_dropins(j, u)) != NULL) {
		judge_add(j, VERDICT_CANNOT_TELL, (struct about){
		    .demand = "keys", .at = &j->rule->keys.items[0].at },
		    _("%s may have drop-ins in a folder that cannot be read "
		    "(%s)"), u->id, why);
		return;
	}
	*VEC_ADD_IN(&j->arena, &files) = u->fragment;
	for (size_t i = 0; i < u->dropins.n; i++)
		*VEC_ADD_IN(&j->arena, &files) = u->dropins.items[i];
	judge_parts_view(j, v, &files, &top);
	put_specifiers(j, u, &top);
	judge_keys_in(j, v, &top);
	/* Lines are those of files again. */
	j->parts = (struct judge_parts){ 0 };
}

/* Whether systemctl(1) has links to make for it; drop-ins have no [Install]
 * that counts. */
static bool
is_installable(struct judge *j, const struct unit *u)
{
	static const char *const keys[] = { "WantedBy", "RequiredBy",
		"UpheldBy", "Alias" };
	const struct view *v = view_find("systemd");
	struct texts files = { 0 };
	struct values links = { 0 };
	struct view_node top;
	bool known;

	*VEC_ADD_IN(&j->arena, &files) = u->fragment;
	judge_parts_view(j, v, &files, &top);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		keys_collect(j, v, &top, "Install", keys[i], &links);
	known = j->parts.gap == NULL;
	j->parts = (struct judge_parts){ 0 };
	/* What cannot be read is told where its keys are asked for. */
	return !known || links.n > 0;
}

static void
tell_enabled(struct judge *j, const struct unit *u, struct about about,
    const char *by)
{
	if (by != NULL)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s is enabled by %s [systemctl disable %s]"), u->id,
		    judge_shows(j, by), u->id);
	else if (is_installable(j, u))
		judge_add(j, VERDICT_FAILS, about,
		    _("%s is not enabled: no link starts it [systemctl enable "
		    "%s]"), u->id, u->id);
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("%s is not enabled: no link starts it, and its "
		    "[Install] section asks for none"), u->id);
}

static void
judge_enabled(struct judge *j, const struct unit *u)
{
	struct about about = { .demand = "enabled" };
	struct unit_preset preset = { .enable = j->rule->enabled ==
	    ENABLED_YES };
	struct err e = { 0 };
	const char *by, *why;

	if (j->rule->enabled == ENABLED_ANY)
		return;
	by = unit_enabled_by(j->ev, u, &j->arena);
	if ((why = hides_starts(j, u, by)) != NULL) {
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("whether %s is enabled may hang on a folder that "
		    "cannot be read (%s)"), u->id, why);
		return;
	}
	if (j->rule->enabled == ENABLED_PRESET &&
	    unit_preset(j->ev, u->id, &j->arena, &preset, &e) < 0) {
		judge_unknown(j, "enabled", NULL, &e);
		return;
	}
	/* A preset has no say in what systemctl(1) does not enable. */
	if ((by != NULL) == preset.enable || preset.ignored ||
	    (j->rule->enabled == ENABLED_PRESET && !is_installable(j, u))) {
		about.file = by;
		judge_holds(j, about, by != NULL ? _("%s is enabled") :
		    _("%s is not enabled, and need not be"), u->id);
		return;
	}
	about.file = preset.file != NULL ? preset.file : by;
	about.line = preset.line;
	tell_enabled(j, u, about, by);
}

/* A drop-in that leads nowhere takes that of its name in later folders away. */
static void
judge_dropin(struct judge *j, const char *path)
{
	j->path = path;
	j->entry = j->subject = j->ev->entry(j->ev->ctx, path);
	if (j->entry != NULL && conf_is_dangling(j->ev, j->entry))
		judge_dangling(j);
}

/* The fragment, and a drop-in that is sealed: then nothing is shown. */
static void
settle(struct judge *j, const struct unit *u)
{
	const struct entry *sealed = NULL;

	for (size_t i = 0; i < u->dropins.n; i++) {
		judge_dropin(j, u->dropins.items[i]);
		if (judge_secret(j))
			sealed = j->entry;
	}
	j->path = u->fragment;
	j->entry = j->ev->entry(j->ev->ctx, u->fragment);
	j->subject = sealed != NULL ? sealed : j->entry;
}

/* False when the fragment is a symlink to nothing. */
static bool
fragment_is_there(struct judge *j)
{
	if (!conf_is_dangling(j->ev, j->entry))
		return true;
	judge_dangling(j);
	return false;
}

static void
judge_loaded(struct judge *j, const struct unit *u)
{
	const struct rule *r = j->rule;

	settle(j, u);
	if (r->require == REQUIRE_ABSENT) {
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "absent" },
		    _("is there, but must not be"));
		return;
	}
	if (u->masked) {
		judge_mask(j, u);
		return;
	}
	if (!fragment_is_there(j))
		return;
	if (r->require == REQUIRE_PRESENT)
		judge_holds(j, (struct about){ .demand = "present" },
		    _("unit %s is there"), u->id);
	if (r->masked == MASKED_YES)
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "masked" },
		    _("%s is not masked [systemctl mask %s]"), u->id, u->id);
	else if (r->masked == MASKED_NO)
		judge_holds(j, (struct about){ .demand = "masked" },
		    _("%s is not masked"), u->id);
	judge_unit_keys(j, u);
	judge_enabled(j, u);
}

void
judge_unit(struct judge *j, const char *name)
{
	struct unit u;

	unit_load(j->ev, name, &j->arena, &u);
	if (is_hidden(j, &u, name))
		;
	else if (u.fragment == NULL)
		judge_missing(j, name);
	else if (texts_add_once(&j->out->arena, &j->seen,
	    arena_strdup(&j->out->arena, u.id)))
		judge_loaded(j, &u);
	arena_done(&j->arena);
}
