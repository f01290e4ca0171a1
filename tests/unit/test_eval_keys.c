/* SPDX-License-Identifier: MIT */
#include "eval_expect.h"

static struct key_demand
key(const char *section, const char *name, struct test *t)
{
	return (struct key_demand){ .section = section, .key = name,
		.tests = { t, 1, 1 }, .at = { "s.yaml", 20, 1 } };
}

/* One key of one file under one test. */
static void
expect_key(const char *view, const char *text, const char *section,
    const char *name, enum test_op op, struct texts values,
    const char *expected)
{
	const struct fake_file files[] = { file("/f", text), END };
	struct test t = { op, values, { 0 } };
	struct key_demand d = key(section, name, &t);
	const char *path = "/f";
	struct rule r = rule_on(&path);

	r.as = view;
	r.keys.items = &d;
	r.keys.n = 1;
	expect(&r, files, expected);
}

#define ONE(s) (struct texts)TEXTS(s)

static void
keys_are_judged_by_each_test(void **state)
{
	static const char ini[] = "[a]\nk = 1\nk = 5\nw = x, y\n";

	(void)state;
	expect_key("ini", ini, "a", "k", TEST_EQUALS, ONE("5"), "1\n");
	expect_key("ini", ini, "a", "k", TEST_EQUALS, ONE("1"),
	    "0\nF keys /f:3 [a] k is '5', expected '1'\n");
	expect_key("ini", ini, "a", "q", TEST_EQUALS, ONE("1"),
	    "0\nF keys /f [a] q is not set, expected '1'\n");
	expect_key("ini", ini, "b", "k", TEST_PRESENT, (struct texts){ 0 },
	    "0\nF keys /f [b] k is not set, expected to be there\n");
	expect_key("ini", ini, "a", "k", TEST_ABSENT, (struct texts){ 0 },
	    "0\nF keys /f:3 [a] k is '5', expected nothing\n");
	expect_key("ini", ini, "a", "w", TEST_MATCHES, ONE("^y"),
	    "0\nF keys /f:4 [a] w is 'x, y', expected a match of '^y'\n");
	expect_key("ini", ini, "a", "k", TEST_NOT_MATCHES, ONE("5"),
	    "0\nF keys /f:3 [a] k is '5', expected no match of '5'\n");
	expect_key("ini", ini, "a", "q", TEST_NOT_MATCHES, ONE("5"), "1\n");
	expect_key("systemd", "[a]\nExecStart=x\nExecStart=y\n", "a",
	    "ExecStart", TEST_NOT_MATCHES, ONE("x"), "0\nF keys /f:2 [a] "
	    "ExecStart is 'x', expected no match of 'x'\n");
	expect_key("ini", ini, "a", "w", TEST_INCLUDES,
	    (struct texts)TEXTS("x", "z"), "0\nF keys /f:4 [a] w is 'x, y', "
	    "expected to include 'x', 'z'\n");
	expect_key("ini", ini, "a", "w", TEST_EXCLUDES, ONE("y"),
	    "0\nF keys /f:4 [a] w is 'x, y', expected not to include 'y'\n");
	expect_key("ini", ini, "a", "k", TEST_ONE_OF,
	    (struct texts)TEXTS("6", "7"),
	    "0\nF keys /f:3 [a] k is '5', expected one of '6', '7'\n");
	expect_key("ini", ini, "a", "k", TEST_AT_LEAST, ONE("10"),
	    "0\nF keys /f:3 [a] k is '5', expected at least '10'\n");
	expect_key("ini", ini, "a", "k", TEST_AT_MOST, ONE("4.5"),
	    "0\nF keys /f:3 [a] k is '5', expected at most '4.5'\n");
	expect_key("ini", ini, "a", "k", TEST_AT_MOST, ONE("5"), "1\n");
	expect_key("ini", ini, "a", "k", TEST_AT_LEAST, ONE("-5.5"), "1\n");
	expect_key("ini", "[a]\nk = 2M\n", "a", "k", TEST_AT_LEAST,
	    ONE("2000000"), "1\n");
	expect_key("ini", "[a]\nk = -\n", "a", "k", TEST_AT_LEAST, ONE("0"),
	    "0\nF keys /f:2 [a] k is '-', expected at least '0'\n");
	expect_key("ini", ini, "a", "w", TEST_AT_MOST, ONE("5"),
	    "0\nF keys /f:4 [a] w is 'x, y', expected at most '5'\n");
}

