/* SPDX-License-Identifier: MIT */
#include "agent/preflight/script.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "agent/preflight/shelltokens.h"
#include "base/vec.h"

enum { STEPS_MAX = 100000, DEPTH_MAX = 40, ACTS_MAX = 20000 };

/* Whether what stands here is run. */
enum mode { MODE_DEAD, MODE_MAYBE, MODE_LIVE };

struct function {
	const char *name;
	size_t body;	/* the token it begins at */
};

struct running {
	struct shelltokens tokens;
	struct shellvars vars;
	const struct script_asked *asked;
	struct script_acts *out;
	size_t at;
	size_t steps;
	int depth;
	enum mode rest;		/* what is left: less after exit and return */
	struct {
		struct function *items;
		size_t n, cap;
	} functions;
};

static enum script_answer run_list(struct running *r, enum mode mode,
    const char *const *ends);

static const struct shelltoken *
token(const struct running *r)
{
	return &r->tokens.items[r->at];
}

static void
advance(struct running *r)
{
	if (token(r)->kind != SHELL_END)
		r->at++;
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
	while (is_operator(token(r), "\n") || is_operator(token(r), ";"))
		advance(r);
}

static bool
take_word(struct running *r, const char *text)
{
	if (!is_word(token(r), text))
		return false;
	advance(r);
	return true;
}

static enum mode
under(enum mode mode, enum script_answer a)
{
	enum mode m = a == SCRIPT_YES ? MODE_LIVE : a == SCRIPT_NO ?
	    MODE_DEAD : MODE_MAYBE;

	return m < mode ? m : mode;
}

static enum script_answer
opposite(enum script_answer a)
{
	return a == SCRIPT_YES ? SCRIPT_NO : a == SCRIPT_NO ? SCRIPT_YES :
	    SCRIPT_PERHAPS;
}

static enum script_answer
run_if(struct running *r, enum mode mode)
{
	static const char *const then[] = { "then", NULL };
	static const char *const ends[] = { "elif", "else", "fi", NULL };
	enum script_answer none_yet = SCRIPT_YES, a = SCRIPT_YES;

	do {
		enum mode here = under(mode, none_yet);

		a = run_list(r, here, then);
		take_word(r, "then");
		run_list(r, under(here, a), ends);
		/* Not asked where one before it was answered with yes. */
		none_yet = none_yet == SCRIPT_NO || a == SCRIPT_YES ?
		    (a == SCRIPT_YES && none_yet == SCRIPT_PERHAPS ?
		    SCRIPT_PERHAPS : SCRIPT_NO) : a == SCRIPT_PERHAPS ?
		    SCRIPT_PERHAPS : none_yet;
	} while (take_word(r, "elif"));
	if (take_word(r, "else"))
		run_list(r, under(mode, none_yet), ends);
	take_word(r, "fi");
	return SCRIPT_YES;
}

static void
run_body(struct running *r, enum mode mode)
{
	static const char *const ends[] = { "done", NULL };

	skip_newlines(r);
	take_word(r, "do");
	run_list(r, mode, ends);
	take_word(r, "done");
}

