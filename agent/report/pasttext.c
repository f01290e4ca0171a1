/* SPDX-License-Identifier: MIT */
#include "agent/report/pasttext.h"

#include <string.h>

#include "agent/report/findingtext.h"
#include "agent/report/found.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { NAMES_MAX = 4, PACKAGES_MAX = 3, TIME_SHOWN = 16 };

void
pasttext_time(struct buf *out, int64_t when)
{
	size_t from = out->len;

	snapshot_time(when, out);
	if (out->len > from + TIME_SHOWN)
		buf_truncate(out, from + TIME_SHOWN);
}

void
pasttext_names(struct buf *out, char *const *items, size_t n, size_t all)
{
	size_t shown = n < NAMES_MAX ? n : NAMES_MAX;

	for (size_t i = 0; i < shown; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		text_escape(out, items[i], strlen(items[i]));
	}
	if (all > shown)
		buf_addf(out, _(" and %zu more"), all - shown);
}

static void
add_line(struct buf *out, int indent, const char *safe)
{
	buf_addf(out, "%*s", indent, "");
	wrap_safe(out, (size_t)indent, indent, safe);
}

static void
add_names(struct buf *out, const char *head, const struct transaction *t,
    const char *kind)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf line = { 0 };

	for (size_t i = 0; i < t->findings.n; i++)
		if (strcmp(t->findings.items[i].kind, kind) == 0)
			strlist_add(&names, found_name(&t->findings.items[i]));
	if (names.n == 0)
		return;
	buf_adds(&line, head);
	pasttext_names(&line, names.items, names.n, names.n);
	add_line(out, FINDINGTEXT_INDENT, buf_str(&line));
}

/* The same with what was done to them, those of one reason together. */
static void
add_reasons(struct buf *out, const char *head, const struct transaction *t,
    const char *kind)
{
	CLEANUP(drop_strlist) struct strlist done = { 0 };

	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		CLEANUP(drop_strlist) struct strlist names = { 0 };
		CLEANUP(drop_buf) struct buf line = { 0 };

		if (strcmp(f->kind, kind) != 0 || strlist_has(&done, f->what))
			continue;
		strlist_add(&done, f->what);
		for (size_t k = i; k < t->findings.n; k++)
			if (strcmp(t->findings.items[k].kind, kind) == 0 &&
			    strcmp(t->findings.items[k].what, f->what) == 0)
				strlist_add(&names, found_name(
				    &t->findings.items[k]));
		buf_adds(&line, head);
		pasttext_names(&line, names.items, names.n, names.n);
		buf_adds(&line, " (");
		text_escape(&line, f->what, strlen(f->what));
		buf_addc(&line, ')');
		add_line(out, FINDINGTEXT_INDENT, buf_str(&line));
	}
}

static void
add_undo(struct buf *out, int indent, const struct model *m, const char *id)
{
	buf_addf(out, _("%*s-> to take it back: %s undo "), indent, "",
	    m->command);
	text_escape(out, id, strlen(id));
	buf_addc(out, '\n');
}

static void
add_packages(struct buf *out, const struct transaction *t)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	for (size_t i = 0; i < t->packages.n && i < PACKAGES_MAX; i++) {
		CLEANUP(drop_buf) struct buf one = { 0 };

		pkgchange_text(&t->packages.items[i], &one);
		buf_adds(&line, i > 0 ? ", " : "");
		text_escape(&line, buf_str(&one), one.len);
	}
	if (t->packages.n > PACKAGES_MAX)
		buf_addf(&line, _(" and %zu more"),
		    t->packages.n - PACKAGES_MAX);
	if (t->packages.n == 0)
		buf_adds(&line, _("no package changed"));
	add_line(out, FINDINGTEXT_INDENT, buf_str(&line));
}

static const char *
command_of(const struct transaction *t)
{
	return t->command[0] != '\0' ? t->command : t->origin;
}

static void
add_about(struct buf *out, const struct transaction *t)
{
	CLEANUP(drop_buf) struct buf about = { 0 };

	transaction_about(t, &about);
	for (char *p = about.len > 0 ? about.bytes : NULL;
	    p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\n");

		p[n] = '\0';
		wrap_text(out, FINDINGTEXT_INDENT, p);
		p += n + 1;
	}
}

void
pasttext_transaction_short(struct buf *out, const struct model *m,
    const struct transaction *t)
{
	CLEANUP(drop_buf) struct buf head = { 0 };

	buf_adds(&head, "  ");
	pasttext_time(&head, t->ended != 0 ? t->ended : t->began);
	buf_adds(&head, "  ");
	text_escape(&head, command_of(t), strlen(command_of(t)));
	if (t->state != TRANSACTION_ENDED)
		buf_adds(&head, t->state == TRANSACTION_OPEN ?
		    _(" (not ended)") : _(" (was interrupted)"));
	buf_addf(out, "%s\n", buf_str(&head));
	add_about(out, t);
	add_packages(out, t);
	add_reasons(out, _("put back: "), t, "restored");
	add_names(out, _("found: "), t, "flagged");
	add_names(out, _("cannot tell: "), t, "unknown");
	add_reasons(out, _("to merge: "), t, "merge");
	for (size_t i = 0; i < t->failed.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		buf_adds(&line, _("not done: "));
		text_escape(&line, t->failed.items[i],
		    strlen(t->failed.items[i]));
		add_line(out, FINDINGTEXT_INDENT, buf_str(&line));
	}
	if (t->rollback[0] != '\0')
		add_undo(out, FINDINGTEXT_INDENT, m, t->rollback);
}

