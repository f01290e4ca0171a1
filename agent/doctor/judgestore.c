/* SPDX-License-Identifier: MIT */
#include "agent/doctor/diagnoses.h"

#include "base/text.h"
#include "base/tr.h"

enum {
	DAY = 86400,
	LOOKED_DAYS = 7,
	CLOCK_SLACK = 300,
	FREE_MIN = 32 << 20,
	INODES_MIN = 1000,
};

void
judge_specs(const struct checkup *c, struct diagnoses *d)
{
	if (c->config_trouble != NULL)
		diagnose_complaint(d, "config", NULL, "%s", c->config_trouble);
	for (size_t i = 0; i < c->diagnostics.n; i++)
		diagnose_complaint(d, "specs", diagnose_verb(d, c,
		    "spec lint"), "%s", c->diagnostics.items[i]);
	if (c->config_trouble != NULL)
		return;
	if (c->n_specs == 0)
		diagnose_complaint(d, "catalogue", NULL, _("there is not one "
		    "spec: install driftctl again"));
	else if (c->n_applying == 0)
		diagnose_complaint(d, "catalogue", diagnose_verb(d, c,
		    "spec list"), _("no spec applies here: nothing is "
		    "required of this machine"));
	else if (c->diagnostics.n == 0)
		diagnose_well(d, "specs", ngettext("%zu spec without a "
		    "mistake, of which %zu applies here", "%zu specs without "
		    "a mistake, of which %zu apply here", c->n_specs),
		    c->n_specs, c->n_applying);
}

static void
judge_key(const struct checkup *c, struct diagnoses *d)
{
	if (c->key_open)
		diagnose_complaint(d, "seal-key", arena_printf(&d->arena,
		    "chmod 0400 %s", checkup_quote(&d->arena, c->key_path)),
		    _("others can read the seal key, %s"), c->key_path);
	else if (c->key_trouble != NULL)
		diagnose_unknown(d, "seal-key", NULL, _("the seal key cannot "
		    "be used: %s"), c->key_trouble);
	else if (!c->key_there)
		diagnose_complaint(d, "seal-key", NULL, _("the seal key, %s, "
		    "is not there: secrets are neither recorded nor put back "
		    "(put your copy of it there)"), c->key_path);
	else
		diagnose_well(d, "seal-key", _("the seal key is there, and "
		    "its owner's alone"));
}

void
judge_store(const struct checkup *c, struct diagnoses *d)
{
	if (!c->store_there) {
		diagnose_complaint(d, "store", diagnose_verb(d, c, "init"),
		    _("there is no store in %s: nothing is recorded"),
		    c->store_dir);
		return;
	}
	if (c->store_trouble != NULL) {
		diagnose_unknown(d, "store", NULL, "%s", c->store_trouble);
		return;
	}
	if (c->content_trouble != NULL)
		diagnose_complaint(d, "store", diagnose_verb(d, c, "verify"),
		    _("the store is damaged: %s"), c->content_trouble);
	else if (!c->has_baseline)
		diagnose_complaint(d, "store", diagnose_verb(d, c, "accept"),
		    _("the store has no baseline to compare with"));
	else
		diagnose_well(d, "store", _("the newest snapshot and the "
		    "baseline are whole"));
	if (c->write_trouble != NULL)
		diagnose_complaint(d, "store", arena_printf(&d->arena,
		    "mount -o remount,rw \"$(findmnt -no TARGET -T %s)\"",
		    checkup_quote(&d->arena, c->store_dir)), _("nothing can "
		    "be written into the store, %s: %s; hooks record nothing"),
		    c->store_dir, c->write_trouble);
	judge_key(c, d);
	if (c->pending_trouble != NULL)
		diagnose_unknown(d, "journal", diagnose_verb(d, c, "verify"),
		    _("whether a restore was interrupted is not known: %s"),
		    c->pending_trouble);
	else if (c->pending != NULL)
		diagnose_complaint(d, "journal", diagnose_verb(d, c, "undo"),
		    _("the restore %s was interrupted and is to be taken "
		    "back"), c->pending);
}