static void
run_for(struct running *r, enum mode mode)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	const char *name = token(r)->kind == SHELL_WORD ? token(r)->text : "";
	bool all_sure = true;
	size_t body;

	advance(r);
	skip_newlines(r);
	if (take_word(r, "in")) {
		for (; token(r)->kind == SHELL_WORD; advance(r)) {
			bool sure;

			shellvars_expand(&r->vars, token(r)->text, &words,
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
		run_body(r, all_sure ? MODE_DEAD : under(mode,
		    SCRIPT_PERHAPS));
	for (size_t i = 0; i < words.n && mode != MODE_DEAD; i++) {
		shellvars_set(&r->vars, name, words.items[i]);
		r->at = body;
		run_body(r, all_sure ? mode : under(mode, SCRIPT_PERHAPS));
	}
}

static void
run_while(struct running *r, enum mode mode)
{
	static const char *const ends[] = { "do", NULL };

	run_list(r, under(mode, SCRIPT_PERHAPS), ends);
	run_body(r, under(mode, SCRIPT_PERHAPS));
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
run_case(struct running *r, enum mode mode)
{
	static const char *const ends[] = { ";;", "esac", NULL };
	CLEANUP(drop_strlist) struct strlist subject = { 0 };
	enum script_answer none_yet = SCRIPT_YES;
	bool sure;

	shellvars_expand(&r->vars, token(r)->text, &subject, &sure);
	advance(r);
	skip_newlines(r);
	take_word(r, "in");
	for (;;) {
		enum script_answer a = SCRIPT_NO;

		skip_newlines(r);
		if (is_operator(token(r), "("))
			advance(r);
		if (take_word(r, "esac") || token(r)->kind == SHELL_END)
			return;
		for (; !is_operator(token(r), ")") &&
		    token(r)->kind != SHELL_END; advance(r)) {
			enum script_answer b = token(r)->kind != SHELL_WORD ?
			    SCRIPT_NO : matches(r, token(r)->text, &subject,
			    sure);

			a = a == SCRIPT_YES || b == SCRIPT_YES ? SCRIPT_YES :
			    a > b ? a : b;
		}
		advance(r);
		run_list(r, under(under(mode, none_yet), a), ends);
		if (is_operator(token(r), ";;"))
			advance(r);
		if (a == SCRIPT_YES)
			none_yet = SCRIPT_NO;
		else if (a == SCRIPT_PERHAPS && none_yet == SCRIPT_YES)
			none_yet = SCRIPT_PERHAPS;
	}
}

static bool
is_assignment(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && word[n] == '=' && strchr("0123456789", word[0]) == NULL;
}

/* Where it is not sure that this is run, neither is the value. */
static void
assign(struct running *r, const char *word, enum mode mode)
{
	CLEANUP(drop_strlist) struct strlist value = { 0 };
	const char *eq = strchr(word, '=');
	CLEANUP(drop_free) char *name = xmemdup(word, (size_t)(eq - word));
	CLEANUP(drop_buf) struct buf joined = { 0 };
	bool sure;

	if (mode == MODE_DEAD)
		return;
	shellvars_expand(&r->vars, eq + 1, &value, &sure);
	for (size_t i = 0; i < value.n; i++) {
		buf_adds(&joined, i > 0 ? " " : "");
		buf_adds(&joined, value.items[i]);
	}
	shellvars_set(&r->vars, name, sure && mode == MODE_LIVE ?
	    buf_str(&joined) : NULL);
}

static const struct function *
find_function(const struct running *r, const char *name)
{
	for (size_t i = r->functions.n; i-- > 0;)
		if (strcmp(r->functions.items[i].name, name) == 0)
			return &r->functions.items[i];
	return NULL;
}

static enum script_answer run_command(struct running *r, enum mode mode);

static enum script_answer
call(struct running *r, const struct function *f,
    const struct script_command *c, enum mode mode)
{
	const char *const *args = r->vars.args;
	size_t n = r->vars.n_args, at = r->at;
	enum mode rest = r->rest;

	if (r->depth > DEPTH_MAX / 2)
		return SCRIPT_PERHAPS;
	r->vars.args = (const char *const *)c->words + 1;
	r->vars.n_args = c->n - 1;
	r->at = f->body;
	run_command(r, mode);
	r->at = at;
	r->vars.args = args;
	r->vars.n_args = n;
	/* It came back. */
	r->rest = rest;
	return SCRIPT_PERHAPS;
}

/* What is no command of others but the shell's own. */
static bool
run_builtin(struct running *r, const struct script_command *c,
    enum mode mode)
{
	const char *name = c->words[0];

	if (strcmp(name, "exit") == 0 || strcmp(name, "return") == 0 ||
	    strcmp(name, "exec") == 0) {
		if (mode == MODE_LIVE)
			r->rest = MODE_DEAD;
		else if (mode == MODE_MAYBE && r->rest == MODE_LIVE)
			r->rest = MODE_MAYBE;
		return strcmp(name, "exec") != 0;
	}
	if (strcmp(name, "shift") == 0) {
		if (mode == MODE_LIVE && r->vars.n_args > 0) {
			r->vars.args++;
			r->vars.n_args--;
		}
		return true;
	}
	if (strcmp(name, "read") == 0 || strcmp(name, "unset") == 0) {
		for (size_t i = 1; i < c->n; i++)
			shellvars_set(&r->vars, c->words[i], NULL);
		return true;
	}
	if (strcmp(name, "export") != 0 && strcmp(name, "local") != 0 &&
	    strcmp(name, "readonly") != 0 && strcmp(name, "declare") != 0)
		return false;
	for (size_t i = 1; i < c->n; i++)
		if (is_assignment(c->words[i]))
			assign(r, c->words[i], c->sure ? mode :
			    under(mode, SCRIPT_PERHAPS));
	return true;
}

/* The file behind a redirection. */
static void
redirect(struct running *r, const char *how, const char *word, enum mode mode)
{
	CLEANUP(drop_strlist) struct strlist path = { 0 };
	struct script_command c = { .line = token(r)->line };

	shellvars_expand(&r->vars, word, &path, &c.sure);
	c.maybe = mode != MODE_LIVE || !c.sure;
	if (mode != MODE_DEAD && how[0] == '>' && path.n == 1 &&
	    strchr(how, '&') == NULL)
		script_act_add(r->out, strcmp(how, ">>") == 0 ? SCRIPT_EDITS :
		    SCRIPT_MAKES, path.items[0], NULL, &c);
}

static enum script_answer
run_words(struct running *r, struct strlist *words, bool sure, unsigned line,
    enum mode mode)
{
	struct script_command c = { words->items, words->n, sure,
		mode != MODE_LIVE || !sure, line, r->asked };
	const struct function *f;

	while (c.n > 0 && (strcmp(c.words[0], "command") == 0 ||
	    strcmp(c.words[0], "builtin") == 0) && c.n > 1 &&
	    c.words[1][0] != '-') {
		c.words++;
		c.n--;
	}
	if (c.n == 0 || mode == MODE_DEAD)
		return SCRIPT_PERHAPS;
	f = find_function(r, c.words[0]);
	if (f != NULL)
		return call(r, f, &c, mode);
	if (run_builtin(r, &c, mode))
		return SCRIPT_YES;
	return r->out->list.n < ACTS_MAX ? script_command(&c, r->out) :
	    SCRIPT_PERHAPS;
}

static enum script_answer
run_simple(struct running *r, enum mode mode)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	unsigned line = token(r)->line;
	bool all_sure = true, assigned = false;

	while (token(r)->kind == SHELL_WORD ||
	    token(r)->kind == SHELL_REDIRECT) {
		const struct shelltoken *t = token(r);
		bool sure = true;

		advance(r);
		if (t->kind == SHELL_REDIRECT) {
			if (token(r)->kind == SHELL_WORD) {
				redirect(r, t->text, token(r)->text, mode);
				advance(r);
			}
			continue;
		}
		if (words.n == 0 && is_assignment(t->text)) {
			assign(r, t->text, mode);
			assigned = true;
			continue;
		}
		shellvars_expand(&r->vars, t->text, &words, &sure);
		all_sure &= sure;
	}
	if (words.n == 0)
		return assigned ? SCRIPT_YES : SCRIPT_PERHAPS;
	return run_words(r, &words, all_sure, line, mode);
}

/* NAME () { …; }: kept for who calls it. */
static bool
take_function(struct running *r)
{
	const struct shelltoken *t = token(r);
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
	*VEC_ADD(&r->functions) = (struct function){ name->text, r->at };
	run_command(r, MODE_DEAD);
	return true;
}

static enum script_answer
run_compound(struct running *r, enum mode mode, bool *out_was)
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
	} else if (is_operator(token(r), "(")) {
		enum mode rest = r->rest;

		advance(r);
		a = run_list(r, mode, paren);
		if (is_operator(token(r), ")"))
			advance(r);
		r->rest = rest;
	} else {
		*out_was = false;
	}
	return a;
}

