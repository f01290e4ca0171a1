/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"

/* Owner, group and mode of the path, or of what its symlink leads to. */

static bool
is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static bool
same_principal(const char *want, const char *name, uint32_t id)
{
	if (is_number(want))
		return strtoull(want, NULL, 10) == id;
	return name != NULL && strcmp(want, name) == 0;
}

static const char *
principal(struct judge *j, const char *name, uint32_t id)
{
	if (name == NULL)
		return arena_printf(&j->arena, "%u", (unsigned)id);
	return arena_printf(&j->arena, "%s (%u)", name, (unsigned)id);
}

static void
judge_owner(struct judge *j)
{
	const struct entry *en = j->subject;
	const char *want = j->rule->owner;

	if (want == NULL)
		return;
	if (same_principal(want, en->user, en->uid))
		judge_holds(j, (struct about){ .demand = "owner" },
		    _("the owner is %s"), want);
	else
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "owner" },
		    _("the owner is %s, expected %s"),
		    principal(j, en->user, en->uid), want);
}

static void
judge_group(struct judge *j)
{
	const struct entry *en = j->subject;
	const char *want = j->rule->group;

	if (want == NULL)
		return;
	if (same_principal(want, en->group, en->gid))
		judge_holds(j, (struct about){ .demand = "group" },
		    _("the group is %s"), want);
	else
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "group" },
		    _("the group is %s, expected %s"),
		    principal(j, en->group, en->gid), want);
}

static void
judge_mode(struct judge *j)
{
	unsigned want = (unsigned)j->rule->mode, is = j->subject->mode & 07777;

	/* The kernel keeps no mode for symlinks: it always says 0777. */
	if (j->rule->mode < 0 || j->subject->kind == ENTRY_SYMLINK)
		return;
	if (j->rule->mode_at_most ? (is & ~want) == 0 : is == want)
		judge_holds(j, (struct about){ .demand = "mode" },
		    j->rule->mode_at_most ?
		    _("the mode is %04o, which grants no more than %04o") :
		    _("the mode is %04o, expected %04o"), is, want);
	else if (j->rule->mode_at_most)
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "mode" },
		    _("the mode is %04o, which grants %04o more than %04o"),
		    is, is & ~want, want);
	else
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "mode" },
		    _("the mode is %04o, expected %04o"), is, want);
}

static void
judge_kind(struct judge *j)
{
	if (j->rule->kind < 0)
		return;
	if ((int)j->entry->kind == j->rule->kind)
		judge_holds(j, (struct about){ .demand = "type" },
		    _("is a %s"), entry_kind_shown(j->entry->kind));
	else
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "type" },
		    _("is a %s, expected a %s"),
		    entry_kind_shown(j->entry->kind),
		    entry_kind_shown((enum entry_kind)j->rule->kind));
}

void
judge_metadata(struct judge *j)
{
	const struct rule *r = j->rule;

	judge_kind(j);
	if (j->subject == NULL) {
		if (r->owner != NULL || r->group != NULL || r->mode >= 0)
			judge_add(j, VERDICT_CANNOT_TELL,
			    (struct about){ .demand = "metadata" },
			    _("is a symlink to %s, whose owner and mode are "
			    "not known"), judge_shows(j, j->entry->target ?
			    j->entry->target : ""));
		return;
	}
	judge_owner(j);
	judge_group(j);
	judge_mode(j);
}
