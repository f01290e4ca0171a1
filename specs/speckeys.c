/* SPDX-License-Identifier: MIT */
#include "specs/speckeys.h"

#include <string.h>

#include "base/buf.h"
#include "base/regex.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/filecaps.h"
#include "specs/speccert.h"
#include "specs/speccheck.h"
#include "specs/speccommand.h"
#include "specs/specconfig.h"
#include "specs/speccontent.h"
#include "specs/specluks.h"
#include "specs/speclayers.h"
#include "specs/specnumbers.h"
#include "specs/specrelation.h"
#include "specs/spectests.h"
#include "specs/unit_load.h"
#include "specs/unit_name.h"

static const char *const severities[] = { "info", "warning", "critical",
	NULL };
static const char *const drift_words[] = { "flag", "repair", "restore", NULL };
static const char *const change_words[] = { "note", "flag", "restore", NULL };
static const char *const require_words[] = { "if-present", "present", "absent",
	NULL };

/* An id is what findings and other files name, so no variable makes it. */
static void
id(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;

	if (!read_is(r, k->name, p->value, TAKES_TEXT))
		return;
	rule->id = p->value->text;
	if (!specread_is_name(rule->id))
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' cannot be an id [small letters, digits and '-', "
		    "and no '-' first]"), rule->id);
}

static void
type(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *words[ENTRY_KINDS + 1];
	struct rule *rule = into;

	for (int i = 0; i < ENTRY_KINDS; i++)
		words[i] = entry_kind_name((enum entry_kind)i);
	words[ENTRY_KINDS] = NULL;
	rule->kind = read_choice(r, k->name, p->value, words);
}

static void
mode(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;

	read_mode(r, k->name, p->value, &rule->mode, &rule->mode_at_most);
}

/* user or group: a name as useradd(8) allows it and more, or a number. */
static void
owner(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *text = read_text(r, k->name, p->value);

	if (text == NULL)
		return;
	if (text[strcspn(text, ":/ \t\n,")] != '\0')
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' takes one name or number, not '%s'"), k->name,
		    text);
	*(const char **)((char *)into + k->at) = text;
}

/* `NAME: none`, a text, a list, or {includes: …}. */
static void
set_of(struct reader *r, const struct node_pair *p, struct texts *out,
    bool *includes, struct place **at)
{
	const struct node *n = p->value;
	const struct node_pair *pair = node_find(n, "includes");

	*includes = pair != NULL;
	if (n->kind == NODE_TEXT && strcmp(n->text, "none") == 0)
		return;
	if (n->kind == NODE_MAP && (pair == NULL || n->map.n != 1))
		diagnostics_add(r->diags, n->at,
		    _("'%s' takes a list, 'none' or {includes: […]}"), p->key);
	else
		read_texts(r, p->key, pair != NULL ? pair->value : n,
		    VARS_MANY, out, at);
}

static void
check_form(struct reader *r, const struct texts *texts,
    const struct place *at, const char *form, const char *said)
{
	CLEANUP(drop_regex) struct regex *re = NULL;
	struct err e = { 0 };

	if ((re = regex_new(form, &e)) == NULL)
		return;
	for (size_t i = 0; i < texts->n; i++)
		if (regex_match(re, texts->items[i], strlen(texts->items[i]),
		    NULL) != 1)
			diagnostics_add(r->diags, at[i], said,
			    texts->items[i]);
}

static void
acl(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	struct place *at = NULL;

	(void)k;
	set_of(r, p, &rule->acl, &rule->acl_includes, &at);
	check_form(r, &rule->acl, at,
	    "^(default:)?(user|group|mask|other):[^:,\\s]*:[r-][w-][x-]$",
	    _("'%s' is no entry of an ACL [write it as getfacl(1) does: "
	    "user:vmail:r-x]"));
	rule->has_acl = true;
}

static void
xattr(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	struct place *at = NULL;

	(void)k;
	read_texts(r, p->key, p->value, VARS_MANY, &rule->xattr, &at);
	check_form(r, &rule->xattr, at,
	    "^(user|security|system|trusted)\\.[^=]+(=.*)?$",
	    _("'%s' is no attribute [write user.NAME or user.NAME=VALUE]"));
}

