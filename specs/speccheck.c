/* SPDX-License-Identifier: MIT */
#include "specs/speccheck.h"

#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/specconfig.h"
#include "specs/view.h"

/* What a key demands of the object; a rule holds each at most once. */
enum about { OF_CONTENT = 1, OF_MODE = 2, OF_OBJECT = 4, OF_FILE = 8,
	OF_UNIT = 16, OF_HEADER = 32 };

static const struct {
	const char *key;
	unsigned about;
} demands[] = {
	{ "lines", OF_CONTENT },
	{ "keys", OF_CONTENT | OF_UNIT },
	{ "entries", OF_CONTENT },
	{ "xpath", OF_CONTENT },
	{ "config", OF_CONTENT },
	{ "pam", OF_CONTENT },
	{ "content", OF_CONTENT },
	{ "sound", OF_CONTENT },
	{ "luks", OF_HEADER },
	{ "certificate", OF_CONTENT },
	{ "mode", OF_MODE },
	{ "acl", OF_MODE },
	{ "flags", OF_MODE },
	{ "capabilities", OF_FILE },
	{ "owner", OF_OBJECT },
	{ "group", OF_OBJECT },
	{ "xattr", OF_OBJECT },
	{ "type", OF_OBJECT },
	{ "count", OF_OBJECT },
	{ "age", OF_OBJECT },
	{ "newest", OF_OBJECT },
	{ "command", OF_OBJECT },
	{ "size", OF_CONTENT },
	{ "enabled", OF_UNIT },
	{ "masked", OF_UNIT },
};

/* What makes no sense for a type: a symlink has no mode of its own, and its
 * content is that of the file it leads to (symlink(7)). */
static unsigned
senseless(int kind)
{
	switch (kind) {
	case -1:
	case ENTRY_FILE:
		return 0;
	case ENTRY_SYMLINK:
		return OF_MODE | OF_FILE;
	case ENTRY_BLOCK:
		return OF_CONTENT | OF_FILE;
	default:
		return OF_CONTENT | OF_FILE | OF_HEADER;
	}
}

static void
check_demands(struct reader *r, const struct node *n, const struct rule *rule)
{
	for (size_t i = 0; i < sizeof(demands) / sizeof(*demands); i++) {
		const struct node_pair *p = node_find(n, demands[i].key);

		if (p == NULL)
			continue;
		if (rule->require == REQUIRE_ABSENT)
			diagnostics_add(r->diags, p->at,
			    _("'%s' of what must be absent [take it out, or "
			    "'require: absent']"), p->key);
		else if ((demands[i].about & senseless(rule->kind)) != 0)
			diagnostics_add(r->diags, p->at,
			    _("a %s has no '%s' of its own [take it out, or "
			    "correct 'type']"),
			    entry_kind_name((enum entry_kind)rule->kind),
			    p->key);
	}
}

/* Of the files of a unit taken together only a few things can be said. */
static void
check_unit(struct reader *r, const struct node *n)
{
	const struct node_pair *u = node_find(n, "unit"), *p;

	if (u != NULL && (p = node_find(n, "path")) != NULL)
		diagnostics_add(r->diags, p->at,
		    _("a rule is about a 'unit' or about a 'path' [make it "
		    "two rules]"));
	for (size_t i = 0; i < sizeof(demands) / sizeof(*demands); i++) {
		bool of_unit = (demands[i].about & OF_UNIT) != 0;

		if ((p = node_find(n, demands[i].key)) == NULL)
			continue;
		if (u != NULL && !of_unit)
			diagnostics_add(r->diags, p->at,
			    _("'%s' of a unit, which is many files [make it a "
			    "rule with 'path']"), p->key);
		else if (u == NULL && demands[i].about == OF_UNIT)
			diagnostics_add(r->diags, p->at,
			    _("'%s' of a path [say with 'unit' which unit is "
			    "meant]"), p->key);
	}
	if (u != NULL && (p = node_find(n, "as")) != NULL)
		diagnostics_add(r->diags, p->at,
		    _("'as' of a unit, whose format is known [take it out]"));
}

static bool
repairable(const struct rule *rule)
{
	const struct lines_demand *l = rule->lines;

	return rule->keys.n > 0 || rule->config.n > 0 || rule->mode >= 0 ||
	    rule->owner != NULL || rule->group != NULL ||
	    (l != NULL && (l->append.n > 0 ||
	    l->comment_out != NULL || l->replace.n > 0));
}

