/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "specs/eval.h"
#include "specs/sound_names.h"
#include "fake_evidence.h"

#define FILE_AT(p, t) { .en = { .path = p, .kind = ENTRY_FILE }, .text = t }
#define LINK_AT(p, to) { .en = { .path = p, .kind = ENTRY_SYMLINK, \
	.target = to }, .text = "" }
#define END { .en = { .path = NULL } }
#define MODULE(n) FILE_AT("/usr/lib64/security/" n, "x")
#define MODULES MODULE("pam_deny.so"), MODULE("pam_permit.so"), \
	MODULE("pam_unix.so"), MODULE("pam_sss.so"), MODULE("pam_env.so")

/* "H", or "|VERDICT[ FILE]:LINE WHAT" of each result. */
static void
expect(const struct fake_file *files, const char *path, const char *expected)
{
	struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct results out = { 0 };
	struct rule r = { .paths = { &path, 1, 1 }, .mode = -1,
		.sound = true };

	/* What leads nowhere is told by the unit's name, not by the path. */
	r.kind = files->en.kind == ENTRY_SYMLINK ? ENTRY_SYMLINK : -1;

	eval_rule(&r, &ev, &out);
	for (size_t i = 0; i < out.n; i++)
		buf_addf(&b, "|%c%s%s:%u %s", "HFU"[out.items[i].verdict],
		    out.items[i].decided_in ? " " : "",
		    out.items[i].decided_in ? out.items[i].decided_in : "",
		    out.items[i].line, out.items[i].what);
	assert_string_equal(out.n > 0 ? buf_str(&b) : "H", expected);
	results_done(&out);
}

static void
expect_pam(const char *text, const char *expected)
{
	const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/imap", text),
		FILE_AT("/etc/pam.d/inc", "auth sufficient pam_sss.so\n"
		    "auth required pam_deny.so\n"),
		FILE_AT("/etc/pam.d/back", "auth include imap\n"),
		FILE_AT("/etc/pam.d/other", "auth required pam_deny.so\n"),
		MODULES, END,
	};

	expect(files, "/etc/pam.d/imap", expected);
}

static void
lines_that_pam_does_not_know_are_told(void **state)
{
	(void)state;
	expect_pam("auth required pam_unix.so\n", "H");
	expect_pam("", "|F:0 is empty, so the service is asked of 'other'");
	expect_pam("# nothing\n", "H");
	expect_pam("auth requird pam_unix.so\n",
	    "|F:1 'requird' is no control of PAM (did you mean 'required'?)");
	expect_pam("auth x pam_unix.so\n",
	    "|F:1 'x' is no control of PAM");
	expect_pam("auth [success=ok defualt=bad] pam_unix.so\n",
	    "|F:1 ''defualt'' in '[success=ok defualt=bad]' is no result or "
	    "action of PAM");
	expect_pam("auth [success=fine default=bad] pam_unix.so\n",
	    "|F:1 ''fine'' in '[success=fine default=bad]' is no result or "
	    "action of PAM");
	expect_pam("auht required pam_unix.so\n",
	    "|F:1 unknown type 'auht' [auth, account, password or session]");
}

static void
modules_that_are_not_installed_are_told(void **state)
{
	(void)state;
	expect_pam("auth required pam_unx.so\n", "|F:1 calls 'pam_unx.so', "
	    "which is not installed (did you mean pam_unix.so?)");
	expect_pam("auth required pam_unix.so\nauth optional pam_unx.so\n",
	    "|F:2 calls 'pam_unx.so', which is not installed (did you mean "
	    "pam_unix.so?)");
	expect_pam("auth required pam_unix.so\nauth required pam_thing.so\n",
	    "|F:2 calls 'pam_thing.so', which is not installed");
	expect_pam("auth required pam_unix.so\n-auth required pam_thing.so\n"
	    "auth optional pam_thing.so\n", "H");
}

static void
includes_that_lead_nowhere_or_back_are_told(void **state)
{
	(void)state;
	expect_pam("auth include inc\n", "H");
	expect_pam("auth include gone\n", "|F:1 includes 'gone', which is not "
	    "in /etc/pam.d, /usr/lib/pam.d or /usr/etc/pam.d");
	expect_pam("auth include back\n", "|F /etc/pam.d/back:1 includes "
	    "'imap', which includes this file again");
}

