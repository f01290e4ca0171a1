/* SPDX-License-Identifier: MIT */
#include "specs/eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/conf_files.h"
#include "specs/judge.h"
#include "specs/lenses.h"
#include "specs/matches.h"
#include "specs/relation.h"

enum { SYMLINKS_MAX = 40 };

void
results_done(struct results *r)
{
	free(r->items);
	lenses_free(r->lenses);
	arena_done(&r->arena);
	memset(r, 0, sizeof(*r));
}

static void
drop_regexes(struct regex_cache *c)
{
	for (size_t i = 0; i < c->n; i++)
		regex_free(c->items[i].re);
	free(c->items);
}

static void
one_alternative(struct judge *j, const char *pattern, struct matches *m)
{
	bool absent = j->rule->require == REQUIRE_ABSENT;
	size_t before = m->n;
	const char *hidden;

	j->path = pattern;
	matches_add(j->ev, pattern, m);
	if (j->rule->require == REQUIRE_IF_PRESENT || m->n > before)
		return;
	hidden = judge_hidden(j, pattern);
	if (hidden != NULL && absent && j->hidden_told)
		return;
	if (hidden != NULL) {
		j->hidden_told = !glob_literal(pattern, strlen(pattern));
		judge_add(j, VERDICT_CANNOT_TELL,
		    (struct about){ .demand = absent ? "absent" : "present" },
		    _("lies in a folder that cannot be read (%s)"), hidden);
	} else if (absent)
		judge_holds(j, (struct about){ .demand = "absent" },
		    _("is not there"));
	else
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "present" },
		    glob_literal(pattern, strlen(pattern)) ?
		    _("is missing") :
		    _("nothing matches this pattern, at least one must"));
}

static void
find_matches(struct judge *j, struct matches *m)
{
	for (size_t i = 0; i < j->rule->paths.n; i++) {
		const char *pattern = j->rule->paths.items[i];
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err e = { 0 };

		j->path = pattern;
		if (glob_braces(pattern, &all, &e) < 0) {
			judge_unknown(j, "path", NULL, &e);
			continue;
		}
		for (size_t k = 0; k < all.n; k++)
			one_alternative(j, all.items[k], m);
	}
	matches_sort(m);
}

/*
 * A symlink whose type nobody asked for stands for what it leads to. Returns
 * NULL when that is not known to the evidence.
 */
const struct entry *
judge_follow(struct judge *j, const struct entry *en)
{
	CLEANUP(drop_buf) struct buf at = { 0 };

	for (int i = 0; i < SYMLINKS_MAX && en != NULL &&
	    en->kind == ENTRY_SYMLINK; i++) {
		CLEANUP(drop_buf) struct buf from = { 0 };

		if (en->target == NULL)
			return NULL;
		buf_adds(&from, i == 0 ? en->path : buf_str(&at));
		path_link(&at, buf_str(&from), en->target);
		en = j->ev->entry(j->ev->ctx, buf_str(&at));
	}
	return en != NULL && en->kind == ENTRY_SYMLINK ? NULL : en;
}

bool
eval_asks_content(const struct rule *r)
{
	return r->lines != NULL || r->keys.n > 0 || r->entries.n > 0 ||
	    r->xpath.n > 0 || r->pam.n > 0 || r->outcomes.n > 0 ||
	    r->config.n > 0 || r->content_baseline || r->content_valid ||
	    r->content_sha256 != NULL || r->certificate != NULL ||
	    r->luks != NULL || r->command != NULL || r->sound ||
	    r->layers != LAYERS_NONE;
}

bool
judge_settle(struct judge *j)
{
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	j->subject = j->entry;
	if (j->rule->kind >= 0 || j->entry->kind != ENTRY_SYMLINK)
		return true;
	/* The owner and mode of the null device are not those of what it
	 * switches off. */
	if (conf_is_mask(j->entry) &&
	    (j->rule->sound || !eval_asks_content(j->rule)))
		return false;
	j->subject = judge_follow(j, j->entry);
	/* What masks leads nowhere by intent, in a root without devices too. */
	if (j->subject != NULL || conf_is_mask(j->entry))
		return true;
	/* The evidence may know bytes whose entry it does not track. */
	if (j->ev->bytes(j->ev->ctx, j->path, &bytes, &len, &e) == 0)
		return true;
	if (e.kind != ERR_MISSING)
		return true;
	judge_dangling(j);
	return false;
}

void
judge_path(struct judge *j, const struct entry *en)
{
	const struct rule *r = j->rule;

	j->path = en->path;
	j->entry = en;
	if (r->require == REQUIRE_ABSENT) {
		judge_add(j, VERDICT_FAILS,
		    (struct about){ .demand = "absent" },
		    _("is there, but must not be"));
		return;
	}
	if (judge_settle(j)) {
		if (r->require == REQUIRE_PRESENT)
			judge_holds(j, (struct about){ .demand = "present" },
			    _("is there"));
		judge_metadata(j);
		judge_extras(j);
		judge_numbers(j);
		judge_lines(j);
		judge_keys(j);
		judge_entries(j);
		judge_xpath(j);
		judge_config(j);
		judge_pam(j);
		judge_content(j);
		judge_sound(j);
		judge_luks(j);
		judge_certificate(j);
	}
	arena_done(&j->arena);
}

void
eval_rule(const struct rule *rule, const struct evidence *ev,
    struct results *out)
{
	CLEANUP(drop_regexes) struct regex_cache regexes = { 0 };
	CLEANUP(drop_matches) struct matches m = { 0 };
	struct judge j = { .rule = rule, .ev = ev, .out = out,
		.regexes = &regexes };

	if (rule->disabled)
		return;
	out->rules++;
	if (rule->relation != NULL) {
		judge_relation(&j);
		arena_done(&j.arena);
		return;
	}
	for (size_t i = 0; i < rule->units.n; i++)
		judge_unit(&j, rule->units.items[i]);
	if (rule->layers != LAYERS_NONE) {
		judge_layers(&j);
	} else if (rule->units.n == 0) {
		find_matches(&j, &m);
		judge_count(&j, m.n);
		judge_newest(&j, &m);
		judge_command(&j, &m);
	}
	for (size_t i = 0; i < m.n; i++)
		judge_path(&j, m.items[i]);
	arena_done(&j.arena);
}
