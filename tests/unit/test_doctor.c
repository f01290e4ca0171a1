/* SPDX-License-Identifier: MIT */
#include "tests/unit/doctor_says.h"

static void
nothing_is_said_where_all_is_well(void **state)
{
	struct checkup c;

	(void)state;
	all_is_well(&c);
	says(&c, "");
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
		cmocka_unit_test(what_two_checks_see_is_told_once),
		cmocka_unit_test(commands_can_be_copied_from_80_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