static void
check_repair(struct reader *r, const struct node *n, const struct rule *rule)
{
	const struct node_pair *p = node_find(n, "on-drift");

	if (rule->on_drift == ON_DRIFT_REPAIR && rule->units.n > 0)
		diagnostics_add(r->diags, p->value->at,
		    _("a unit is not repaired [write 'on-drift: restore', or "
		    "make it a rule with the 'path' of one file]"));
	else if (rule->on_drift == ON_DRIFT_REPAIR && !repairable(rule))
		diagnostics_add(r->diags, p->value->at,
		    _("nothing here can be repaired [demand 'keys', "
		    "'config', 'mode', 'owner' or 'group', give 'lines' its "
		    "'repair', or write 'on-drift: restore']"));
}

/*
 * The one format of all paths. Paths of several formats would need the rule
 * to say which keys are meant for which.
 */
static const struct view *
view_of_paths(struct reader *r, const struct rule *rule, struct place at,
    const char *what)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	CLEANUP(drop_buf) struct buf said = { 0 };
	const struct view *view = NULL, *other;
	struct err e = { 0 };

	for (size_t i = 0; i < rule->paths.n; i++)
		glob_braces(rule->paths.items[i], &all, &e);
	for (size_t i = 0; i < all.n; i++) {
		if ((other = view_for_path(all.items[i])) == NULL) {
			buf_addf(&said, _("'%s' of '%s', whose format is not "
			    "known; add 'as:'"), what, all.items[i]);
			read_unknown(r, at, buf_str(&said), "", view_names());
			return NULL;
		}
		if (view != NULL && view != other) {
			diagnostics_add(r->diags, at,
			    _("'%s' of files in different formats, %s and %s "
			    "[make it two rules, or add 'as:']"), what,
			    view->name, other->name);
			return NULL;
		}
		view = other;
	}
	return view;
}

static const struct view *
view_of_rule(struct reader *r, const struct node *n, const struct rule *rule,
    const struct node_pair *what)
{
	CLEANUP(drop_buf) struct buf said = { 0 };
	const struct node_pair *as = node_find(n, "as");
	const struct view *view;

	if (rule->units.n > 0)
		return view_find("systemd");
	if (as == NULL)
		return view_of_paths(r, rule, what->at, what->key);
	if (rule->as == NULL)
		return NULL;
	if ((view = view_find(rule->as)) != NULL)
		return view;
	buf_addf(&said, _("'%s' is no format that can be read"), rule->as);
	read_unknown(r, as->value->at, buf_str(&said), rule->as,
	    view_names());
	return NULL;
}

static void
split_key(struct reader *r, const struct view *view, struct key_demand *d)
{
	const char *name = d->key, *end;

	if (name == NULL || !view->sections)
		return;
	if (name[0] == '[' && (end = strstr(name, "].")) != NULL) {
		d->section = arena_memdup(r->arena, name + 1,
		    (size_t)(end - name - 1));
		d->key = end + 2;
	} else if ((end = strchr(name, '.')) != NULL) {
		d->section = arena_memdup(r->arena, name,
		    (size_t)(end - name));
		d->key = end + 1;
	} else {
		diagnostics_add(r->diags, d->at,
		    _("'%s' names no section, and %s files have them [write "
		    "Section.%s]"), name, view->name, name);
		return;
	}
	if (d->key[0] == '\0')
		diagnostics_add(r->diags, d->at,
		    _("'%s' names no key [write Section.Key]"), name);
}

static void
split_keys(struct reader *r, const struct view *view, struct rule *rule)
{
	for (size_t i = 0; i < rule->keys.n; i++) {
		struct key_demand *d = &rule->keys.items[i];

		if (view->write_key != NULL)
			split_key(r, view, d);
		else
			diagnostics_add(r->diags, d->at, view->fields != NULL ?
			    _("%s files have no keys [use 'entries']") :
			    _("%s files have no keys [use 'xpath' for XML, "
			    "'pam' for PAM]"), view->name);
	}
}

