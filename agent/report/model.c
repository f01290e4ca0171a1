/* SPDX-License-Identifier: MIT */
#include "agent/report/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"

static void
done_groups(struct model_group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(groups[i].items);
	free(groups);
}

void
model_done(struct model *m)
{
	for (size_t i = 0; i < m->transactions.n; i++)
		transaction_done(&m->transactions.items[i]);
	for (size_t i = 0; i < m->restores.n; i++)
		strlist_done(&m->restores.items[i].paths);
	for (size_t i = 0; i < m->accepts.n; i++)
		strlist_done(&m->accepts.items[i].paths);
	for (size_t i = 0; i < m->rules_past.n; i++)
		free(m->rules_past.items[i].spans.items);
	done_groups(m->finding_groups.items, m->finding_groups.n);
	done_groups(m->change_groups.items, m->change_groups.n);
	free(m->findings.items);
	free(m->checks.items);
	free(m->mended.items);
	free(m->transactions.items);
	free(m->restores.items);
	free(m->accepts.items);
	free(m->changes.items);
	free(m->merges.items);
	free(m->complaints.items);
	free(m->days.items);
	free(m->rules_past.items);
	strlist_done(&m->troubles);
	arena_done(&m->arena);
	*m = (struct model){ 0 };
}

void
drop_model(struct model *m)
{
	model_done(m);
}

/* What is in the file is not told; that it changed is. */
static void
hide_change(struct arena *a, struct model_change *c)
{
	const char *details = c->bare != NULL ? c->bare : c->details;

	if (!c->hidden || c->secret ||
	    (c->diff == NULL && c->sentence == NULL))
		return;
	c->details = arena_printf(a, _("%s (not shown: not everybody may "
	    "read the file)"), details != NULL ? details : "");
	c->diff = c->sentence = NULL;
	c->cut = false;
}

void
model_be_discreet(struct model *m)
{
	for (size_t i = 0; i < m->findings.n; i++) {
		struct model_finding *f = &m->findings.items[i];

		if (f->told != NULL)
			f->what = f->told;
	}
	for (size_t i = 0; i < m->changes.n; i++)
		hide_change(&m->arena, &m->changes.items[i]);
	for (size_t i = 0; i < m->transactions.n; i++) {
		struct transaction *t = &m->transactions.items[i];

		for (size_t k = 0; k < t->findings.n; k++)
			if (t->findings.items[k].told[0] != '\0')
				t->findings.items[k].what =
				    t->findings.items[k].told;
	}
}

bool
model_has_news(const struct model *m)
{
	if (m->flagged + m->unknowns + m->mended.n + m->transactions.n +
	    m->restores.n + m->accepts.n + m->changes.n +
	    m->troubles.n > 0 || m->exit_code != 0)
		return true;
	for (size_t i = 0; i < m->merges.n; i++)
		if (!m->merges.items[i].known)
			return true;
	for (size_t i = 0; i < m->complaints.n; i++)
		if (!m->complaints.items[i].known)
			return true;
	return false;
}

const char *
model_severity(const struct model_finding *f)
{
	static const char *const names[] = { [SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_CRITICAL] = "critical" };

	return names[f->severity];
}

const char *
model_kind(const struct model_finding *f)
{
	static const char *const names[] = { [FINDING_DRIFT] = "drift",
		[FINDING_CHANGE] = "change", [FINDING_UNKNOWN] = "unknown" };

	return names[f->kind];
}

const char *
model_change_word(const struct model_change *c)
{
	static const char *const names[] = { [MODEL_ADDED] = "added",
		[MODEL_REMOVED] = "removed", [MODEL_CHANGED] = "changed" };

	return names[c->kind];
}

const struct transaction *
model_transaction(const struct model *m, const char *id)
{
	for (size_t i = 0; id != NULL && i < m->transactions.n; i++)
		if (strcmp(m->transactions.items[i].id, id) == 0)
			return &m->transactions.items[i];
	return NULL;
}
