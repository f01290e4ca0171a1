/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "specs/eval.h"
#include "specs/pam_stack.h"
#include "fake_evidence.h"

#define FILE_AT(p, t) { .en = { .path = p, .kind = ENTRY_FILE }, .text = t }
#define END { .en = { .path = NULL } }

/* As expect() of test_eval.c, for one stack assertion on /etc/pam.d/imap. */
static void
expect_pam(const struct fake_file *files, struct pam_demand d,
    const char *expected)
{
	const char *path = "/etc/pam.d/imap";
	struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct results out = { 0 };
	struct rule r = { .paths = { &path, 1, 1 }, .kind = -1, .mode = -1 };

	d.type = d.type != NULL ? d.type : "auth";
	r.pam.items = &d;
	r.pam.n = 1;
	eval_rule(&r, &ev, &out);
	buf_addf(&b, "%zu", out.held);
	for (size_t i = 0; i < out.n; i++)
		buf_addf(&b, "|%c%s%s:%u %s", "HFU"[out.items[i].verdict],
		    out.items[i].decided_in ? " " : "",
		    out.items[i].decided_in ? out.items[i].decided_in : "",
		    out.items[i].line, out.items[i].what);
	assert_string_equal(buf_str(&b), expected);
	results_done(&out);
}

static const struct fake_file story[] = {
	FILE_AT("/etc/pam.d/imap", "auth include common\n"
	    "account required pam_unix.so\n@include extra\n"),
	FILE_AT("/usr/lib/pam.d/common", "auth required pam_env.so\n"
	    "auth [success=done new_authtok_reqd=done default=ignore] "
	    "/lib/security/pam_sss.so use_first_pass debug\n"
	    "auth substack deny\nsession required pam_limits.so\n"),
	FILE_AT("/usr/etc/pam.d/deny", "auth requisite pam_deny.so\n"),
	FILE_AT("/etc/pam.d/extra", "-auth optional pam_extra.so\n"),
	END,
};

static void
modules_are_found_through_includes(void **state)
{
	(void)state;
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .control = "sufficient", .before = "pam_deny.so",
	    .after = "pam_env.so" }, "1");
	expect_pam(story, (struct pam_demand){ .module = "pam_extra.so" },
	    "1");
	expect_pam(story, (struct pam_demand){ .type = "account",
	    .module = "pam_sss.so" },
	    "0|F:0 account does not call pam_sss.so");
	expect_pam(story, (struct pam_demand){ .module = "pam_deny.so",
	    .absent = true }, "0|F /usr/etc/pam.d/deny:1 auth calls "
	    "pam_deny.so, but must not");
	expect_pam(story, (struct pam_demand){ .module = "pam_permit.so",
	    .absent = true }, "1");
	/* What is not in the stack is on no wrong side. */
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .before = "pam_no.so" }, "1");
}

static void
what_is_wrong_with_the_nearest_call_is_told(void **state)
{
	const char *args[] = { "debug", "x" };

	(void)state;
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .control = "required" }, "0|F /usr/lib/pam.d/common:2 auth calls "
	    "pam_sss.so as '[success=done new_authtok_reqd=done "
	    "default=ignore]', expected 'required'");
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .arguments = { args, 1, 2 } }, "1");
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .arguments = { args, 2, 2 } }, "0|F /usr/lib/pam.d/common:2 auth "
	    "calls pam_sss.so without all of 'debug x'");
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .before = "pam_env.so" }, "0|F /usr/lib/pam.d/common:2 auth calls "
	    "pam_sss.so after pam_env.so, expected before it");
	expect_pam(story, (struct pam_demand){ .module = "pam_sss.so",
	    .after = "pam_deny.so" }, "0|F /usr/lib/pam.d/common:2 auth calls "
	    "pam_sss.so before pam_deny.so, expected after it");
	expect_pam(story, (struct pam_demand){ .module = "pam_env.so",
	    .after = "pam_sss.so", .before = "pam_deny.so" },
	    "0|F /usr/lib/pam.d/common:1 auth calls pam_env.so elsewhere than "
	    "after pam_sss.so and before pam_deny.so");
}

