/* SPDX-License-Identifier: MIT */
#include "tests/unit/doctor_says.h"

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
	    "notifier: exec page cannot be told: WHY; "
	    "once that is mended, test it [driftctl hook notify --test]\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specs_and_settings_must_be_right),
		cmocka_unit_test(the_store_must_be_there_and_whole),
		cmocka_unit_test(the_key_must_be_there_and_ours_alone),
		cmocka_unit_test(space_must_do_for_a_month),
		cmocka_unit_test(
		    somebody_must_look_and_the_clock_must_be_right),
		cmocka_unit_test(what_lies_about_is_told),
		cmocka_unit_test(who_could_not_be_told_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
