/* SPDX-License-Identifier: MIT */
#include "specs/speccontent.h"

#include <ctype.h>
#include <string.h>

#include "base/regex.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/pam_dispatch.h"

static void
regexes(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct lines_demand *d = into;
	bool forbid = strcmp(k->name, "forbid") == 0;
	struct texts *out = forbid ? &d->forbid : &d->require;
	struct place **at = forbid ? &d->forbid_at : &d->require_at;

	read_texts(r, p->key, p->value, VARS_REGEXES, out, at);
	for (size_t i = 0; i < out->n; i++)
		read_check_regex(r, out->items[i], (*at)[i]);
}

static void
comment_out(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct lines_demand *d = into;
	const char *text = read_text(r, k->name, p->value);

	if (text == NULL)
		return;
	if (!p->value->plain || strcmp(text, "true") != 0)
		d->comment_out = text;
	else
		d->comment_out = "# ";
	if (p->value->plain && strcmp(text, "false") == 0)
		d->comment_out = NULL;
}

static void
append(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct lines_demand *d = into;
	struct place *at = NULL;

	(void)k;
	read_texts(r, p->key, p->value, VARS_MANY, &d->append, &at);
	for (size_t i = 0; i < d->append.n; i++)
		if (strchr(d->append.items[i], '\n') != NULL)
			diagnostics_add(r->diags, at[i],
			    _("'append' takes lines, and this has more than "
			    "one [make it an item for each line]"));
}

static void
replace_match(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct line_replace *one = into;

	one->match = read_regex(r, k->name, p->value);
}

static void
replace_with(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct line_replace *one = into;
	struct texts out = { 0 };

	if (p->value->kind == NODE_LIST)
		read_is(r, k->name, p->value, TAKES_TEXT);
	else
		read_texts(r, k->name, p->value, VARS_REPLACEMENT, &out,
		    NULL);
	if (out.n == 1)
		one->with = out.items[0];
}

static const struct keyword replace_keys[] = {
	{ "match", replace_match, 0, NULL, &shape_text,
	    N_("a regular expression") },
	{ "with", replace_with, 0, NULL, &shape_text,
	    N_("what takes the place of it; $1 is its first group") },
	{ 0 },
};

static const char *const replace_both[] = { "match", "with", NULL };

static const struct shape replace_item = {
	.takes = TAKES_MAP, .keys = replace_keys, .required = replace_both,
};

static const struct shape shape_replace = {
	.takes = TAKES_MAP | TAKES_LIST, .keys = replace_keys,
	.required = replace_both, .items = &replace_item,
};

/* Whether `with` names only groups that `match` has. */
static void
check_replace(struct reader *r, const struct node *n,
    const struct line_replace *one)
{
	CLEANUP(drop_regex) struct regex *re = NULL;
	struct err e = { 0 };

	if (one->match == NULL || one->with == NULL)
		return;
	re = regex_new(one->match, &e);
	if (re != NULL && regex_check_replacement(re, one->with, &e) < 0)
		diagnostics_add(r->diags, node_find(n, "with")->value->at,
		    "%s", e.what);
}

static void
replace_one(struct reader *r, const struct node *n, struct lines_demand *d)
{
	struct line_replace *one = VEC_ADD_IN(r->arena, &d->replace);

	one->at = n->at;
	read_keys(r, "replace", n, replace_keys, one);
	if (node_find(n, "match") == NULL || node_find(n, "with") == NULL)
		diagnostics_add(r->diags, n->at,
		    _("'replace' takes {match: REGEX, with: TEXT}, both"));
	check_replace(r, n, one);
}

static void
replace(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	if (!read_is(r, k->name, p->value, TAKES_LIST | TAKES_MAP))
		return;
	if (p->value->kind == NODE_MAP)
		replace_one(r, p->value, into);
	for (size_t i = 0; i < p->value->list.n; i++)
		if (read_is_item(r, k->name, p->value->list.items[i]))
			replace_one(r, p->value->list.items[i], into);
}