static void
a_stack_that_cannot_be_followed_cannot_be_told(void **state)
{
	static const struct fake_file missing[] = {
		FILE_AT("/etc/pam.d/imap", "\nauth include gone\n"), END };
	static const struct fake_file absolute[] = {
		FILE_AT("/etc/pam.d/imap", "auth include /gone\n"), END };
	static const struct fake_file loop[] = {
		FILE_AT("/etc/pam.d/imap", "auth include b\n"),
		FILE_AT("/etc/pam.d/b", "auth substack imap\n"), END };
	static const struct fake_file wrong[] = {
		FILE_AT("/etc/pam.d/imap", "@include b\n"),
		FILE_AT("/etc/pam.d/b", "\nauth\n"), END };
	static const struct fake_file locked[] = {
		FILE_AT("/etc/pam.d/imap", "@include b\n"),
		FILE_AT("/etc/pam.d/b", NULL), END };
	const struct pam_demand d = { .module = "pam_a.so" };

	(void)state;
	expect_pam(missing, d, "0|U:2 includes 'gone', which is not in "
	    "/etc/pam.d, /usr/lib/pam.d or /usr/etc/pam.d");
	expect_pam(absolute, d, "0|U:1 includes '/gone', which is not there");
	expect_pam(loop, d, "0|U /etc/pam.d/b:1 includes 'imap', which "
	    "includes this file again");
	expect_pam(wrong, d, "0|U /etc/pam.d/b:2 a line needs a type, a "
	    "control and a module");
	expect_pam(locked, d, "0|U /etc/pam.d/b:0 cannot open");
}

static void
files_that_multiply_are_bounded(void **state)
{
	enum { LEVELS = 30 };
	struct fake_file files[LEVELS + 2] = { FILE_AT("/etc/pam.d/imap",
	    "auth include f1\nauth include f1\n") };
	char names[LEVELS + 1][32], texts[LEVELS + 1][64];

	(void)state;
	for (int i = 1; i <= LEVELS; i++) {
		snprintf(names[i], sizeof(names[i]), "/etc/pam.d/f%d", i);
		snprintf(texts[i], sizeof(texts[i]), i == LEVELS ?
		    "auth required a\n" :
		    "auth include f%1$d\nauth include f%1$d\n", i + 1);
		files[i].en.path = names[i];
		files[i].text = texts[i];
	}
	expect_pam(files, (struct pam_demand){ .module = "pam_a.so" },
	    "0|U /etc/pam.d/f29:2 includes more files than can be followed");
}

static void
the_flat_stack_keeps_its_places(void **state)
{
	struct evidence ev = fake_evidence(story);
	struct arena a = { 0 };
	struct pam_stack st;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pam_stack_read(&ev, "/etc/pam.d/imap", "auth", &a,
	    &st, &e), 0);
	assert_int_equal(st.n, 4);
	assert_string_equal(st.items[1].module, "/lib/security/pam_sss.so");
	assert_int_equal(st.items[1].n_args, 2);
	assert_string_equal(st.items[2].module, "pam_deny.so");
	assert_int_equal(st.items[2].substack, 1);
	assert_string_equal(st.items[2].file, "/usr/etc/pam.d/deny");
	assert_int_equal(st.items[3].substack, 0);
	assert_true(st.items[3].optional);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_are_found_through_includes),
		cmocka_unit_test(what_is_wrong_with_the_nearest_call_is_told),
		cmocka_unit_test(
		    a_stack_that_cannot_be_followed_cannot_be_told),
		cmocka_unit_test(files_that_multiply_are_bounded),
		cmocka_unit_test(the_flat_stack_keeps_its_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
