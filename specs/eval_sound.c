/* SPDX-License-Identifier: MIT */
#include "specs/sound.h"

#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/view.h"

void
sound_wrong(struct judge *j, const struct err *e)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct about about = { .demand = "sound", .line = e->line,
		.file = e->where[0] == '/' ? e->where : NULL };

	if (e->kind == ERR_SYSTEM) {
		judge_unknown(j, "sound", NULL, e);
		return;
	}
	text_escape(&why, e->what, strlen(e->what));
	judge_add(j, VERDICT_FAILS, about, "%s", judge_secret(j) ?
	    _("is not what its program reads (hidden: the rule is secret)") :
	    buf_str(&why));
}

int
sound_look(struct judge *j, const char *path)
{
	const struct entry *en;
	struct err e = { 0 };
	int kind = -1, there;

	if (j->ev->look == NULL) {
		en = j->ev->entry(j->ev->ctx, path);
		return en != NULL && judge_follow(j, en) != NULL;
	}
	there = j->ev->look(j->ev->ctx, path, &kind, &e);
	return there > 0 && kind == ENTRY_DIR ? SOUND_FOLDER : there;
}

void
judge_sound(struct judge *j)
{
	const struct view *v;

	if (!j->rule->sound)
		return;
	v = view_for_path(j->path);
	if (v != NULL && strcmp(v->name, "pam") == 0)
		sound_pam(j);
	else
		sound_unit(j);
}
