/* SPDX-License-Identifier: MIT */
#include "agent/tell/telltext.h"

#include <string.h>

#include "agent/report/findingtext.h"
#include "agent/report/found.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	NAMED_MAX = 4,		/* of what was done */
	PLACES_MAX = 2,		/* of what is the matter with all of them */
	GROUPS_MAX = 3,
	PREFIX = sizeof("driftctl: ") - 1,
	INDENT = 2,
};

/* Escaped text, with room for what goes before each line. */
static void
add_line(struct buf *out, const char *safe)
{
	CLEANUP(drop_buf) struct buf wide = { 0 };

	wrap_safe(&wide, PREFIX, PREFIX + INDENT, safe);
	for (const char *at = buf_str(&wide); *at != '\0';) {
		size_t len = strcspn(at, "\n") + 1;

		if (at != wide.bytes) {
			at += PREFIX;
			len -= PREFIX;
		}
		buf_add(out, at, len);
		at += len;
	}
}

/* "put back: /etc/pam.d/imap, /etc/pam.d/smtp and 3 more" */
static void
add_kind(const struct transaction *t, const char *kind, const char *said,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	size_t n = 0, all = transaction_count(t, kind);

	if (all == 0)
		return;
	buf_adds(&line, said);
	for (size_t i = 0; i < t->findings.n && n < NAMED_MAX; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		const char *name = found_name(f);

		if (strcmp(f->kind, kind) != 0)
			continue;
		buf_adds(&line, n++ == 0 ? "" : ", ");
		text_escape(&line, name, strlen(name));
	}
	if (all > n)
		buf_addf(&line, _(" and %zu more"), all - n);
	add_line(out, buf_str(&line));
}

/* "needs you: /etc/pam.d/imap: is missing [mail-auth/imap]", and the command
 * that mends it. */
static void
add_group(const struct model *m, const struct model_group *g,
    const char *said, struct buf *out)
{
	const struct model_finding *f = &m->findings.items[g->items[0]];
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_adds(&line, said);
	for (size_t i = 0; i < g->n && i < PLACES_MAX; i++) {
		buf_adds(&line, i > 0 ? ", " : "");
		findingtext_place(&line, &m->findings.items[g->items[i]]);
	}
	if (g->n > PLACES_MAX)
		buf_addf(&line, _(" and %zu more"), g->n - PLACES_MAX);
	/* What follows is said of one. */
	buf_adds(&line, g->n > 1 ? C_("paths", ", each") : "");
	buf_adds(&line, ": ");
	text_escape(&line, f->what, strlen(f->what));
	findingtext_rule(&line, f);
	add_line(out, buf_str(&line));
	if (g->remedy == NULL)
		return;
	buf_addf(out, "%*s-> ", INDENT, "");
	text_escape(out, g->remedy, strlen(g->remedy));
	buf_addc(out, '\n');
}

static void
add_found(const struct model *m, bool unknown, const char *said,
    struct buf *out)
{
	size_t groups = 0, left = 0;

	for (size_t i = 0; i < m->finding_groups.n; i++) {
		const struct model_group *g = &m->finding_groups.items[i];

		if ((m->findings.items[g->items[0]].kind == FINDING_UNKNOWN) !=
		    unknown)
			continue;
		if (groups++ < GROUPS_MAX)
			add_group(m, g, said, out);
		else
			left += g->n;
	}
	if (left > 0)
		buf_addf(out, _("  and %zu more\n"), left);
}

void
telltext(const struct transaction *t, const char *report, struct buf *out)
{
	CLEANUP(drop_model) struct model m = { 0 };
	CLEANUP(drop_buf) struct buf failed = { 0 };

	found_take(&m, t, true);
	if (transaction_late(t))
		transaction_about(t, out);
	add_kind(t, "restored", _("put back: "), out);
	add_found(&m, false, _("needs you: "), out);
	add_found(&m, true, _("cannot tell: "), out);
	add_kind(t, "merge", _("to merge: "), out);
	if (t->failed.n > 0) {
		const char *first = t->failed.items[0];

		buf_adds(&failed, _("not done: "));
		text_escape(&failed, first, strlen(first));
		add_line(out, buf_str(&failed));
	}
	if (out->len > 0 && report != NULL)
		buf_addf(out, _("all of it: %s\n"), report);
}
