/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "specs/lenses.h"
#include "tests/unit/lenses_group.h"

/* "LINE=VALUE " of each node, or the message with its line. */
static char *
ask(const char *lens, const char *bytes, size_t len, const char *match)
{
	struct lens_text text = { lens, "/f", bytes, len };
	struct lens_question q = { .match = match };
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf b = { 0 };

	if (lenses_ask(lenses, &text, &q, 1, &a, &e) < 0)
		buf_addf(&b, "! %u %s", e.line, e.what);
	else if (q.wrong.kind != ERR_NONE)
		buf_addf(&b, "? %s", q.wrong.what);
	for (size_t i = 0; i < q.values.n; i++)
		buf_addf(&b, "%u=%s ", q.values.items[i].line,
		    q.values.items[i].text);
	arena_done(&a);
	return buf_steal(&b);
}

static void
expect(const char *lens, const char *bytes, const char *match,
    const char *want)
{
	CLEANUP(drop_free) char *got = ask(lens, bytes, strlen(bytes), match);

	assert_string_equal(got, want);
}

static const char sshd[] = "# first\n\nPort 22\nPort 2222\n"
    "PermitRootLogin no\nMatch User a,b\n\tX11Forwarding yes\n";

static void
values_come_with_the_line_that_they_stand_on(void **state)
{
	(void)state;
	expect("Sshd", sshd, "Port", "3=22 4=2222 ");
	expect("Sshd", sshd, "Port[2]", "4=2222 ");
	expect("Sshd", sshd, "*[label() = 'PermitRootLogin']", "5=no ");
	expect("Sshd", sshd, "Match/Condition/User", "6=a,b ");
	expect("Sshd.lns", sshd, "Match/Settings/*", "7=yes ");
	expect("Sshd", sshd, "descendant::X11Forwarding", "7=yes ");
	expect("Sshd", sshd, "Nothing", "");
	/* A node without a value stands where its name does. */
	expect("Sudoers", "root ALL=(ALL) ALL\nDefaults env_reset\n",
	    "Defaults/*", "2= ");
	expect("Sudoers", "a ALL=(ALL) \\\n  NOPASSWD: ALL\n", "spec/*/*/tag",
	    "2=NOPASSWD ");
	expect("Sssd", "[sssd]\nservices = nss\n[domain/a]\nid_provider = x\n",
	    "target[. = 'domain/a']/id_provider", "4=x ");
}

static void
an_empty_file_and_one_without_a_last_newline_are_read(void **state)
{
	(void)state;
	expect("Sshd", "", "Port", "");
	expect("Sshd", "Port 1", "Port", "1=1 ");
}

static void
what_is_not_in_the_format_is_told_with_its_line(void **state)
{
	CLEANUP(drop_free) char *nul = ask("Sshd", "a b\nc\0d\n", 8, "a");

	(void)state;
	expect("Sudoers", "root ALL=(ALL) ALL\n%%% what\n", "spec",
	    "! 2 the lens Sudoers.lns cannot read it: Iterated lens matched "
	    "less than it should");
	assert_string_equal(nul, "! 2 a NUL byte in it");
	expect("Nosuch", "a\n", "b", "! 0 there is no lens Nosuch.lns on this "
	    "machine [install the package augeas-lenses]");
	expect("Sshd", "Port 1\n", "Port[",
	    "? 'Port[' is no path expression: illegal string literal");
	/* And the next question finds everything as it was. */
	expect("Sshd", sshd, "Port", "3=22 4=2222 ");
}

static void
a_crash_of_the_library_is_told_and_survived(void **state)
{
	CLEANUP(drop_buf) struct buf deep = { 0 };
	CLEANUP(drop_free) char *got = NULL;

	(void)state;
	for (int i = 0; i < 128 * 1024; i++)
		buf_addc(&deep, i < 64 * 1024 ? '[' : ']');
	got = ask("Json", deep.bytes, deep.len, "a");
	assert_memory_equal(got, "! 0 what reads it broke down (", 30);
	expect("Sshd", sshd, "Port", "3=22 4=2222 ");
}

static void
endless_work_is_ended(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_free) char *got = NULL;
	time_t start = time(NULL);

	(void)state;
	buf_adds(&b, "AllowUsers");
	while (b.len < LENSES_MAX - 8)
		buf_adds(&b, " a");
	buf_addc(&b, '\n');
	got = ask("Sshd", b.bytes, b.len, "AllowUsers/*");
	assert_string_equal(got,
	    "! 0 takes more than the 4 s that it may take to read");
	assert_true(time(NULL) - start < LENSES_SECONDS + 3);
	expect("Sshd", sshd, "Port", "3=22 4=2222 ");
}

static void
a_large_file_is_not_read(void **state)
{
	CLEANUP(drop_free) char *much = xcalloc(1, LENSES_MAX + 1);
	CLEANUP(drop_free) char *got = NULL;

	(void)state;
	got = ask("Sshd", much, LENSES_MAX + 1, "a");
	assert_string_equal(got,
	    "! 0 larger than the 256 KiB that are read with a lens");
}