static const struct keyword repair_keys[] = {
	{ "append", append, 0, NULL, &shape_texts,
	    N_("lines to add where a required one is missing") },
	{ "comment-out", comment_out, 0, NULL, &shape_text,
	    N_("true, or what to put before a forbidden line") },
	{ "replace", replace, 0, NULL, &shape_replace,
	    N_("what to put in the place of a forbidden line") },
	{ 0 },
};

static const struct shape shape_repair = {
	.takes = TAKES_MAP, .keys = repair_keys,
};

static void
repair(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	read_keys(r, k->name, p->value, repair_keys, into);
}

static const struct keyword lines_keys[] = {
	{ "require", regexes, 0, NULL, &shape_texts,
	    N_("each of these expressions matches a line") },
	{ "forbid", regexes, 0, NULL, &shape_texts,
	    N_("none of these expressions matches a line") },
	{ "repair", repair, 0, NULL, &shape_repair,
	    N_("how the file is mended") },
	{ 0 },
};

const struct shape speccontent_lines_shape = {
	.takes = TAKES_MAP, .keys = lines_keys,
};

void
speccontent_lines(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;
	struct lines_demand *d = arena_alloc(r->arena, sizeof(*d));

	read_keys(r, k->name, p->value, lines_keys, d);
	if (p->value->kind != NODE_MAP)
		return;
	if (node_find(p->value, "require") == NULL &&
	    node_find(p->value, "forbid") == NULL)
		diagnostics_add(r->diags, p->at,
		    _("'lines' demands nothing [add 'require' or 'forbid']"));
	rule->lines = d;
}

static void
control(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	static const char *const words[] = { "required", "requisite",
		"sufficient", "optional", "include", "substack", NULL };
	struct pam_demand *d = into;
	const char *text;
	size_t n;
	int i;

	if (p->value->kind == NODE_LIST) {
		diagnostics_add(r->diags, p->value->at,
		    _("'control' takes a text, not a list [quote it where it "
		    "begins with '[']"));
		return;
	}
	if (p->value->kind == NODE_TEXT && p->value->text[0] == '[') {
		if ((text = read_text(r, k->name, p->value)) == NULL)
			return;
		n = strlen(text);
		if (text[n - 1] != ']' || strchr(text, '=') == NULL)
			diagnostics_add(r->diags, p->value->at,
			    _("'control' is no '[value=action …]': '%s'"),
			    text);
		d->control = text;
		return;
	}
	if ((i = read_choice(r, k->name, p->value, words)) >= 0)
		d->control = words[i];
}

static const struct keyword pam_keys[] = {
	{ "module", keyword_text, offsetof(struct pam_demand, module), NULL,
	    NULL, N_("the module, as pam_unix.so") },
	{ "control", control, 0, NULL, &shape_text,
	    N_("required, sufficient… or [value=action …]") },
	{ "arguments", keyword_texts, offsetof(struct pam_demand, arguments),
	    NULL, NULL,
	    N_("arguments that the module is called with, at least") },
	{ "before", keyword_text, offsetof(struct pam_demand, before), NULL,
	    NULL, N_("a module that comes after it") },
	{ "after", keyword_text, offsetof(struct pam_demand, after), NULL,
	    NULL, N_("a module that comes before it") },
	{ "state", keyword_absent, offsetof(struct pam_demand, absent), NULL,
	    NULL, N_("absent: the stack does not call it so") },
	{ 0 },
};

static const char *const pam_call_required[] = { "module", NULL };

static const struct shape shape_pam_call = {
	.name = "pam-call", .takes = TAKES_MAP, .keys = pam_keys,
	.required = pam_call_required,
};

static void
pam_type(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	struct pam_demand *d = VEC_ADD_IN(r->arena, &rule->pam);

	d->type = k->name;
	d->at = p->at;
	read_keys(r, k->name, p->value, pam_keys, d);
	if (p->value->kind != NODE_MAP)
		return;
	if (node_find(p->value, "module") == NULL)
		diagnostics_add(r->diags, p->at,
		    _("'%s' names no module [add 'module: pam_….so']"),
		    k->name);
	if (d->absent && (d->before != NULL || d->after != NULL))
		diagnostics_add(r->diags, p->at,
		    _("'before' and 'after' mean nothing with 'state: absent' "
		    "[take them out]"));
}

