/* SPDX-License-Identifier: MIT */
#include "repair_holds.h"

/* expected NULL: nothing to do; "!…": what the error says. */
static void
expect(const struct rule *r, const char *before, const char *expected)
{
	CLEANUP(drop_buf) struct buf out = { 0 }, again = { 0 };
	struct err e = { 0 };
	int done = repair_bytes(r, "/f", before, strlen(before), &out, &e);

	if (expected == NULL) {
		assert_int_equal(done, 0);
		assert_int_equal(out.len, 0);
		return;
	}
	if (expected[0] == '!') {
		assert_int_equal(done, -1);
		assert_string_equal(e.what, expected + 1);
		return;
	}
	if (done < 0)
		fail_msg("%u: %s", e.line, e.what);
	assert_int_equal(done, 1);
	assert_string_equal(buf_str(&out), expected);
	assert_true(rule_holds(r, out.bytes, out.len));
	assert_int_equal(repair_bytes(r, "/f", out.bytes, out.len, &again,
	    &e), 0);
}

static void
forbidden_lines_are_commented_out(void **state)
{
	struct lines_demand d = { .forbid = TEXTS("^\\s*load.*Razor2"),
		.comment_out = "# " };
	struct rule r = plain_rule();

	(void)state;
	r.lines = &d;
	expect(&r, "a\nload Razor2\n load Razor2 x\nz",
	    "a\n# load Razor2\n#  load Razor2 x\nz");
	expect(&r, "a\r\nload Razor2\r\n", "a\r\n# load Razor2\r\n");
	expect(&r, "load Razor2", "# load Razor2");
	expect(&r, "# load Razor2\n", NULL);
	d.forbid = (struct texts)TEXTS("Razor2");
	expect(&r, "x\nload Razor2\n", "!commented out, the line still "
	    "matches 'Razor2' [write the expression so that it does not "
	    "match a comment]");
	d.comment_out = NULL;
	expect(&r, "x\nload Razor2\n", "!no repair for a line that matches "
	    "'Razor2' [add 'comment-out' or 'replace']");
}

static void
missing_lines_are_appended(void **state)
{
	struct lines_demand d = { .require = TEXTS("^a=1$", "^b=2$"),
		.append = TEXTS("a=1", "b=2", "c=3") };
	struct rule r = plain_rule();

	(void)state;
	r.lines = &d;
	expect(&r, "x\n", "x\na=1\nb=2\n");
	expect(&r, "x", "x\na=1\nb=2");
	expect(&r, "x\r\na=1\r\n", "x\r\na=1\r\nb=2\r\n");
	expect(&r, "", "a=1\nb=2\n");
	expect(&r, "b=2\na=1", NULL);
	d.append.n = 1;
	expect(&r, "x\n", "!no repair for the missing line '^b=2$' [add a "
	    "line that matches to 'append']");
	d.forbid = (struct texts)TEXTS("^a");
	d.require.n = 1;
	expect(&r, "x\n", "!a line of the repair itself matches '^a', which "
	    "is forbidden");
}

static void
lines_are_replaced_where_that_helps(void **state)
{
	struct line_replace with = { "^(\\w+)\\s*=.*$", "$1 = on", { 0 } };
	struct lines_demand d = { .require = TEXTS("^tls = on$"),
		.forbid = TEXTS("^ssl = off"),
		.replace = { &with, 1, 1 }, .comment_out = "#" };
	struct rule r = plain_rule();

	(void)state;
	r.lines = &d;
	expect(&r, "a = 1\ntls=off\nssl = off\nz\n",
	    "a = 1\ntls = on\nssl = on\nz\n");
	expect(&r, "tls = on\na = 1\n", NULL);
	with.with = "$1 = off";
	expect(&r, "tls = on\nssl = off\n", "tls = on\n#ssl = off\n");
	with.with = "$7";
	expect(&r, "tls = on\nssl = off\n", "!the replacement '$7' cannot be "
	    "put in: unknown substring");
}

struct key_case {
	const char *view, *section, *key;
	enum test_op op;
	struct texts values;
	const char *before, *after;
};

static void
check_keys(const struct key_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct test t = { cases[i].op, cases[i].values, { 0 } };
		struct key_demand d = { .section = cases[i].section,
			.key = cases[i].key, .tests = { &t, 1, 1 } };
		struct rule r = plain_rule();

		r.as = cases[i].view;
		r.keys.items = &d;
		r.keys.n = 1;
		expect(&r, cases[i].before, cases[i].after);
	}
}