static void
what_a_stack_does_is_told_where_it_is_decided(void **state)
{
	(void)state;
	expect_pam("auth sufficient pam_permit.so\nauth required "
	    "pam_unix.so\n", "|F:1 auth is granted though nobody vouches for "
	    "anybody, in imap");
	/* Nobody is asked: that is meant. */
	expect_pam("auth required pam_permit.so\n", "H");
	expect_pam("auth requisite pam_deny.so\nauth sufficient "
	    "pam_unix.so\n", "|F:1 auth is denied to everybody, whoever "
	    "vouches, in imap");
	expect_pam("auth [success=2 default=ignore] pam_unix.so\n"
	    "auth requisite pam_deny.so\nauth required pam_permit.so\n",
	    "|F:1 auth is denied to everybody, whoever vouches, in imap");
	expect_pam("auth [success=1 default=ignore] pam_unix.so\n"
	    "auth requisite pam_deny.so\nauth required pam_permit.so\n", "H");
	expect_pam("auth sufficient pam_unix.so\nauth required pam_deny.so\n"
	    "auth sufficient pam_sss.so\n", "|F:3 auth does not depend on "
	    "what this module says, in imap");
	/* pam_sss.so may not know the user. */
	expect_pam("auth [success=done user_unknown=ignore default=die] "
	    "pam_sss.so\nauth sufficient pam_unix.so\n"
	    "auth required pam_deny.so\n", "H");
	expect_pam("auth required pam_unix.so\npassword required "
	    "pam_deny.so\npassword required pam_unix.so\n", "H");
}

static void
a_service_nobody_knows_lets_nobody_in(void **state)
{
	const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/other", "auth required pam_permit.so\n"),
		MODULES, END,
	};

	(void)state;
	expect(files, "/etc/pam.d/other", "|F:1 auth is granted though nobody "
	    "vouches for anybody, in other");
}

static void
copies_of_services_are_left_alone(void **state)
{
	const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/imap.rpmsave", "rubbish\n"), END,
	};

	(void)state;
	expect(files, "/etc/pam.d/imap.rpmsave", "H");
}

#define SITE "/etc/systemd/system/a.service"
#define DROPIN SITE ".d/x.conf"

static void
expect_unit(const char *text, const char *dropin, const char *expected)
{
	const struct fake_file files[] = {
		FILE_AT(SITE, text),
		FILE_AT(DROPIN, dropin != NULL ? dropin : "\n"),
		FILE_AT("/usr/lib/systemd/system/basic.target", "[Unit]\n"),
		FILE_AT("/usr/bin/a", "x"), FILE_AT("/bin/sh", "x"),
		FILE_AT("/etc/passwd", "root:x:0:0::/:/bin/sh\nmail:x:8:8::"),
		FILE_AT("/etc/group", "root:x:0:\n"), END,
	};

	expect(files, SITE, expected);
}

#define S "[Service]\n"
#define A S "ExecStart=/usr/bin/a\n"

static void
what_systemd_passes_over_is_told(void **state)
{
	(void)state;
	expect_unit(A, NULL, "H");
	expect_unit("[Servce]\nExecStart=/usr/bin/a\n", NULL, "|F:1 systemd "
	    "passes over the section ['Servce'] (did you mean [Service]?)");
	expect_unit(A "Restrat=no\n", NULL, "|F:3 systemd passes over "
	    "'Restrat' in [Service] (did you mean 'Restart'?)");
	/* A newer systemd may well know it. */
	expect_unit(A "BrandNewThing=1\nX-Ours=1\n[X-Site]\na=b\n", NULL,
	    "H");
	expect_unit(A "Type=demon\n", NULL, "|F:3 systemd passes over "
	    "Type='demon'");
	expect_unit(A "Type=notfy\n", NULL, "|F:3 systemd passes over "
	    "Type='notfy' (did you mean 'notify'?)");
	expect_unit(A "Restart\n", NULL,
	    "|F:3 neither 'Key=value' nor a [Section]");
}

static void
what_systemd_refuses_is_told(void **state)
{
	(void)state;
	expect_unit(S "User=mail\n", NULL,
	    "|F:0 has no ExecStart=, so systemd refuses it");
	expect_unit(S "ExecStop=/usr/bin/a\n", NULL,
	    "|F:0 has no ExecStart=, so systemd refuses it");
	expect_unit(S "ExecStop=/usr/bin/a\nType=oneshot\n", NULL, "H");
	expect_unit(A, S "ExecStart=/usr/bin/a\n", "|F " DROPIN ":2 a second "
	    "ExecStart=, which systemd refuses unless Type=oneshot [write an "
	    "empty ExecStart= before it]");
	expect_unit(A, S "ExecStart=\nExecStart=/usr/bin/a -v\n", "H");
	expect_unit(A "Type=dbus\n", NULL,
	    "|F:0 Type=dbus without BusName=, which systemd refuses");
	expect_unit(A "Type=oneshot\nRestart=always\n", NULL,
	    "|F:0 Type=oneshot with Restart=always or on-success, which "
	    "systemd refuses");
}