static void
capabilities(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;
	struct texts words = { 0 };
	struct place *at = NULL;

	(void)k;
	set_of(r, p, &words, &rule->capabilities_includes, &at);
	for (size_t i = 0; i < words.n; i++) {
		struct filecaps caps = { 0 };

		if (filecaps_parse(words.items[i], &caps) < 0)
			diagnostics_add(r->diags, at[i],
			    _("'%s' is no capability [write it as getcap(8) "
			    "does: cap_net_raw+ep]"), words.items[i]);
	}
	rule->capabilities = words;
	rule->has_capabilities = true;
}

static void
flags(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	struct texts words = { 0 };
	struct place *at = NULL;

	(void)k;
	set_of(r, p, &words, &rule->flags_includes, &at);
	rule->has_flags = true;
	for (size_t i = 0; i < words.n; i++) {
		const char *c = words.items[i];

		if (strcmp(c, "immutable") == 0)
			c = "i";
		else if (strcmp(c, "append-only") == 0)
			c = "a";
		if (c[strspn(c, "aAcCdDijmPsStTux")] != '\0') {
			diagnostics_add(r->diags, at[i],
			    _("'%s' are no flags [letters of chattr(1), "
			    "'immutable' or 'append-only']"), c);
			continue;
		}
		for (; *c != '\0'; c++)
			*VEC_ADD_IN(r->arena, &rule->flags) =
			    arena_memdup(r->arena, c, 1);
	}
}

/* A unit is made of many files; the rule is about all of them. */
static void
unit(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	struct texts names = { 0 };
	struct place *at = NULL;

	(void)k;
	read_texts(r, p->key, p->value, VARS_MANY, &names, &at);
	for (size_t i = 0; i < names.n; i++) {
		if (!unit_name_is(names.items[i])) {
			diagnostics_add(r->diags, at[i],
			    _("'%s' is no name of a unit [write it with its "
			    "type: spamd.service]"), names.items[i]);
			continue;
		}
		if (texts_add_once(r->arena, &rule->units, names.items[i]))
			unit_name_track(r->arena, names.items[i],
			    &rule->paths);
	}
}

static void
enabled(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	static const char *const words[] = { "false", "true", "preset", NULL };
	struct rule *rule = into;
	int choice = read_choice(r, k->name, p->value, words);

	if (choice >= 0)
		rule->enabled = (enum enabled)(choice + 1);
	if (rule->enabled == ENABLED_PRESET)
		unit_preset_track(r->arena, &rule->paths);
}

static void
masked(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	static const char *const words[] = { "false", "true", NULL };
	struct rule *rule = into;
	int choice = read_choice(r, k->name, p->value, words);

	if (choice >= 0)
		rule->masked = (enum masked)(choice + 1);
}

#define AT(member) offsetof(struct rule, member)

static const struct keyword rule_keys[] = {
	{ "id", id, 0, NULL },
	{ "path", keyword_paths, AT(paths), NULL },
	{ "unit", unit, 0, NULL },
	{ "enabled", enabled, 0, NULL },
	{ "masked", masked, 0, NULL },
	{ "why", keyword_text, AT(why), NULL },
	{ "severity", keyword_choice, AT(severity), severities },
	{ "on-drift", keyword_choice, AT(on_drift), drift_words },
	{ "on-change", keyword_choice, AT(on_change), change_words },
	{ "require", keyword_choice, AT(require), require_words },
	{ "type", type, 0, NULL },
	{ "owner", owner, AT(owner), NULL },
	{ "group", owner, AT(group), NULL },
	{ "mode", mode, 0, NULL },
	{ "acl", acl, 0, NULL },
	{ "xattr", xattr, 0, NULL },
	{ "capabilities", capabilities, 0, NULL },
	{ "flags", flags, 0, NULL },
	{ "secret", keyword_bool, AT(secret), NULL },
	{ "disable", keyword_bool, AT(disabled), NULL },
	{ "lines", speccontent_lines, 0, NULL },
	{ "as", keyword_text, AT(as), NULL },
	{ "keys", spectests_keys, 0, NULL },
	{ "entries", spectests_entries, 0, NULL },
	{ "xpath", spectests_xpath, 0, NULL },
	{ "pam", speccontent_pam, 0, NULL },
	{ "content", speccontent_content, 0, NULL },
	{ "count", specnumbers_count, 0, NULL },
	{ "size", specnumbers_size, 0, NULL },
	{ "age", specnumbers_age, 0, NULL },
	{ "newest", specnumbers_newest, 0, NULL },
	{ "layers", speclayers_key, 0, speclayers_words },
	{ "config", specconfig, 0, NULL },
	{ "luks", specluks_luks, 0, NULL },
	{ "certificate", speccert_certificate, 0, NULL },
	{ "command", speccommand, 0, NULL },
	{ 0 },
};