static void
a_value_is_changed_in_its_place(void **state)
{
	const struct key_case cases[] = {
		{ "ini", "a", "k", TEST_EQUALS, TEXTS("2"),
		    "[b]\nk = 1\n[a]\n# c\n  k =  1  \nl = 3\n",
		    "[b]\nk = 1\n[a]\n# c\n  k =  2  \nl = 3\n" },
		{ "ini", "a", "k", TEST_ONE_OF, TEXTS("2", "3"),
		    "[a]\r\nk=1\r\n", "[a]\r\nk=2\r\n" },
		{ "ini", "a", "k", TEST_ONE_OF, TEXTS("2", "3"),
		    "[a]\nk=3\n", NULL },
		{ "shellvars", "", "A", TEST_EQUALS, TEXTS("x y"),
		    "export A='1' # c\nB=2", "export A='x y' # c\nB=2" },
		{ "shellvars", "", "A", TEST_EQUALS, TEXTS("x"),
		    "A=1\nA=\"1\"\n", "A=1\nA=\"x\"\n" },
		{ "shellvars", "", "A", TEST_EQUALS, TEXTS("x $y"),
		    "A=1\n", "A=\"x \\$y\"\n" },
		{ "shellvars", "", "A", TEST_AT_LEAST, TEXTS("10"),
		    "A=9\n", "A=10\n" },
		{ "shellvars", "", "A", TEST_AT_MOST, TEXTS("10"),
		    "A=9\n", NULL },
		{ "keyvalue", "", "PermitRootLogin", TEST_EQUALS, TEXTS("no"),
		    "permitrootlogin yes # c\nPermitRootLogin no\n",
		    "permitrootlogin no # c\nPermitRootLogin no\n" },
		{ "keyvalue", "", "Banner", TEST_EQUALS, TEXTS("none"),
		    "Banner\n", "Banner none\n" },
		{ "postfix", "", "a", TEST_EQUALS, TEXTS("x"),
		    "a =\n  1,\n  2\nb = 3\n", "a =\n  x\nb = 3\n" },
		{ "systemd", "Service", "Type", TEST_EQUALS, TEXTS("simple"),
		    "[Service]\nType=forking\n", "[Service]\nType=simple\n" },
		{ "systemd", "Service", "ExecStart", TEST_EQUALS,
		    TEXTS("/bin/b"), "[Service]\nExecStart=/bin/a \\\n -x\n"
		    "ExecStart=/bin/c\n", "[Service]\n# ExecStart=/bin/a \\\n"
		    "#  -x\nExecStart=/bin/b\n" },
	};

	(void)state;
	check_keys(cases, COUNT(cases));
}

static void
a_missing_key_goes_to_the_end_of_its_section(void **state)
{
	const struct key_case cases[] = {
		{ "ini", "a", "k", TEST_EQUALS, TEXTS("2"),
		    "[a]\nl = 1\n\n# about b\n[b]\n",
		    "[a]\nl = 1\nk = 2\n\n# about b\n[b]\n" },
		{ "ini", "c", "k", TEST_EQUALS, TEXTS("2"),
		    "[a]\nl = 1", "[a]\nl = 1\n\n[c]\nk = 2" },
		{ "ini", "c", "k", TEST_EQUALS, TEXTS("2"), "",
		    "[c]\nk = 2\n" },
		{ "ini", "a", "k", TEST_EQUALS, TEXTS("2"),
		    "[a]\r\nl=1\r\n", "[a]\r\nl=1\r\nk = 2\r\n" },
		{ "systemd", "Unit", "After", TEST_INCLUDES, TEXTS("x", "y"),
		    "[Unit]\n[Service]\n", "[Unit]\nAfter=x y\n[Service]\n" },
		{ "shellvars", "", "A", TEST_EQUALS, TEXTS("1"), "# c\nB=2\n",
		    "# c\nB=2\nA=\"1\"\n" },
		{ "keyvalue", "", "Port", TEST_EQUALS, TEXTS("22"),
		    "A b\n\nMatch User x\n A c\n",
		    "A b\nPort 22\n\nMatch User x\n A c\n" },
		{ "keyvalue", "Match User y", "A", TEST_EQUALS, TEXTS("22"),
		    "A b\n", "!'Match User y.A' cannot be repaired: there is "
		    "no such section" },
		{ "postfix", "", "a", TEST_INCLUDES, TEXTS("x", "y"), "b = 1",
		    "b = 1\na = x, y" },
	};

	(void)state;
	check_keys(cases, COUNT(cases));
}

