/* SPDX-License-Identifier: MIT */
#include "eval_expect.h"

#include "specs/pam_dispatch.h"

#define FILE_AT(p, t) { .en = { .path = p, .kind = ENTRY_FILE }, .text = t }

enum { NEW_AUTHTOK_REQD = 12 };

/* As expect() of eval_expect.h, for one outcome on /etc/pam.d/imap. */
static void
expect_outcome(const struct fake_file *files, struct pam_outcome o,
    const char *expected)
{
	const char *path = "/etc/pam.d/imap";
	struct rule r = rule_on(&path);

	o.type = o.type != NULL ? o.type : "auth";
	o.at = (struct place){ "s.yaml", 9, 9 };
	r.outcomes.items = &o;
	r.outcomes.n = 1;
	expect(&r, files, expected);
}

static struct pam_result sss[] = {
	{ "pam_sss.so", PAM_CODE_SUCCESS },
	/* As the shipped rule names them. */
	{ "pam_usertype.so", PAM_CODE_SUCCESS },
	{ "pam_localuser.so", PAM_CODE_PERM_DENIED },
};

static const struct pam_outcome sss_opens = { .when = { sss, 3, 3 },
	.others = -1, .granted = true };
static const struct pam_outcome sss_alone = { .when = { sss, 1, 1 },
	.others = -1, .granted = true };
static const struct pam_outcome nobody_in = { .others = -1 };

static const struct fake_file debian[] = {
	FILE_AT("/etc/pam.d/imap", "@include common-auth\n"
	    "@include common-account\n"),
	FILE_AT("/etc/pam.d/common-auth",
	    "auth [success=2 default=ignore] pam_unix.so nullok\n"
	    "auth [success=1 default=ignore] pam_sss.so use_first_pass\n"
	    "auth requisite pam_deny.so\nauth required pam_permit.so\n"
	    "auth optional pam_cap.so\n"),
	FILE_AT("/etc/pam.d/common-account",
	    "account [success=1 new_authtok_reqd=done default=ignore] "
	    "pam_unix.so\naccount requisite pam_deny.so\n"
	    "account required pam_permit.so\n"
	    "account sufficient pam_localuser.so\n"
	    "account [default=bad success=ok user_unknown=ignore] "
	    "pam_sss.so\n"),
	END,
};

static const struct fake_file redhat[] = {
	FILE_AT("/etc/pam.d/imap", "#%PAM-1.0\n"
	    "auth required pam_nologin.so\nauth include password-auth\n"),
	FILE_AT("/etc/pam.d/password-auth", "auth required pam_env.so\n"
	    "auth required pam_faildelay.so delay=2000000\n"
	    "auth required pam_faillock.so preauth silent\n"
	    "auth [default=1 ignore=ignore success=ok] pam_usertype.so "
	    "isregular\n"
	    "auth [default=1 ignore=ignore success=ok] pam_localuser.so\n"
	    "auth sufficient pam_unix.so nullok\n"
	    "auth [default=1 ignore=ignore success=ok] pam_usertype.so "
	    "isregular\n"
	    "auth sufficient pam_sss.so forward_pass\n"
	    "auth required pam_faillock.so authfail\n"
	    "auth required pam_deny.so\n"),
	END,
};

static const struct fake_file suse[] = {
	FILE_AT("/etc/pam.d/imap", "auth include common-auth\n"),
	FILE_AT("/etc/pam.d/common-auth", "auth required pam_env.so\n"
	    "auth sufficient pam_unix.so try_first_pass\n"
	    "auth required pam_sss.so use_first_pass\n"),
	END,
};

static void
stock_layouts_let_mail_users_in_and_nobody_else(void **state)
{
	static const struct fake_file *const layouts[] = { debian, redhat,
		suse };

	(void)state;
	for (size_t i = 0; i < COUNT(layouts); i++) {
		expect_outcome(layouts[i], sss_opens, "1\n");
		expect_outcome(layouts[i], nobody_in, "1\n");
	}
}

