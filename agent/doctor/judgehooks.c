/* SPDX-License-Identifier: MIT */
#include "agent/doctor/diagnoses.h"

#include <string.h>

#include "base/tr.h"

/* A record's time and a log's line are written by different programs. */
enum { SLACK = 10, DAY = 86400 };

static const char *
check_of(struct diagnoses *d, const struct hook_fact *h)
{
	return arena_printf(&d->arena, "hook-%s", h->manager);
}

/* rpm's are in the package itself. */
static void
judge_triggers(const struct hook_fact *h, const char *check,
    struct diagnoses *d)
{
	if (h->state == HOOK_THERE)
		diagnose_well(d, check, _("rpm runs the triggers of the "
		    "package driftctl"));
	else if (h->state == HOOK_UNREADABLE)
		diagnose_unknown(d, check, h->remedy, _("whether rpm runs the "
		    "triggers of the package driftctl is not known: %s"),
		    h->why);
	else
		diagnose_complaint(d, check, h->remedy, _("rpm alone, and "
		    "programs that have no hook, change packages unnoticed "
		    "until the night: driftctl is not installed as a package "
		    "with triggers"));
}

static void
judge_hook(const struct hook_fact *h, struct diagnoses *d)
{
	const char *check = check_of(d, h);

	if (h->path == NULL) {
		judge_triggers(h, check, d);
		return;
	}
	switch (h->state) {
	case HOOK_THERE:
		diagnose_well(d, check, _("%s has its hook, %s"), h->manager,
		    h->path);
		break;
	case HOOK_MISSING:
		diagnose_complaint(d, check, h->remedy, _("%s has no hook: "
		    "what it does goes unnoticed until the night"),
		    h->manager);
		break;
	case HOOK_CHANGED:
		diagnose_complaint(d, check, h->remedy, _("the hook of %s, "
		    "%s, is not the one that ships"), h->manager, h->path);
		break;
	case HOOK_NO_PROGRAM:
		diagnose_complaint(d, check, h->remedy, _("the hook of %s, "
		    "%s, cannot be executed"), h->manager, h->path);
		break;
	case HOOK_OPEN:
		diagnose_complaint(d, check, h->remedy, _("others than root "
		    "can change the hook of %s, %s, which root runs"),
		    h->manager, h->path);
		break;
	case HOOK_OFF:
		diagnose_complaint(d, check, h->remedy, _("the hook of %s is "
		    "there, but %s"), h->manager, h->why);
		break;
	case HOOK_UNREADABLE:
		diagnose_unknown(d, check, h->remedy, _("the hook of %s, %s, "
		    "cannot be read: %s"), h->manager, h->path, h->why);
		break;
	}
}

/* Those that put packages in without having said which. */
static void
judge_foretelling(const struct checkup *c, struct diagnoses *d)
{
	static const struct {
		const char *manager, *name;
	} silent[] = {
		{ "zypp", "zypper" }, { "dnf5", "dnf 5" },
		{ "pacman", "pacman" },
	};

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		size_t k = 0;

		while (k < c->hooks.n && strcmp(c->hooks.items[k].manager,
		    silent[i].manager) != 0)
			k++;
		if (k < c->hooks.n)
			diagnose_complaint(d, "preflight", diagnose_verb(d, c,
			    "preflight"), _("driftctl.yaml asks for a "
			    "preflight, but %s says too late what it puts in: "
			    "nothing is told or refused there, only where you "
			    "ask before"), silent[i].name);
	}
}

void
judge_hooks(const struct checkup *c, struct diagnoses *d)
{
	bool any = false;

	for (size_t i = 0; i < c->hooks.n; i++)
		any |= c->hooks.items[i].path != NULL &&
		    c->hooks.items[i].state == HOOK_THERE;
	if (c->hooks.n == 0)
		diagnose_unknown(d, "hooks", NULL, _("no package manager was "
		    "found that driftctl has a hook for"));
	else if (any && !c->program_there && c->live)
		diagnose_complaint(d, "program", NULL, _("%s, which the hooks "
		    "call, is not there: install driftctl again"),
		    c->program);
	for (size_t i = 0; i < c->hooks.n; i++)
		judge_hook(&c->hooks.items[i], d);
	if (c->foretells)
		judge_foretelling(c, d);
}

/* When the first hook of that database came; 0: there is none. */
static int64_t
hooks_since(const struct checkup *c, const char *database)
{
	int64_t since = 0;

	for (size_t i = 0; i < c->hooks.n; i++) {
		const struct hook_fact *h = &c->hooks.items[i];

		if (strcmp(h->database, database) == 0 && h->since != 0 &&
		    (since == 0 || h->since < since))
			since = h->since;
	}
	return since;
}

static const struct record_fact *
record_at(const struct checkup *c, int64_t when, bool late)
{
	for (size_t i = 0; i < c->records.n; i++) {
		const struct record_fact *r = &c->records.items[i];
		int64_t end = r->open || r->ended == 0 ? c->now : r->ended;

		if (r->late != late)
			continue;
		/* What was found late began nobody knows when. */
		if (when <= end + SLACK && (late ||
		    (r->began != 0 && when >= r->began - SLACK)))
			return r;
	}
	return NULL;
}

