/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/pam_stack.h"

/* pam_sss.so is /lib/security/pam_sss.so: libpam looks it up by name. */
static bool
same_module(const char *a, const char *b)
{
	return strcmp(path_name(a), path_name(b)) == 0;
}

static bool
has_args(const struct pam_step *s, const struct texts *want)
{
	for (size_t i = 0; i < want->n; i++) {
		size_t k = 0;

		while (k < s->n_args &&
		    strcmp(s->args[k], want->items[i]) != 0)
			k++;
		if (k == s->n_args)
			return false;
	}
	return true;
}

/* The first step that calls a module, n when none does. */
static size_t
first_of(const struct pam_stack *st, const char *module)
{
	size_t i = 0;

	while (i < st->n && !same_module(st->items[i].module, module))
		i++;
	return i;
}

/*
 * What keeps step i from being what d asks for, from the gravest on; what is
 * not in the stack cannot be on the wrong side of it.
 */
enum misfit { FITS, WRONG_PLACE, WRONG_ARGS, WRONG_CONTROL, WRONG_MODULE };

static enum misfit
misfit(const struct pam_stack *st, size_t i, const struct pam_demand *d)
{
	const struct pam_step *s = &st->items[i];
	size_t n;

	if (!same_module(s->module, d->module))
		return WRONG_MODULE;
	if (d->control != NULL && !pam_same_control(s->control, d->control))
		return WRONG_CONTROL;
	if (!has_args(s, &d->arguments))
		return WRONG_ARGS;
	if (d->before != NULL && (n = first_of(st, d->before)) < i)
		return WRONG_PLACE;
	if (d->after != NULL && (n = first_of(st, d->after)) > i && n < st->n)
		return WRONG_PLACE;
	return FITS;
}

static const char *
describe_args(struct judge *j, const struct texts *args)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < args->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", args->items[i]);
	return judge_wanted(j, buf_str(&b));
}

static void
say_misfit(struct judge *j, const struct pam_demand *d, enum misfit why,
    const struct pam_step *s, struct about about)
{
	switch (why) {
	case WRONG_CONTROL:
		judge_add(j, VERDICT_FAILS, about,
		    _("%s calls %s as %s, expected %s"), d->type, d->module,
		    judge_shows(j, s->control), judge_wanted(j, d->control));
		break;
	case WRONG_ARGS:
		judge_add(j, VERDICT_FAILS, about,
		    _("%s calls %s without all of %s"), d->type, d->module,
		    describe_args(j, &d->arguments));
		break;
	case WRONG_PLACE:
		if (d->before != NULL && d->after != NULL)
			judge_add(j, VERDICT_FAILS, about,
			    _("%s calls %s elsewhere than after %s and before "
			    "%s"), d->type, d->module, d->after, d->before);
		else
			judge_add(j, VERDICT_FAILS, about, d->before ?
			    _("%s calls %s after %s, expected before it") :
			    _("%s calls %s before %s, expected after it"),
			    d->type, d->module,
			    d->before ? d->before : d->after);
		break;
	default:
		judge_add(j, VERDICT_FAILS, about,
		    _("%s does not call %s"), d->type, d->module);
	}
}

static void
one_demand(struct judge *j, const struct pam_demand *d)
{
	struct about about = { .demand = "pam", .at = &d->at };
	const struct pam_step *nearest = NULL;
	enum misfit best = WRONG_MODULE;
	struct pam_stack st = { 0 };
	struct err e = { 0 };

	if (pam_stack_read(j->ev, j->path, d->type, &j->arena, &st, &e) < 0) {
		judge_unknown(j, "pam", &d->at, &e);
		return;
	}
	for (size_t i = 0; i < st.n && best != FITS; i++) {
		enum misfit is = misfit(&st, i, d);

		if (is < best) {
			best = is;
			nearest = &st.items[i];
		}
	}
	if (nearest != NULL) {
		about.file = nearest->file;
		about.line = nearest->line;
	}
	if (d->absent && best == FITS)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s calls %s, but must not"), d->type, d->module);
	else if (best == FITS)
		judge_holds(j, about, _("%s calls %s as %s"), d->type,
		    d->module, judge_shows(j, nearest->control));
	else if (d->absent)
		judge_holds(j, (struct about){ .demand = "pam", .at = &d->at },
		    _("%s does not call %s"), d->type, d->module);
	else
		say_misfit(j, d, best, nearest, about);
}

void
judge_pam(struct judge *j)
{
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (j->rule->pam.n == 0 && j->rule->outcomes.n == 0)
		return;
	if (judge_bytes(j, &bytes, &len, &e) < 0) {
		judge_unknown(j, "pam", j->rule->pam.n > 0 ?
		    &j->rule->pam.items[0].at :
		    &j->rule->outcomes.items[0].at, &e);
		return;
	}
	judge_outcomes(j);
	for (size_t i = 0; i < j->rule->pam.n; i++)
		one_demand(j, &j->rule->pam.items[i]);
}
