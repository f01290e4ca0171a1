/* SPDX-License-Identifier: MIT */
#include "agent/preflight/script.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "agent/preflight/scriptrun.h"
#include "base/vec.h"

static enum script_answer run_list(struct running *r, enum script_mode mode,
    const char *const *ends);

static const struct shelltoken *
here(const struct running *r)
{
	return scriptrun_token(r);
}

static void
skip(struct running *r)
{
	scriptrun_advance(r);
}

static bool
is_operator(const struct shelltoken *t, const char *text)
{
	return t->kind == SHELL_OPERATOR && strcmp(t->text, text) == 0;
}

static bool
is_word(const struct shelltoken *t, const char *text)
{
	return t->kind == SHELL_WORD && strcmp(t->text, text) == 0;
}

static void
skip_newlines(struct running *r)
{
	while (is_operator(here(r), "\n") || is_operator(here(r), ";"))
		skip(r);
}

static bool
take_word(struct running *r, const char *text)
{
	if (!is_word(here(r), text))
		return false;
	skip(r);
	return true;
}

static enum script_answer
opposite(enum script_answer a)
{
	return a == SCRIPT_YES ? SCRIPT_NO : a == SCRIPT_NO ? SCRIPT_YES :
	    SCRIPT_PERHAPS;
}

static enum script_answer
run_if(struct running *r, enum script_mode mode)
{
	static const char *const then[] = { "then", NULL };
	static const char *const ends[] = { "elif", "else", "fi", NULL };
	enum script_answer none_yet = SCRIPT_YES, a = SCRIPT_YES;

	do {
		enum script_mode here = scriptrun_under(mode, none_yet);

		a = run_list(r, here, then);
		take_word(r, "then");
		run_list(r, scriptrun_under(here, a), ends);
		/* Not asked where one before it was answered with yes. */
		none_yet = none_yet == SCRIPT_NO || a == SCRIPT_YES ?
		    (a == SCRIPT_YES && none_yet == SCRIPT_PERHAPS ?
		    SCRIPT_PERHAPS : SCRIPT_NO) : a == SCRIPT_PERHAPS ?
		    SCRIPT_PERHAPS : none_yet;
	} while (take_word(r, "elif"));
	if (take_word(r, "else"))
		run_list(r, scriptrun_under(mode, none_yet), ends);
	take_word(r, "fi");
	return SCRIPT_YES;
}

static void
run_body(struct running *r, enum script_mode mode)
{
	static const char *const ends[] = { "done", NULL };

	skip_newlines(r);
	take_word(r, "do");
	run_list(r, mode, ends);
	take_word(r, "done");
}

static void
run_for(struct running *r, enum script_mode mode)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	const char *name = here(r)->kind == SHELL_WORD ? here(r)->text : "";
	bool all_sure = true;
	size_t body;

	skip(r);
	skip_newlines(r);
	if (take_word(r, "in")) {
		for (; here(r)->kind == SHELL_WORD; skip(r)) {
			bool sure;

			shellvars_expand(&r->vars, here(r)->text, &words,
			    &sure);
			all_sure &= sure;
		}
	} else {
		all_sure = false;
	}
	body = r->at;
	if (words.n == 0 || mode == MODE_DEAD || !all_sure)
		shellvars_set(&r->vars, name, NULL);
	/* A list that nobody knows may be empty. */
	if (words.n == 0 || mode == MODE_DEAD)
		run_body(r, all_sure ? MODE_DEAD : scriptrun_under(mode,
		    SCRIPT_PERHAPS));
	for (size_t i = 0; i < words.n && mode != MODE_DEAD; i++) {
		shellvars_set(&r->vars, name, words.items[i]);
		r->at = body;
		run_body(r, all_sure ? mode :
		    scriptrun_under(mode, SCRIPT_PERHAPS));
	}
}

static void
run_while(struct running *r, enum script_mode mode)
{
	static const char *const ends[] = { "do", NULL };

	run_list(r, scriptrun_under(mode, SCRIPT_PERHAPS), ends);
	run_body(r, scriptrun_under(mode, SCRIPT_PERHAPS));
}

