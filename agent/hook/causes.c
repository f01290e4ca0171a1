/* SPDX-License-Identifier: MIT */
#include "agent/hook/causes.h"

#include <string.h>

#include "agent/pkg/ownerstext.h"
#include "base/tr.h"

static int
write_owners(struct machine *m, const char *id, const struct owners *o,
    struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };

	return ledger_open(store_fd(m->store), &l, e) < 0 ? -1 :
	    ledger_save_owners(&l, id, o, e);
}

int
causes_keep(const struct causes *c, struct machine *m,
    const struct oid *after, struct err *e)
{
	if (c->blame != NULL)
		return write_owners(m, LEDGER_SEEN, blame_now(c->blame), e);
	return oid_is_zero(after) ? 0 : causes_note(m, LEDGER_SEEN, after, e);
}

int
causes_note(struct machine *m, const char *id, const struct oid *before,
    struct err *e)
{
	CLEANUP(drop_manifest) struct manifest tracked = { 0 };
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };
	CLEANUP(drop_owners) struct owners now = { 0 };

	if (store_load(m->store, before, &tracked, e) < 0)
		return -1;
	attribute_wanted(&tracked, &wanted);
	owners_load(&m->root, &wanted, NULL, &now);
	if (now.trouble.kind != ERR_NONE) {
		*e = now.trouble;
		return -1;
	}
	return write_owners(m, id, &now, e);
}

int
causes_find(struct machine *m, const struct transaction *t,
    const struct oid *before, struct causes *out, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	int n;

	out->late = transaction_late(t);
	if (ledger_open(store_fd(m->store), &l, e) < 0)
		return -1;
	/* Where nobody could ask nothing is known. */
	n = ledger_load_owners(&l, t->id, &out->were, e);
	ledger_close(&l);
	/* Nor does a package manager whose database nobody here reads. */
	if (n <= 0 || out->were.packages.n == 0)
		return n < 0 ? -1 : 0;
	out->blame = blame_new(m->store, &m->root, before, &t->after,
	    &out->were, e);
	return out->blame != NULL ? 0 : -1;
}

void
causes_done(struct causes *c)
{
	blame_free(c->blame);
	owners_done(&c->were);
	*c = (struct causes){ 0 };
}

static const char *
text_of(const struct causes *c, const struct attribution *a)
{
	return c->late && how_is_guess(a->how) ? _("since the last snapshot, "
	    "by a scriptlet or by hand") : a->text;
}

void
causes_add(const struct causes *c, const char *path, struct buf *what)
{
	struct attribution a;

	if (c->blame == NULL || path == NULL)
		return;
	blame_path(c->blame, path, &a);
	if (a.how == HOW_NOT)
		return;
	buf_addf(what, "; %s", text_of(c, &a));
}

bool
causes_explain(const struct causes *c, const char *path)
{
	struct attribution a;

	if (c->blame == NULL)
		return false;
	blame_path(c->blame, path, &a);
	return a.how != HOW_NOT && !how_is_guess(a.how);
}

bool
causes_soothe(const struct causes *c, const struct finding *f)
{
	struct attribution a;

	/* A rule that wants a change told wants this one, too. */
	if (c->blame == NULL || f->kind != FINDING_CHANGE || f->why != NULL)
		return false;
	blame_path(c->blame, f->path, &a);
	return a.remains == REMAINS_GONE && a.decision < DECISION_MERGE;
}

/* A finding's id ends with its path, or is one. */
static bool
told(const struct transaction *t, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < t->findings.n; i++) {
		const char *at = strstr(t->findings.items[i].id, path);

		if (at != NULL && (at[n] == '\0' || at[n] == '#'))
			return true;
	}
	return false;
}

struct telling {
	const struct causes *c;
	struct transaction *t;
};

static void
tell_one(void *arg, const char *path, const struct attribution *a)
{
	static const char *const kinds[DECISIONS] = {
		[DECISION_NOTE] = "note", [DECISION_MERGE] = "merge",
		[DECISION_FLAG] = "flagged",
	};
	const struct telling *x = arg;
	struct transaction *t = x->t;

	if (kinds[a->decision] != NULL && !told(t, path))
		transaction_found(t, kinds[a->decision], path,
		    text_of(x->c, a));
}

void
causes_tell(const struct causes *c, struct transaction *t)
{
	if (c->blame != NULL)
		blame_each(c->blame, tell_one, &(struct telling){ c, t });
}
