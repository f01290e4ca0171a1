/* SPDX-License-Identifier: MIT */
#include "specs/pam_dispatch.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

const char *const pam_code_words[PAM_CODES + 1] = {
	"success", "open_err", "symbol_err", "service_err", "system_err",
	"buf_err", "perm_denied", "auth_err", "cred_insufficient",
	"authinfo_unavail", "user_unknown", "maxtries", "new_authtok_reqd",
	"acct_expired", "session_err", "cred_unavail", "cred_expired",
	"cred_err", "no_module_data", "conv_err", "authtok_err",
	"authtok_recover_err", "authtok_lock_busy", "authtok_disable_aging",
	"try_again", "ignore", "abort", "authtok_expired", "module_unknown",
	"bad_item", "conv_again", "incomplete", NULL,
};

/* What to do about a code; above 0, how many steps to jump over. */
enum action {
	DO_IGNORE = 0,
	DO_OK = -1,
	DO_DONE = -2,
	DO_BAD = -3,
	DO_DIE = -4,
	DO_RESET = -5,
};

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct state {
	enum impression impression;
	enum pam_code code;
	const struct pam_step *step;
};

enum { LEVELS = 64 };

struct run {
	const struct pam_stack *stack;
	bool jumps_count;	/* as ok does */
	struct state now;
	struct state before[LEVELS];	/* each substack, for `reset` */
};

static const char *
skip_blanks(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Which of words s begins with, its end in *s; -1 for none. */
static int
leading(const char **s, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++) {
		size_t n = strlen(words[i]);

		if (strncmp(*s, words[i], n) == 0) {
			*s += n;
			return i;
		}
	}
	return -1;
}

/* A jump from 1 on, or 0 for what is none. */
static int
jump(const char **s)
{
	int n = 0;

	for (; isdigit((unsigned char)**s); ++*s) {
		if (n > (INT_MAX - (**s - '0')) / 10)
			return 0;
		n = n * 10 + (**s - '0');
	}
	return n;
}

/*
 * One value=action that *s begins with: the value in out_code, PAM_CODES for
 * `default`. As libpam does it, a word ends where it is known, so that nothing
 * need stand between two of them.
 */
static bool
one_pair(const char **s, int *out_code, int *out_action)
{
	static const char *const actions[] = { "ignore", "ok", "done", "bad",
		"die", "reset", NULL };
	static const char *const others[] = { "default", NULL };

	if ((*out_code = leading(s, pam_code_words)) < 0) {
		if (leading(s, others) < 0)
			return false;
		*out_code = PAM_CODES;
	}
	*s = skip_blanks(*s);
	if (**s != '=')
		return false;
	*s = skip_blanks(*s + 1);
	if ((*out_action = leading(s, actions)) >= 0) {
		*out_action = -*out_action;
		return true;
	}
	return (*out_action = jump(s)) > 0;
}

/* What a control in brackets does about code. One mistake in it makes
 * everything bad. */
static int
bracket_action(const char *control, enum pam_code code)
{
	bool bracket = control[0] == '[', named = false, defaulted = false;
	const char *s = control + bracket;
	int found = DO_BAD, value, action;

	for (s = skip_blanks(s); *s != '\0' && !(bracket && strcmp(s,
	    "]") == 0); s = skip_blanks(s)) {
		if (!one_pair(&s, &value, &action))
			return DO_BAD;
		if (value == (int)code) {
			named = true;
			found = action;
		} else if (value == PAM_CODES && !defaulted) {
			defaulted = true;
			found = named ? found : action;
		}
	}
	return found;
}

static int
action_for(const char *control, enum pam_code code)
{
	static const struct {
		const char *word;
		int good, ignored, other;
	} words[] = {
		{ "required", DO_OK, DO_IGNORE, DO_BAD },
		{ "requisite", DO_OK, DO_IGNORE, DO_DIE },
		{ "sufficient", DO_DONE, DO_IGNORE, DO_IGNORE },
		{ "optional", DO_OK, DO_IGNORE, DO_IGNORE },
	};
	const char *word = pam_code_words[code];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(control, words[i].word) != 0)
			continue;
		if (code == PAM_CODE_SUCCESS ||
		    strcmp(word, "new_authtok_reqd") == 0)
			return words[i].good;
		return code == PAM_CODE_IGNORE ? words[i].ignored :
		    words[i].other;
	}
	return bracket_action(control, code);
}

static void
set(struct run *r, enum impression to, enum pam_code code,
    const struct pam_step *s)
{
	r->now = (struct state){ to, code, s };
}

/* True when i has a step behind it in its own substack, or deeper. */
static bool
goes_on(const struct run *r, size_t i, unsigned level)
{
	return i + 1 < r->stack->n &&
	    r->stack->items[i + 1].substack >= level;
}