static void
words_are_added_and_taken_out(void **state)
{
	const struct key_case cases[] = {
		{ "ini", "a", "k", TEST_INCLUDES, TEXTS("z"),
		    "[a]\nk = x,y\n", "[a]\nk = x,y,z\n" },
		{ "ini", "a", "k", TEST_INCLUDES, TEXTS("z"),
		    "[a]\nk = x, y \n", "[a]\nk = x, y, z \n" },
		{ "ini", "a", "k", TEST_INCLUDES, TEXTS("z"),
		    "[a]\nk = x\n", "[a]\nk = x, z\n" },
		{ "ini", "a", "k", TEST_EXCLUDES, TEXTS("x", "y"),
		    "[a]\nk = x, y, z, y\n", "[a]\nk = z\n" },
		{ "shellvars", "", "A", TEST_INCLUDES, TEXTS("-b"),
		    "A=\"$X -a\" # c\n", "A=\"$X -a -b\" # c\n" },
		{ "shellvars", "", "A", TEST_INCLUDES, TEXTS("-b"),
		    "A=''\n", "A='-b'\n" },
		{ "shellvars", "", "A", TEST_INCLUDES, TEXTS("-b"),
		    "A=-a\n", "A=\"-a -b\"\n" },
		{ "shellvars", "", "A", TEST_EXCLUDES, TEXTS("-a"),
		    "A=\"-a -ab $X\"\n", "A=\"-ab $X\"\n" },
		{ "shellvars", "", "A", TEST_EXCLUDES, TEXTS("-a"),
		    "A=-a\n", "A=\n" },
		{ "systemd", "U", "After", TEST_INCLUDES, TEXTS("c"),
		    "[U]\nAfter=a \\\n  b\nX=1\n",
		    "[U]\nAfter=a \\\n  b c\nX=1\n" },
		{ "systemd", "U", "After", TEST_EXCLUDES, TEXTS("b"),
		    "[U]\nAfter=a\nAfter=b\nAfter=\"b\" c b\n",
		    "[U]\nAfter=a\n# After=b\nAfter=c\n" },
		{ "systemd", "U", "Environment", TEST_INCLUDES,
		    TEXTS("A=b c"), "[U]\nEnvironment=X=1\n",
		    "[U]\nEnvironment=X=1 \"A=b c\"\n" },
		{ "systemd", "U", "After", TEST_EXCLUDES, TEXTS("b"),
		    "[U]\nAfter=a \\\n# b\n b \\\n c\n",
		    "[U]\nAfter=a \\\n# b\n \\\n c\n" },
		{ "postfix", "", "r", TEST_INCLUDES, TEXTS("c"),
		    "r = a,\n  b\n", "r = a,\n  b, c\n" },
		{ "keyvalue", "", "AllowUsers", TEST_EXCLUDES, TEXTS("b"),
		    "AllowUsers a b\n", "AllowUsers a\n" },
	};

	(void)state;
	check_keys(cases, COUNT(cases));
}

static void
what_must_be_absent_is_commented_out(void **state)
{
	const struct key_case cases[] = {
		{ "ini", "a", "k", TEST_ABSENT, { 0 },
		    "[a]\nk = x\n  y\nl = 1\nk = 2",
		    "[a]\n# k = x\n#   y\nl = 1\n# k = 2" },
		{ "shellvars", "", "A", TEST_ABSENT, { 0 }, "A=1; B=2\n",
		    "!'A' cannot be repaired: another key stands on the same "
		    "line" },
		{ "shellvars", "", "A", TEST_ABSENT, { 0 }, "B=2\n", NULL },
		{ "systemd", "S", "ExecStartPre", TEST_ABSENT, { 0 },
		    "[S]\r\nExecStartPre=a\r\n",
		    "[S]\r\n# ExecStartPre=a\r\n" },
	};

	(void)state;
	check_keys(cases, COUNT(cases));
}

