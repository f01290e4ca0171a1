/* SPDX-License-Identifier: MIT */
/* A rule with `layers`: part of judge.h. */
#include "specs/judge.h"

#include <string.h>

#include "base/glob.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/layers.h"

struct looking {
	struct judge *j;
	struct arena arena;	/* that of the judge is emptied in between */
	const char *path;	/* as the rule has it, without braces */
	struct layered l;
};

/* The first layer that cannot be seen, and *out_why; their number otherwise. */
static size_t
hidden_layer(struct looking *k, const char **out_why)
{
	size_t i = 0;

	for (; layer_folders[i] != NULL; i++) {
		struct texts all = { 0 };

		layers_track_in(&k->arena, k->j->rule->layers, k->path, i,
		    &all);
		if ((*out_why = judge_hides(k->j, &all)) != NULL)
			break;
	}
	return i;
}

static const char *
content_compared(const struct entry *was, const struct entry *is)
{
	/* The same bytes are sealed to others each time. */
	if (was->kind != ENTRY_FILE || is->kind != ENTRY_FILE ||
	    was->content != CONTENT_STORED || is->content != CONTENT_STORED)
		return "";
	return oid_equal(&was->oid, &is->oid) ?
	    _(", with the same content") : _(", with other content");
}

/* The result is about the file that won, and decided in the one that does.
 * True when there is one. */
static bool
tell_moved(struct looking *k, const char *live)
{
	struct judge *j = k->j;
	const struct evidence *ev = j->ev;
	const char *was = layers_before(ev, live, &k->arena);
	const struct entry *is = ev->entry(ev->ctx, live), *had;

	if (was == NULL || is == NULL ||
	    (had = ev->baseline(ev->ctx, was)) == NULL)
		return false;
	j->path = was;
	if (ev->entry(ev->ctx, was) == NULL)
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "layers", .file = live },
		    _("is gone, and %s takes its place%s"), live,
		    content_compared(had, is));
	else
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "layers", .file = live },
		    _("does not count any more: %s comes before it%s"), live,
		    content_compared(had, is));
	return true;
}

static void
tell_all_moved(struct looking *k)
{
	bool any = k->l.masked && tell_moved(k, k->l.first);

	for (size_t i = 0; i < k->l.files.n; i++)
		any |= tell_moved(k, k->l.files.items[i]);
	if (!any)
		judge_holds(k->j, (struct about){ .demand = "layers" },
		    _("no package moved it to another layer"));
}

/* Where it is missed: where the baseline has it, so that it comes back. */
static const char *
place_of(struct looking *k)
{
	const struct evidence *ev = k->j->ev;
	struct texts all = { 0 };

	layers_track(&k->arena, LAYERS_FILE, k->path, &all);
	for (size_t i = 0; ev->baseline != NULL && i < all.n; i++)
		if (ev->baseline(ev->ctx, all.items[i]) != NULL)
			return all.items[i];
	return k->path;
}

static void
tell_missing(struct looking *k)
{
	struct judge *j = k->j;

	if (j->rule->require == REQUIRE_ABSENT)
		judge_holds(j, (struct about){ .demand = "absent" },
		    _("is not there, in no layer"));
	if (j->rule->require != REQUIRE_PRESENT)
		return;
	j->path = place_of(k);
	judge_add(j, VERDICT_FAILS, (struct about){ .demand = "present" },
	    glob_literal(k->path, strlen(k->path)) ?
	    _("is missing in all layers") :
	    _("nothing matches this pattern in any layer"));
}

/* Each file for itself, and whether something in it is hidden. */
static const struct entry *
judge_files(struct judge *j, const struct texts *files)
{
	const struct entry *sealed = NULL;

	for (size_t i = 0; i < files->n; i++) {
		const struct entry *en = j->ev->entry(j->ev->ctx,
		    files->items[i]);

		if (en == NULL)
			continue;
		j->path = files->items[i];
		j->entry = en;
		if (!judge_settle(j))
			continue;
		judge_metadata(j);
		judge_extras(j);
		if (judge_secret(j))
			sealed = j->subject != NULL ? j->subject : en;
	}
	return sealed;
}

static void
judge_together(struct looking *k)
{
	struct judge *j = k->j;
	const struct entry *sealed = judge_files(j, &k->l.files);

	j->path = k->l.first != NULL ? k->l.first : k->path;
	j->entry = j->ev->entry(j->ev->ctx, j->path);
	j->subject = sealed != NULL ? sealed : j->entry;
	j->joined = &k->l.files;
	judge_lines(j);
	j->parts = (struct judge_parts){ 0 };
	judge_keys(j);
	j->parts = (struct judge_parts){ 0 };
	judge_entries(j);
	j->parts = (struct judge_parts){ 0 };
	j->joined = NULL;
	arena_done(&j->arena);
}

