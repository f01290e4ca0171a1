/* SPDX-License-Identifier: MIT */
#include "specs/speccontent.h"

#include <ctype.h>
#include <string.h>

#include "base/regex.h"
#include "base/tr.h"
#include "base/vec.h"

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
