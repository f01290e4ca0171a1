/* SPDX-License-Identifier: MIT */
#include "tests/unit/doctor_says.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