static void
each_module_that_is_known_can_be_loaded(void **state)
{
	static const char *const paths[][2] = {
		{ "/etc/ssh/sshd_config", "Sshd" },
		{ "/etc/ssh/ssh_config", "Ssh" },
		{ "/etc/sssd/sssd.conf", "Sssd" },
		{ "/etc/sudoers", "Sudoers" },
		{ "/etc/sudoers.d/*", "Sudoers" },
		{ "/etc/sudoers.d/a", "Sudoers" },
		{ "/etc/sudoers.d/a.rpmsave", NULL },
		{ "/etc/postfix/main.cf", "Postfix_Main" },
		{ "/etc/postfix/master.cf", "Postfix_Master" },
		{ "/etc/dovecot/dovecot.conf", "Dovecot" },
		{ "/etc/imapd.conf", "Cyrus_Imapd" },
		{ "/etc/clamav/clamd.conf", "Clamav" },
		{ "/etc/logrotate.d/syslog", "Logrotate" },
		{ "/etc/cron.d/a", "Cron" },
		{ "/etc/cron.d/at.deny", "Simplelines" },
		{ "/etc/fstab", "Fstab" },
		{ "/etc/chrony.conf", "Chrony" },
		{ "/etc/yum.repos.d/a.repo", "Yum" },
		{ "/srv/a", NULL },
	};
	const char *near;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *lens = lenses_for_path(paths[i][0]);
		CLEANUP(drop_free) char *got = NULL;

		if (paths[i][1] == NULL) {
			if (lens != NULL)
				fail_msg("%s: %s", paths[i][0], lens);
			continue;
		}
		if (lens == NULL)
			fail_msg("%s", paths[i][0]);
		assert_string_equal(lens, paths[i][1]);
		assert_true(lenses_has(lens, &near));
		got = ask(lens, "", 0, "a");
		assert_null(strstr(got, "there is no lens"));
		assert_null(strstr(got, "of no use"));
	}
	assert_false(lenses_has("sshd", &near));
	assert_string_equal(near, "Sshd");
	assert_true(lenses_has("Sshd.lns", &near));
	assert_false(lenses_has("../Sshd", &near));
	assert_false(lenses_has("", &near));
}

static void
edit(const char *lens, const char *was, struct lens_edit what,
    const char *want)
{
	struct lens_text text = { lens, "/f", was, strlen(was) };
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct err e = { 0 };

	if (lenses_edit(lenses, &text, &what, &now, &e) < 0)
		assert_string_equal(e.what, want);
	else
		assert_string_equal(buf_str(&now), want);
}

static void
an_edit_changes_the_lines_of_its_node_alone(void **state)
{
	(void)state;
	edit("Sshd", sshd, (struct lens_edit){ LENS_SET, "PermitRootLogin",
	    "yes", 0 }, "# first\n\nPort 22\nPort 2222\n"
	    "PermitRootLogin yes\nMatch User a,b\n\tX11Forwarding yes\n");
	edit("Sshd", sshd, (struct lens_edit){ LENS_REMOVE, "Port", NULL, 1 },
	    "# first\n\nPort 22\nPermitRootLogin no\nMatch User a,b\n"
	    "\tX11Forwarding yes\n");
	/* At the end it would belong to the Match. */
	edit("Sshd", sshd, (struct lens_edit){ LENS_MAKE, "UsePAM", "yes",
	    0 }, "# first\n\nPort 22\nPort 2222\nPermitRootLogin no\n"
	    "UsePAM yes\nMatch User a,b\n\tX11Forwarding yes\n");
	edit("Sshd", "AllowUsers a  b\n", (struct lens_edit){ LENS_ADD,
	    "AllowUsers/*", "c", 0 }, "AllowUsers a  b c\n");
	edit("Sssd", "[sssd]\n# c\nservices = nss, pam\n\n[pam]\nx = 1",
	    (struct lens_edit){ LENS_MAKE, "target[. = 'sssd']/debug", "1",
	    0 }, "[sssd]\n# c\nservices = nss, pam\n\ndebug=1\n[pam]\nx = 1");
	edit("Hosts", "127.0.0.1\tlocalhost\n", (struct lens_edit){ LENS_SET,
	    "1/canonical", "other", 0 }, "127.0.0.1\tother\n");
}

static void
an_edit_that_cannot_be_written_is_told(void **state)
{
	(void)state;
	edit("Hosts", "127.0.0.1 localhost\n", (struct lens_edit){ LENS_SET,
	    "1/canonical", "two words", 0 }, "the lens Hosts.lns cannot write "
	    "it: Failed to match tree under /text/tree/1");
	edit("Hosts", "127.0.0.1 localhost\n", (struct lens_edit){ LENS_REMOVE,
	    "2", NULL, 0 }, "'2' matches nothing to change");
	edit("Hosts", "127.0.0.1 localhost\n", (struct lens_edit){ LENS_ADD,
	    "1/alias", "a", 0 }, "'1/alias' matches nothing to add to");
	edit("Sshd", sshd, (struct lens_edit){ LENS_MAKE, "*[. = 'x']", "x",
	    0 }, "'*[. = 'x']' does not say what to make [name each part of "
	    "it]");
	edit("Sshd", sshd, (struct lens_edit){ LENS_MAKE, "Match/Nosuch/x",
	    "x", 0 }, "the lens Sshd.lns cannot write it: Failed to match tree "
	    "under /text/tree/Match");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_with_the_line_that_they_stand_on),
		cmocka_unit_test(
		    an_empty_file_and_one_without_a_last_newline_are_read),
		cmocka_unit_test(
		    what_is_not_in_the_format_is_told_with_its_line),
		cmocka_unit_test(a_crash_of_the_library_is_told_and_survived),
		cmocka_unit_test(endless_work_is_ended),
		cmocka_unit_test(a_large_file_is_not_read),
		cmocka_unit_test(each_module_that_is_known_can_be_loaded),
		cmocka_unit_test(an_edit_changes_the_lines_of_its_node_alone),
		cmocka_unit_test(an_edit_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, lenses_start,
	    lenses_stop);
}