/* True when there is more to judge. */
static bool
judge_presence(struct looking *k)
{
	struct judge *j = k->j;

	if (k->l.first == NULL && k->l.files.n == 0) {
		tell_missing(k);
		return false;
	}
	j->path = k->l.first != NULL ? k->l.first : k->l.files.items[0];
	if (j->rule->require == REQUIRE_ABSENT && k->l.files.n == 0)
		judge_holds(j, (struct about){ .demand = "absent" },
		    _("masks what other layers have: nothing is read"));
	else if (j->rule->require == REQUIRE_ABSENT)
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "absent" },
		    _("is there, but must not be"));
	else if (j->rule->require == REQUIRE_PRESENT && k->l.files.n == 0)
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "present" },
		    _("masks what other layers have: nothing is read"));
	else if (j->rule->require == REQUIRE_PRESENT &&
	    j->rule->layers == LAYERS_ETC)
		judge_holds(j, (struct about){ .demand = "present" },
		    _("is there"));
	return j->rule->require != REQUIRE_ABSENT;
}

/* Programs go on to the next layer; whoever made the link does not know. */
static void
tell_dangling(struct looking *k)
{
	struct judge *j = k->j;

	if (k->l.dangling == NULL || j->rule->require == REQUIRE_ABSENT)
		return;
	j->path = k->l.dangling;
	j->entry = j->subject = j->ev->entry(j->ev->ctx, j->path);
	if (j->entry != NULL)
		judge_dangling(j);
}

/*
 * What cannot be seen might win, or be read with the rest; but not in place of
 * a file in a layer that comes before it.
 */
static void
judge_certain(struct looking *k, size_t hidden, const char *why)
{
	struct judge *j = k->j;
	struct texts *files = &k->l.files;
	struct err unseen = { .kind = ERR_SYSTEM };
	size_t kept = 0;

	judge_add(j, VERDICT_CANNOT_TELL,
	    (struct about){ .demand = "layers" },
	    _("one of its layers lies in a folder that cannot be read (%s)"),
	    why);
	for (size_t i = 0; i < files->n; i++)
		if (layers_of(files->items[i]) < hidden)
			files->items[kept++] = files->items[i];
	files->n = kept;
	if (kept == 0 || j->rule->layers != LAYERS_ETC ||
	    j->rule->require == REQUIRE_ABSENT)
		return;
	j->unseen = &unseen;
	judge_together(k);
	j->unseen = NULL;
}

static void
judge_all(struct looking *k)
{
	struct judge *j = k->j;

	tell_dangling(k);
	if (!judge_presence(k))
		return;
	tell_all_moved(k);
	if (j->rule->layers == LAYERS_ETC)
		judge_together(k);
	else if (k->l.files.n > 0)
		judge_path(j, j->ev->entry(j->ev->ctx, k->l.first));
}

static void
judge_one(struct judge *j, const char *path)
{
	struct looking k = { .j = j, .path = path };
	const char *why = NULL;
	size_t hidden;

	j->path = path;
	hidden = hidden_layer(&k, &why);
	layers_load(j->ev, j->rule->layers, path, &k.arena, &k.l);
	/* What wins is known, where only what comes behind it is not. */
	if (why == NULL || (j->rule->layers == LAYERS_FILE &&
	    k.l.first != NULL && layers_of(k.l.first) < hidden))
		judge_all(&k);
	else
		judge_certain(&k, hidden, why);
	arena_done(&k.arena);
	arena_done(&j->arena);
}

static void
judge_alternative(struct judge *j, const char *pattern)
{
	struct arena a = { 0 };
	struct texts names = { 0 };

	if (j->rule->layers == LAYERS_ETC)
		*VEC_ADD_IN(&a, &names) = pattern;
	else
		layers_names(j->ev, pattern, &a, &names);
	if (names.n == 0)
		judge_one(j, pattern);
	for (size_t i = 0; i < names.n; i++)
		judge_one(j, names.items[i]);
	arena_done(&a);
}

void
judge_layers(struct judge *j)
{
	for (size_t i = 0; i < j->rule->layered.n; i++) {
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err e = { 0 };

		j->path = j->rule->layered.items[i];
		if (glob_braces(j->path, &all, &e) < 0)
			judge_unknown(j, "path", NULL, &e);
		for (size_t k = 0; k < all.n; k++)
			judge_alternative(j, all.items[k]);
	}
}