/* One pattern of a branch against the word. */
static enum script_answer
matches(struct running *r, const char *pattern, const struct strlist *subject,
    bool sure)
{
	CLEANUP(drop_strlist) struct strlist p = { 0 };
	bool p_sure;

	shellvars_expand(&r->vars, pattern, &p, &p_sure);
	if (p.n == 1 && strcmp(p.items[0], "*") == 0)
		return SCRIPT_YES;
	if (!sure || subject->n != 1 || p.n != 1 ||
	    strchr(pattern, '$') != NULL || strchr(pattern, '`') != NULL)
		return SCRIPT_PERHAPS;
	return fnmatch(p.items[0], subject->items[0], 0) == 0 ? SCRIPT_YES :
	    SCRIPT_NO;
}

static void
run_case(struct running *r, enum script_mode mode)
{
	static const char *const ends[] = { ";;", "esac", NULL };
	CLEANUP(drop_strlist) struct strlist subject = { 0 };
	enum script_answer none_yet = SCRIPT_YES;
	bool sure;

	shellvars_expand(&r->vars, here(r)->text, &subject, &sure);
	skip(r);
	skip_newlines(r);
	take_word(r, "in");
	for (;;) {
		enum script_answer a = SCRIPT_NO;

		skip_newlines(r);
		if (is_operator(here(r), "("))
			skip(r);
		if (take_word(r, "esac") || here(r)->kind == SHELL_END)
			return;
		for (; !is_operator(here(r), ")") &&
		    here(r)->kind != SHELL_END; skip(r)) {
			enum script_answer b = here(r)->kind != SHELL_WORD ?
			    SCRIPT_NO : matches(r, here(r)->text, &subject,
			    sure);

			a = a == SCRIPT_YES || b == SCRIPT_YES ? SCRIPT_YES :
			    a > b ? a : b;
		}
		skip(r);
		run_list(r, scriptrun_under(scriptrun_under(mode, none_yet),
		    a), ends);
		if (is_operator(here(r), ";;"))
			skip(r);
		if (a == SCRIPT_YES)
			none_yet = SCRIPT_NO;
		else if (a == SCRIPT_PERHAPS && none_yet == SCRIPT_YES)
			none_yet = SCRIPT_PERHAPS;
	}
}

/* NAME () { …; }: kept for who calls it. */
static bool
take_function(struct running *r)
{
	const struct shelltoken *t = here(r);
	bool keyword = is_word(t, "function") && t[1].kind == SHELL_WORD;
	const struct shelltoken *name = keyword ? t + 1 : t;
	size_t paren = r->at + (keyword ? 2 : 1);
	bool parens = name->kind == SHELL_WORD && paren + 1 < r->tokens.n &&
	    is_operator(&r->tokens.items[paren], "(") &&
	    is_operator(&r->tokens.items[paren + 1], ")");

	if (!keyword && !parens)
		return false;
	r->at = paren + (parens ? 2 : 0);
	skip_newlines(r);
	*VEC_ADD(&r->functions) = (struct script_function){ name->text, r->at };
	scriptrun_command(r, MODE_DEAD);
	return true;
}

static enum script_answer
run_compound(struct running *r, enum script_mode mode, bool *out_was)
{
	static const char *const brace[] = { "}", NULL };
	static const char *const paren[] = { ")", NULL };
	enum script_answer a = SCRIPT_YES;

	*out_was = true;
	if (take_word(r, "if"))
		return run_if(r, mode);
	if (take_word(r, "for")) {
		run_for(r, mode);
	} else if (take_word(r, "while") || take_word(r, "until")) {
		run_while(r, mode);
	} else if (take_word(r, "case")) {
		run_case(r, mode);
	} else if (take_word(r, "{")) {
		a = run_list(r, mode, brace);
		take_word(r, "}");
	} else if (is_operator(here(r), "(")) {
		enum script_mode rest = r->rest;

		skip(r);
		a = run_list(r, mode, paren);
		if (is_operator(here(r), ")"))
			skip(r);
		r->rest = rest;
	} else {
		*out_was = false;
	}
	return a;
}

