/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "specs/pam_modules.h"

/* Modules of which nobody can say what they return are tried both ways. */
enum { EITHERS_MAX = 8 };

/* One outcome on one stack. */
struct trial {
	struct pam_stack stack;
	enum pam_code *codes;	/* one a step */
	enum pam_code *creds;	/* the same for pam_setcred; else NULL */
	bool disputed;		/* not each libpam returns the same */
	int *either;		/* which of eithers the step is, or -1 */
	const struct pam_step *eithers[EITHERS_MAX];
	size_t n_eithers;
};

static const struct pam_result *
named(const struct pam_outcome *o, const struct pam_step *s)
{
	for (size_t i = 0; i < o->when.n; i++)
		if (strcmp(path_name(o->when.items[i].module),
		    path_name(s->module)) == 0)
			return &o->when.items[i];
	return NULL;
}

/* Called alike, a module returns the same each time. */
static bool
same_call(const struct pam_step *a, const struct pam_step *b)
{
	if (strcmp(a->module, b->module) != 0 || a->n_args != b->n_args)
		return false;
	for (size_t i = 0; i < a->n_args; i++)
		if (strcmp(a->args[i], b->args[i]) != 0)
			return false;
	return true;
}

/* -1 when there are too many of them. */
static int
either_of(struct trial *t, const struct pam_step *s)
{
	size_t i = 0;

	while (i < t->n_eithers && !same_call(t->eithers[i], s))
		i++;
	if (i == EITHERS_MAX)
		return -1;
	if (i == t->n_eithers)
		t->eithers[t->n_eithers++] = s;
	return (int)i;
}

/*
 * pam_setcred of most modules has nothing against it; one that is named says
 * what it said before.
 */
static enum pam_code
cred_of(const struct pam_result *by, const struct pam_step *s)
{
	if (by != NULL)
		return (enum pam_code)by->code;
	return strcmp(path_name(s->module), "pam_deny.so") == 0 ?
	    PAM_CODE_CRED_ERR : PAM_CODE_SUCCESS;
}

/* What each module returns by the outcome, or by itself. */
static int
prepare(struct judge *j, const struct pam_outcome *o, struct trial *t,
    struct err *e)
{
	size_t n = t->stack.n + 1;

	t->codes = arena_alloc(&j->arena, n * sizeof(*t->codes));
	t->either = arena_alloc(&j->arena, n * sizeof(*t->either));
	if (strcmp(o->type, "setcred") == 0)
		t->creds = arena_alloc(&j->arena, n * sizeof(*t->creds));
	for (size_t i = 0; i < t->stack.n; i++) {
		const struct pam_step *s = &t->stack.items[i];
		const struct pam_result *by = named(o, s);
		struct pam_habit habit = pam_habit_of(s);

		t->either[i] = -1;
		t->codes[i] = habit.code;
		if (t->creds != NULL)
			t->creds[i] = cred_of(by, s);
		if (by != NULL)
			t->codes[i] = (enum pam_code)by->code;
		else if (habit.vouches && o->others >= 0)
			t->codes[i] = (enum pam_code)o->others;
		else if (s->kind == PAM_STEP_MODULE && habit.either &&
		    (t->either[i] = either_of(t, s)) < 0)
			return err_at(e, s->file, s->line, 0,
			    _("more than %d modules depend on who logs in "
			    "[name some of them in 'if']"), EITHERS_MAX);
	}
	return 0;
}

/* Behind a pam_authenticate that succeeds: what pam_setcred returns. */
static struct pam_verdict
try_setcred(struct trial *t, const enum pam_code *codes)
{
	struct pam_verdict v = pam_dispatch_setcred(&t->stack, codes,
	    t->creds, true);
	struct pam_verdict debian = pam_dispatch_setcred(&t->stack, codes,
	    t->creds, false);

	t->disputed |= (v.code == PAM_CODE_SUCCESS) !=
	    (debian.code == PAM_CODE_SUCCESS);
	return v;
}

/* The verdict when the modules whose bit is set succeed. */
static struct pam_verdict
try(struct trial *t, struct arena *a, unsigned succeed)
{
	enum pam_code *codes = t->codes;
	struct pam_verdict v;

	if (t->n_eithers > 0) {
		codes = arena_alloc(a, t->stack.n * sizeof(*codes));
		memcpy(codes, t->codes, t->stack.n * sizeof(*codes));
	}
	for (size_t i = 0; t->n_eithers > 0 && i < t->stack.n; i++)
		if (t->either[i] >= 0 && (succeed >> t->either[i] & 1) != 0)
			codes[i] = PAM_CODE_SUCCESS;
	v = pam_dispatch(&t->stack, codes);
	return v.code == PAM_CODE_SUCCESS && t->creds != NULL ?
	    try_setcred(t, codes) : v;
}