static void
the_line_that_decides_is_told(void **state)
{
	static const struct fake_file open[] = {
		FILE_AT("/etc/pam.d/imap", "auth include common\n"),
		FILE_AT("/usr/lib/pam.d/common", "auth sufficient pam_sss.so\n"
		    "auth required pam_permit.so\n"), END };
	static const struct fake_file closed[] = {
		FILE_AT("/etc/pam.d/imap", "auth required pam_deny.so\n"
		    "auth sufficient pam_sss.so\n"), END };
	static const struct fake_file empty[] = {
		FILE_AT("/etc/pam.d/imap", "auth optional pam_env.so\n"),
		END };

	(void)state;
	expect_outcome(open, nobody_in, "0\nF pam.outcomes /etc/pam.d/imap>"
	    "/usr/lib/pam.d/common:2 with nobody vouching auth is granted "
	    "(success), expected denied\n");
	expect_outcome(closed, sss_alone, "0\nF pam.outcomes "
	    "/etc/pam.d/imap:1 with 'pam_sss.so: success' auth is denied "
	    "(auth_err), expected granted\n");
	expect_outcome(empty, sss_alone, "0\nF pam.outcomes /etc/pam.d/imap "
	    "with 'pam_sss.so: success' no module of auth decides, so it is "
	    "denied, expected granted\n");
}

static void
modules_that_are_not_named_fail_by_the_type(void **state)
{
	static const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/imap",
		    "account [user_unknown=ok default=die] /lib/pam_x.so\n"
		    "account [default=done] pam_permit.so\n"
		    "password [authtok_err=done] pam_x.so\n"
		    "session required pam_x.so\n"
		    "auth [auth_err=1] pam_x.so\nauth required pam_deny.so\n"
		    "auth [success=ok] pam_permit.so\n"), END };
	struct pam_result x = { "pam_x.so", PAM_CODE_SUCCESS };

	(void)state;
	expect_outcome(files, (struct pam_outcome){ .others = -1,
	    .granted = true }, "1\n");
	expect_outcome(files, (struct pam_outcome){ .others = -1,
	    .type = "session", .granted = true }, "1\n");
	expect_outcome(files, (struct pam_outcome){ .others = -1,
	    .type = "password", .granted = true }, "0\nF pam.outcomes "
	    "/etc/pam.d/imap:3 with nobody vouching password is denied "
	    "(authtok_err), expected granted\n");
	expect_outcome(files, (struct pam_outcome){ .others = -1,
	    .type = "account", .granted = true }, "0\nF pam.outcomes "
	    "/etc/pam.d/imap:1 with nobody vouching account is denied "
	    "(user_unknown), expected granted\n");
	/* Named, or by default, a module's folder does not matter. */
	expect_outcome(files, (struct pam_outcome){ .others = -1,
	    .type = "account", .when = { &x, 1, 1 }, .granted = true },
	    "0\nF pam.outcomes /etc/pam.d/imap:1 with 'pam_x.so: success' "
	    "account is denied (perm_denied), expected granted\n");
	expect_outcome(files, (struct pam_outcome){
	    .others = NEW_AUTHTOK_REQD, .granted = true }, "0\n"
	    "F pam.outcomes /etc/pam.d/imap:5 with 'default: "
	    "new_authtok_reqd' auth is denied (new_authtok_reqd), expected "
	    "granted\n");
}

static void
what_depends_on_who_logs_in_is_tried_both_ways(void **state)
{
	static const struct fake_file many[] = {
		FILE_AT("/etc/pam.d/imap", "auth required pam_exec.so 1\n"
		    "auth required pam_exec.so 2\nauth required pam_exec.so 3\n"
		    "auth required pam_exec.so 4\nauth required pam_exec.so 5\n"
		    "auth required pam_exec.so 6\nauth required pam_exec.so 7\n"
		    "auth required pam_exec.so 8\n"
		    "auth required pam_exec.so 8\n"
		    "auth required pam_exec.so 9\n"), END };

	(void)state;
	expect_outcome(redhat, sss_alone, "0\nU pam.outcomes /etc/pam.d/imap>"
	    "/etc/pam.d/password-auth:4 with 'pam_sss.so: success' it depends "
	    "on 'pam_usertype.so' whether auth is granted [name it in "
	    "'if']\n");
	expect_outcome(many, nobody_in, "0\nU pam.outcomes /etc/pam.d/imap:10 "
	    "more than 8 modules depend on who logs in [name some of them in "
	    "'if']\n");
}

#define BEHIND								\
	FILE_AT("/etc/pam.d/imap", "auth include b\n"),			\
	FILE_AT("/usr/lib/pam.d/b", "auth sufficient pam_sss.so\n")