/* gc writes the repository anew before the old one goes. */
static void
judge_bytes(const struct checkup *c, struct diagnoses *d)
{
	CLEANUP(drop_buf) struct buf have = { 0 }, need = { 0 };
	uint64_t wanted = c->store_bytes + c->month_bytes;

	if (wanted < FREE_MIN)
		wanted = FREE_MIN;
	text_size_human(&have, c->free_bytes);
	text_size_human(&need, wanted);
	if (c->free_bytes < wanted)
		diagnose_complaint(d, "space", arena_printf(&d->arena,
		    "df -h %s", checkup_quote(&d->arena,
		    c->store_dir)), _("the file system of the "
		    "store has %s free, and the next month can need %s"),
		    buf_str(&have), buf_str(&need));
	else
		diagnose_well(d, "space", _("the file system of the store has "
		    "%s free, of which the next month can need %s"),
		    buf_str(&have), buf_str(&need));
}

void
judge_space(const struct checkup *c, struct diagnoses *d)
{
	if (c->space_known)
		judge_bytes(c, d);
	if (c->inodes_known && c->free_inodes < INODES_MIN)
		diagnose_complaint(d, "inodes", arena_printf(&d->arena,
		    "df -i %s", checkup_quote(&d->arena,
		    c->store_dir)), _("the file system of the "
		    "store has only %llu inodes left"),
		    (unsigned long long)c->free_inodes);
}

void
judge_times(const struct checkup *c, struct diagnoses *d)
{
	int64_t days;

	if (c->looked == 0)
		return;
	/* A snapshot that is not of the past says that the clock is wrong. */
	if (c->newest_snapshot > c->now + CLOCK_SLACK) {
		diagnose_complaint(d, "clock", c->live ? "timedatectl" : NULL,
		    _("the clock says %s, but the newest snapshot is of %s"),
		    diagnose_time(d, c->now), diagnose_time(d,
		    c->newest_snapshot));
		return;
	}
	days = (c->now - c->looked) / DAY;
	if (days >= LOOKED_DAYS)
		diagnose_complaint(d, "looked", diagnose_verb(d, c,
		    "snapshot"), _("nobody has looked at the machine for "
		    "%lld days"), (long long)days);
	else
		diagnose_well(d, "looked", _("somebody last looked at the "
		    "machine at %s"), diagnose_time(d, c->looked));
}

static void
judge_leftovers(const struct checkup *c, struct diagnoses *d)
{
	if (c->unlooked != NULL)
		diagnose_unknown(d, "leftovers", NULL, _("what packages left "
		    "beside files is not known: %s"), c->unlooked);
	if (c->n_leftovers == 1)
		diagnose_complaint(d, "leftovers", diagnose_verb(d, c,
		    "merge --dry-run"), _("a package left %s to be merged"),
		    c->leftover);
	else if (c->n_leftovers > 1)
		diagnose_complaint(d, "leftovers", diagnose_verb(d, c,
		    "merge --dry-run"), _("packages left %zu files to be "
		    "merged, such as %s"), c->n_leftovers, c->leftover);
}

void
judge_rest(const struct checkup *c, struct diagnoses *d)
{
	judge_leftovers(c, d);
	for (size_t i = 0; i < c->strays.n; i++)
		diagnose_complaint(d, "strays", arena_printf(&d->arena,
		    "rm -r %s", checkup_quote(&d->arena, arena_printf(
		    &d->arena, "%s%s", c->prefix, c->strays.items[i]))),
		    _("%s was left by a restore that died, and is of no more "
		    "use"), c->strays.items[i]);
	for (size_t i = 0; i < c->notifiers.n; i++) {
		const struct notifier_fact *n = &c->notifiers.items[i];

		if (n->failed == 0) {
			diagnose_complaint(d, "notifier", diagnose_verb(d, c,
			    "hook notify --test"), _("%s cannot be told: %s; "
			    "once that is mended, test it"), n->name, n->why);
			continue;
		}
		diagnose_complaint(d, "notifier", diagnose_verb(d, c,
		    "hook notify --test"), ngettext("%s could "
		    "not be told, last at %s, and %zu message waits: %s", "%s "
		    "could not be told, last at %s, and %zu messages wait: "
		    "%s", n->waiting), n->name, diagnose_time(d, n->failed),
		    n->waiting, n->why);
	}
}
