/* SPDX-License-Identifier: MIT */
#include "agent/preflight/planned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* "+NAME VERSION ARCH; …", - for what goes and ! for a purge. */
static void
assert_planned(const struct planned_packages *p, const char *wanted)
{
	static const char signs[] = "+-!";
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < p->n; i++)
		buf_addf(&b, "%s%c%s %s %s", i > 0 ? "; " : "",
		    signs[p->items[i].step], p->items[i].name,
		    p->items[i].version, p->items[i].arch);
	assert_string_equal(buf_str(&b), wanted);
}

static void
what_apt_would_do_is_read_from_its_simulation(void **state)
{
	CLEANUP(drop_planned) struct planned_packages p = { 0 };

	(void)state;
	planned_apt(
	    "NOTE: This is only a simulation!\n"
	    "Inst libc6 [2.36-9] (2.41-12 Debian:13.1/stable [amd64]) []\n"
	    "Inst linux-image (6.12-1 Debian:13.1/stable, Debian:x [amd64])\n"
	    "Conf libc6 (2.41-12 Debian:13.1/stable [amd64])\n"
	    "Inst libx:i386 [1] (1:2~b x [i386]) [libc6:amd64 ]\n"
	    "Remv libssl3 [3.0.15-1] [x:amd64 ]\n"
	    "Remv libold:i386 [1]\n"
	    "Purg nslcd [0.9]\n"
	    "Inst\nInst odd\nRemv\n", &p);
	assert_planned(&p, "+libc6 2.41-12 amd64; "
	    "+linux-image 6.12-1 amd64; +libx 1:2~b i386; -libssl3  ; "
	    "-libold  i386; !nslcd  ");
}

static void
what_dnf_would_do_is_read_from_its_table(void **state)
{
	CLEANUP(drop_planned) struct planned_packages p = { 0 };

	(void)state;
	planned_dnf(
	    "Last metadata expiration check: 0:00:01 ago on Sun.\n"
	    "Dependencies resolved.\n"
	    "==========\n"
	    " Package      Arch   Version  Repository Size\n"
	    "==========\n"
	    "Upgrading:\n"
	    " cyrus-imapd  noarch 1:2-1    fixtures   6.4 k\n"
	    "     replacing  cyrus-old.noarch 1-1\n"
	    " a-name-that-is-too-long-for-its-column\n"
	    "              x86_64 3-1      updates    1 M\n"
	    "Installing dependencies:\n"
	    " new          x86_64 1-1      updates    1 M\n"
	    "Removing unused dependencies:\n"
	    " gone         x86_64 1-1      @System    1 M\n"
	    "Skipping packages with broken dependencies:\n"
	    " broken       x86_64 1-1      updates    1 M\n"
	    "\n"
	    "Transaction Summary\n"
	    "==========\n"
	    " not         a      package  at         all\n", &p);
	assert_planned(&p, "+cyrus-imapd 1:2-1 noarch; "
	    "+a-name-that-is-too-long-for-its-column 3-1 x86_64; "
	    "+new 1-1 x86_64; -gone 1-1 x86_64");
}

static void
what_zypper_would_do_is_read_from_its_summary(void **state)
{
	static const char xml[] = "<?xml version='1.0'?>\n<stream>\n"
	    "<message type='info'>Loading...</message>\n"
	    "<install-summary packages-to-change='3'>\n"
	    "<to-upgrade><solvable type='package' name='a' edition='2-1' "
	    "arch='noarch' edition-old='1-1'><description>x</description>"
	    "</solvable></to-upgrade>\n"
	    "<to-install><solvable type='package' name='b' edition='1:1-1' "
	    "arch='x86_64'/><solvable type='patch' name='p' edition='1' "
	    "arch='noarch'/></to-install>\n"
	    "<to-remove><solvable type='package' name='c' edition='1-1' "
	    "arch='x86_64'/></to-remove>\n"
	    "</install-summary></stream>\n";
	CLEANUP(drop_planned) struct planned_packages p = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(planned_zypper(xml, strlen(xml), &p, &e), 0);
	assert_planned(&p, "+a 2-1 noarch; +b 1:1-1 x86_64; "
	    "-c 1-1 x86_64");
}

static void
what_zypper_complains_of_is_told(void **state)
{
	static const char xml[] = "<?xml version='1.0'?><stream>"
	    "<message type='error'>Root privileges are required.</message>"
	    "</stream>";
	CLEANUP(drop_planned) struct planned_packages p = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(planned_zypper(xml, strlen(xml), &p, &e), -1);
	assert_string_equal(e.what, "Root privileges are required.");
	err_clear(&e);
	assert_int_equal(planned_zypper("rubbish", 7, &p, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_apt_would_do_is_read_from_its_simulation),
		cmocka_unit_test(what_dnf_would_do_is_read_from_its_table),
		cmocka_unit_test(
		    what_zypper_would_do_is_read_from_its_summary),
		cmocka_unit_test(what_zypper_complains_of_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
