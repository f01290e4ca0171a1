/* SPDX-License-Identifier: MIT */
#include "agent/doctor/diagnoses.h"

#include "base/tr.h"

#define TIMER "driftctl-report.timer"
#define BOOT "driftctl-boot.service"

static const char *
enable(const struct checkup *c, struct diagnoses *d, const char *unit,
    bool now)
{
	return c->live ? arena_printf(&d->arena, "systemctl enable %s%s",
	    now ? "--now " : "", unit) : arena_printf(&d->arena,
	    "systemctl --root=%s enable %s",
	    checkup_quote(&d->arena, c->prefix), unit);
}

static const char *
unmask(const struct checkup *c, struct diagnoses *d, const char *unit,
    bool now)
{
	return c->live ? arena_printf(&d->arena, "systemctl unmask %s && %s",
	    unit, enable(c, d, unit, now)) : arena_printf(&d->arena,
	    "systemctl --root=%s unmask %s", checkup_quote(&d->arena,
	    c->prefix), unit);
}

static void
judge_timer(const struct checkup *c, struct diagnoses *d)
{
	const struct start_fact *s = &c->nightly;

	if (!s->unit)
		diagnose_complaint(d, "nightly", c->units_remedy,
		    _("nothing looks at "
		    "the machine each night: %s is not there (install "
		    "driftctl again)"), TIMER);
	else if (s->masked)
		diagnose_complaint(d, "nightly", unmask(c, d, TIMER, true),
		    _("nothing looks at the machine each night: %s is "
		    "masked"), TIMER);
	else if (!s->enabled)
		diagnose_complaint(d, "nightly", enable(c, d, TIMER, true),
		    _("nothing looks at the machine each night: %s is not "
		    "enabled"), TIMER);
	else if (c->live && !s->active)
		diagnose_complaint(d, "nightly", "systemctl start " TIMER,
		    _("nothing looks at the machine each night until the "
		    "next start: %s is enabled, but not running"), TIMER);
	else if (s->failed != NULL)
		diagnose_complaint(d, "nightly",
		    "journalctl -u driftctl-report.service -n 50",
		    _("the last nightly report failed: %s"), s->failed);
	else
		diagnose_well(d, "nightly", _("%s starts the nightly report"),
		    TIMER);
}

/* A table is of use while somebody reads it. */
static bool
judged_cron(const struct checkup *c, const char *check,
    const struct start_fact *s, struct diagnoses *d)
{
	if (s->cron == NULL)
		return false;
	if (c->cron_known && !c->cron_runs)
		diagnose_complaint(d, check, "service cron start || "
		    "service crond start", _("%s is there, but no cron runs "
		    "that reads it"), s->cron);
	else if (s == &c->nightly)
		diagnose_well(d, check, _("%s starts the nightly report"),
		    s->cron);
	else
		diagnose_well(d, check, _("%s looks for upgrades at each "
		    "start"), s->cron);
	return true;
}

static void
judge_nightly(const struct checkup *c, struct diagnoses *d)
{
	const struct start_fact *s = &c->nightly;

	/* Our own table does nothing where systemd runs. */
	if (c->systemd) {
		if (s->enabled || s->cron == NULL ||
		    !judged_cron(c, "nightly", s, d))
			judge_timer(c, d);
	} else if (!judged_cron(c, "nightly", s, d)) {
		if (s->unreadable != NULL)
			diagnose_unknown(d, "nightly", NULL, _("whether cron "
			    "starts the nightly report is not known: %s "
			    "cannot be read"), s->unreadable);
		else
			diagnose_complaint(d, "nightly", c->cron_remedy,
			    _("nothing looks at the machine each night: no "
			    "table of cron starts driftctl"));
	}
}

static void
judge_boot(const struct checkup *c, struct diagnoses *d)
{
	const struct start_fact *s = &c->boot;

	if (!c->systemd) {
		if (!judged_cron(c, "boot", s, d))
			diagnose_complaint(d, "boot", c->cron_remedy,
			    _("an upgrade that no hook saw goes unnoticed at "
			    "the start of the machine: nothing calls "
			    "'driftctl hook boot'"));
		return;
	}
	if (!s->unit)
		diagnose_complaint(d, "boot", c->units_remedy,
		    _("an upgrade that no "
		    "hook saw goes unnoticed at the start of the machine: %s "
		    "is not there (install driftctl again)"), BOOT);
	else if (s->masked)
		diagnose_complaint(d, "boot", unmask(c, d, BOOT, false),
		    _("an upgrade that no hook saw goes unnoticed at the "
		    "start of the machine: %s is masked"), BOOT);
	else if (!s->enabled)
		diagnose_complaint(d, "boot", enable(c, d, BOOT, false),
		    _("an upgrade that no hook saw goes unnoticed at the "
		    "start of the machine: %s is not enabled"), BOOT);
	else if (s->failed != NULL)
		diagnose_complaint(d, "boot", "journalctl -b -u " BOOT,
		    _("%s failed at the last start: %s"), BOOT, s->failed);
	else
		diagnose_well(d, "boot", _("%s looks for upgrades at each "
		    "start"), BOOT);
}

void
judge_starts(const struct checkup *c, struct diagnoses *d)
{
	judge_nightly(c, d);
	judge_boot(c, d);
}