/* The last step of the substack that i stands in. */
static size_t
end_of(const struct run *r, size_t i, unsigned level)
{
	while (goes_on(r, i, level))
		i++;
	return i;
}

/* The step after which to go on: a whole substack counts as one. A jump out
 * of a substack, or beyond the end, denies. */
static size_t
jump_over(struct run *r, size_t i, int n)
{
	const struct pam_step *from = &r->stack->items[i];

	for (; n > 0 && goes_on(r, i, from->substack); n--) {
		i++;
		i = end_of(r, i, from->substack + 1);
	}
	if (n > 0)
		set(r, NEGATIVE, PAM_CODE_PERM_DENIED, from);
	return i;
}

/* ok and done; true when the stack ends here. `was` is what the step returned
 * when the way was frozen. */
static bool
good(struct run *r, int action, enum pam_code was, enum pam_code code,
    const struct pam_step *s)
{
	bool first = r->now.impression == UNDECIDED;

	if (code == PAM_CODE_IGNORE && was != code)
		;	/* it counted there, and has nothing to say here */
	else if (first || (r->now.impression == POSITIVE &&
	    r->now.code == PAM_CODE_SUCCESS &&
	    (code != PAM_CODE_SUCCESS || action == DO_DONE)))
		set(r, POSITIVE, code, s);
	return action == DO_DONE && r->now.impression == POSITIVE;
}

/* bad and die: the first failure is the one that is told. */
static bool
bad(struct run *r, int action, enum pam_code code, const struct pam_step *s)
{
	if (r->now.impression != NEGATIVE)
		set(r, NEGATIVE, code == PAM_CODE_IGNORE ?
		    PAM_CODE_PERM_DENIED : code, s);
	return action == DO_DIE;
}

/* Does what the step says about `was`, with code as its result; the step after
 * which to go on. */
static size_t
one_step(struct run *r, size_t i, enum pam_code was, enum pam_code code)
{
	const struct pam_step *s = &r->stack->items[i];
	int action = s->kind == PAM_STEP_BROKEN ? DO_BAD :
	    action_for(s->control, was);
	bool ends = false;

	switch (action) {
	case DO_IGNORE:
		break;
	case DO_RESET:
		r->now = r->before[s->substack];
		break;
	case DO_OK:
	case DO_DONE:
		ends = good(r, action, was, code, s);
		break;
	case DO_BAD:
	case DO_DIE:
		ends = bad(r, action, code, s);
		break;
	default:
		if (r->jumps_count)
			good(r, DO_OK, was, code, s);
		return jump_over(r, i, action);
	}
	return ends ? end_of(r, i, s->substack) : i;
}

/*
 * Runs the stack. Without creds, ran[i] becomes true for the steps that it
 * comes by; with them, codes[i] decides on the way for these, and creds[i]
 * counts.
 */
static struct pam_verdict
run_stack(const struct pam_stack *stack, const enum pam_code *codes,
    const enum pam_code *creds, bool jumps_count, bool *ran)
{
	const struct state none = { UNDECIDED, PAM_CODE_PERM_DENIED, NULL };
	struct run r = { .stack = stack, .jumps_count = jumps_count,
		.now = none, .before = { none } };
	unsigned level = 0;

	for (size_t i = 0; i < stack->n; i++) {
		const struct pam_step *s = &stack->items[i];
		enum pam_code code = creds != NULL ? creds[i] : codes[i], was;

		if (s->substack > level)
			r.before[s->substack] = r.now;
		level = s->substack;
		if (s->kind == PAM_STEP_SUBSTACK)
			continue;
		if (s->kind == PAM_STEP_BROKEN)
			code = PAM_CODE_PERM_DENIED;
		if (code == PAM_CODE_INCOMPLETE)
			return (struct pam_verdict){ code, s };
		/* What was passed by goes by what it returns now. */
		was = creds != NULL && ran[i] && s->kind == PAM_STEP_MODULE ?
		    codes[i] : code;
		if (creds == NULL && ran != NULL)
			ran[i] = true;
		i = one_step(&r, i, was, code);
	}
	if (r.now.code == PAM_CODE_SUCCESS && r.now.impression != POSITIVE)
		r.now.code = PAM_CODE_PERM_DENIED;
	return (struct pam_verdict){ r.now.code, r.now.step };
}

struct pam_verdict
pam_dispatch(const struct pam_stack *stack, const enum pam_code *codes)
{
	return run_stack(stack, codes, NULL, false, NULL);
}

struct pam_verdict
pam_dispatch_setcred(const struct pam_stack *stack,
    const enum pam_code *codes, const enum pam_code *creds, bool jumps_count)
{
	CLEANUP(drop_free) bool *ran = xcalloc(stack->n + 1, sizeof(*ran));

	run_stack(stack, codes, NULL, false, ran);
	return run_stack(stack, codes, creds, jumps_count, ran);
}
