/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "agent/command.h"
#include "agent/explain/explain.h"
#include "agent/say.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"

/* Names of all rules, for the nearest of them. */
static const char *
nearest_rule(const struct catalogue *c, struct arena *a, const char *typed)
{
	const char **names;
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->specs[i]->n_rules;
	names = arena_alloc(a, (2 * n + 1) * sizeof(*names));
	n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct spec *s = c->specs[i];

		for (size_t k = 0; k < s->n_rules; k++)
			names[n++] = strchr(typed, '/') == NULL ?
			    s->rules[k].id : arena_printf(a, "%s/%s", s->name,
			    s->rules[k].id);
	}
	return text_nearest(typed, names);
}

static int
no_such(const struct catalogue *c, const char *typed, struct err *e)
{
	struct arena a = { 0 };
	const char *near = nearest_rule(c, &a, typed);
	bool is_spec = false;

	for (size_t i = 0; i < c->n; i++)
		is_spec |= strcmp(c->specs[i]->name, typed) == 0;
	if (is_spec)
		err_set(e, ERR_MISSING, typed, _("is a spec, not a rule [see "
		    "'driftctl spec show %s']"), typed);
	else if (near != NULL)
		err_set(e, ERR_MISSING, typed, _("no such rule (did you mean "
		    "'%s'?) [write a path as /etc/… or ./…]"), near);
	else
		err_set(e, ERR_MISSING, typed, _("no such rule [see "
		    "'driftctl spec show SPEC'; write a path as /etc/… or "
		    "./…]"));
	arena_done(&a);
	return -1;
}

/* A rule, or a finding's id: SPEC/RULE:PATH#DEMAND. */
static int
by_name(struct explain *x, const char *typed, struct err *e)
{
	const char *colon = strstr(typed, ":/"), *hash;
	CLEANUP(drop_free) char *id = NULL, *path = NULL;
	const struct rule *rule;

	id = xmemdup(typed, colon != NULL ? (size_t)(colon - typed) :
	    strlen(typed));
	rule = catalogue_rule(&x->m->catalogue, id);
	if (rule == NULL)
		return no_such(&x->m->catalogue, id, e);
	if (colon == NULL)
		return explain_rule(x, rule, NULL, NULL, e);
	hash = strrchr(colon, '#');
	path = xmemdup(colon + 1, hash != NULL ? (size_t)(hash - colon - 1) :
	    strlen(colon + 1));
	return explain_rule(x, rule, path, hash != NULL ? hash + 1 : NULL, e);
}

static int
by_path(struct explain *x, const char *typed, struct err *e)
{
	CLEANUP(drop_buf) struct buf path = { 0 };
	char cwd[PATH_MAX];

	if (!x->m->live || getcwd(cwd, sizeof(cwd)) == NULL)
		strcpy(cwd, "/");
	if (path_normalize(&path, typed, cwd, e) < 0)
		return -1;
	return explain_path(x, buf_str(&path), e);
}

static int
explain(struct explain *x, const char *typed, struct err *e)
{
	/* Findings that are of no rule are about their path. */
	typed = finding_id_name(typed);
	if (typed[0] == '/' || typed[0] == '.')
		return by_path(x, typed, e);
	return by_name(x, typed, e);
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_explain) struct explain x = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	int code;

	if (options_verb(o, table, &rest, e) < 0)
		return -1;
	if (rest.n == 0)
		return err_set(e, ERR_USAGE, "explain", _("say what [a path, "
		    "a rule as SPEC/RULE, or the id of a finding]"));
	if (rest.n > 1)
		return err_set(e, ERR_USAGE, rest.items[1],
		    _("one path or rule at a time"));
	if (machine_open(o, &m, e) < 0 || machine_open_store(&m, false, e) < 0)
		return -1;
	if (explain_begin(&x, &m, e) < 0 || explain(&x, rest.items[0], e) < 0)
		return -1;
	code = explain_exit(&x);
	if (machine_complain(&m))
		code = 2;
	if (o->format == FORMAT_JSON)
		explain_json(&x, code, &out);
	else
		explain_text(&x, &out);
	return say_result(o, &out, e) < 0 ? -1 : code;
}

const struct command cmd_explain = {
	"explain", "PATH | SPEC/RULE | FINDING", N_("says why a path is "
	    "tracked, what rules ask of it, and which line decides"), true,
	run
};