static void
what_no_edit_can_do_is_said(void **state)
{
	const struct key_case cases[] = {
		{ "ini", "a", "k", TEST_MATCHES, TEXTS("^x"), "[a]\nk = y\n",
		    "!'a.k' cannot be repaired: an expression does not say "
		    "which value [use 'equals' or 'one-of']" },
		{ "ini", "a", "k", TEST_PRESENT, { 0 }, "",
		    "!'a.k' cannot be repaired: no value is given [use "
		    "'equals']" },
		{ "ini", "a", "k", TEST_EQUALS, TEXTS("a\nb"), "[a]\nk = y\n",
		    "!'a.k' cannot be repaired: the value has a newline" },
		{ "ini", "a", "k", TEST_EQUALS, TEXTS(" x "), "[a]\nk = y\n",
		    "!'a.k' cannot be repaired: this format has no way to say "
		    "it" },
		{ "shellvars", "", "A", TEST_INCLUDES, TEXTS("$x"),
		    "A=\"a\"\n", "!'A' cannot be repaired: the word needs "
		    "quotes inside of quotes" },
		{ "crypttab", "", "A", TEST_EQUALS, TEXTS("x"), "a b\n",
		    "!no format with keys is known for this file [say 'as: "
		    "ini' or another view in the rule]" },
		{ "ini", "a", "k", TEST_EQUALS, TEXTS("x"), "[a\n",
		    "!'[' without its ']' on the same line" },
	};
	struct test both[] = { { TEST_EQUALS, TEXTS("x"), { 0 } },
		{ TEST_EQUALS, TEXTS("y"), { 0 } } };
	struct key_demand d = { .section = "a", .key = "k",
		.tests = { both, 2, 2 } };
	struct rule r = plain_rule();

	(void)state;
	check_keys(cases, COUNT(cases));
	r.as = "ini";
	r.keys.items = &d;
	r.keys.n = 1;
	expect(&r, "[a]\nk = z\n", "!'a.k' cannot be repaired: what the rule "
	    "demands contradicts itself");
}

static void
a_file_that_takes_too_many_edits_is_left_alone(void **state)
{
	struct test t = { TEST_ABSENT, { 0 }, { 0 } };
	struct key_demand d = { .section = "", .key = "k",
		.tests = { &t, 1, 1 } };
	struct rule r = plain_rule();
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	r.as = "ini";
	r.keys.items = &d;
	r.keys.n = 1;
	for (int i = 0; i < 101; i++)
		buf_adds(&b, "k = 1\n");
	expect(&r, buf_str(&b), "!'k' cannot be repaired: it takes more than "
	    "100 edits");
}

static void
metadata_is_set_to_what_the_rule_says(void **state)
{
	struct rule r = plain_rule();
	struct entry en = { .kind = ENTRY_FILE, .mode = 0666, .uid = 7,
		.user = "imap", .gid = 8, .group = "mail" };

	(void)state;
	assert_int_equal(repair_entry(&r, &en), 0);
	r.mode = 0640;
	r.mode_at_most = true;
	r.owner = "root";
	r.group = "9";
	assert_int_equal(repair_entry(&r, &en), 1);
	assert_int_equal(en.mode, 0640);
	assert_string_equal(en.user, "root");
	assert_int_equal(en.gid, 9);
	assert_null(en.group);
	assert_int_equal(repair_entry(&r, &en), 0);
	r.mode = 0755;
	assert_int_equal(repair_entry(&r, &en), 0);
	r.mode_at_most = false;
	en.kind = ENTRY_SYMLINK;
	assert_int_equal(repair_entry(&r, &en), 0);
	en.kind = ENTRY_FILE;
	assert_int_equal(repair_entry(&r, &en), 1);
	assert_int_equal(en.mode, 0755);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_lines_are_commented_out),
		cmocka_unit_test(missing_lines_are_appended),
		cmocka_unit_test(lines_are_replaced_where_that_helps),
		cmocka_unit_test(a_value_is_changed_in_its_place),
		cmocka_unit_test(a_missing_key_goes_to_the_end_of_its_section),
		cmocka_unit_test(words_are_added_and_taken_out),
		cmocka_unit_test(what_must_be_absent_is_commented_out),
		cmocka_unit_test(what_no_edit_can_do_is_said),
		cmocka_unit_test(
		    a_file_that_takes_too_many_edits_is_left_alone),
		cmocka_unit_test(metadata_is_set_to_what_the_rule_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
