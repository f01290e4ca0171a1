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
#include "specs/specpam.h"
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
	struct rule *rule = into;

	rule->kind = read_choice(r, k->name, p->value, entry_kind_words);
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

static const char *const enabled_words[] = { "false", "true", "preset", NULL };

static void
enabled(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	int choice = read_choice(r, k->name, p->value, enabled_words);

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

static const struct shape shape_enabled = {
	.takes = TAKES_TEXT, .words = enabled_words,
};

/* What set_of reads. */
static const struct keyword set_keys[] = {
	{ "includes", keyword_texts, 0, NULL, NULL,
	    N_("these are among them; others may be, too") },
	{ 0 },
};

static const struct shape shape_set = {
	.takes = TAKES_TEXT | TAKES_LIST | TAKES_MAP, .keys = set_keys,
	.items = &shape_text,
};

static const struct keyword rule_keys[] = {
	{ "id", id, 0, NULL, &shape_name,
	    N_("what findings call the rule; unique in the spec") },
	{ "path", keyword_paths, AT(paths), NULL, NULL,
	    N_("the files it is about: patterns with *, ?, [], ** and "
	    "braces") },
	{ "unit", unit, 0, NULL, &shape_texts,
	    N_("in place of path: systemd units, as they take effect") },
	{ "enabled", enabled, 0, NULL, &shape_enabled,
	    N_("whether a link starts the unit, or as presets say") },
	{ "masked", masked, 0, NULL, &shape_bool,
	    N_("whether the unit is masked") },
	{ "why", keyword_text, AT(why), NULL, NULL,
	    N_("what breaks without it, for the person who reads the "
	    "finding") },
	{ "severity", keyword_choice, AT(severity), severities, NULL,
	    N_("how bad it is when the rule does not hold") },
	{ "on-drift", keyword_choice, AT(on_drift), drift_words, NULL,
	    N_("what to do when the rule does not hold") },
	{ "on-change", keyword_choice, AT(on_change), change_words, NULL,
	    N_("what to do when the file differs from the baseline") },
	{ "require", keyword_choice, AT(require), require_words, NULL,
	    N_("whether it must be there, must not, or is judged if it is") },
	{ "type", type, 0, NULL, &shape_type, N_("what kind of object it is") },
	{ "owner", owner, AT(owner), NULL, &shape_text,
	    N_("the user that owns it, a name or a number") },
	{ "group", owner, AT(group), NULL, &shape_text,
	    N_("its group, a name or a number") },
	{ "mode", mode, 0, NULL, &shape_mode,
	    N_("octal digits; \"<=0644\" grants at most these bits") },
	{ "acl", acl, 0, NULL, &shape_set,
	    N_("entries of its ACL, as getfacl(1) writes them") },
	{ "xattr", xattr, 0, NULL, &shape_texts,
	    N_("extended attributes: NAME, or NAME=VALUE") },
	{ "capabilities", capabilities, 0, NULL, &shape_set,
	    N_("capabilities, as getcap(8) writes them") },
	{ "flags", flags, 0, NULL, &shape_set,
	    N_("inode flags: letters of chattr(1)") },
	{ "secret", keyword_bool, AT(secret), NULL, NULL,
	    N_("its content is sealed and never shown") },
	{ "disable", keyword_bool, AT(disabled), NULL, NULL,
	    N_("switches the rule off") },
	{ "lines", speccontent_lines, 0, NULL, &speccontent_lines_shape,
	    N_("what lines there must and must not be") },
	{ "as", keyword_text, AT(as), NULL, &shape_view,
	    N_("the format the content is read in") },
	{ "keys", spectests_keys, 0, NULL, &spectests_keys_shape,
	    N_("values of keys: [Section.]Key and what it must be") },
	{ "entries", spectests_entries, 0, NULL, &spectests_entries_shape,
	    N_("rows of a table: which, and what they hold") },
	{ "xpath", spectests_xpath, 0, NULL, &spectests_xpath_shape,
	    N_("what expressions find in XML") },
	{ "pam", specpam_pam, 0, NULL, &specpam_shape,
	    N_("what the effective PAM stack calls and comes to") },
	{ "content", speccontent_content, 0, NULL, &speccontent_content_shape,
	    N_("the content as a whole") },
	{ "sound", keyword_bool, AT(sound), NULL, NULL,
	    N_("nothing is wrong with it that is wrong on any machine") },
	{ "count", specnumbers_count, 0, NULL, &specnumbers_shape,
	    N_("how many objects the patterns match") },
	{ "size", specnumbers_size, 0, NULL, &specnumbers_shape,
	    N_("how many bytes a file has") },
	{ "age", specnumbers_age, 0, NULL, &specnumbers_shape,
	    N_("how long ago it was changed") },
	{ "newest", specnumbers_newest, 0, NULL, &specnumbers_newest_shape,
	    N_("the object that was changed last") },
	{ "layers", speclayers_key, 0, speclayers_words, NULL,
	    N_("the layers that take effect: /etc, /run, /usr/lib and "
	    "others") },
	{ "config", specconfig, 0, NULL, &specconfig_shape,
	    N_("what a lens of augeas finds") },
	{ "luks", specluks_luks, 0, NULL, &specluks_shape,
	    N_("what a LUKS header must be, a backup of one too") },
	{ "certificate", speccert_certificate, 0, NULL, &speccert_shape,
	    N_("what certificates must be") },
	{ "command", speccommand, 0, NULL, &speccommand_shape,
	    N_("what a program says of the configuration") },
	{ 0 },
};

/* A site's change of a rule need not say more. */
static const char *const id_required[] = { "id", NULL };

const struct shape speckeys_rule_shape = {
	.name = "rule", .takes = TAKES_MAP, .keys = rule_keys,
	.required = id_required,
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
	{ "id", id, 0, NULL, &shape_name,
	    N_("what findings call the relation; unique in the spec") },
	{ "why", keyword_text, AT(why), NULL, NULL,
	    N_("what breaks without it, for the person who reads the "
	    "finding") },
	{ "severity", keyword_choice, AT(severity), severities, NULL,
	    N_("how bad it is when the relation does not hold") },
	{ "on-drift", keyword_choice, AT(on_drift), relation_drift, NULL,
	    N_("what to do then: a relation is only flagged") },
	{ "secret", keyword_bool, AT(secret), NULL, NULL,
	    N_("its values are never shown") },
	{ "disable", keyword_bool, AT(disabled), NULL, NULL,
	    N_("switches the relation off") },
	{ "each", specrelation_each, 0, NULL, &specrelation_side_shape,
	    N_("the values it is about") },
	{ "in", specrelation_other, RELATION_IN, NULL,
	    &specrelation_side_shape, N_("each value is among these") },
	{ "not-in", specrelation_other, RELATION_NOT_IN, NULL,
	    &specrelation_side_shape, N_("no value is among these") },
	{ "equals", specrelation_other, RELATION_EQUALS, NULL,
	    &specrelation_side_shape, N_("both sides hold the same values") },
	{ "exists", specrelation_exists, 0, NULL, &specrelation_exists_shape,
	    N_("a file named after each value is there") },
	{ "certificate", speccert_relation, 0, NULL, &speccert_shape,
	    N_("each value is the path of such a certificate") },
	{ "key-in", specrelation_other, RELATION_KEY_IN, NULL,
	    &specrelation_side_shape,
	    N_("the key of each certificate is in one of these") },
	{ "unique", specrelation_unique, 0, NULL, &shape_bool,
	    N_("no two of the values are the same") },
	{ 0 },
};

const struct shape speckeys_relation_shape = {
	.name = "relation", .takes = TAKES_MAP, .keys = relation_keys,
	.required = id_required,
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
