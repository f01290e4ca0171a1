/* SPDX-License-Identifier: MIT */
#include "agent/report/found.h"

#include <stdlib.h>
#include <string.h>

#include "agent/report/fold.h"
#include "base/path.h"
#include "base/text.h"
#include "base/vec.h"

const char *
found_name(const struct transaction_finding *f)
{
	return f->path[0] != '\0' ? f->path : finding_id_name(f->id);
}

static enum severity
severity_of(const char *word)
{
	for (int s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++)
		if (strcmp(model_severity(&(struct model_finding){
		    .severity = (enum severity)s }), word) == 0)
			return (enum severity)s;
	return SEVERITY_WARNING;
}

/* "mail-auth/imap:/etc/pam.d/imap#present" is of a rule, "change:/etc/x" and
 * a mere path are not. */
static void
take_rule(struct arena *a, const char *id, struct model_finding *out)
{
	const char *colon = strstr(id, ":/"), *slash = strchr(id, '/');
	const char *demand = strrchr(id, '#');

	if (colon == NULL || slash == id || slash > colon)
		return;
	out->kind = FINDING_DRIFT;
	out->spec = arena_memdup(a, id, (size_t)(slash - id));
	out->rule = arena_memdup(a, slash + 1, (size_t)(colon - slash - 1));
	out->demand = demand != NULL && demand > colon ? demand + 1 : NULL;
}

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
take(struct model *m, const struct transaction_finding *f, bool unknown,
    bool discreet)
{
	struct model_finding x = { .kind = FINDING_CHANGE, .id = f->id,
		.flagged = !unknown, .severity = severity_of(f->severity),
		.path = found_name(f), .file = found_name(f),
		.what = discreet && f->told[0] != '\0' ? f->told : f->what,
		.told = or_null(f->told), .why = or_null(f->why),
		.remedy = or_null(f->remedy) };

	take_rule(&m->arena, f->id, &x);
	if (unknown)
		x.kind = FINDING_UNKNOWN;
	m->drifts += x.kind == FINDING_DRIFT;
	m->flagged += x.flagged;
	m->unknowns += unknown;
	*VEC_ADD(&m->findings) = x;
}

static int
rank(const struct model_finding *f)
{
	return f->kind == FINDING_UNKNOWN ? 3 :
	    SEVERITY_CRITICAL - (int)f->severity;
}

static int
worst_first(const void *a, const void *b)
{
	const struct model_finding *x = a, *y = b;
	int n = rank(x) - rank(y);

	if (n == 0)
		n = path_cmp(x->path, y->path);
	return n != 0 ? n : strcmp(x->id, y->id);
}

/* A reason that several have is one text: it is told once. */
static void
share_reasons(struct model *m)
{
	for (size_t i = 1; i < m->findings.n; i++) {
		struct model_finding *f = &m->findings.items[i];
		const char *before = m->findings.items[i - 1].why;

		if (f->why != NULL && before != NULL &&
		    strcmp(f->why, before) == 0)
			f->why = before;
	}
}

void
found_take(struct model *m, const struct transaction *t, bool discreet)
{
	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		bool unknown = strcmp(f->kind, "unknown") == 0;

		if (unknown || strcmp(f->kind, "flagged") == 0)
			take(m, f, unknown, discreet);
	}
	if (m->findings.n > 1)
		qsort(m->findings.items, m->findings.n,
		    sizeof(*m->findings.items), worst_first);
	share_reasons(m);
	fold(m);
}