static void
on_debian_what_is_included_is_looked_for_in_etc_alone(void **state)
{
	static const struct fake_file others[] = { BEHIND, END };
	static const struct fake_file twelve[] = { BEHIND,
		FILE_AT("/etc/debian_version", "12.5\n"), END };
	static const struct fake_file ubuntu[] = { BEHIND,
		FILE_AT("/etc/debian_version", "bookworm/sid\n"), END };
	static const struct fake_file later[] = { BEHIND,
		FILE_AT("/etc/debian_version", "13.1\n"), END };
	static const char denied[] = "0\nF pam.outcomes /etc/pam.d/imap:1 with "
	    "'pam_sss.so: success' auth is denied (perm_denied), expected "
	    "granted\n";

	(void)state;
	expect_outcome(others, sss_alone, "1\n");
	expect_outcome(later, sss_alone, "1\n");
	expect_outcome(twelve, sss_alone, denied);
	expect_outcome(ubuntu, sss_alone, denied);
}

static void
a_stack_that_cannot_be_followed_cannot_be_told(void **state)
{
	static const struct fake_file loop[] = {
		FILE_AT("/etc/pam.d/imap", "auth include imap\n"), END };
	static const struct fake_file odd[] = {
		FILE_AT("/etc/pam.d/imap", "auth include b\n"),
		FILE_AT("/etc/pam.d/b", "@include gone\n"), END };
	static const struct fake_file missing[] = {
		FILE_AT("/etc/pam.d/imap", "auth include gone\n"
		    "auth sufficient pam_sss.so\n"), END };
	static const struct fake_file locked[] = {
		FILE_AT("/etc/pam.d/imap", NULL), END };

	(void)state;
	expect_outcome(loop, nobody_in, "0\nU pam.outcomes /etc/pam.d/imap:1 "
	    "includes 'imap', which includes this file again\n");
	expect_outcome(odd, nobody_in, "0\nU pam.outcomes /etc/pam.d/imap>"
	    "/etc/pam.d/b:1 includes 'gone', which is not in /etc/pam.d, "
	    "/usr/lib/pam.d or /usr/etc/pam.d\n");
	/* libpam goes on behind an include that is not there. */
	expect_outcome(missing, sss_alone, "0\nF pam.outcomes "
	    "/etc/pam.d/imap:1 with 'pam_sss.so: success' auth is denied "
	    "(perm_denied), expected granted\n");
	expect_outcome(locked, nobody_in, "0\nU pam /etc/pam.d/imap "
	    "cannot open\n");
}

static void
setcred_is_granted_where_it_follows_a_login(void **state)
{
	static struct pam_result in[] = {
		{ "pam_sss.so", PAM_CODE_SUCCESS },
	};
	static struct pam_result ignored[] = {
		{ "pam_x.so", PAM_CODE_IGNORE },
	};
	static const struct pam_outcome granted = { .when = { in, 1, 1 },
		.others = -1, .granted = true, .type = "setcred" };
	static const struct pam_outcome nobody = { .others = -1,
		.granted = true, .type = "setcred" };
	static const struct pam_outcome passed = { .when = { ignored, 1, 1 },
		.others = -1, .granted = true, .type = "setcred" };
	static const struct fake_file jumps[] = {
		FILE_AT("/etc/pam.d/imap",
		    "auth [ignore=1 default=die] pam_x.so\n"
		    "auth requisite pam_deny.so\n"
		    "auth required pam_permit.so\n"), END };

	(void)state;
	expect_outcome(debian, granted, "1\n");
	expect_outcome(debian, nobody, "0\nF pam.outcomes /etc/pam.d/imap>"
	    "/etc/pam.d/common-auth:3 with nobody vouching setcred is denied "
	    "(auth_err), expected granted\n");
	expect_outcome(jumps, passed, "0\nU pam.outcomes /etc/pam.d/imap "
	    "with 'pam_x.so: ignore' Debian's libpam and others do not return "
	    "the same, because a module jumps\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    stock_layouts_let_mail_users_in_and_nobody_else),
		cmocka_unit_test(the_line_that_decides_is_told),
		cmocka_unit_test(modules_that_are_not_named_fail_by_the_type),
		cmocka_unit_test(
		    what_depends_on_who_logs_in_is_tried_both_ways),
		cmocka_unit_test(
		    a_stack_that_cannot_be_followed_cannot_be_told),
		cmocka_unit_test(
		    on_debian_what_is_included_is_looked_for_in_etc_alone),
		cmocka_unit_test(setcred_is_granted_where_it_follows_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