static void
add_list(struct buf *out, const char *head, const struct transaction *t,
    const char *kind)
{
	bool any = false;

	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];
		const char *name = found_name(f);

		if (strcmp(f->kind, kind) != 0)
			continue;
		if (!any)
			buf_addf(out, "\n%s\n", head);
		any = true;
		buf_adds(out, "  ");
		text_escape(out, name, strlen(name));
		buf_addc(out, '\n');
		wrap_text(out, 6, f->what);
	}
}

/* Each reason once, and one command for all that it is about. */
static void
add_group(struct buf *out, const struct model *m, const struct model_group *g,
    struct strlist *said)
{
	const struct model_finding *f = &m->findings.items[g->items[0]];
	CLEANUP(drop_buf) struct buf line = { 0 };
	const char *told = NULL;

	findingtext_label(out, findingtext_word(f), NULL);
	findingtext_places(&line, m, g);
	buf_adds(&line, ": ");
	text_escape(&line, f->what, strlen(f->what));
	findingtext_rule(&line, f);
	wrap_safe(out, FINDINGTEXT_INDENT, FINDINGTEXT_INDENT,
	    buf_str(&line));
	if (g->n > 1)
		findingtext_names(out, m, g);
	if (f->why != NULL && strlist_has(said, f->why))
		told = f->why;
	else if (f->why != NULL)
		strlist_add(said, f->why);
	findingtext_advice(out, f, g->remedy, told, false);
}

static void
add_found(struct buf *out, const char *head, const struct model *m,
    bool unknown)
{
	CLEANUP(drop_strlist) struct strlist said = { 0 };
	bool any = false;

	for (size_t i = 0; i < m->finding_groups.n; i++) {
		const struct model_group *g = &m->finding_groups.items[i];

		if ((m->findings.items[g->items[0]].kind == FINDING_UNKNOWN) !=
		    unknown)
			continue;
		if (!any)
			buf_addf(out, "\n%s\n", head);
		any = true;
		add_group(out, m, g, &said);
	}
}

static void
add_when(struct buf *out, const char *label, int64_t when)
{
	if (when == 0)
		return;
	buf_addf(out, "%s", label);
	snapshot_time(when, out);
	buf_addc(out, '\n');
}

static void
add_all_packages(struct buf *out, const struct transaction *t)
{
	if (t->packages.n > 0)
		buf_adds(out, _("\npackages:\n"));
	for (size_t i = 0; i < t->packages.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		pkgchange_text(&t->packages.items[i], &line);
		buf_adds(out, "  ");
		text_escape(out, buf_str(&line), line.len);
		buf_addc(out, '\n');
	}
}

void
pasttext_transaction(struct buf *out, const struct model *m,
    const struct transaction *t)
{
	CLEANUP(drop_model) struct model found = { 0 };

	found_take(&found, t, false);
	buf_addf(out, _("transaction %s\n"), t->id);
	if (t->command[0] != '\0') {
		buf_adds(out, _("command: "));
		text_escape(out, t->command, strlen(t->command));
		buf_addc(out, '\n');
	}
	add_when(out, _("began: "), t->began);
	add_when(out, transaction_late(t) ? _("found: ") :
	    t->state == TRANSACTION_INTERRUPTED ?
	    _("found interrupted: ") : _("ended: "), t->ended);
	transaction_about(t, out);
	add_all_packages(out, t);
	add_list(out, _("put back:"), t, "restored");
	if (t->rollback[0] != '\0')
		add_undo(out, 2, m, t->rollback);
	add_found(out, _("needs you:"), &found, false);
	add_found(out, _("cannot tell:"), &found, true);
	add_list(out, _("to merge, with 'driftctl merge':"), t, "merge");
	add_list(out, _("noted:"), t, "note");
	if (t->failed.n > 0)
		buf_adds(out, _("\nwhat driftctl could not do:\n"));
	for (size_t i = 0; i < t->failed.n; i++) {
		buf_adds(out, "  ");
		wrap_from(out, 2, 4, t->failed.items[i]);
	}
}

void
pasttext_restore(struct buf *out, const struct model *m,
    const struct model_restore *r)
{
	CLEANUP(drop_buf) struct buf names = { 0 };

	buf_adds(out, "  ");
	pasttext_time(out, r->when);
	buf_adds(out, "  ");
	text_escape(out, r->title, strlen(r->title));
	buf_adds(out, r->undone ? _(" (taken back since)\n") : "\n");
	pasttext_names(&names, r->paths.items, r->paths.n, r->n);
	add_line(out, FINDINGTEXT_INDENT, buf_str(&names));
	if (!r->undone)
		add_undo(out, FINDINGTEXT_INDENT, m, r->id);
}

void
pasttext_accept(struct buf *out, const struct model_accept *a)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_adds(out, "  ");
	pasttext_time(out, a->when);
	buf_adds(out, "  ");
	if (a->who != NULL) {
		text_escape(out, a->who, strlen(a->who));
		buf_adds(out, ": ");
	}
	text_escape(out, a->reason, strlen(a->reason));
	buf_addc(out, '\n');
	if (a->paths.n > 0)
		pasttext_names(&line, a->paths.items, a->paths.n, a->paths.n);
	else
		buf_adds(&line, _("everything as it was then"));
	add_line(out, FINDINGTEXT_INDENT, buf_str(&line));
}

void
pasttext_mended(struct buf *out, const struct model_mended *x)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	const char *what = x->what != NULL ? x->what : x->id;

	text_escape(&line, what, strlen(what));
	if (x->since != 0) {
		buf_adds(&line, _("; was open since "));
		pasttext_time(&line, x->since);
	}
	if (x->transaction != NULL)
		buf_addf(&line, _("; put back after %s"), x->transaction);
	else if (x->restore != NULL)
		buf_addf(&line, _("; by %s"), x->restore);
	add_line(out, 2, buf_str(&line));
}