/* Nothing is run where steps or depth are used up; what is left is skipped. */
enum script_answer
scriptrun_command(struct running *r, enum script_mode mode)
{
	enum script_answer a;
	bool compound;

	if (++r->steps > STEPS_MAX || r->depth > DEPTH_MAX) {
		r->out->cut |= mode != MODE_DEAD;
		r->at = r->tokens.n - 1;
		return SCRIPT_PERHAPS;
	}
	if (r->rest < mode)
		mode = r->rest;
	if (take_function(r))
		return SCRIPT_YES;
	r->depth++;
	a = run_compound(r, mode, &compound);
	r->depth--;
	if (!compound)
		return scriptrun_simple(r, mode);
	while (here(r)->kind == SHELL_REDIRECT) {
		const char *how = here(r)->text;

		skip(r);
		if (here(r)->kind != SHELL_WORD)
			break;
		scriptrun_redirect(r, how, here(r)->text, mode);
		skip(r);
	}
	return a;
}

static enum script_answer
run_pipeline(struct running *r, enum script_mode mode)
{
	enum script_answer a;
	bool not = false;

	while (take_word(r, "!"))
		not = !not;
	a = scriptrun_command(r, mode);
	while (is_operator(here(r), "|")) {
		skip(r);
		skip_newlines(r);
		scriptrun_command(r, mode);
		a = SCRIPT_PERHAPS;
	}
	return not ? opposite(a) : a;
}

static enum script_answer
run_and_or(struct running *r, enum script_mode mode)
{
	enum script_answer a = run_pipeline(r, mode);

	for (;;) {
		bool and = is_operator(here(r), "&&"), yes;
		enum script_answer b;

		if (!and && !is_operator(here(r), "||"))
			return a;
		skip(r);
		while (is_operator(here(r), "\n"))
			skip(r);
		yes = a == (and ? SCRIPT_YES : SCRIPT_NO);
		b = run_pipeline(r, scriptrun_under(mode, and ? a :
		    opposite(a)));
		if (yes)
			a = b;
		else if (a == SCRIPT_PERHAPS)
			a = b == (and ? SCRIPT_NO : SCRIPT_YES) ? b : a;
	}
}

static bool
at_end(const struct running *r, const char *const *ends)
{
	const struct shelltoken *t = here(r);

	if (t->kind == SHELL_END)
		return true;
	for (; *ends != NULL; ends++)
		if ((t->kind == SHELL_WORD || t->kind == SHELL_OPERATOR) &&
		    strcmp(t->text, *ends) == 0)
			return true;
	return false;
}

/* The answer is that of the last command. */
static enum script_answer
run_list(struct running *r, enum script_mode mode, const char *const *ends)
{
	enum script_answer a = SCRIPT_YES;

	for (;;) {
		size_t before;

		while (is_operator(here(r), "\n") ||
		    is_operator(here(r), ";") || is_operator(here(r), "&"))
			skip(r);
		if (at_end(r, ends))
			return a;
		before = r->at;
		a = run_and_or(r, mode);
		/* An operator that nothing begins with. */
		if (r->at == before)
			skip(r);
	}
}

void
script_acts_done(struct script_acts *a)
{
	free(a->list.items);
	arena_done(&a->arena);
	*a = (struct script_acts){ 0 };
}

void
drop_script_acts(struct script_acts *a)
{
	script_acts_done(a);
}

void
script_read(const struct script *s, const struct script_asked *asked,
    struct script_acts *out)
{
	static const char *const none[] = { NULL };
	struct running r = { .asked = asked, .out = out, .rest = MODE_LIVE };
	CLEANUP(drop_free) char *head = NULL;
	const char *body = s->body;
	size_t len = strnlen(body, BODY_MAX + 1);

	if (len > BODY_MAX) {
		body = head = xmemdup(body, BODY_MAX);
		out->cut = true;
	}
	if (strcmp(s->program, "<lua>") == 0) {
		script_read_lua(body, out);
		return;
	}
	r.vars.args = asked->args;
	r.vars.n_args = asked->n_args;
	shelltokens_read(body, &r.tokens);
	while (here(&r)->kind != SHELL_END) {
		run_list(&r, MODE_LIVE, none);
	}
	free(r.functions.items);
	shellvars_done(&r.vars);
	shelltokens_done(&r.tokens);
}
