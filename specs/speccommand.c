/* SPDX-License-Identifier: MIT */
#include "specs/speccommand.h"

#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/specnumbers.h"

/*
 * What these do is said by their arguments, and nobody can tell what that
 * depends on; what gives rights has none to give here.
 */
static const char *const refused[] = { "sh", "ash", "bash", "busybox", "csh",
	"dash", "doas", "env", "fish", "ksh", "mksh", "nice", "nohup",
	"pkexec", "runuser", "setpriv", "ssh", "su", "sudo", "systemd-run",
	"tcsh", "timeout", "xargs", "zsh", NULL };

static void
check_program(struct reader *r, const char *program, struct place at)
{
	const char *name = path_name(program);

	if (strchr(program, '/') != NULL && (program[0] != '/' ||
	    read_path_mistake(program) != NULL))
		diagnostics_add(r->diags, at, _("'%s' is neither the name of "
		    "a program nor its whole path"), program);
	for (size_t i = 0; refused[i] != NULL; i++)
		if (strcmp(refused[i], name) == 0)
			diagnostics_add(r->diags, at, _("'%s' runs whatever "
			    "it is given [name the checker itself, as in "
			    "run: [doveconf, -n]]"), name);
}

/* A text would be taken apart by somebody, sooner or later. */
static void
run(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct command_demand *d = into;
	struct place *at = NULL;

	if (p->value->kind == NODE_TEXT)
		diagnostics_add(r->diags, p->value->at, _("'run' is a list of "
		    "the program and its arguments, since no shell takes a "
		    "line apart [run: [doveconf, -n]]"));
	else
		read_texts(r, k->name, p->value, VARS_MANY, &d->run, &at);
	if (d->run.n > 0)
		check_program(r, d->run.items[0], at[0]);
}

static void
exit_codes(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct command_demand *d = into;
	struct texts words = { 0 };
	struct place *at = NULL;

	read_texts(r, k->name, p->value, VARS_MANY, &words, &at);
	if (words.n == 1 && strcmp(words.items[0], "any") == 0) {
		d->any_exit = true;
		return;
	}
	for (size_t i = 0; i < words.n; i++) {
		const char *s = words.items[i];
		int n = 0;

		for (; *s >= '0' && *s <= '9' && n < 256; s++)
			n = n * 10 + (*s - '0');
		if (*s != '\0' || s == words.items[i] || n > 255)
			diagnostics_add(r->diags, at[i], _("'%s' is no exit "
			    "status [0 to 255, or 'any']"), words.items[i]);
		*VEC_ADD_IN(r->arena, &d->exit) = n;
	}
}

static void
regex(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	*(const char **)((char *)into + k->at) =
	    read_regex(r, k->name, p->value);
}

static void
timeout(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct command_demand *d = into;
	int64_t n = specnumbers_seconds(r, p);

	(void)k;
	if (n >= 1 && n <= COMMAND_SECONDS_MAX)
		d->seconds = (unsigned)n;
	else if (n >= 0)
		diagnostics_add(r->diags, p->value->at, _("'timeout' takes 1s "
		    "to %ds: a check is waited for"), COMMAND_SECONDS_MAX);
}

/* Nothing is mounted on a pattern. */
static void
scratch(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct command_demand *d = into;
	struct place *at = NULL;

	read_texts(r, k->name, p->value, VARS_MANY, &d->scratch, &at);
	for (size_t i = 0; i < d->scratch.n; i++)
		if (d->scratch.items[i][0] != '/' ||
		    strpbrk(d->scratch.items[i], "*?[]{}\\:,") != NULL ||
		    read_path_mistake(d->scratch.items[i]) != NULL ||
		    strcmp(d->scratch.items[i], "/") == 0)
			diagnostics_add(r->diags, at[i], _("'%s' is no folder "
			    "to write to [give its whole path, without "
			    "wildcards, ':' and ',']"), d->scratch.items[i]);
}

#define AT(member) offsetof(struct command_demand, member)

static const struct shape shape_run = {
	.takes = TAKES_LIST, .items = &shape_text, .filled = true,
};

static const struct keyword command_keys[] = {
	{ "run", run, 0, NULL, &shape_run,
	    N_("the program and its arguments; no shell") },
	{ "exit", exit_codes, 0, NULL, &shape_texts,
	    N_("codes it may exit with, or any; 0 without it") },
	{ "stdout", regex, AT(out), NULL, &shape_text,
	    N_("a regular expression on what it prints") },
	{ "stderr", regex, AT(err), NULL, &shape_text,
	    N_("a regular expression on what it complains of") },
	{ "not-stdout", regex, AT(not_out), NULL, &shape_text,
	    N_("an expression that what it prints does not match") },
	{ "not-stderr", regex, AT(not_err), NULL, &shape_text,
	    N_("one that what it complains of does not match") },
	{ "timeout", timeout, 0, NULL, &shape_amount,
	    N_("how long it is waited for") },
	{ "user", keyword_text, AT(user), NULL, NULL,
	    N_("whose rights it has") },
	{ "reads", keyword_paths, AT(reads), NULL, NULL,
	    N_("what its answer depends on besides the path") },
	{ "scratch", scratch, 0, NULL, &shape_texts,
	    N_("folders that it may write to; nothing of that stays") },
	{ 0 },
};

static const char *const command_required[] = { "run", NULL };

const struct shape speccommand_shape = {
	.takes = TAKES_MAP, .keys = command_keys,
	.required = command_required,
};

void
speccommand(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct command_demand *d = arena_alloc(r->arena, sizeof(*d));

	d->at = p->at;
	d->seconds = COMMAND_SECONDS;
	read_keys(r, k->name, p->value, command_keys, d);
	if (p->value->kind == NODE_MAP && node_find(p->value, "run") == NULL)
		diagnostics_add(r->diags, p->at, _("'command' runs nothing "
		    "[add run: [PROGRAM, ARGUMENT…]]"));
	if (d->any_exit && d->out == NULL && d->err == NULL &&
	    d->not_out == NULL && d->not_err == NULL)
		diagnostics_add(r->diags, p->at, _("'command' demands nothing "
		    "[say what it must print, or not, or its 'exit']"));
	/* What could not be read is asked of nobody. */
	if (d->run.n > 0)
		((struct rule *)into)->command = d;
}
