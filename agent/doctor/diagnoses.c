/* SPDX-License-Identifier: MIT */
#include "agent/doctor/diagnoses.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/vec.h"

void
diagnoses_done(struct diagnoses *d)
{
	free(d->items);
	arena_done(&d->arena);
	*d = (struct diagnoses){ 0 };
}

void
drop_diagnoses(struct diagnoses *d)
{
	diagnoses_done(d);
}

size_t
diagnoses_count(const struct diagnoses *d, enum diagnosis_state s)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->items[i].state == s;
	return n;
}

bool
diagnoses_said(const struct diagnoses *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(d->items[k].what, d->items[i].what) == 0)
			return true;
	return false;
}

int
diagnoses_exit(const struct diagnoses *d)
{
	if (diagnoses_count(d, DIAGNOSIS_UNKNOWN) > 0)
		return 2;
	return diagnoses_count(d, DIAGNOSIS_COMPLAINT) > 0;
}

static void
add(struct diagnoses *d, const struct diagnosis *x, const char *fmt,
    va_list ap)
{
	CLEANUP(drop_free) char *text = NULL;
	struct diagnosis *to = VEC_ADD(d);

	*to = *x;
	if (vasprintf(&text, fmt, ap) < 0)
		text = xstrdup(fmt);
	to->what = arena_strdup(&d->arena, text);
	if (x->remedy != NULL)
		to->remedy = arena_strdup(&d->arena, x->remedy);
}

void
diagnose_well(struct diagnoses *d, const char *check, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, &(struct diagnosis){ DIAGNOSIS_WELL, check, NULL, NULL }, fmt,
	    ap);
	va_end(ap);
}

void
diagnose_complaint(struct diagnoses *d, const char *check,
    const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, &(struct diagnosis){ DIAGNOSIS_COMPLAINT, check, NULL,
	    remedy }, fmt, ap);
	va_end(ap);
}

void
diagnose_unknown(struct diagnoses *d, const char *check, const char *remedy,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, &(struct diagnosis){ DIAGNOSIS_UNKNOWN, check, NULL, remedy },
	    fmt, ap);
	va_end(ap);
}

const char *
diagnose_time(struct diagnoses *d, int64_t t)
{
	time_t when = (time_t)t;
	char text[32] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	return arena_strdup(&d->arena, text);
}

const char *
diagnose_verb(struct diagnoses *d, const struct checkup *c, const char *verb)
{
	return arena_printf(&d->arena, "%s %s", c->command, verb);
}

void
checkup_judge(const struct checkup *c, struct diagnoses *out)
{
	judge_hooks(c, out);
	judge_runs(c, out);
	judge_ledger(c, out);
	judge_starts(c, out);
	judge_specs(c, out);
	judge_store(c, out);
	judge_space(c, out);
	judge_times(c, out);
	judge_rest(c, out);
}
