/* SPDX-License-Identifier: MIT */
#include "agent/tell/look.h"

#include <string.h>

#include "agent/discreet.h"
#include "base/vec.h"

static bool
matters(const struct finding *f)
{
	return f->flagged || f->kind == FINDING_UNKNOWN;
}

void
look_open(struct look *l, const struct findings *f, bool whole)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!matters(&f->items[i]))
			continue;
		strlist_add(&l->ids, f->items[i].id);
		strlist_add(&l->paths, f->items[i].path);
	}
	strlist_sort(&l->ids);
	strlist_sort(&l->paths);
	l->whole = whole;
}

void
look_findings(struct look *l, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];

		if (matters(x))
			*VEC_ADD(&l->news) = (struct news){
				x->kind == FINDING_UNKNOWN ? NEWS_UNKNOWN :
				NEWS_FLAGGED, x->severity, x->id,
				x->told != NULL ? x->told : x->what, x->path,
				"" };
	}
}

void
look_mistakes(struct look *l, const struct machine *m)
{
	const struct diagnostics *d = &m->diagnostics;

	for (size_t i = 0; i < d->n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };
		const char *text;

		discreet_diagnostic(m, &d->items[i], &line);
		text = arena_strdup(&l->arena, buf_str(&line));
		*VEC_ADD(&l->news) = (struct news){ NEWS_FAILED,
			SEVERITY_WARNING, text, text, "", "" };
	}
}

static enum news_kind
kind_of(const char *word)
{
	for (int i = 0; i < NEWS_KINDS; i++)
		if (strcmp(news_kind_words[i], word) == 0)
			return (enum news_kind)i;
	return NEWS_FLAGGED;
}

void
look_transaction(struct look *l, const struct transaction *t)
{
	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		enum severity severity = SEVERITY_WARNING;

		severity_from(f->severity, &severity);
		*VEC_ADD(&l->news) = (struct news){ kind_of(f->kind),
			severity, f->id, f->told[0] != '\0' ? f->told : f->what,
			f->path, f->package };
	}
	for (size_t i = 0; i < t->failed.n; i++)
		*VEC_ADD(&l->news) = (struct news){ NEWS_FAILED,
			SEVERITY_CRITICAL, t->failed.items[i],
			t->failed.items[i], "", "" };
}
