/* SPDX-License-Identifier: MIT */
#include "agent/preflight/scriptrun.h"

#include <string.h>

#include "base/buf.h"

const struct shelltoken *
scriptrun_token(const struct running *r)
{
	return &r->tokens.items[r->at];
}

void
scriptrun_advance(struct running *r)
{
	if (scriptrun_token(r)->kind != SHELL_END)
		r->at++;
}

enum script_mode
scriptrun_under(enum script_mode mode, enum script_answer a)
{
	enum script_mode m = a == SCRIPT_YES ? MODE_LIVE : a == SCRIPT_NO ?
	    MODE_DEAD : MODE_MAYBE;

	return m < mode ? m : mode;
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
assign(struct running *r, const char *word, enum script_mode mode)
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

static const struct script_function *
find_function(const struct running *r, const char *name)
{
	for (size_t i = r->functions.n; i-- > 0;)
		if (strcmp(r->functions.items[i].name, name) == 0)
			return &r->functions.items[i];
	return NULL;
}

static enum script_answer
call(struct running *r, const struct script_function *f,
    const struct script_command *c, enum script_mode mode)
{
	const char *const *args = r->vars.args;
	size_t n = r->vars.n_args, at = r->at;
	enum script_mode rest = r->rest;

	if (r->depth > DEPTH_MAX / 2)
		return SCRIPT_PERHAPS;
	r->vars.args = (const char *const *)c->words + 1;
	r->vars.n_args = c->n - 1;
	r->at = f->body;
	scriptrun_command(r, mode);
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
    enum script_mode mode)
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
			    scriptrun_under(mode, SCRIPT_PERHAPS));
	return true;
}

/* The file behind a redirection. */
void
scriptrun_redirect(struct running *r, const char *how, const char *word,
    enum script_mode mode)
{
	CLEANUP(drop_strlist) struct strlist path = { 0 };
	struct script_command c = { .line = scriptrun_token(r)->line };

	shellvars_expand(&r->vars, word, &path, &c.sure);
	c.maybe = mode != MODE_LIVE || !c.sure;
	if (mode != MODE_DEAD && how[0] == '>' && path.n == 1 &&
	    strchr(how, '&') == NULL)
		script_act_add(r->out, strcmp(how, ">>") == 0 ? SCRIPT_EDITS :
		    SCRIPT_MAKES, path.items[0], NULL, &c);
}

static enum script_answer
run_words(struct running *r, struct strlist *words, bool sure, unsigned line,
    enum script_mode mode)
{
	struct script_command c = { words->items, words->n, sure,
		mode != MODE_LIVE || !sure, line, r->asked };
	const struct script_function *f;

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
	r->out->cut |= r->out->list.n >= ACTS_MAX;
	return r->out->list.n < ACTS_MAX ? script_command(&c, r->out) :
	    SCRIPT_PERHAPS;
}

enum script_answer
scriptrun_simple(struct running *r, enum script_mode mode)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	unsigned line = scriptrun_token(r)->line;
	bool all_sure = true, assigned = false;

	while (scriptrun_token(r)->kind == SHELL_WORD ||
	    scriptrun_token(r)->kind == SHELL_REDIRECT) {
		const struct shelltoken *t = scriptrun_token(r);
		bool sure = true;

		scriptrun_advance(r);
		if (t->kind == SHELL_REDIRECT) {
			if (scriptrun_token(r)->kind == SHELL_WORD) {
				scriptrun_redirect(r, t->text,
				    scriptrun_token(r)->text, mode);
				scriptrun_advance(r);
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
