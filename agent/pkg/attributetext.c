/* SPDX-License-Identifier: MIT */
#include "agent/pkg/attributetext.h"

#include <string.h>

#include "base/text.h"
#include "base/tr.h"

static void
put(struct buf *out, const char *word)
{
	text_escape(out, word, strlen(word));
}

void
attribute_packages(const struct package *was, const struct package *is,
    struct buf *out)
{
	const struct package *any = is != NULL ? is : was;
	bool gone = is == NULL || is->removed;

	if (any == NULL)
		return;
	put(out, any->name);
	buf_addc(out, ' ');
	if (was != NULL && !gone && strcmp(was->name, is->name) != 0) {
		put(out, is->version);
		buf_addf(out, _(" (was in %s)"), was->name);
	} else if (was == NULL) {
		put(out, is->version);
		buf_adds(out, _(" (new)"));
	} else if (gone) {
		put(out, was->version);
		buf_adds(out, _(" (removed)"));
	} else if (strcmp(was->version, is->version) == 0) {
		put(out, is->version);
	} else {
		put(out, was->version);
		buf_adds(out, " -> ");
		put(out, is->version);
	}
}

/* A sentence with one %s for packages or a path. */
static void
say(struct buf *out, const char *sentence, const char *word)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	put(&safe, word);
	buf_addf(out, sentence, buf_str(&safe));
}

/* What has become of what was there. */
static void
add_fate(const struct attribution *a, struct buf *out)
{
	if (a->remains == REMAINS_KEPT)
		buf_adds(out, _("; what is here stays"));
	else if (a->aside != NULL)
		say(out, _("; what was here is now %s"), a->aside);
	else if (a->local == LOCAL_EDITED)
		buf_adds(out, _("; what had been edited here went without a "
		    "copy"));
	else if (a->remains == REMAINS_GONE && a->how != HOW_VENDOR)
		buf_adds(out, _("; it went without a copy"));
}

static void
add_modes(const struct attribute_said *s, struct buf *out)
{
	const struct entry *was = s->was, *is = s->is;

	if (was->mode != is->mode)
		buf_addf(out, _("; mode %04o -> %04o"), was->mode, is->mode);
	if (was->uid != is->uid || was->gid != is->gid)
		buf_addf(out, _("; owner %u:%u -> %u:%u"), was->uid, was->gid,
		    is->uid, is->gid);
}

/* Who may have done what no list explains. */
static void
add_suspect(const struct attribution *a, const struct attribute_said *s,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf who = { 0 };

	attribute_packages(a->suspect.was, a->suspect.is, &who);
	if (who.len == 0)
		buf_addf(out, ngettext(" while %zu package changed: no "
		    "package's list explains it (a scriptlet)",
		    " while %zu packages changed: no package's list explains "
		    "it (a scriptlet)", s->touched), s->touched);
	else if (s->touched == 1)
		buf_addf(out, _(" by a scriptlet of %s: no package's list "
		    "explains it"), buf_str(&who));
	else
		buf_addf(out, _(" while %zu packages changed, likely by a "
		    "scriptlet of %s: no package's list explains it"),
		    s->touched, buf_str(&who));
}

static void
add_scriptlet(const struct attribution *a, const struct attribute_said *s,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf who = { 0 };

	attribute_packages(a->was, a->is, &who);
	if (a->how == HOW_EDITED && (a->did == SHIPPED_CHANGED ||
	    a->did == SHIPPED_NEW)) {
		say(out, _("%s ships another version, and a scriptlet has "
		    "edited what is here"), buf_str(&who));
		add_fate(a, out);
		return;
	}
	switch (a->how) {
	case HOW_EDITED:
		buf_adds(out, _("edited"));
		break;
	case HOW_TOUCHED:
		buf_adds(out, _("its metadata was changed"));
		break;
	case HOW_MADE:
		buf_adds(out, _("made"));
		break;
	default:
		buf_adds(out, _("removed"));
		break;
	}
	add_suspect(a, s, out);
	if (a->how == HOW_TOUCHED)
		add_modes(s, out);
	if (a->how == HOW_EDITED && a->aside != NULL)
		say(out, _("; what was here is now %s"), a->aside);
	if (a->how == HOW_TAKEN)
		add_fate(a, out);
}

static const char *const sentences[HOWS] = {
	[HOW_NOT] = N_("nothing happened to it"),
	[HOW_DROPPED] = N_("%s no longer ships it"),
	[HOW_ERASED] = N_("%s had shipped it"),
	[HOW_REPLACED] = N_("%s put its own version in place"),
	[HOW_ASIDE] = N_("%s moved it aside"),
	[HOW_BESIDE] = N_("%s ships another version than what is here"),
	[HOW_MODE] = N_("%s ships it with other permissions"),
	[HOW_CAME] = N_("%s brought it"),
	[HOW_BACK] = N_("%s put it back, though it had been removed "
	    "here"),
	[HOW_UNASKED] = N_("whose it is was not asked before packages "
	    "changed"),
	[HOW_STRANGE] = N_("no package was changed, so somebody else did "
	    "it"),
};

/* What was moved aside made room for the new version, or for nothing. */
static enum how
sentence(const struct attribution *a)
{
	if (a->how != HOW_ASIDE)
		return a->how;
	return a->remains == REMAINS_OTHER ? HOW_REPLACED :
	    a->did == SHIPPED_DROPPED ? HOW_DROPPED : HOW_ASIDE;
}

void
attribute_text(const struct attribution *a, const struct attribute_said *s,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf who = { 0 };

	attribute_packages(a->was, a->is, &who);
	if (a->how == HOW_VENDOR || a->how == HOW_RENAMED) {
		buf_adds(out, buf_str(&who));
		say(out, a->how == HOW_VENDOR ? _(" ships it as %s now") :
		    who.len > 0 ? _(" renamed it to %s") :
		    _("a scriptlet renamed it to %s"), a->other);
		if (a->how == HOW_VENDOR)
			add_fate(a, out);
		return;
	}
	if (a->how >= HOW_EDITED && a->how < HOW_UNASKED) {
		add_scriptlet(a, s, out);
		return;
	}
	buf_addf(out, _(sentences[sentence(a)]), buf_str(&who));
	if (a->how == HOW_DROPPED || a->how == HOW_ERASED ||
	    a->how == HOW_REPLACED || a->how == HOW_ASIDE)
		add_fate(a, out);
	if (a->how == HOW_BESIDE && a->beside != NULL)
		say(out, _("; it lies beside as %s"), a->beside);
	if (a->how == HOW_MODE || a->mode_lost ||
	    (a->remains == REMAINS_OTHER && s->was != NULL &&
	    s->was->kind == s->is->kind))
		add_modes(s, out);
}