static void
the_value_that_counts_follows_the_format(void **state)
{
	static const char unit[] = "[Unit]\nAfter=a\nAfter=\nAfter=b\n"
	    "[Service]\nType=simple\n[Unit]\nAfter=\"c d\"\n[Service]\n"
	    "Type=forking\n";
	static const char sshd[] = "permitrootlogin no\nPermitRootLogin yes\n"
	    "Port 22\nPort 2222\nMatch User x\nPermitRootLogin yes\n";

	(void)state;
	expect_key("systemd", unit, "Unit", "After", TEST_INCLUDES,
	    (struct texts)TEXTS("b", "c d"), "1\n");
	/* Dependencies only add up, the other lists can be reset. */
	expect_key("systemd", unit, "Unit", "After", TEST_EXCLUDES, ONE("a"),
	    "0\nF keys /f:2 [Unit] After is 'a', expected not to include "
	    "'a'\n");
	expect_key("systemd", "[S]\nExecStart=a\nExecStart=\n"
	    "ExecStart=b\n", "S", "ExecStart", TEST_EXCLUDES, ONE("a"),
	    "1\n");
	expect_key("systemd", unit, "Service", "Type", TEST_EQUALS,
	    ONE("forking"), "1\n");
	expect_key("keyvalue", sshd, "", "PermitRootLogin", TEST_EQUALS,
	    ONE("no"), "1\n");
	expect_key("keyvalue", sshd, "Match User x", "PermitRootLogin",
	    TEST_EQUALS, ONE("no"), "0\nF keys /f:6 [Match User x] "
	    "PermitRootLogin is 'yes', expected 'no'\n");
	expect_key("keyvalue", sshd, "", "Port", TEST_EQUALS, ONE("22"),
	    "0\nF keys /f:4 Port is '2222', expected '22'\n");
	expect_key("postfix", "a = 1\na = 2\n", "", "a", TEST_EQUALS,
	    ONE("2"), "1\n");
	expect_key("shellvars", "A=1\nA=\"-d -c\"\n", "", "A",
	    TEST_INCLUDES, ONE("-c"), "1\n");
}

static void
what_cannot_be_parsed_hides_nothing_else(void **state)
{
	const struct fake_file files[] = { file("/f", "[a\nsecret\n"), END };
	struct lines_demand d = { .require = TEXTS("^a") };
	struct test t = { TEST_PRESENT, { 0 }, { 0 } };
	struct key_demand k = key("a", "b", &t);
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	r.keys.items = &k;
	r.keys.n = 1;
	r.lines = &d;
	r.mode = 0644;
	expect(&r, files, "1\nF lines.require /f no line matches '^a'\n"
	    "U keys /f no format is known for this file [say 'as: ini' or "
	    "another view in the rule]\n");
	r.as = "ini";
	expect(&r, files, "1\nF lines.require /f no line matches '^a'\n"
	    "U keys /f:1 '[' without its ']' on the same line\n");
	r.secret = true;
	expect(&r, files, "1\nF lines.require /f no line matches (hidden)\n"
	    "U keys /f:1 not readable in its format (hidden: the rule is "
	    "secret)\n");
}

static void
expect_entries(const char *path, const char *text, struct entry_demand d,
    const char *expected)
{
	const struct fake_file files[] = { file(path, text), END };
	struct rule r = rule_on(&path);

	d.at.line = 30;
	r.entries.items = &d;
	r.entries.n = 1;
	expect(&r, files, expected);
}

static void
entries_are_picked_and_judged_by_their_fields(void **state)
{
	static const char tab[] = "# c\ncr_a /dev/a none luks\ncr_b /dev/b\n";
	struct test is_a = { TEST_EQUALS, TEXTS("cr_a"), { 0 } };
	struct test is_c = { TEST_EQUALS, TEXTS("cr_c"), { 0 } };
	struct test cr = { TEST_MATCHES, TEXTS("^cr_"), { 0 } };
	struct test discard = { TEST_INCLUDES, TEXTS("discard"), { 0 } };
	struct field_test name_a = { .field = "name",
		.tests = { &is_a, 1, 1 } };
	struct field_test name_c = { .field = "name",
		.tests = { &is_c, 1, 1 } };
	struct field_test name_cr = { .field = "name",
		.tests = { &cr, 1, 1 } };
	struct field_test options = { .field = "options",
		.tests = { &discard, 1, 1 } };
	struct field_test wrong = { .field = "opts",
		.tests = { &discard, 1, 1 } };

	(void)state;
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .where = { &name_a, 1, 1 } }, "1\n");
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .where = { &name_c, 1, 1 } },
	    "0\nF entries /etc/crypttab there is no entry with "
	    "name 'cr_c'\n");
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .where = { &name_a, 1, 1 }, .absent = true },
	    "0\nF entries /etc/crypttab:2 the entry 'cr_a' must not be "
	    "there (with name 'cr_a')\n");
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .where = { &name_cr, 1, 1 }, .fields = { &options, 1, 1 } },
	    "0\nF entries /etc/crypttab:2 the field options is 'luks', "
	    "expected to include 'discard'\n"
	    "F entries /etc/crypttab:3 the field options is not set, "
	    "expected to include 'discard'\n");
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .where = { &wrong, 1, 1 } },
	    "0\nU entries /etc/crypttab the crypttab table has no field "
	    "'opts' [it has name, device, keyfile, options]\n");
	expect_entries("/etc/crypttab", "", (struct entry_demand){ 0 },
	    "0\nF entries /etc/crypttab there is no entry\n");
	expect_entries("/etc/crypttab", tab, (struct entry_demand){
	    .absent = true },
	    "0\nF entries /etc/crypttab:2 there must be no entry at all\n"
	    "F entries /etc/crypttab:3 there must be no entry at all\n");
	expect_entries("/etc/x.conf", "", (struct entry_demand){ 0 },
	    "0\nU entries /etc/x.conf the view 'ini' has no entries [use "
	    "keys, lines or xpath]\n");
}

