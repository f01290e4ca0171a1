/* SPDX-License-Identifier: MIT */
#include "agent/hook/causes.h"

#include <string.h>

#include "agent/pkg/attributetext.h"
#include "agent/pkg/ownerskept.h"
#include "agent/tell/message.h"
#include "base/tr.h"

static int
write_owners(int store_fd, const char *id, const struct owners *o,
    struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };

	return ledger_open(store_fd, &l, e) < 0 ? -1 :
	    ledger_save_owners(&l, id, o, e);
}

static int
note(int store_fd, const struct root *r, const char *id,
    const struct strlist *wanted, struct err *e)
{
	CLEANUP(drop_owners) struct owners now = { 0 };

	ownerskept_load(store_fd, r, wanted, &now);
	if (now.trouble.kind != ERR_NONE) {
		*e = now.trouble;
		return -1;
	}
	return write_owners(store_fd, id, &now, e);
}

int
causes_note(struct machine *m, const char *id, const struct oid *before,
    const struct capture *seen, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest tracked = { 0 };
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };

	/* What could not be looked at was taken over from the last one. */
	bool whole = seen->manifest.n > 0 && seen->unknown.n == 0;

	if (!whole && store_load(m->store, before, &tracked, e) < 0)
		return -1;
	attribute_wanted(whole ? &seen->manifest : &tracked, &wanted);
	return note(store_fd(m->store), &m->root, id, &wanted, e);
}

int
causes_note_known(int store_fd, const struct root *r, const char *id,
    struct err *e)
{
	return note(store_fd, r, id, NULL, e);
}

int
causes_keep(const struct causes *c, struct machine *m,
    const struct oid *after, const struct capture *seen, struct err *e)
{
	if (c->blame != NULL)
		return write_owners(store_fd(m->store), LEDGER_SEEN,
		    blame_now(c->blame), e);
	return oid_is_zero(after) ? 0 : causes_note(m, LEDGER_SEEN, after,
	    seen, e);
}

void
causes_init(struct causes *c, struct machine *m, const struct transaction *t,
    const struct oid *before)
{
	c->m = m;
	c->id = t->id;
	c->before = *before;
	c->after = t->after;
	c->late = transaction_late(t);
}

static void
look(struct causes *c)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	int n;

	if (c->looked || c->m == NULL)
		return;
	c->looked = true;
	if (ledger_open(store_fd(c->m->store), &l, &c->trouble) < 0)
		return;
	/* Where nobody could ask nothing is known. */
	n = ledger_load_owners(&l, c->id, &c->were, &c->trouble);
	ledger_close(&l);
	/* Nor does a package manager whose database nobody here reads. */
	if (n > 0 && c->were.packages.n > 0)
		c->blame = blame_new(c->m->store, &c->m->root, &c->before,
		    &c->after, &c->were, &c->trouble);
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

/* What packages did to the path; false where nothing is known of them. */
static bool
blamed(struct causes *c, const char *path, struct attribution *out)
{
	if (path == NULL)
		return false;
	look(c);
	if (c->blame == NULL)
		return false;
	blame_path(c->blame, path, out);
	return true;
}

void
causes_add(struct causes *c, const char *path, struct buf *what)
{
	struct attribution a;

	if (blamed(c, path, &a) && a.how != HOW_NOT)
		buf_addf(what, "; %s", text_of(c, &a));
}

bool
causes_explain(struct causes *c, const char *path)
{
	struct attribution a;

	return blamed(c, path, &a) && a.how != HOW_NOT &&
	    !how_is_guess(a.how);
}

bool
causes_soothe(struct causes *c, const struct finding *f)
{
	struct attribution a;

	/* A rule that wants a change told wants this one, too. */
	if (f->kind != FINDING_CHANGE || f->why != NULL)
		return false;
	return blamed(c, f->path, &a) && a.remains == REMAINS_GONE &&
	    a.decision < DECISION_MERGE;
}

void
causes_package(struct causes *c, const char *path, struct buf *out)
{
	struct attribution a;

	if (blamed(c, path, &a) && a.how != HOW_NOT &&
	    a.how != HOW_STRANGE && a.how != HOW_UNASKED)
		attribute_packages(a.was, a.is, out);
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
	CLEANUP(drop_buf) struct buf package = { 0 };
	struct transaction_finding *f;

	if (kinds[a->decision] == NULL || told(t, path))
		return;
	f = transaction_found(t, kinds[a->decision], path, text_of(x->c, a));
	attribute_packages(a->was, a->is, &package);
	f->severity = severity_words[a->decision < DECISION_FLAG ?
	    SEVERITY_INFO : SEVERITY_WARNING];
	f->path = f->id;
	f->package = arena_strdup(&t->arena, buf_str(&package));
}

void
causes_tell(struct causes *c, struct transaction *t)
{
	if (c->m == NULL || oid_equal(&c->before, &c->after))
		return;
	look(c);
	if (c->blame != NULL)
		blame_each(c->blame, tell_one, &(struct telling){ c, t });
}
