/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/doctor/checkup.h"
#include "agent/doctor/runlog.h"
#include "base/vec.h"

enum { NOW = 1795305600, HOUR = 3600, DAY = 86400, MIB = 1 << 20 };

/* A machine on which nothing is to complain of. */
static void
all_is_well(struct checkup *c)
{
	*c = (struct checkup){ .now = NOW, .live = true,
		.command = "driftctl", .prefix = "",
		.program = "/usr/bin/driftctl", .program_there = true,
		.systemd = true, .cron_known = true,
		.nightly = { .unit = true, .enabled = true, .active = true },
		.boot = { .unit = true, .enabled = true },
		.cron_remedy = "install cron",
		.n_specs = 3, .n_applying = 2,
		.store_dir = "/var/lib/driftctl", .store_there = true,
		.has_baseline = true, .store_since = NOW - 100 * DAY,
		.newest_snapshot = NOW - HOUR, .looked = NOW - HOUR,
		.key_path = "/etc/driftctl/seal.key", .key_there = true,
		.space_known = true, .free_bytes = 1000ull * MIB,
		.store_bytes = 10ull * MIB, .inodes_known = true,
		.free_inodes = 100000 };
	*VEC_ADD(&c->hooks) = (struct hook_fact){ .manager = "apt",
		.database = "dpkg", .path = "/etc/apt/apt.conf.d/00driftctl",
		.remedy = "install it", .since = NOW - 90 * DAY };
	*VEC_ADD(&c->runs) = (struct run_fact){ "dpkg", NOW - 2 * HOUR };
	*VEC_ADD(&c->records) = (struct record_fact){ .id = "ID",
		.origin = "apt", .command = "apt upgrade",
		.began = NOW - 2 * HOUR - 5, .ended = NOW - 2 * HOUR + 60 };
}

/* "check: what [remedy]" of all that is not well; '?' stands before what could
 * not be told. */
static void
sum_up(const struct checkup *c, struct buf *out)
{
	CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };

	checkup_judge(c, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct diagnosis *x = &d.items[i];

		assert_true(x->what != NULL && x->what[0] != '\0');
		assert_true(x->check != NULL && x->check[0] != '\0');
		if (x->state == DIAGNOSIS_WELL)
			continue;
		buf_addf(out, "%s%s: %s%s%s%s\n",
		    x->state == DIAGNOSIS_UNKNOWN ? "?" : "", x->check,
		    x->what, x->remedy != NULL ? " [" : "",
		    x->remedy != NULL ? x->remedy : "",
		    x->remedy != NULL ? "]" : "");
	}
	assert_int_equal(diagnoses_exit(&d), diagnoses_count(&d,
	    DIAGNOSIS_UNKNOWN) > 0 ? 2 : out->len > 0);
}

/* Says nothing but this; done with c. */
static void
says(struct checkup *c, const char *wanted)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	sum_up(c, &out);
	if (strcmp(buf_str(&out), wanted) != 0)
		print_error("got:\n%swanted:\n%s", buf_str(&out), wanted);
	assert_string_equal(buf_str(&out), wanted);
	checkup_done(c);
}

static void
nothing_is_said_where_all_is_well(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	says(&c, "");
}