static const char *
look_at(const struct checkup *c, struct diagnoses *d, const char *database)
{
	static const struct {
		const char *database, *command;
	} table[] = {
		{ "dpkg", "apt-config dump | grep driftctl" },
		{ "rpm", "rpm -q --filetriggers driftctl" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (c->live && strcmp(table[i].database, database) == 0)
			return table[i].command;
	return diagnose_verb(d, c, "check");
}

static void
judge_run(const struct checkup *c, const struct run_fact *run,
    struct diagnoses *d)
{
	const char *check = arena_printf(&d->arena, "ran-%s", run->database);
	const char *when = diagnose_time(d, run->when);
	const struct record_fact *r;
	int64_t since = hooks_since(c, run->database);

	if ((r = record_at(c, run->when, false)) != NULL) {
		diagnose_well(d, check, _("the hooks ran when %s last changed "
		    "packages (%s)"), run->database, r->id);
		return;
	}
	if (c->store_since == 0 || run->when <= c->store_since) {
		diagnose_well(d, check, _("%s has changed no package since "
		    "driftctl began"), run->database);
		return;
	}
	if (since >= run->when) {
		diagnose_well(d, check, _("%s has changed no package since "
		    "its hooks came"), run->database);
		return;
	}
	r = record_at(c, run->when, true);
	if (r != NULL)
		diagnose_complaint(d, check, look_at(c, d, run->database),
		    _("no hook was called when %s last changed packages, at "
		    "%s; that was found later (%s)"), run->database, when,
		    r->id);
	else
		diagnose_complaint(d, check, diagnose_verb(d, c, "hook timer"),
		    _("no hook was called when %s last changed packages, at "
		    "%s"), run->database, when);
}

void
judge_runs(const struct checkup *c, struct diagnoses *d)
{
	for (size_t i = 0; i < c->runs.n; i++)
		judge_run(c, &c->runs.items[i], d);
	if (c->unseen_trouble != NULL)
		diagnose_unknown(d, "packages", NULL, _("which packages there "
		    "are is not known: %s"), c->unseen_trouble);
	else if (c->unseen != NULL)
		diagnose_complaint(d, "packages", diagnose_verb(d, c,
		    "hook timer"), _("packages changed, and nobody has looked "
		    "at what that did: %s"), c->unseen);
}

static void
judge_open(const struct checkup *c, const struct record_fact *r,
    struct diagnoses *d)
{
	if (!r->alive)
		diagnose_complaint(d, "transaction", diagnose_verb(d, c,
		    "hook timer"), _("the transaction %s (%s) was begun and "
		    "never ended"), r->id, r->command[0] != '\0' ?
		    r->command : r->origin);
	else if (c->now - r->began > DAY)
		diagnose_complaint(d, "transaction", NULL, _("the transaction "
		    "%s is open since %s, and its package manager still "
		    "runs"), r->id, diagnose_time(d, r->began));
	else
		diagnose_well(d, "transaction", _("the transaction %s is "
		    "under way"), r->id);
}

static const char *
remove_it(const struct checkup *c, struct diagnoses *d, const char *how,
    const char *name)
{
	struct arena *a = &d->arena;

	return arena_printf(a, "%s %s", how, checkup_quote(a, arena_printf(a,
	    "%s/transactions/%s", c->store_dir, name)));
}

void
judge_ledger(const struct checkup *c, struct diagnoses *d)
{
	const struct record_fact *last = NULL;

	if (c->ledger_trouble != NULL)
		diagnose_unknown(d, "transaction", NULL, _("the records of "
		    "transactions cannot be read: %s"), c->ledger_trouble);
	for (size_t i = 0; i < c->records.n; i++) {
		const struct record_fact *r = &c->records.items[i];

		if (r->open)
			judge_open(c, r, d);
		else if (last == NULL)
			last = r;
	}
	if (last != NULL && last->failed != NULL)
		diagnose_complaint(d, "last-transaction", diagnose_verb(d, c,
		    "check"), _("driftctl could not do everything in the last "
		    "transaction, %s: %s"), last->id, last->failed);
	else if (last != NULL)
		diagnose_well(d, "last-transaction", _("the last transaction, "
		    "%s, is settled"), last->id);
	for (size_t i = 0; i < c->damaged.n; i++)
		diagnose_complaint(d, "records", remove_it(c, d, "rm",
		    c->damaged.items[i]), _("the record %s of a transaction "
		    "is damaged"), c->damaged.items[i]);
	for (size_t i = 0; i < c->odd.n; i++)
		diagnose_complaint(d, "records", remove_it(c, d, "rm -r",
		    c->odd.items[i]), _("%s lies among the records of "
		    "transactions, but is no file: hooks pass it by"),
		    c->odd.items[i]);
}