static void
check_fields(struct reader *r, const struct view *view,
    const struct field_tests *tests)
{
	for (size_t i = 0; i < tests->n; i++) {
		CLEANUP(drop_buf) struct buf said = { 0 };
		const struct field_test *t = &tests->items[i];
		size_t k = 0;

		while (view->fields[k] != NULL &&
		    strcmp(view->fields[k], t->field) != 0)
			k++;
		if (view->fields[k] != NULL)
			continue;
		buf_addf(&said, _("%s has no field '%s'"), view->name,
		    t->field);
		read_unknown(r, t->at, buf_str(&said), t->field,
		    view->fields);
	}
}

static void
check_entries(struct reader *r, const struct view *view,
    const struct rule *rule)
{
	for (size_t i = 0; i < rule->entries.n; i++) {
		const struct entry_demand *d = &rule->entries.items[i];

		if (view->fields == NULL) {
			diagnostics_add(r->diags, d->at,
			    _("%s files are no tables [use 'keys' or "
			    "'lines', or correct 'as']"), view->name);
			continue;
		}
		check_fields(r, view, &d->where);
		check_fields(r, view, &d->fields);
	}
}

void
speccheck_format(struct reader *r, const struct node *n, struct rule *rule)
{
	static const char *const readers[] = { "keys", "entries", "content",
		"as" };
	const struct node_pair *p = NULL;
	const struct view *view;

	for (size_t i = 0; i < 4 && p == NULL; i++)
		p = node_find(n, readers[i]);
	if (p == NULL || (strcmp(p->key, "content") == 0 &&
	    !rule->content_valid && rule->as == NULL))
		return;
	if (strcmp(p->key, "as") == 0 && rule->units.n == 0)
		diagnostics_add(r->diags, p->at, _("'as' without what is "
		    "asked of it [add 'keys', 'entries' or "
		    "'content: {valid: true}', or take it out]"));
	if ((view = view_of_rule(r, n, rule, p)) == NULL)
		return;
	rule->as = view->name;
	split_keys(r, view, rule);
	check_entries(r, view, rule);
}

/* No version of a file is younger, and none puts others away. */
static void
check_numbers(struct reader *r, const struct node *n, const struct rule *rule)
{
	static const char *const keys[] = { "count", "age", "newest",
		"command" };
	const struct node_pair *p;

	for (size_t i = 0; i < 4 && rule->on_drift != ON_DRIFT_FLAG; i++)
		if ((p = node_find(n, keys[i])) != NULL)
			diagnostics_add(r->diags, p->at,
			    _("'%s' can only be flagged, nothing that is put "
			    "back makes it hold [make it a rule of its own]"),
			    p->key);
}

/* A header that is put back brings old passphrases back and takes new ones
 * away; where the data were encrypted anew since, it takes these. */
static void
check_luks(struct reader *r, const struct node *n, const struct rule *rule)
{
	const struct node_pair *drift = node_find(n, "on-drift");
	const struct node_pair *change = node_find(n, "on-change");

	if (rule->luks == NULL)
		return;
	if (rule->on_drift != ON_DRIFT_FLAG)
		diagnostics_add(r->diags, drift->value->at,
		    _("'luks' can only be flagged: an older header takes "
		    "the newer one's keys away [write 'on-drift: flag', "
		    "or make it a rule of its own]"));
	if (rule->on_change == ON_CHANGE_RESTORE)
		diagnostics_add(r->diags, change->value->at,
		    _("'luks' can only be flagged: an older header takes "
		    "the newer one's keys away [write 'on-change: "
		    "flag']"));
}

/* What reads a file decides what is wrong with it. */
static void
check_sound(struct reader *r, const struct node *n, const struct rule *rule)
{
	const struct node_pair *p = node_find(n, "sound");

	/* Of a unit's many files that is told already. */
	if (rule->units.n > 0)
		return;
	for (size_t i = 0; p != NULL && i < rule->paths.n; i++) {
		const char *path = rule->paths.items[i];

		if (strstr(path, "/pam.d/") == NULL &&
		    strstr(path, "/systemd/system/") == NULL)
			diagnostics_add(r->diags, p->at,
			    _("'sound' of '%s' [it is known of the files of "
			    "pam.d and of systemd/system]"), path);
	}
}

void
speccheck_rule(struct reader *r, const struct node *n, struct rule *rule)
{
	check_demands(r, n, rule);
	check_unit(r, n);
	check_repair(r, n, rule);
	check_numbers(r, n, rule);
	check_luks(r, n, rule);
	check_sound(r, n, rule);
	speccheck_format(r, n, rule);
	specconfig_check(r, rule);
}