static void
what_a_unit_needs_must_be_there(void **state)
{
	(void)state;
	expect_unit(S "ExecStart=/usr/bin/b\n", NULL, "|F:2 ExecStart of "
	    "a.service runs '/usr/bin/b', which is not there");
	expect_unit(S "ExecStart=@/usr/bin/a a\nExecStartPre=-/usr/bin/b\n",
	    NULL, "H");
	expect_unit(A "ExecStartPre=b c\n", NULL, "|F:3 ExecStartPre of "
	    "a.service runs 'b', which is not there");
	expect_unit("[Unit]\nConditionPathExists=/usr/bin/b\n" S
	    "ExecStart=/usr/bin/b\n", NULL, "H");
	expect_unit(A "EnvironmentFile=/etc/none\n", NULL, "|F:3 a.service "
	    "needs '/etc/none', which is not there [write "
	    "EnvironmentFile=-/etc/none if it need not be]");
	expect_unit(A "EnvironmentFile=-/etc/none\n", NULL, "H");
	expect_unit(A "User=mail\n", NULL, "H");
	expect_unit(A "User=nobody2\n", NULL, "|F:3 a.service runs as "
	    "'nobody2', which is not in /etc/passwd");
	expect_unit(A "User=nobody2\nDynamicUser=yes\n", NULL, "H");
	expect_unit("[Unit]\nRequires=b.service x.mount\nWants=c.service\n" A,
	    NULL, "|F:2 Requires='b.service', and there is no such unit: "
	    "a.service is not started");
}

static void
a_package_may_ship_what_nobody_starts(void **state)
{
	static const char unit[] = "/usr/lib/systemd/system/a.service";
	static const char link[] =
	    "/etc/systemd/system/multi-user.target.wants/a.service";
	const struct fake_file idle[] = {
		FILE_AT(unit, S "ExecStart=/usr/bin/b\n"), END,
	};
	const struct fake_file used[] = {
		FILE_AT(unit, S "ExecStart=/usr/bin/b\n"),
		LINK_AT(link, unit), FILE_AT("/bin/sh", "x"), END,
	};
	const struct fake_file bare[] = {
		FILE_AT(unit, S "ExecStart=/usr/bin/b\n"),
		LINK_AT(link, unit), END,
	};

	(void)state;
	/* A root of configuration alone. */
	expect(bare, unit, "H");
	expect(idle, unit, "H");
	expect(used, unit, "|F:2 ExecStart of a.service runs '/usr/bin/b', "
	    "which is not there");
}

static void
links_name_units_that_are_there(void **state)
{
#define WANTS "/etc/systemd/system/x.target.wants/"
	const struct fake_file files[] = {
		LINK_AT(WANTS "a.service", "/lib/systemd/system/a.service"),
		LINK_AT(WANTS "b.service", "/lib/systemd/system/b.service"),
		LINK_AT(WANTS "old.service", "/lib/systemd/system/o.service"),
		FILE_AT("/etc/init.d/old", "x"),
		FILE_AT("/usr/lib/systemd/system/a.service", A),
		FILE_AT("/usr/lib/systemd/system/basic.target", "[Unit]\n"),
		END,
	};

	(void)state;
	expect(files, WANTS "a.service", "H");
	expect(files, WANTS "b.service", "|F:0 x.target.wants is to start "
	    "'b.service', which is not there");
	expect(files, WANTS "old.service", "H");
}

static void
a_timer_starts_something(void **state)
{
#define TIMER "/etc/systemd/system/a.timer"
	const struct fake_file files[] = {
		FILE_AT(TIMER, "[Timer]\nOnCalendar=daily\n"),
		FILE_AT("/usr/lib/systemd/system/basic.target", "[Unit]\n"),
		END,
	};

	(void)state;
	expect(files, TIMER, "|F:0 a.timer is to start 'a.service', which is "
	    "not there");
}

static void
only_slips_of_known_names_are_wrong(void **state)
{
	(void)state;
	assert_true(sound_slip("ExecStart", "ExecStrat"));
	assert_true(sound_slip("ExecStart", "ExecStar"));
	assert_true(sound_slip("ExecStart", "execstart"));
	assert_false(sound_slip("ExecStart", "ExecStop"));
	assert_null(sound_meant_key("Service", "ExecStart"));
	assert_null(sound_meant_key("Service", "MemoryHigh"));
	assert_null(sound_meant_key("Nothing", "ExecStrat"));
	assert_string_equal(sound_meant_key("Service", "MemoryHihg"),
	    "MemoryHigh");
	assert_null(sound_meant_section("Service"));
	assert_null(sound_meant_section("Sovereign"));
	assert_string_equal(sound_meant_section("Unti"), "Unit");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_pam_does_not_know_are_told),
		cmocka_unit_test(modules_that_are_not_installed_are_told),
		cmocka_unit_test(includes_that_lead_nowhere_or_back_are_told),
		cmocka_unit_test(
		    what_a_stack_does_is_told_where_it_is_decided),
		cmocka_unit_test(a_service_nobody_knows_lets_nobody_in),
		cmocka_unit_test(copies_of_services_are_left_alone),
		cmocka_unit_test(what_systemd_passes_over_is_told),
		cmocka_unit_test(what_systemd_refuses_is_told),
		cmocka_unit_test(what_a_unit_needs_must_be_there),
		cmocka_unit_test(a_package_may_ship_what_nobody_starts),
		cmocka_unit_test(links_name_units_that_are_there),
		cmocka_unit_test(a_timer_starts_something),
		cmocka_unit_test(only_slips_of_known_names_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