/* The name of a module, variables put in; NULL where it is none. */
static const char *
module_name(struct reader *r, const struct node_pair *p)
{
	const struct node key = { .kind = NODE_TEXT, .at = p->at,
		.text = p->key };
	const char *name = read_text(r, "if", &key);
	size_t n = name != NULL ? strlen(name) : 0;

	if (name == NULL || (n > 3 && strcmp(name + n - 3, ".so") == 0))
		return name;
	diagnostics_add(r->diags, p->at,
	    _("'%s' is no module [write '%s.so', or 'default' for all that "
	    "are not named]"), name, name);
	return NULL;
}

static void
outcome_if(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct pam_outcome *o = into;

	if (!read_is(r, k->name, p->value, TAKES_MAP))
		return;
	for (size_t i = 0; i < p->value->map.n; i++) {
		const struct node_pair *one = &p->value->map.items[i];
		bool others = strcmp(one->key, "default") == 0;
		const char *module = others ? NULL : module_name(r, one);
		int code = read_choice(r, one->key, one->value,
		    pam_code_words);

		if (others)
			o->others = code;
		else if (module != NULL && code >= 0)
			*VEC_ADD_IN(r->arena, &o->when) =
			    (struct pam_result){ module, code };
	}
}

static const char *const then_words[] = { "denied", "granted", NULL };
static const char *const type_words[] = { "auth", "account", "password",
	"session", "setcred", NULL };

static void
outcome_then(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct pam_outcome *o = into;

	o->granted = read_choice(r, k->name, p->value, then_words) == 1;
}

static void
outcome_type(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct pam_outcome *o = into;
	int i = read_choice(r, k->name, p->value, type_words);

	o->type = i >= 0 ? type_words[i] : o->type;
}

static const struct shape shape_pam_type = {
	.takes = TAKES_TEXT, .words = type_words,
};

static const struct shape pam_code = {
	.takes = TAKES_TEXT, .words = pam_code_words,
};

static const struct shape shape_pam_if = {
	.takes = TAKES_MAP, .values = &pam_code,
};

static const struct shape shape_pam_then = {
	.takes = TAKES_TEXT, .words = then_words,
};

static const struct keyword outcome_keys[] = {
	{ "type", outcome_type, 0, NULL, &shape_pam_type,
	    N_("the stack that is asked; auth without it") },
	{ "if", outcome_if, 0, NULL, &shape_pam_if,
	    N_("what modules return; the others fail") },
	{ "then", outcome_then, 0, NULL, &shape_pam_then,
	    N_("what the whole stack comes to") },
	{ 0 },
};

static const char *const outcome_both[] = { "if", "then", NULL };

static const struct shape outcome = {
	.takes = TAKES_MAP, .keys = outcome_keys, .required = outcome_both,
};

static const struct shape shape_pam_outcomes = {
	.takes = TAKES_LIST, .items = &outcome, .filled = true,
};

static void
outcomes(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;

	if (!read_is(r, k->name, p->value, TAKES_LIST))
		return;
	if (p->value->list.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'outcomes' demands nothing [add '- {if: {}, then: "
		    "denied}']"));
	for (size_t i = 0; i < p->value->list.n; i++) {
		const struct node *n = p->value->list.items[i];
		struct pam_outcome *o;

		if (!read_is_item(r, k->name, n))
			continue;
		o = VEC_ADD_IN(r->arena, &rule->outcomes);
		o->type = "auth";
		o->others = -1;
		o->at = n->at;
		read_keys(r, k->name, n, outcome_keys, o);
		if (node_find(n, "if") == NULL || node_find(n, "then") == NULL)
			diagnostics_add(r->diags, n->at,
			    _("an outcome is {if: {MODULE: RESULT}, then: "
			    "granted or denied}, both"));
	}
}