static void
a_long_table_of_mistakes_is_told_in_part(void **state)
{
	const struct fake_file files[] = { file("/etc/fstab",
	    "a b c\na b c\na b c\na b c\na b c\na b c\na b c\na b c\n"
	    "a b c\na b c\na b c\na b c\na b c\na b c\na b c\na b c\n"
	    "a b c\na b c\na b c\na b c\na b c\na b c\na b c\n"), END };
	struct evidence ev = fake_evidence(files);
	struct entry_demand d = { .absent = true };
	const char *path = "/etc/fstab";
	struct rule r = rule_on(&path);
	struct results out = { 0 };

	(void)state;
	r.entries.items = &d;
	r.entries.n = 1;
	eval_rule(&r, &ev, &out);
	assert_int_equal(out.n, 21);
	assert_int_equal(out.items[20].line, 21);
	assert_string_equal(out.items[20].what,
	    "from here on no more entries are told of");
	results_done(&out);
}

static void
a_password_hash_is_never_shown(void **state)
{
	struct test locked = { TEST_EQUALS, TEXTS("!"), { 0 } };
	struct field_test password = { .field = "password",
		.tests = { &locked, 1, 1 } };

	(void)state;
	expect_entries("/etc/shadow", "a:$6$abc:1::::::\n",
	    (struct entry_demand){ .fields = { &password, 1, 1 } },
	    "0\nF entries /etc/shadow:1 the field password is (hidden), "
	    "expected '!'\n");
}

static void
xpath_judges_each_node(void **state)
{
	static const char xml[] = "<domain>\n<disk bus='virtio'/>\n"
	    "<disk bus='ide'/>\n</domain>";
	const struct fake_file files[] = { file("/g.xml", xml),
		file("/b.xml", "<a>\n"), END };
	struct test virtio = { TEST_EQUALS, TEXTS("virtio"), { 0 } };
	struct test one = { TEST_COUNT, TEXTS("1"), { 0 } };
	struct test there = { TEST_PRESENT, { 0 }, { 0 } };
	struct test gone = { TEST_ABSENT, { 0 }, { 0 } };
	struct xpath_demand d = { .expr = "//disk/@bus",
		.tests = { &virtio, 1, 1 }, .at = { "s.yaml", 3, 1 } };
	const char *path = "/g.xml";
	struct rule r = rule_on(&path);

	(void)state;
	r.xpath.items = &d;
	r.xpath.n = 1;
	expect(&r, files, "0\nF xpath /g.xml:3 '//disk/@bus' yields 'ide', "
	    "expected 'virtio'\n");
	d.tests.items = &one;
	d.why = "one disk is enough";
	expect(&r, files, "0\nF xpath /g.xml:2 one disk is enough\n");
	d.why = NULL;
	d.tests.items = &there;
	d.expr = "count(//disk) > 2";
	expect(&r, files, "0\nF xpath /g.xml nothing matches 'count(//disk) "
	    "> 2', expected to be there\n");
	d.tests.items = &gone;
	expect(&r, files, "1\n");
	d.expr = "//disk";
	expect(&r, files, "0\nF xpath /g.xml:2 '//disk' yields '', "
	    "expected nothing\n");
	path = "/b.xml";
	expect(&r, files, "0\nU xpath /b.xml:2 no well-formed XML: Premature "
	    "end of data in tag a line 1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_judged_by_each_test),
		cmocka_unit_test(the_value_that_counts_follows_the_format),
		cmocka_unit_test(what_cannot_be_parsed_hides_nothing_else),
		cmocka_unit_test(entries_are_picked_and_judged_by_their_fields),
		cmocka_unit_test(a_long_table_of_mistakes_is_told_in_part),
		cmocka_unit_test(a_password_hash_is_never_shown),
		cmocka_unit_test(xpath_judges_each_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