static const char *
describe_if(struct judge *j, const struct pam_outcome *o)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (o->when.n == 0 && o->others < 0)
		return _("nobody vouching");
	for (size_t i = 0; i < o->when.n; i++)
		buf_addf(&b, "%s%s: %s", i > 0 ? ", " : "",
		    o->when.items[i].module,
		    pam_code_words[o->when.items[i].code]);
	if (o->others >= 0)
		buf_addf(&b, "%sdefault: %s", b.len > 0 ? ", " : "",
		    pam_code_words[o->others]);
	return judge_wanted(j, buf_str(&b));
}

static void
say_wrong(struct judge *j, const struct pam_outcome *o,
    const struct pam_verdict *v)
{
	struct about about = { .demand = "pam.outcomes", .at = &o->at };
	const char *word = pam_code_words[v->code];

	if (v->step == NULL) {
		judge_add(j, VERDICT_FAILS, about,
		    _("with %s no module of %s decides, so it is denied, "
		    "expected granted"), describe_if(j, o), o->type);
		return;
	}
	about.file = v->step->file;
	about.line = v->step->line;
	judge_add(j, VERDICT_FAILS, about, o->granted ?
	    _("with %s %s is denied (%s), expected granted") :
	    _("with %s %s is granted (%s), expected denied"),
	    describe_if(j, o), o->type, word);
}

static void
say_right(struct judge *j, const struct pam_outcome *o,
    const struct pam_verdict *v)
{
	struct about about = { .demand = "pam.outcomes", .at = &o->at };

	if (v->step != NULL) {
		about.file = v->step->file;
		about.line = v->step->line;
	}
	judge_holds(j, about, o->granted ? _("with %s %s is granted") :
	    _("with %s %s is denied"), describe_if(j, o), o->type);
}

/* Every combination; a module on which alone it hangs is told. */
static void
run(struct judge *j, const struct pam_outcome *o, struct trial *t)
{
	struct arena scratch = { 0 };
	bool right[1 << EITHERS_MAX];
	unsigned all = 1U << t->n_eithers, n_right = 0;
	struct pam_verdict first = { 0 };

	for (unsigned m = 0; m < all; m++) {
		struct pam_verdict v = try(t, &scratch, m);

		first = m == 0 ? v : first;
		right[m] = (v.code == PAM_CODE_SUCCESS) == o->granted;
		n_right += right[m];
	}
	arena_done(&scratch);
	if (t->disputed) {
		judge_add(j, VERDICT_CANNOT_TELL, (struct about){
		    .demand = "pam.outcomes", .at = &o->at },
		    _("with %s Debian's libpam and others do not return the "
		    "same, because a module jumps"), describe_if(j, o));
		return;
	}
	if (n_right == all)
		say_right(j, o, &first);
	else if (n_right == 0)
		say_wrong(j, o, &first);
	for (unsigned m = 0; n_right > 0 && n_right < all; m++) {
		size_t i = 0;

		while (i < t->n_eithers && right[m] == right[m ^ (1U << i)])
			i++;
		if (i == t->n_eithers)
			continue;
		judge_add(j, VERDICT_CANNOT_TELL, (struct about){
		    "pam.outcomes", t->eithers[i]->file, t->eithers[i]->line,
		    &o->at }, _("with %s it depends on %s whether %s is "
		    "granted [name it in 'if']"), describe_if(j, o),
		    judge_shows(j, path_name(t->eithers[i]->module)),
		    o->type);
		return;
	}
}

void
judge_outcomes(struct judge *j)
{
	for (size_t i = 0; i < j->rule->outcomes.n; i++) {
		const struct pam_outcome *o = &j->rule->outcomes.items[i];
		bool setcred = strcmp(o->type, "setcred") == 0;
		struct trial t = { 0 };
		struct err e = { 0 };

		if (pam_stack_service(j->ev, j->path, setcred ? "auth" :
		    o->type, &j->arena, &t.stack, &e) < 0 ||
		    prepare(j, o, &t, &e) < 0)
			judge_unknown(j, "pam.outcomes", &o->at, &e);
		else
			run(j, o, &t);
	}
}
