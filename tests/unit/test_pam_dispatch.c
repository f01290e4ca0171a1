/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "specs/pam_dispatch.h"
#include "fake_evidence.h"

#define FILE_AT(p, t) { .en = { .path = p, .kind = ENTRY_FILE }, .text = t }
#define END { .en = { .path = NULL } }

static enum pam_code
code_of(const char *word)
{
	for (int i = 0; pam_code_words[i] != NULL; i++)
		if (strcmp(pam_code_words[i], word) == 0)
			return (enum pam_code)i;
	fail_msg("no code is called %s", word);
	return PAM_CODES;
}

/* Each module of the files is called as what it returns. */
static void
expect_service(const struct fake_file *files, const char *path,
    const char *type, const char *code, const char *file, unsigned line)
{
	struct evidence ev = fake_evidence(files);
	enum pam_code codes[64];
	struct pam_stack st = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	struct pam_verdict v;

	if (pam_stack_service(&ev, path, type, &a, &st, &e) < 0)
		fail_msg("%s:%u: %s", e.where, e.line, e.what);
	assert_true(st.n <= 64);
	for (size_t i = 0; i < st.n; i++)
		codes[i] = st.items[i].kind == PAM_STEP_MODULE ?
		    code_of(st.items[i].module) : PAM_CODE_SUCCESS;
	v = pam_dispatch(&st, codes);
	assert_string_equal(pam_code_words[v.code], code);
	assert_int_equal(v.step != NULL ? v.step->line : 0, line);
	if (v.step != NULL)
		assert_string_equal(v.step->file, file);
	arena_done(&a);
}

/* The stack of /etc/pam.d/s, which may use a substack. */
static void
expect_stack(const char *text, const char *sub, const char *code,
    unsigned line)
{
	const struct fake_file files[] = { FILE_AT("/etc/pam.d/s", text),
		FILE_AT("/etc/pam.d/sub", sub), END };

	expect_service(files, "/etc/pam.d/s", "auth", code, "/etc/pam.d/s",
	    line);
}