static const struct keyword pam_stacks[] = {
	{ "auth", pam_type, 0, NULL, &shape_pam_call,
	    N_("a module that logging in calls") },
	{ "account", pam_type, 0, NULL, &shape_pam_call,
	    N_("a module that admitting an account calls") },
	{ "password", pam_type, 0, NULL, &shape_pam_call,
	    N_("a module that changing a password calls") },
	{ "session", pam_type, 0, NULL, &shape_pam_call,
	    N_("a module that opening a session calls") },
	{ "outcomes", outcomes, 0, NULL, &shape_pam_outcomes,
	    N_("what the stack comes to, whoever vouches") },
	{ 0 },
};

static const struct shape pam_item = {
	.name = "pam", .takes = TAKES_MAP, .keys = pam_stacks,
	.filled = true,
};

const struct shape speccontent_pam_shape = {
	.takes = TAKES_MAP | TAKES_LIST, .keys = pam_stacks,
	.items = &pam_item, .filled = true,
};

static void
no_pam(struct reader *r, struct place at)
{
	diagnostics_add(r->diags, at,
	    _("'pam' demands nothing [add '- auth: {module: …}']"));
}

void
speccontent_pam(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	const struct node *n = p->value;

	if (!read_is(r, k->name, n, TAKES_LIST | TAKES_MAP))
		return;
	if (n->kind == NODE_MAP)
		read_keys(r, k->name, n, pam_stacks, into);
	for (size_t i = 0; i < n->list.n; i++) {
		const struct node *item = n->list.items[i];

		if (!read_is_item(r, k->name, item))
			continue;
		read_keys(r, k->name, item, pam_stacks, into);
		if (item->kind == NODE_MAP && item->map.n == 0)
			no_pam(r, item->at);
	}
	if ((n->kind == NODE_LIST && n->list.n == 0) ||
	    (n->kind == NODE_MAP && n->map.n == 0))
		no_pam(r, p->at);
}

static void
sha256(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct rule *rule = into;
	const char *text = read_text(r, k->name, p->value);
	char *hex;

	if (text == NULL)
		return;
	if (strlen(text) != 64 ||
	    strspn(text, "0123456789abcdefABCDEF") != 64) {
		diagnostics_add(r->diags, p->value->at,
		    _("'sha256' takes 64 hexadecimal digits [sha256sum FILE "
		    "prints them]"));
		return;
	}
	hex = arena_strdup(r->arena, text);
	for (char *c = hex; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	rule->content_sha256 = hex;
}

/* `canonical` is `true`, but for how XML is laid out. */
static void
baseline(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;
	int i = read_choice(r, k->name, p->value, k->words);

	rule->content_baseline = i > 0;
	rule->content_canonical = i == 2;
}

static const struct shape shape_sha256 = {
	.takes = TAKES_TEXT, .pattern = "^[0-9a-fA-F]{64}$",
};

static const char *const baseline_words[] = { "false", "true", "canonical",
	NULL };

static const struct keyword content_keys[] = {
	{ "baseline", baseline, 0, baseline_words, NULL,
	    N_("it is that of the accepted snapshot") },
	{ "sha256", sha256, 0, NULL, &shape_sha256, N_("it has this SHA-256") },
	{ "valid", keyword_bool, offsetof(struct rule, content_valid), NULL,
	    NULL, N_("it can be read in its format") },
	{ 0 },
};

static const char *const content_words[] = { "baseline", NULL };

const struct shape speccontent_content_shape = {
	.takes = TAKES_TEXT | TAKES_MAP, .words = content_words,
	.keys = content_keys,
};

void
speccontent_content(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct rule *rule = into;

	if (!read_is(r, k->name, p->value, TAKES_TEXT | TAKES_MAP))
		return;
	if (p->value->kind == NODE_MAP && p->value->map.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'content' demands nothing [write 'baseline', "
		    "{sha256: …} or {valid: true}]"));
	if (p->value->kind == NODE_MAP)
		read_keys(r, k->name, p->value, content_keys, rule);
	else if (read_choice(r, k->name, p->value, content_words) == 0)
		rule->content_baseline = true;
}
