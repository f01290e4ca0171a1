/* SPDX-License-Identifier: MIT */
#include "tests/unit/doctor_says.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_night_is_systemds_or_crons),
		cmocka_unit_test(the_start_is_looked_after),
		cmocka_unit_test(of_a_mounted_system_remedies_lead_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
