/* SPDX-License-Identifier: MIT */
#include "specs/speclayers.h"

#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/layers.h"

const char *const speclayers_words[] = { "etc", "file", NULL };

void
speclayers_key(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;
	int choice = read_choice(r, k->name, p->value, k->words);

	if (choice >= 0)
		rule->layers = (enum layers)(choice + 1);
}

static void
check_path(struct reader *r, const struct rule *rule, const char *path,
    struct place at)
{
	size_t folder = (size_t)(path_name(path) - path);

	if (!text_starts(path, "/etc/"))
		diagnostics_add(r->diags, at,
		    _("'layers' of '%s', which is not below /etc [write the "
		    "path that it has there]"), path);
	else if (rule->layers == LAYERS_ETC && !glob_literal(path, folder))
		diagnostics_add(r->diags, at,
		    _("'layers: etc' reads all that '%s' matches as one, so "
		    "only its last name can be a pattern [or write 'layers: "
		    "file', which looks at each]"), path);
}

static void
check_paths(struct reader *r, const struct rule *rule, struct place at)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct err ignored = { 0 };

	/* What does not expand was told when the path was read. */
	for (size_t i = 0; i < rule->paths.n; i++)
		glob_braces(rule->paths.items[i], &all, &ignored);
	for (size_t i = 0; i < all.n; i++)
		check_path(r, rule, all.items[i], at);
}

/* Many files have no one size, tree or certificate. */
static void
check_demands(struct reader *r, const struct node *n, const struct rule *rule)
{
	static const char *const of_one[] = { "xpath", "pam", "content",
		"config", "certificate", "luks", "command", "size", "age",
		NULL };
	static const char *const of_none[] = { "count", "newest", NULL };
	const struct node_pair *p;

	for (size_t i = 0; of_none[i] != NULL; i++)
		if ((p = node_find(n, of_none[i])) != NULL)
			diagnostics_add(r->diags, p->at,
			    _("'%s' is not about layers [make it a rule of "
			    "its own]"), p->key);
	for (size_t i = 0; rule->layers == LAYERS_ETC && of_one[i] != NULL;
	    i++)
		if ((p = node_find(n, of_one[i])) != NULL)
			diagnostics_add(r->diags, p->at,
			    _("'%s' of files that are read as one [write "
			    "'layers: file', for the one that wins]"), p->key);
}

void
speclayers_rule(struct reader *r, const struct node *n, struct rule *rule)
{
	const struct node_pair *p = node_find(n, "layers"), *drift;

	if (rule->layers == LAYERS_NONE || p == NULL)
		return;
	if (rule->units.n > 0) {
		diagnostics_add(r->diags, p->at,
		    _("'layers' of a unit, which has its own [take it out]"));
		rule->layers = LAYERS_NONE;
		return;
	}
	drift = node_find(n, "on-drift");
	if (rule->on_drift == ON_DRIFT_REPAIR && drift != NULL)
		diagnostics_add(r->diags, drift->value->at,
		    _("what lies in layers is not repaired [write 'on-drift: "
		    "restore', or make it a rule without 'layers']"));
	check_paths(r, rule, p->at);
	check_demands(r, n, rule);
	rule->layered = rule->paths;
	rule->paths = (struct texts){ 0 };
	for (size_t i = 0; i < rule->layered.n; i++)
		layers_track(r->arena, rule->layers, rule->layered.items[i],
		    &rule->paths);
}
