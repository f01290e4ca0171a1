/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "specs/view.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Parses with the view; what is wrong goes to e. */
static int
parse(const char *view, const char *bytes, struct arena *a,
    struct view_node *top, struct err *e)
{
	const struct view *v = view_find(view);

	assert_non_null(v);
	return v->parse("f", bytes, strlen(bytes), a, top, e);
}

/* The value of a field, or of a key, that comes first; NULL for none. */
static const char *
first(const struct view_node *top, const char *name)
{
	for (const struct view_node *r = top->child; r != NULL; r = r->next)
		for (const struct view_node *n = r->child; n; n = n->next)
			if (strcmp(n->name, name) == 0)
				return n->value;
	return NULL;
}

static void
check_all(const char *view, const char *const *lines, bool right)
{
	for (; *lines != NULL; lines++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };
		int done = parse(view, *lines, &a, &top, &e);

		if ((done == 0) != right)
			fail_msg("%s: %s", *lines, done == 0 ? "is taken" :
			    e.what);
		arena_done(&a);
	}
}

static void
times_that_one_of_the_crons_takes_are_right(void **state)
{
	static const char *const lines[] = {
		"* * * * * a\n", "*/5 0-23/2 1,15 jan-mar,12 0,7 a\n",
		"0 0 1 1 mon-FRI a\n", "0 0 * * sat-sun a\n",
		"59 23 31 dec 7 a\n", "~ 0~5 10~ * * a\n", "-* * * * * a\n",
		"@reboot a\n", "@midnight a\n", "007 1 1 1 1 a\n",
		"*/61 * * * * a\n", "\t * * * * *\ta\n", "# a", "", "\n\n",
		NULL };

	(void)state;
	check_all("cron-user", lines, true);
}

static void
times_that_no_cron_takes_are_wrong(void **state)
{
	static const char *const lines[] = {
		"60 * * * * a\n", "* 24 * * * a\n", "* * 0 * * a\n",
		"* * * 0 * a\n", "* * * * 8 a\n", "5- * * * * a\n",
		"1,,2 * * * * a\n", "*/0 * * * * a\n", "*/x * * * * a\n",
		"5-1 * * * * a\n", "* * * mon * a\n", "* * * * jan a\n",
		"* * * * monday a\n", "1x * * * * a\n", "@dayly a\n",
		"* * * * * * a\n", "* * * *\n", "-\n", "@\n",
		"* * * * * a", "A=\"b\n", "A=\"b\" c\n", NULL };

	(void)state;
	check_all("cron-user", lines, false);
}

static void
settings_are_keys_and_entries_are_rows(void **state)
{
	static const char text[] = "A=1\n* * * * * root B=2 c\nA = ' 3 '\n";
	const struct view *v = view_find("cron");
	const struct view_node *n;
	struct arena a = { 0 };
	struct view_node top;
	struct err e = { 0 };
	unsigned rows = 0;

	(void)state;
	assert_int_equal(parse("cron", text, &a, &top, &e), 0);
	for (n = top.child; n != NULL; n = n->next)
		rows += view_is_row(v, n);
	assert_int_equal(rows, 1);
	assert_false(view_is_row(v, top.child));
	assert_string_equal(first(&top, "A"), "1");
	assert_string_equal(top.child->child->next->value, " 3 ");
	assert_string_equal(first(&top, "command"), "B=2 c");
	assert_null(first(&top, "B"));
	/* What is added stands above the first entry. */
	assert_int_equal(top.child->end, 4);
	arena_done(&a);
}

static void
a_percent_ends_the_command(void **state)
{
	static const char *const cases[][3] = {
		{ "* * * * * a b\n", "a b", NULL },
		{ "* * * * * a%b\n", "a", "b" },
		{ "* * * * * a \\%d b%c%d\\%\n", "a %d b", "c\nd%" },
		{ "* * * * * a%\n", "a", "" },
		{ "* * * * * %\n", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(parse("cron-user", cases[i][0], &a, &top,
		    &e), 0);
		assert_string_equal(first(&top, "command"), cases[i][1]);
		if (cases[i][2] == NULL)
			assert_null(first(&top, "input"));
		else
			assert_string_equal(first(&top, "input"),
			    cases[i][2]);
		arena_done(&a);
	}
}

static void
a_setting_is_written_in_the_quotes_it_needs(void **state)
{
	static const struct {
		const char *value, *was, *expected;
	} cases[] = {
		{ "root", "", "root" },
		{ "root", "'x'", "'root'" },
		{ "", "", "\"\"" },
		{ " a", "x", "\" a\"" },
		{ "it's", "'x'", "\"it's\"" },
		{ "\"a\"", "x", "'\"a\"'" },
		{ "a\nb", "x", NULL },
		{ "'\"", "x", NULL },
	};
	const struct view *v = view_find("cron");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		int done = v->write_value(cases[i].value, cases[i].was,
		    strlen(cases[i].was), &out);

		assert_int_equal(done, cases[i].expected == NULL ? -1 : 0);
		if (done == 0)
			assert_string_equal(buf_str(&out), cases[i].expected);
	}
}

static void
overrides_of_a_service_are_its_options(void **state)
{
	static const char *const cases[][2] = {
		{ "a inet n - y - - b -o c=d\n", "c=d" },
		{ "a inet n - y - - b -oc=d\n", "c=d" },
		{ "a inet n - y - - b\n -v\n\t-o { c = d e }\n", "c=d e" },
		{ "a inet n - y - - b -o {c = {d} e}\n", "c={d} e" },
		{ "a inet n - y - - b -o\n", NULL },
		{ "a unix - n n - - pipe argv=/x -d {a}\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(parse("postfix-master", cases[i][0], &a,
		    &top, &e), 0);
		if (cases[i][1] == NULL)
			assert_null(first(&top, "options"));
		else
			assert_string_equal(first(&top, "options"),
			    cases[i][1]);
		arena_done(&a);
	}
}