static void
missing(struct reader *r, const struct node *n, const struct rule *rule,
    const char *key, const char *remedy)
{
	if (node_find(n, key) != NULL)
		return;
	if (rule->id != NULL && rule->relation != NULL)
		diagnostics_add(r->diags, n->at,
		    _("relation '%s' has no '%s' [%s]"), rule->id, key,
		    remedy);
	else if (rule->relation != NULL)
		diagnostics_add(r->diags, n->at,
		    _("a relation without '%s' [%s]"), key, remedy);
	else if (rule->id != NULL)
		diagnostics_add(r->diags, n->at,
		    _("rule '%s' has no '%s' [%s]"), rule->id, key, remedy);
	else
		diagnostics_add(r->diags, n->at, _("a rule without '%s' [%s]"),
		    key, remedy);
}

void
speckeys_rule(struct reader *r, const struct node *n, struct rule *out)
{
	*out = (struct rule){
		.at = n->at, .severity = SEVERITY_WARNING, .kind = -1,
		.mode = -1,
	};
	if (!read_is_item(r, "rules", n))
		return;
	read_keys(r, "rules", n, rule_keys, out);
	missing(r, n, out, "id", _("give it a short name of its own"));
	/* A unit is in place of a path. */
	if (node_find(n, "unit") == NULL)
		missing(r, n, out, "path", _("say which files it is about"));
	missing(r, n, out, "why",
	    _("tell the person who reads the finding what it protects"));
	speccheck_rule(r, n, out);
	speclayers_rule(r, n, out);
}

/* What puts right two files that do not agree is for a person to say. */
static const char *const relation_drift[] = { "flag", NULL };

static const struct keyword relation_keys[] = {
	{ "id", id, 0, NULL },
	{ "why", keyword_text, AT(why), NULL },
	{ "severity", keyword_choice, AT(severity), severities },
	{ "on-drift", keyword_choice, AT(on_drift), relation_drift },
	{ "secret", keyword_bool, AT(secret), NULL },
	{ "disable", keyword_bool, AT(disabled), NULL },
	{ "each", specrelation_each, 0, NULL },
	{ "in", specrelation_other, RELATION_IN, NULL },
	{ "not-in", specrelation_other, RELATION_NOT_IN, NULL },
	{ "equals", specrelation_other, RELATION_EQUALS, NULL },
	{ "exists", specrelation_exists, 0, NULL },
	{ "certificate", speccert_relation, 0, NULL },
	{ "key-in", specrelation_other, RELATION_KEY_IN, NULL },
	{ 0 },
};

void
speckeys_relation(struct reader *r, const struct node *n, struct rule *out)
{
	*out = (struct rule){
		.at = n->at, .severity = SEVERITY_WARNING, .kind = -1,
		.mode = -1,
		.relation = arena_alloc(r->arena, sizeof(*out->relation)),
	};
	out->relation->kind = out->relation->mode = -1;
	if (!read_is_item(r, "relations", n))
		return;
	read_keys(r, "relations", n, relation_keys, out);
	missing(r, n, out, "id", _("give it a short name of its own"));
	missing(r, n, out, "why",
	    _("tell the person who reads the finding what it protects"));
	missing(r, n, out, "each", _("say which values it is about"));
	specrelation_check(r, n, out);
}
