/* SPDX-License-Identifier: MIT */
#include "specs/specpam.h"

#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/pam_dispatch.h"

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

const struct shape specpam_shape = {
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
specpam_pam(struct reader *r, const struct keyword *k,
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