static void
mistakes_are_told_with_their_line(void **state)
{
	static const struct {
		const char *view, *bytes, *what;
		unsigned line;
	} cases[] = {
		{ "cron", "A=b\n* 25 * * * root a\n", "bad hour '25', for "
		    "which cron ignores this line or the whole file", 2 },
		{ "cron", "@often root a\n", "bad time '@often', for which "
		    "cron ignores this line or the whole file", 1 },
		{ "cron", "* * * * * * a\n", "bad user '*', for which cron "
		    "ignores this line or the whole file", 1 },
		{ "cron", "* * * * * root\n", "no command on this line "
		    "[minute hour day month weekday user command]", 1 },
		{ "cron-user", "* * * * * * a\n", "bad command '*', for "
		    "which cron ignores this line or the whole file", 1 },
		{ "cron-user", "\n* * * * *\n", "no command on this line "
		    "[minute hour day month weekday command]", 2 },
		{ "cron", "\n@daily root a", "the last line has no newline "
		    "at its end, for which cron ignores it or the whole file",
		    2 },
		{ "anacrontab", "x 5 a b\n", "bad period 'x', for which cron "
		    "ignores this line or the whole file", 1 },
		{ "anacrontab", "1 y a b\n", "bad delay 'y', for which cron "
		    "ignores this line or the whole file", 1 },
		{ "anacrontab", "1 5 a\n", "no command on this line [period "
		    "delay name command]", 1 },
		{ "postfix-master", " a\n", "begins with a blank, but there "
		    "is no line to go on with", 1 },
		{ "postfix-master", "\na inet n - n\n - -\n",
		    "7 fields, master(5) asks for at least 8", 2 },
		{ "postfix-master", "a tcp n - n - - b\n",
		    "'tcp' is no type of master(5)", 1 },
		{ "postfix-master", "a inet n - n\n yes - b\n",
		    "'yes' is no wakeup of master(5)", 2 },
		{ "postfix-master", "a inet n - x - - b\n",
		    "'x' is no chroot of master(5)", 1 },
		{ "postfix-master", "a inet n - - - 1? b\n",
		    "'1?' is no maxproc of master(5)", 1 },
		{ "postfix-master", "a inet n - - - - /b\n",
		    "'/b' is no command of master(5)", 1 },
		{ "hosts", "\n::1 # a\n", "an address without a name", 2 },
		{ "aliases", "a: b\nc\n", "no 'name: targets' on this line",
		    2 },
		{ "aliases", "\"a: b\n", "no 'name: targets' on this line",
		    1 },
		{ "aliases", "\tb\n", "begins with a blank, but there is no "
		    "line to go on with", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(parse(cases[i].view, cases[i].bytes, &a,
		    &top, &e), -1);
		assert_string_equal(e.what, cases[i].what);
		assert_int_equal(e.line, cases[i].line);
		arena_done(&a);
	}
}

static void
the_path_says_which_table_it_is(void **state)
{
	static const char *const cases[][2] = {
		{ "/etc/crontab", "cron" },
		{ "/etc/cron.d/amavisd-new", "cron" },
		{ "/etc/cron.d/a.conf", "cron" },
		{ "/etc/anacrontab", "anacrontab" },
		{ "/var/spool/cron/crontabs/root", "cron-user" },
		{ "/var/spool/cron/tabs/root", "cron-user" },
		{ "/var/spool/cron/root", "cron-user" },
		{ "/etc/postfix/master.cf", "postfix-master" },
		{ "/etc/hosts", "hosts" },
		{ "/etc/aliases", "aliases" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(view_for_path(cases[i][0])->name,
		    cases[i][1]);
}

static void
ten_megabytes_take_linear_time(void **state)
{
	static const char *const lines[][2] = {
		{ "cron", "A=b\n" }, { "cron", "@daily root a%b%\\%\n" },
		{ "cron-user", "1,2,3-5,*/2 * * * * a\n" },
		{ "postfix-master", "a inet n - - - - b\n -o a=b\n" },
		{ "postfix-master", " -o {a=b\n" },
		{ "postfix-master", " -o a=b\n" },
		{ "aliases", "a: b\n#\n c\n" }, { "hosts", "a b #\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };
		clock_t from;

		if (lines[i][1][0] == ' ')
			buf_adds(&b, "a inet n - - - - b\n");
		while (b.len < 10 << 20)
			buf_adds(&b, lines[i][1]);
		from = clock();
		assert_int_equal(parse(lines[i][0], buf_str(&b), &a, &top,
		    &e), 0);
		/* What is not linear takes minutes, even on a slow machine. */
		assert_true(clock() - from < 20 * CLOCKS_PER_SEC);
		arena_done(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_that_one_of_the_crons_takes_are_right),
		cmocka_unit_test(times_that_no_cron_takes_are_wrong),
		cmocka_unit_test(settings_are_keys_and_entries_are_rows),
		cmocka_unit_test(a_percent_ends_the_command),
		cmocka_unit_test(a_setting_is_written_in_the_quotes_it_needs),
		cmocka_unit_test(overrides_of_a_service_are_its_options),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(the_path_says_which_table_it_is),
		cmocka_unit_test(ten_megabytes_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
