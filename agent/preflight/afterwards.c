/* SPDX-License-Identifier: MIT */
#include "agent/preflight/afterwards.h"

#include <string.h>

#include "agent/doctor/checkup.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { INDENT = 10 };

/* Of the package manager that was asked, or of the packages' database. */
static bool
sees(const struct forecast *f, const struct hook_fact *h)
{
	const char *name = f->manager;

	if (h->state != HOOK_THERE)
		return false;
	if (name != NULL && strcmp(h->manager, "rpm") != 0 &&
	    strcmp(h->manager, "dpkg") != 0)
		return text_starts(name, h->manager) ||
		    text_starts(h->manager, name);
	for (size_t i = 0; i < f->in.coming.n + f->in.leaving.n; i++) {
		const struct package *p = i < f->in.coming.n ?
		    &f->in.coming.items[i].package :
		    &f->in.leaving.items[i - f->in.coming.n].package;

		if (strcmp(h->database, p->kind == PACKAGE_DPKG ? "dpkg" :
		    "rpm") == 0)
			return true;
	}
	return false;
}

bool
afterwards_hooked(const struct forecast *f)
{
	CLEANUP(drop_checkup) struct checkup c = { 0 };

	checkup_begin(&c, f->m->o, &f->m->root);
	checkup_hooks(&c, &f->m->root);
	for (size_t i = 0; i < c.hooks.n; i++)
		if (sees(f, &c.hooks.items[i]))
			return true;
	return false;
}

/* As at the end of a transaction, where a mistake in a spec disarms it. */
bool
afterwards_itself(const struct forecast *f, const struct risk *r)
{
	return f->hooked && f->has_baseline && f->m->diagnostics.n == 0 &&
	    r->then->rule->on_drift != ON_DRIFT_FLAG;
}

void
afterwards_remedy(const struct forecast *f, const struct risk *r, size_t n,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf command = { 0 };
	struct findings l = { 0 };
	const struct rule *rule = r->then->rule;

	if (!f->has_baseline)
		return;
	options_command(f->m->o, &command);
	l.command = buf_str(&command);
	findings_add(&l, r->then);
	if (l.items[0].remedy != NULL && n == 1)
		buf_adds(out, l.items[0].remedy);
	else if (l.items[0].remedy != NULL)
		buf_addf(out, "%s restore --rule %s/%s", l.command,
		    rule->spec->name, rule->id);
	findings_done(&l);
}

void
afterwards_risks(const struct forecast *f, const struct risk *r, size_t n,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 }, remedy = { 0 };

	if (!f->has_baseline || r->then->verdict != VERDICT_FAILS)
		return;
	afterwards_remedy(f, r, n, &remedy);
	if (afterwards_itself(f, r))
		buf_adds(&line, _("-> the hook puts it right when the upgrade "
		    "ends"));
	else if (remedy.len > 0)
		buf_addf(&line, _("-> afterwards: %s"), buf_str(&remedy));
	else
		buf_adds(&line, _("-> afterwards somebody has to look at it"));
	wrap_text(out, INDENT, buf_str(&line));
}

static void
add_line(struct buf *out, const char *format, const char *command)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, format, command);
	wrap_from(out, 0, 2, buf_str(&line));
}

void
afterwards_sum(const struct forecast *f, struct buf *out)
{
	CLEANUP(drop_buf) struct buf command = { 0 }, line = { 0 };
	size_t itself = 0;

	if (f->risks.n == 0)
		return;
	for (size_t i = 0; i < f->risks.n; i++)
		itself += afterwards_itself(f, &f->risks.items[i]);
	options_command(f->m->o, &command);
	if (!f->has_baseline) {
		add_line(out, _("before the upgrade: %s init [without a "
		    "baseline nothing can be put back]"), buf_str(&command));
		return;
	}
	buf_addf(&line, ngettext("%zu finding the hook puts right by itself",
	    "%zu findings the hook puts right by itself", itself), itself);
	buf_addf(&line, ngettext(", %zu needs somebody", ", %zu need somebody",
	    f->risks.n - itself), f->risks.n - itself);
	wrap_from(out, 0, 2, buf_str(&line));
	if (!f->hooked)
		add_line(out, _("no hook is here that would see this upgrade "
		    "[%s init --hooks]"), buf_str(&command));
	add_line(out, _("before the upgrade: %s snapshot"), buf_str(&command));
}