static void
each_state_of_a_hook_has_its_complaint(void **state)
{
	static const struct {
		enum hook_state is;
		const char *says;
	} cases[] = {
		{ HOOK_THERE, "" },
		{ HOOK_MISSING, "hook-apt: apt has no hook: what it does goes "
		    "unnoticed until the night [install it]\n" },
		{ HOOK_CHANGED, "hook-apt: the hook of apt, "
		    "/etc/apt/apt.conf.d/00driftctl, is not the one that "
		    "ships [install it]\n" },
		{ HOOK_NO_PROGRAM, "hook-apt: the hook of apt, "
		    "/etc/apt/apt.conf.d/00driftctl, cannot be executed "
		    "[install it]\n" },
		{ HOOK_OPEN, "hook-apt: others than root can change the hook "
		    "of apt, /etc/apt/apt.conf.d/00driftctl, which root runs "
		    "[install it]\n" },
		{ HOOK_OFF, "hook-apt: the hook of apt is there, but WHY "
		    "[install it]\n" },
		{ HOOK_UNREADABLE, "?hook-apt: the hook of apt, "
		    "/etc/apt/apt.conf.d/00driftctl, cannot be read: WHY "
		    "[install it]\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct checkup c;

		all_is_well(&c);
		c.hooks.items[0].state = cases[i].is;
		c.hooks.items[0].why = "WHY";
		says(&c, cases[i].says);
	}
}

static void
a_preflight_that_a_manager_cannot_have_is_told(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.foretells = true;
	says(&c, "");
	all_is_well(&c);
	c.foretells = true;
	c.hooks.items[0].manager = "zypp";
	says(&c, "preflight: driftctl.yaml asks for a preflight, but zypper "
	    "says too late what it puts in: nothing is told or refused there, "
	    "only where you ask before [driftctl preflight]\n");
}

static void
a_store_that_cannot_be_written_is_told(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.write_trouble = "WHY";
	c.store_dir = "/s";
	says(&c, "store: nothing can be written into the store, /s: WHY; "
	    "hooks record nothing [mount -o remount,rw "
	    "\"$(findmnt -no TARGET -T /s)\"]\n");
}

static void
what_is_no_record_among_them_is_told_once(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.store_dir = "/s";
	strlist_add(&c.odd, "20261121T193012Z-rpm.open");
	says(&c, "records: 20261121T193012Z-rpm.open lies among the records "
	    "of transactions, but is no file: hooks pass it by "
	    "[rm -r /s/transactions/20261121T193012Z-rpm.open]\n");
}

static void
rpms_triggers_are_in_no_file(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.hooks.items[0].path = NULL;
	c.hooks.items[0].manager = "rpm";
	says(&c, "");
	all_is_well(&c);
	c.hooks.items[0].path = NULL;
	c.hooks.items[0].manager = "rpm";
	c.hooks.items[0].state = HOOK_MISSING;
	says(&c, "hook-rpm: rpm alone, and programs that have no hook, change "
	    "packages unnoticed until the night: driftctl is not installed as "
	    "a package with triggers [install it]\n");
}

static void
hooks_without_their_program_are_useless(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.program_there = false;
	says(&c, "program: /usr/bin/driftctl, which the hooks call, is not "
	    "there: install driftctl again\n");
	all_is_well(&c);
	c.program_there = false;
	c.live = false;
	says(&c, "");
	all_is_well(&c);
	c.hooks.n = 0;
	says(&c, "?hooks: no package manager was found that driftctl has a "
	    "hook for\n");
}

static void
a_run_is_held_against_the_records(void **state)
{
	static const struct {
		int64_t when, store, hook;	/* before now */
		int64_t began, ended;
		bool open, late;
		const char *says;	/* NULL: nothing */
	} cases[] = {
		/* In it, and a little beside it. */
		{ 100, 1000, 900, 110, 90, false, false, NULL },
		{ 100, 1000, 900, 95, 90, false, false, NULL },
		{ 100, 1000, 900, 200, 105, false, false, NULL },
		{ 100, 1000, 900, 110, 0, true, false, NULL },
		/* Not in it. */
		{ 100, 1000, 900, 80, 70, false, false, "" },
		{ 100, 1000, 900, 200, 150, false, false, "" },
		/* Before driftctl, before its hooks. */
		{ 100, 90, 90, 80, 70, false, false, NULL },
		{ 100, 1000, 50, 80, 70, false, false, NULL },
		/* Found later. */
		{ 100, 1000, 900, 50, 40, false, true, "; that was found "
		    "later (ID)" },
		{ 100, 1000, 900, 0, 150, false, true, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };
		struct checkup c;
		const struct diagnosis *ran = NULL;

		all_is_well(&c);
		c.runs.items[0].when = NOW - cases[i].when;
		c.store_since = NOW - cases[i].store;
		c.hooks.items[0].since = NOW - cases[i].hook;
		c.records.items[0] = (struct record_fact){ .id = "ID",
			.origin = "apt", .command = "", .alive = true,
			.began = cases[i].began != 0 ? NOW - cases[i].began :
			    0, .ended = cases[i].ended != 0 ?
			    NOW - cases[i].ended : 0,
			.open = cases[i].open, .late = cases[i].late };
		checkup_judge(&c, &d);
		for (size_t k = 0; k < d.n; k++)
			if (strcmp(d.items[k].check, "ran-dpkg") == 0)
				ran = &d.items[k];
		assert_non_null(ran);
		assert_int_equal(ran->state, cases[i].says == NULL ?
		    DIAGNOSIS_WELL : DIAGNOSIS_COMPLAINT);
		if (cases[i].says != NULL) {
			assert_non_null(strstr(ran->what, cases[i].says));
			assert_true(cases[i].says[0] != '\0' ||
			    strstr(ran->what, "found") == NULL);
			assert_string_equal(ran->remedy,
			    cases[i].says[0] == '\0' ? "driftctl hook timer" :
			    "apt-config dump | grep driftctl");
		}
		checkup_done(&c);
	}
}

static void
packages_that_nobody_looked_at_are_told(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.unseen = "a 1 -> 2";
	says(&c, "packages: packages changed, and nobody has looked at what "
	    "that did: a 1 -> 2 [driftctl hook timer]\n");
	all_is_well(&c);
	c.unseen = "a 1 -> 2";
	c.unseen_trouble = "rpm: WHY";
	says(&c, "?packages: which packages there are is not known: rpm: "
	    "WHY\n");
}

static void
what_is_open_is_told_when_nobody_will_end_it(void **state)
{
	static const struct {
		bool alive;
		int64_t age;
		const char *says;
	} cases[] = {
		{ true, HOUR, "" },
		{ false, 10, "transaction: the transaction OPEN (zypper up) "
		    "was begun and never ended [driftctl hook timer]\n" },
		{ true, 2 * DAY, "transaction: the transaction OPEN is open "
		    "since 2026-11-20 00:00, and its package manager still "
		    "runs\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct checkup c;

		all_is_well(&c);
		*VEC_ADD(&c.records) = (struct record_fact){ .id = "OPEN",
			.origin = "zypp", .command = "zypper up",
			.open = true, .alive = cases[i].alive,
			.began = NOW - cases[i].age };
		says(&c, cases[i].says);
	}
}

static void
only_the_last_transaction_counts(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	*VEC_ADD(&c.records) = (struct record_fact){ .id = "OLDER",
		.origin = "apt", .command = "", .failed = "old" };
	says(&c, "");
	all_is_well(&c);
	c.records.items[0].failed = "WHY";
	says(&c, "last-transaction: driftctl could not do everything in the "
	    "last transaction, ID: WHY [driftctl check]\n");
	all_is_well(&c);
	strlist_add(&c.damaged, "20260101T000000Z-apt.damaged");
	says(&c, "records: the record 20260101T000000Z-apt.damaged of a "
	    "transaction is damaged [rm /var/lib/driftctl/transactions/"
	    "20260101T000000Z-apt.damaged]\n");
}

#define NIGHT "nightly: nothing looks at the machine each night: "
#define START "boot: an upgrade that no hook saw goes unnoticed at the " \
	"start of the machine: "

static void
the_night_is_systemds_or_crons(void **state)
{
	static const char table[] = "/etc/cron.d/mine";
	static const struct {
		bool systemd;
		struct start_fact s;
		bool cron_runs;
		const char *says;
	} cases[] = {
		{ true, { .unit = true, .enabled = true, .active = true },
		    false, "" },
		{ true, { 0 }, true, NIGHT "driftctl-report.timer is not "
		    "there (install driftctl again)\n" },
		{ true, { .unit = true }, true, NIGHT "driftctl-report.timer "
		    "is not enabled [systemctl enable --now "
		    "driftctl-report.timer]\n" },
		{ true, { .unit = true, .masked = true, .enabled = true },
		    true, NIGHT "driftctl-report.timer is masked [systemctl "
		    "unmask driftctl-report.timer && systemctl enable --now "
		    "driftctl-report.timer]\n" },
		{ true, { .unit = true, .enabled = true }, true, "nightly: "
		    "nothing looks at the machine each night until the next "
		    "start: driftctl-report.timer is enabled, but not running "
		    "[systemctl start driftctl-report.timer]\n" },
		{ true, { .unit = true, .enabled = true, .active = true,
		    .failed = "timeout" }, true, "nightly: the last nightly "
		    "report failed: timeout [journalctl -u "
		    "driftctl-report.service -n 50]\n" },
		{ true, { .unit = true, .cron = table }, true, "" },
		{ true, { .unit = true, .cron = table }, false, "nightly: "
		    "/etc/cron.d/mine is there, but no cron runs that reads "
		    "it [service cron start || service crond start]\n" },
		{ false, { .cron = table }, true, "" },
		{ false, { .unit = true, .enabled = true }, true, NIGHT "no "
		    "table of cron starts driftctl [install cron]\n" },
		{ false, { .unreadable = "/etc/crontab" }, true, "?nightly: "
		    "whether cron starts the nightly report is not known: "
		    "/etc/crontab cannot be read\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct checkup c;

		all_is_well(&c);
		c.systemd = cases[i].systemd;
		c.nightly = cases[i].s;
		c.cron_runs = cases[i].cron_runs;
		if (!c.systemd)
			c.boot.cron = cases[i].cron_runs ? table : NULL;
		says(&c, cases[i].says);
	}
}

static void
the_start_is_looked_after(void **state)
{
	static const struct {
		bool systemd;
		struct start_fact s;
		const char *says;
	} cases[] = {
		{ true, { .unit = true, .enabled = true }, "" },
		{ true, { 0 }, START "driftctl-boot.service is not there "
		    "(install driftctl again)\n" },
		{ true, { .unit = true }, START "driftctl-boot.service is not "
		    "enabled [systemctl enable driftctl-boot.service]\n" },
		{ true, { .unit = true, .masked = true }, START
		    "driftctl-boot.service is masked [systemctl unmask "
		    "driftctl-boot.service && systemctl enable "
		    "driftctl-boot.service]\n" },
		{ true, { .unit = true, .enabled = true, .failed = "timeout" },
		    "boot: driftctl-boot.service failed at the last start: "
		    "timeout [journalctl -b -u driftctl-boot.service]\n" },
		{ false, { 0 }, START "nothing calls 'driftctl hook boot' "
		    "[install cron]\n" },
		{ false, { .cron = "/etc/crontab" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct checkup c;

		all_is_well(&c);
		c.systemd = cases[i].systemd;
		c.nightly.cron = "/etc/crontab";
		c.cron_runs = true;
		c.boot = cases[i].s;
		says(&c, cases[i].says);
	}
}

static void
of_a_mounted_system_remedies_lead_there(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.live = false;
	c.prefix = "/mnt/my root";
	c.command = "driftctl --root '/mnt/my root'";
	c.nightly = (struct start_fact){ .unit = true };
	c.boot = (struct start_fact){ .unit = true, .masked = true };
	c.content_trouble = "WHY";
	says(&c, NIGHT "driftctl-report.timer is not enabled [systemctl "
	    "--root='/mnt/my root' enable driftctl-report.timer]\n"
	    START "driftctl-boot.service is masked [systemctl "
	    "--root='/mnt/my root' unmask driftctl-boot.service]\n"
	    "store: the store is damaged: WHY [driftctl --root '/mnt/my root' "
	    "verify]\n");
}

static void
specs_and_settings_must_be_right(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	strlist_add(&c.diagnostics, "a.yaml:1:1: unknown key 'x'");
	says(&c, "specs: a.yaml:1:1: unknown key 'x' [driftctl spec lint]\n");
	all_is_well(&c);
	c.n_applying = 0;
	says(&c, "catalogue: no spec applies here: nothing is required of "
	    "this machine [driftctl spec list]\n");
	all_is_well(&c);
	c.n_specs = c.n_applying = 0;
	says(&c, "catalogue: there is not one spec: install driftctl again\n");
	all_is_well(&c);
	c.n_specs = 0;
	c.config_trouble = "driftctl.yaml: WHY";
	says(&c, "config: driftctl.yaml: WHY\n");
}

static void
the_store_must_be_there_and_whole(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.store_there = c.space_known = c.inodes_known = false;
	c.looked = 0;
	says(&c, "store: there is no store in /var/lib/driftctl: nothing is "
	    "recorded [driftctl init]\n");
	all_is_well(&c);
	c.store_trouble = "WHY";
	says(&c, "?store: WHY\n");
	all_is_well(&c);
	c.content_trouble = "WHY";
	says(&c, "store: the store is damaged: WHY [driftctl verify]\n");
	all_is_well(&c);
	c.has_baseline = false;
	says(&c, "store: the store has no baseline to compare with [driftctl "
	    "accept]\n");
	all_is_well(&c);
	c.pending = "R";
	says(&c, "journal: the restore R was interrupted and is to be taken "
	    "back [driftctl undo]\n");
	all_is_well(&c);
	c.pending_trouble = "WHY";
	says(&c, "?journal: whether a restore was interrupted is not known: "
	    "WHY [driftctl verify]\n");
}

static void
the_key_must_be_there_and_ours_alone(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.key_there = false;
	says(&c, "seal-key: the seal key, /etc/driftctl/seal.key, is not "
	    "there: secrets are neither recorded nor put back (put your copy "
	    "of it there)\n");
	all_is_well(&c);
	c.key_open = true;
	says(&c, "seal-key: others can read the seal key, "
	    "/etc/driftctl/seal.key [chmod 0400 /etc/driftctl/seal.key]\n");
	all_is_well(&c);
	c.key_trouble = "WHY";
	says(&c, "?seal-key: the seal key cannot be used: WHY\n");
}

static void
space_must_do_for_a_month(void **state)
{
	static const struct {
		uint64_t free, store, month;	/* MiB */
		const char *says;
	} cases[] = {
		{ 33, 1, 0, "" },
		{ 31, 1, 0, "space: the file system of the store has 31.0 MiB "
		    "free, and the next month can need 32.0 MiB [df -h "
		    "/var/lib/driftctl]\n" },
		{ 150, 100, 49, "" },
		{ 150, 100, 51, "space: the file system of the store has "
		    "150.0 MiB free, and the next month can need 151.0 MiB "
		    "[df -h /var/lib/driftctl]\n" },
	};
	struct checkup c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		all_is_well(&c);
		c.free_bytes = cases[i].free * MIB;
		c.store_bytes = cases[i].store * MIB;
		c.month_bytes = cases[i].month * MIB;
		says(&c, cases[i].says);
	}
	all_is_well(&c);
	c.free_inodes = 999;
	says(&c, "inodes: the file system of the store has only 999 inodes "
	    "left [df -i /var/lib/driftctl]\n");
	all_is_well(&c);
	c.free_inodes = 0;
	c.inodes_known = false;
	says(&c, "");
}

static void
somebody_must_look_and_the_clock_must_be_right(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.looked = NOW - 7 * DAY + 1;
	says(&c, "");
	all_is_well(&c);
	c.looked = NOW - 9 * DAY;
	says(&c, "looked: nobody has looked at the machine for 9 days "
	    "[driftctl snapshot]\n");
	all_is_well(&c);
	c.newest_snapshot = NOW + 299;
	says(&c, "");
	all_is_well(&c);
	c.newest_snapshot = NOW + 3 * DAY;
	says(&c, "clock: the clock says 2026-11-22 00:00, but the newest "
	    "snapshot is of 2026-11-25 00:00 [timedatectl]\n");
}

static void
what_lies_about_is_told(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.n_leftovers = 1;
	c.leftover = "/etc/a.rpmnew";
	says(&c, "leftovers: a package left /etc/a.rpmnew to be merged "
	    "[driftctl merge --dry-run]\n");
	all_is_well(&c);
	c.n_leftovers = 3;
	c.leftover = "/etc/a.rpmnew";
	says(&c, "leftovers: packages left 3 files to be merged, such as "
	    "/etc/a.rpmnew [driftctl merge --dry-run]\n");
	all_is_well(&c);
	c.unlooked = "/etc/x: WHY";
	says(&c, "?leftovers: what packages left beside files is not known: "
	    "/etc/x: WHY\n");
	all_is_well(&c);
	strlist_add(&c.strays, "/etc/.driftctl-x y");
	says(&c, "strays: /etc/.driftctl-x y was left by a restore that died, "
	    "and is of no more use [rm -r '/etc/.driftctl-x y']\n");
}

static void
who_could_not_be_told_is_told(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	*VEC_ADD(&c.notifiers) = (struct notifier_fact){ .name = "mail",
		.why = "WHY", .failed = NOW - HOUR, .waiting = 2 };
	*VEC_ADD(&c.notifiers) = (struct notifier_fact){
		.name = "exec page", .why = "WHY" };
	says(&c, "notifier: mail could not be told, last at 2026-11-21 23:00, "
	    "and 2 messages wait: WHY [driftctl hook notify --test]\n"
	    "notifier: exec page cannot be told: WHY "
	    "[driftctl hook notify --test]\n");
}

static void
logs_say_when_packages_last_changed(void **state)
{
	static const struct {
		enum runlog kind;
		const char *text;
		int64_t last;
	} cases[] = {
		{ RUNLOG_DPKG, "", 0 },
		{ RUNLOG_DPKG, "2026-11-22 00:00:00 upgrade a:all 1 2\n"
		    "2026-11-22 00:00:09 status installed a:all 2\n"
		    "2026-11-22 00:00:10 trigproc b:all 2 <none>\n", NOW },
		{ RUNLOG_DPKG, "2026-11-22 00:00:00 remove a:all 1 <none>",
		    NOW },
		{ RUNLOG_DPKG, "2026-11-22 00:00:00 purge a:all 1 <none>\n"
		    "2026-11-23 00:00:00 upgrade a:all 1 2\n", NOW },
		{ RUNLOG_DPKG, "status half of a line\nrubbish\n\n\n", 0 },
		{ RUNLOG_ZYPP, "# 2026-11-22 00:00:01 a 1 installed ok\n"
		    "2026-11-22 00:00:00|install|a|2-1|noarch|root@h|r||\n"
		    "2026-11-22 00:00:05|command|root@h|'zypper' 'up'|\n",
		    NOW },
		{ RUNLOG_ZYPP, "2026-11-22 00:00:00|remove |a|2-1|noarch|\n",
		    NOW },
		{ RUNLOG_DNF, "2026-11-22T01:00:00+0100 SUBDEBUG Upgrade: a\n"
		    "2026-11-22T02:00:00+0100 INFO --- logging ---\n", NOW },
		{ RUNLOG_DNF, "2026-11-21T19:00:00-0500 SUBDEBUG Installed: "
		    "a\n", NOW },
		{ RUNLOG_PACMAN, "[2026-11-22T02:00:00+0200] [ALPM] upgraded "
		    "a (1 -> 2)\n[2026-11-22T02:00:01+0200] [ALPM] "
		    "transaction completed\n", NOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(runlog_last(cases[i].kind, cases[i].text,
		    strlen(cases[i].text), NOW + HOUR), cases[i].last);
}

static void
commands_can_be_copied_from_80_columns(void **state)
{
	struct diagnosis items[] = { { DIAGNOSIS_COMPLAINT, "x",
		"something is wrong with the machine and it takes more than "
		"one line to say so", "install -D -m 755 "
		"/usr/local/share/driftctl/hooks/zypp-plugin "
		"'/mnt/a path with blanks in it/usr/lib/zypp'" },
		{ DIAGNOSIS_UNKNOWN, "y", "a \x1b[31m thing", NULL },
		{ DIAGNOSIS_WELL, "z", "fine", NULL } };
	const struct diagnoses d = { .items = items, .n = 3 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	doctor_text(&d, true, &out);
	assert_string_equal(buf_str(&out),
	    "something is wrong with the machine and it takes more than one "
	    "line to say so\n"
	    "    install -D -m 755 /usr/local/share/driftctl/hooks/zypp-plugin "
	    "\\\n"
	    "        '/mnt/a path with blanks in it/usr/lib/zypp'\n"
	    "cannot tell: a \\x1b[31m thing\n"
	    "well: fine\n"
	    "\n1 complaint, 1 not known, 1 well\n");
}

static void
what_two_checks_see_is_told_once(void **state)
{
	CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct checkup c;

	(void)state;
	all_is_well(&c);
	c.systemd = false;
	c.nightly.cron = c.boot.cron = "/etc/cron.d/mine";
	checkup_judge(&c, &d);
	assert_int_equal(diagnoses_count(&d, DIAGNOSIS_COMPLAINT), 2);
	doctor_text(&d, false, &out);
	assert_non_null(strstr(buf_str(&out), "/etc/cron.d/mine is there"));
	assert_null(strstr(strstr(buf_str(&out), "is there") + 1,
	    "is there"));
	assert_non_null(strstr(buf_str(&out), "\n1 complaint, "));
	checkup_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_where_all_is_well),
		cmocka_unit_test(each_state_of_a_hook_has_its_complaint),
		cmocka_unit_test(
		    a_preflight_that_a_manager_cannot_have_is_told),
		cmocka_unit_test(a_store_that_cannot_be_written_is_told),
		cmocka_unit_test(what_is_no_record_among_them_is_told_once),
		cmocka_unit_test(rpms_triggers_are_in_no_file),
		cmocka_unit_test(hooks_without_their_program_are_useless),
		cmocka_unit_test(a_run_is_held_against_the_records),
		cmocka_unit_test(packages_that_nobody_looked_at_are_told),
		cmocka_unit_test(what_is_open_is_told_when_nobody_will_end_it),
		cmocka_unit_test(only_the_last_transaction_counts),
		cmocka_unit_test(the_night_is_systemds_or_crons),
		cmocka_unit_test(the_start_is_looked_after),
		cmocka_unit_test(what_two_checks_see_is_told_once),
		cmocka_unit_test(of_a_mounted_system_remedies_lead_there),
		cmocka_unit_test(specs_and_settings_must_be_right),
		cmocka_unit_test(the_store_must_be_there_and_whole),
		cmocka_unit_test(the_key_must_be_there_and_ours_alone),
		cmocka_unit_test(space_must_do_for_a_month),
		cmocka_unit_test(
		    somebody_must_look_and_the_clock_must_be_right),
		cmocka_unit_test(what_lies_about_is_told),
		cmocka_unit_test(who_could_not_be_told_is_told),
		cmocka_unit_test(logs_say_when_packages_last_changed),
		cmocka_unit_test(commands_can_be_copied_from_80_columns),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
