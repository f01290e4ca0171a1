/* SPDX-License-Identifier: MIT */
#include "agent/doctor/runlog.h"

#include "tests/unit/doctor_says.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_say_when_packages_last_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