static void
the_four_words_decide_as_pam_conf_says(void **state)
{
	static const struct {
		const char *text, *code;
		unsigned line;
	} cases[] = {
		{ "auth required success\n", "success", 1 },
		{ "auth required auth_err\nauth required success\n",
		    "auth_err", 1 },
		{ "auth required auth_err\nauth required user_unknown\n",
		    "auth_err", 1 },
		{ "auth requisite maxtries\nauth required auth_err\n",
		    "maxtries", 1 },
		{ "auth sufficient success\nauth required auth_err\n",
		    "success", 1 },
		{ "auth required auth_err\nauth sufficient success\n",
		    "auth_err", 1 },
		{ "auth sufficient auth_err\nauth required success\n",
		    "success", 2 },
		{ "auth optional success\nauth required auth_err\n",
		    "auth_err", 2 },
		{ "auth OPTIONAL success\n", "success", 1 },
		{ "auth required new_authtok_reqd\nauth required success\n",
		    "new_authtok_reqd", 1 },
		{ "auth required success\nauth required new_authtok_reqd\n",
		    "new_authtok_reqd", 2 },
		/* Nobody has decided. */
		{ "auth optional auth_err\n", "perm_denied", 0 },
		{ "auth sufficient auth_err\n", "perm_denied", 0 },
		{ "auth required ignore\n", "perm_denied", 0 },
		{ "", "perm_denied", 0 },
		{ "auth required incomplete\nauth required success\n",
		    "incomplete", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_stack(cases[i].text, "", cases[i].code, cases[i].line);
}

static void
brackets_say_what_each_result_does(void **state)
{
	static const struct {
		const char *text, *code;
		unsigned line;
	} cases[] = {
		{ "auth [default=ok] auth_err\n", "auth_err", 1 },
		{ "auth [default=bad success=ok] success\n", "success", 1 },
		{ "auth [success=ok default=bad default=ignore] maxtries\n",
		    "maxtries", 1 },
		{ "auth [ success = okauth_err=die ] success\n", "success",
		    1 },
		{ "auth [success=ok] user_unknown\n", "user_unknown", 1 },
		/* One mistake makes all of it bad. */
		{ "auth [success=ok sucess=ok] success\n",
		    "perm_denied", 1 },
		{ "auth [success=okay] success\n",
		    "perm_denied", 1 },
		{ "auth suficient success\n",
		    "perm_denied", 1 },
		{ "auth success=ok success\n", "success", 1 },
		{ "auth [ignore=bad] ignore\n", "perm_denied", 1 },
		{ "auth [success=1 default=ignore] success\n"
		    "auth requisite auth_err\nauth required success\n",
		    "success", 3 },
		{ "auth [success=1 default=ignore] user_unknown\n"
		    "auth requisite auth_err\nauth required success\n",
		    "auth_err", 2 },
		/* A jump alone decides nothing; beyond the end it denies. */
		{ "auth [success=1] success\nauth required auth_err\n",
		    "perm_denied", 0 },
		{ "auth [success=2] success\nauth required success\n",
		    "perm_denied", 1 },
		{ "auth [success=0] success\n",
		    "perm_denied", 1 },
		{ "auth [success=99999999999] success\n",
		    "perm_denied", 1 },
		{ "auth required auth_err\nauth [success=reset] success\n"
		    "auth required success\n", "success", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_stack(cases[i].text, "", cases[i].code, cases[i].line);
}

static void
a_substack_is_one_step_with_an_end_of_its_own(void **state)
{
	(void)state;
	/* die and done end only the substack. */
	expect_stack("auth substack sub\nauth required auth_err\n",
	    "auth sufficient success\nauth required maxtries\n",
	    "auth_err", 2);
	expect_stack("auth substack sub\nauth [default=reset] success\n"
	    "auth required success\n", "auth requisite maxtries\n",
	    "success", 3);
	/* A jump comes by all of it at once, and does not lead out of it. */
	expect_stack("auth [success=1] success\nauth substack sub\n"
	    "auth required success\n", "auth required maxtries\n"
	    "auth required maxtries\n", "success", 3);
	expect_stack("auth [success=1] success\nauth substack sub\n"
	    "auth required success\n", "", "success", 3);
}

static void
a_jump_does_not_lead_out_of_a_substack(void **state)
{
	static const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/s", "auth substack sub\n"
		    "auth required success\n"),
		FILE_AT("/etc/pam.d/sub", "auth [success=1] success\n"), END };

	(void)state;
	expect_service(files, "/etc/pam.d/s", "auth", "perm_denied",
	    "/etc/pam.d/sub", 1);
}

static void
an_include_has_no_end_of_its_own(void **state)
{
	static const struct fake_file files[] = {
		FILE_AT("/etc/pam.d/s", "auth required success\n"
		    "auth include sub\nauth required auth_err\n"),
		FILE_AT("/etc/pam.d/sub", "auth sufficient success\n"
		    "auth required maxtries\n"), END };

	(void)state;
	expect_service(files, "/etc/pam.d/s", "auth", "success",
	    "/etc/pam.d/sub", 1);
}

static void
reset_brings_back_what_was_before_the_substack(void **state)
{
	(void)state;
	expect_stack("auth required maxtries\nauth substack sub\n",
	    "auth required auth_err\nauth [default=reset] success\n",
	    "maxtries", 1);
	expect_stack("auth required success\nauth substack sub\n",
	    "auth required auth_err\nauth [default=reset] success\n",
	    "success", 1);
}

static void
an_include_of_nothing_fails(void **state)
{
	(void)state;
	expect_stack("auth required success\nauth include gone\n", "",
	    "perm_denied", 2);
	expect_stack("auth substack gone\nauth required success\n", "",
	    "perm_denied", 1);
	/* An @include of nothing denies, whatever stands before it. */
	expect_stack("auth sufficient success\n@include gone\n", "",
	    "perm_denied", 2);
}

static void
a_service_is_the_first_of_its_files_or_other(void **state)
{
	static const struct fake_file files[] = {
		FILE_AT("/usr/lib/pam.d/a", "auth required success\n"),
		FILE_AT("/usr/etc/pam.d/a", "auth required auth_err\n"),
		FILE_AT("/usr/etc/pam.d/b", "auth include a\n"),
		FILE_AT("/etc/pam.d/c", "account required success\n"),
		FILE_AT("/usr/lib/pam.d/c", "auth required success\n"),
		FILE_AT("/srv/c", "auth required cred_err\n"),
		FILE_AT("/etc/pam.d/other", "auth required maxtries\n"),
		END };
	static const struct fake_file alone[] = {
		FILE_AT("/etc/pam.d/c", "account required success\n"), END };

	(void)state;
	expect_service(files, "/usr/etc/pam.d/a", "auth", "success",
	    "/usr/lib/pam.d/a", 1);
	expect_service(files, "/etc/pam.d/b", "auth", "success",
	    "/usr/lib/pam.d/a", 1);
	expect_service(files, "/etc/pam.d/c", "auth", "maxtries",
	    "/etc/pam.d/other", 1);
	expect_service(files, "/etc/pam.d/gone", "auth", "maxtries",
	    "/etc/pam.d/other", 1);
	expect_service(files, "/srv/c", "auth", "cred_err", "/srv/c", 1);
	expect_service(alone, "/etc/pam.d/c", "auth", "perm_denied", "", 0);
}

static void
substacks_end_where_libpam_ends_them(void **state)
{
	struct fake_file files[20] = { 0 };
	char names[18][32], texts[18][64];

	(void)state;
	for (int i = 0; i < 18; i++) {
		snprintf(names[i], sizeof(names[i]), "/etc/pam.d/f%d", i);
		snprintf(texts[i], sizeof(texts[i]), i == 17 ?
		    "auth required success\n" : "auth substack f%d\n", i + 1);
		files[i].en.path = names[i];
		files[i].text = texts[i];
	}
	expect_service(files, "/etc/pam.d/f2", "auth", "success",
	    "/etc/pam.d/f17", 1);
	expect_service(files, "/etc/pam.d/f1", "auth", "perm_denied",
	    "/etc/pam.d/f16", 1);
}

/* The same for pam_setcred: each module returns there what stands behind the
 * colon of its name. */
static void
expect_setcred(const char *text, const char *upstream, const char *debian)
{
	const struct fake_file files[] = { FILE_AT("/etc/pam.d/s", text),
		END };
	struct evidence ev = fake_evidence(files);
	enum pam_code codes[16], creds[16];
	struct pam_stack st = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	assert_int_equal(pam_stack_service(&ev, "/etc/pam.d/s", "auth", &a,
	    &st, &e), 0);
	assert_true(st.n <= 16);
	for (size_t i = 0; i < st.n; i++) {
		char name[64];
		char *colon;

		snprintf(name, sizeof(name), "%s", st.items[i].module);
		colon = strchr(name, ':');
		assert_non_null(colon);
		*colon = '\0';
		codes[i] = code_of(name);
		creds[i] = code_of(colon + 1);
	}
	assert_string_equal(pam_code_words[pam_dispatch_setcred(&st, codes,
	    creds, true).code], upstream);
	assert_string_equal(pam_code_words[pam_dispatch_setcred(&st, codes,
	    creds, false).code], debian);
	arena_done(&a);
}

static void
setcred_goes_the_way_of_authenticate(void **state)
{
	(void)state;
	expect_setcred("auth required success:success\n", "success",
	    "success");
	expect_setcred("auth required success:cred_err\n", "cred_err",
	    "cred_err");
	/* What failed there and was ignored has no say. */
	expect_setcred("auth sufficient auth_err:success\n"
	    "auth required success:cred_err\n", "cred_err", "cred_err");
	/* What was not called there is not reached. */
	expect_setcred("auth sufficient success:success\n"
	    "auth required auth_err:cred_err\n", "success", "success");
	/* A failure here is no way on, as that of `sufficient` is there. */
	expect_setcred("auth sufficient success:cred_err\n"
	    "auth required success:success\n", "cred_err", "cred_err");
	expect_setcred("auth required success:ignore\n"
	    "auth required success:success\n", "success", "success");
	expect_setcred("auth required success:ignore\n", "perm_denied",
	    "perm_denied");
	/* A jump counts as required, but for Debian. */
	expect_setcred("auth [success=1 default=ignore] success:cred_err\n"
	    "auth requisite auth_err:cred_err\n"
	    "auth required success:success\n", "cred_err", "success");
}

static void
a_file_that_ends_within_a_line_denies(void **state)
{
	static const struct fake_file service[] = {
		FILE_AT("/etc/pam.d/s", "auth required success\n"
		    "account required success \\\n"), END };
	static const struct fake_file included[] = {
		FILE_AT("/etc/pam.d/s", "auth required success\n"
		    "auth include sub\n"),
		FILE_AT("/etc/pam.d/sub", "auth optional success\n\\\n"),
		END };
	static const struct fake_file other[] = {
		FILE_AT("/etc/pam.d/s", "auth required success\n"),
		FILE_AT("/etc/pam.d/other", "auth \\"), END };

	(void)state;
	expect_service(service, "/etc/pam.d/s", "auth", "perm_denied",
	    "/etc/pam.d/s", 2);
	expect_service(included, "/etc/pam.d/s", "auth", "perm_denied",
	    "/etc/pam.d/s", 2);
	expect_service(other, "/etc/pam.d/s", "auth", "perm_denied",
	    "/etc/pam.d/other", 1);
}

static void
what_libpams_read_differently_is_left_untold(void **state)
{
	static const char long_line[] = "auth required a";
	static const struct {
		const char *text, *what;
		unsigned line;
	} cases[] = {
		{ "auth required a\r\n", "a carriage return at the end of "
		    "the line, which libpam takes for part of its last word",
		    1 },
		{ "account required a \\\n# b\nauth required c\n", "an empty line or a "
		    "comment where a '\\' goes on with the line above: libpam "
		    "1.6 and those before it read that differently", 1 },
		{ "LONG", "a line of more than 1023 bytes: libpam 1.6 and "
		    "those before it read that differently", 1 },
		{ "auth required a\n#LONG", "a line of more than 1023 bytes: "
		    "libpam 1.6 and those before it read that differently",
		    2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		const char *at = strstr(cases[i].text, "LONG");
		struct pam_stack st = { 0 };
		struct arena a = { 0 };
		struct err e = { 0 };

		buf_add(&text, cases[i].text, at != NULL ?
		    (size_t)(at - cases[i].text) : strlen(cases[i].text));
		if (at != NULL)
			buf_addf(&text, "%s %*s\n", long_line, 1023, "b");
		const struct fake_file files[] = {
			FILE_AT("/etc/pam.d/s", buf_str(&text)), END };
		struct evidence ev = fake_evidence(files);

		assert_int_equal(pam_stack_service(&ev, "/etc/pam.d/s",
		    "auth", &a, &st, &e), -1);
		assert_string_equal(e.what, cases[i].what);
		assert_int_equal(e.line, cases[i].line);
		arena_done(&a);
	}
}

static void
a_backslash_in_front_of_a_comment_is_a_word(void **state)
{
	(void)state;
	expect_stack("auth required success \\ # on? \\\n"
	    "auth required auth_err\n", NULL, "auth_err", 2);
}

static void
sixteen_files_in_one_another_are_too_many_for_some(void **state)
{
	struct fake_file files[18] = { 0 };
	char paths[17][32], texts[17][64];
	struct evidence ev = fake_evidence(files);
	struct pam_stack st = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < 17; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/etc/pam.d/f%d", i);
		snprintf(texts[i], sizeof(texts[i]), i < 16 ?
		    "auth include f%d\n" : "auth required success\n", i + 1);
		files[i] = (struct fake_file)FILE_AT(paths[i], texts[i]);
	}
	assert_int_equal(pam_stack_service(&ev, "/etc/pam.d/f1", "auth", &a,
	    &st, &e), 0);
	assert_int_equal(pam_stack_service(&ev, "/etc/pam.d/f0", "auth", &a,
	    &st, &e), -1);
	assert_string_equal(e.what, "includes one file in another 16 times, "
	    "which libpam before 1.6 does and later ones refuse");
	assert_string_equal(e.where, "/etc/pam.d/f15");
	arena_done(&a);
}

static void
pam_conf_is_asked_by_its_entries(void **state)
{
	static const struct fake_file files[] = { FILE_AT("/etc/pam.conf",
	    "imap auth required success\n"), END };
	struct evidence ev = fake_evidence(files);
	struct pam_stack st = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pam_stack_read(&ev, "/etc/pam.conf", "auth", &a, &st,
	    &e), -1);
	assert_string_equal(e.what, "has lines of many services, and is not "
	    "read where there is a pam.d [use 'entries']");
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setcred_goes_the_way_of_authenticate),
		cmocka_unit_test(a_file_that_ends_within_a_line_denies),
		cmocka_unit_test(what_libpams_read_differently_is_left_untold),
		cmocka_unit_test(a_backslash_in_front_of_a_comment_is_a_word),
		cmocka_unit_test(
		    sixteen_files_in_one_another_are_too_many_for_some),
		cmocka_unit_test(pam_conf_is_asked_by_its_entries),
		cmocka_unit_test(the_four_words_decide_as_pam_conf_says),
		cmocka_unit_test(brackets_say_what_each_result_does),
		cmocka_unit_test(
		    a_substack_is_one_step_with_an_end_of_its_own),
		cmocka_unit_test(a_jump_does_not_lead_out_of_a_substack),
		cmocka_unit_test(an_include_has_no_end_of_its_own),
		cmocka_unit_test(
		    reset_brings_back_what_was_before_the_substack),
		cmocka_unit_test(an_include_of_nothing_fails),
		cmocka_unit_test(a_service_is_the_first_of_its_files_or_other),
		cmocka_unit_test(substacks_end_where_libpam_ends_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