/* Nothing is run where steps or depth are used up; what is left is skipped. */
static enum script_answer
run_command(struct running *r, enum mode mode)
{
	enum script_answer a;
	bool compound;

	if (++r->steps > STEPS_MAX || r->depth > DEPTH_MAX) {
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
		return run_simple(r, mode);
	while (token(r)->kind == SHELL_REDIRECT) {
		const char *how = token(r)->text;

		advance(r);
		if (token(r)->kind != SHELL_WORD)
			break;
		redirect(r, how, token(r)->text, mode);
		advance(r);
	}
	return a;
}

static enum script_answer
run_pipeline(struct running *r, enum mode mode)
{
	enum script_answer a;
	bool not = false;

	while (take_word(r, "!"))
		not = !not;
	a = run_command(r, mode);
	while (is_operator(token(r), "|")) {
		advance(r);
		skip_newlines(r);
		run_command(r, mode);
		a = SCRIPT_PERHAPS;
	}
	return not ? opposite(a) : a;
}

static enum script_answer
run_and_or(struct running *r, enum mode mode)
{
	enum script_answer a = run_pipeline(r, mode);

	for (;;) {
		bool and = is_operator(token(r), "&&"), yes;
		enum script_answer b;

		if (!and && !is_operator(token(r), "||"))
			return a;
		advance(r);
		while (is_operator(token(r), "\n"))
			advance(r);
		yes = a == (and ? SCRIPT_YES : SCRIPT_NO);
		b = run_pipeline(r, under(mode, and ? a : opposite(a)));
		if (yes)
			a = b;
		else if (a == SCRIPT_PERHAPS)
			a = b == (and ? SCRIPT_NO : SCRIPT_YES) ? b : a;
	}
}

static bool
at_end(const struct running *r, const char *const *ends)
{
	const struct shelltoken *t = token(r);

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
run_list(struct running *r, enum mode mode, const char *const *ends)
{
	enum script_answer a = SCRIPT_YES;

	for (;;) {
		size_t before;

		while (is_operator(token(r), "\n") ||
		    is_operator(token(r), ";") || is_operator(token(r), "&"))
			advance(r);
		if (at_end(r, ends))
			return a;
		before = r->at;
		a = run_and_or(r, mode);
		/* An operator that nothing begins with. */
		if (r->at == before)
			advance(r);
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

	if (strcmp(s->program, "<lua>") == 0) {
		script_read_lua(s->body, out);
		return;
	}
	r.vars.args = asked->args;
	r.vars.n_args = asked->n_args;
	shelltokens_read(s->body, &r.tokens);
	while (token(&r)->kind != SHELL_END) {
		run_list(&r, MODE_LIVE, none);
	}
	free(r.functions.items);
	shellvars_done(&r.vars);
	shelltokens_done(&r.tokens);
}

const char *
script_line(const struct script *s, unsigned line, struct arena *a)
{
	const char *p = s->body;
	size_t n;

	for (unsigned i = 1; i < line && *p != '\0'; i++)
		p = *strchrnul(p, '\n') != '\0' ? strchr(p, '\n') + 1 :
		    strchr(p, '\0');
	p += strspn(p, " \t");
	n = strcspn(p, "\n");
	while (n > 0 && strchr(" \t\\\r", p[n - 1]) != NULL)
		n--;
	return arena_memdup(a, p, n);
}
