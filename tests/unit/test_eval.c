/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "specs/eval.h"
#include "fake_evidence.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXTS(...) { (const char *[]){ __VA_ARGS__ },			\
	COUNT(((const char *[]){ __VA_ARGS__ })), 0 }
#define LIST(type, ...) { (struct type[]){ __VA_ARGS__ },		\
	COUNT(((struct type[]){ __VA_ARGS__ })), 0 }
#define TESTS(...) LIST(test, __VA_ARGS__)
#define END { .en = { .path = NULL } }

/* A rule that demands nothing yet of the path that the test fills in. */
static struct rule
rule_on(const char **path)
{
	return (struct rule){ .id = "r", .paths = { path, 1, 1 }, .kind = -1,
		.mode = -1, .at = { "s.yaml", 7, 3 } };
}

static const struct entry plain = { .kind = ENTRY_FILE, .mode = 0644,
	.user = "root", .group = "root" };

static struct fake_file
file(const char *path, const char *text)
{
	struct fake_file f = { .en = plain, .text = text };

	f.en.path = path;
	return f;
}

/*
 * All results as lines "HELD" and "VERDICT demand path[>decided_in][:line]
 * what"; H, F, U for holds, fails, unknown.
 */
static void
expect(const struct rule *rule, const struct fake_file *files,
    const char *expected)
{
	struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct results out = { 0 };

	eval_rule(rule, &ev, &out);
	buf_addf(&b, "%zu\n", out.held);
	for (size_t i = 0; i < out.n; i++) {
		const struct result *r = &out.items[i];

		assert_ptr_equal(r->rule, rule);
		assert_int_not_equal(r->at.line, 0);
		buf_addf(&b, "%c %s %s", "HFU"[r->verdict], r->demand,
		    r->path);
		if (r->decided_in != NULL)
			buf_addf(&b, ">%s", r->decided_in);
		if (r->line > 0)
			buf_addf(&b, ":%u", r->line);
		buf_addf(&b, " %s\n", r->what);
	}
	assert_string_equal(buf_str(&b), expected);
	results_done(&out);
}

static void
present_demands_each_alternative_and_one_match(void **state)
{
	const struct fake_file files[] = { file("/etc/pam.d/imap", ""),
		file("/etc/x/1.xml", ""), END };
	const char *path = "/etc/pam.d/{imap,smtp}";
	struct rule r = rule_on(&path);

	(void)state;
	r.require = REQUIRE_PRESENT;
	expect(&r, files, "1\nF present /etc/pam.d/smtp is missing\n");
	path = "/etc/x/*.xml";
	expect(&r, files, "1\n");
	path = "/etc/y/*.xml";
	expect(&r, files, "0\nF present /etc/y/*.xml nothing matches this "
	    "pattern, at least one must\n");
	r.require = REQUIRE_IF_PRESENT;
	expect(&r, files, "0\n");
	path = "/etc/{a";
	expect(&r, files, "0\nU path /etc/{a '{' without its '}' [write \\{ "
	    "for the letter itself]\n");
}

static void
absent_fails_for_each_that_is_there(void **state)
{
	const struct fake_file files[] = { file("/a/b", ""), file("/a/c", ""),
		END };
	const char *path = "/a/{b,*,d}";
	struct rule r = rule_on(&path);

	(void)state;
	r.require = REQUIRE_ABSENT;
	expect(&r, files, "1\nF absent /a/b is there, but must not be\n"
	    "F absent /a/c is there, but must not be\n");
	r.disabled = true;
	expect(&r, files, "0\n");
}

static void
metadata_is_judged_with_what_was_found(void **state)
{
	struct fake_file files[] = { file("/f", ""), END };
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	files[0].en.user = "imap";
	files[0].en.uid = 76;
	files[0].en.group = NULL;
	files[0].en.gid = 12;
	files[0].en.mode = 0666;
	r.owner = "root";
	r.group = "12";
	r.mode = 0640;
	r.kind = ENTRY_DIR;
	expect(&r, files, "1\nF type /f is a file, expected a directory\n"
	    "F owner /f the owner is imap (76), expected root\n"
	    "F mode /f the mode is 0666, expected 0640\n");
	r.kind = ENTRY_FILE;
	r.owner = "76";
	r.group = "root";
	r.mode_at_most = true;
	expect(&r, files, "2\nF group /f the group is 12, expected root\n"
	    "F mode /f the mode is 0666, which grants 0026 more than 0640\n");
	r.mode = 0777;
	r.group = NULL;
	expect(&r, files, "3\n");
}

static void
acls_flags_and_attributes_are_judged(void **state)
{
	static const struct xattr attrs[] = {
		{ "security.capability", "\1\0\0\2\0\x20\0\0\0\0\0\0"
		    "\0\0\0\0\0\0\0\0", 20 },
		{ "user.a", "x\33", 2 },
	};
	struct fake_file files[] = { file("/f", ""),
		file("/etc/passwd", "vmail:x:1001:1::/:/bin/sh\n"), END };
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	files[0].en.acl = "user::rw-,user:1001:r--,group::r--,mask::r--,"
	    "other::r--";
	files[0].en.xattrs = attrs;
	files[0].en.n_xattrs = 2;
	files[0].en.flags = 0x10 | 0x80000;
	r.has_acl = r.has_flags = r.has_capabilities = true;
	r.acl = (struct texts)TEXTS("user:vmail:r--");
	r.xattr = (struct texts)TEXTS("user.a", "user.b", "user.a=y");
	r.capabilities = (struct texts)TEXTS("cap_net_raw+ep");
	r.flags = (struct texts)TEXTS("i");
	expect(&r, files, "5\n"
	    "F xattr /f the extended attribute user.b is missing\n"
	    "F xattr /f the extended attribute user.a is 'x\\x1b', "
	    "expected 'y'\n");
	r.xattr.n = 0;
	r.acl = (struct texts)TEXTS("user:nobody:r--");
	r.capabilities.n = 0;
	r.flags = (struct texts)TEXTS("i", "a");
	expect(&r, files, "0\nU acl /f>/etc/passwd 'nobody' is not in it\n"
	    "F capabilities /f the capabilities are cap_net_raw=ep, "
	    "expected none\n"
	    "F flags /f the inode flags are i, expected ia\n");
	r.acl = (struct texts)TEXTS("user:1002:r--");
	r.acl_includes = r.flags_includes = r.capabilities_includes = true;
	r.capabilities = (struct texts)TEXTS("cap_chown=p");
	expect(&r, files, "0\nF acl /f the ACL lacks user:1002:r--\n"
	    "F capabilities /f the capabilities are cap_net_raw=ep, "
	    "expected to include cap_chown=p\n"
	    "F flags /f the inode flags are i, expected to include ia\n");
	r.acl.n = 0;
	r.acl_includes = r.has_flags = r.has_capabilities = false;
	expect(&r, files, "0\nF acl /f the ACL is user::rw-,user:1001:r--,"
	    "group::r--,mask::r--,other::r--, expected none\n");
	r.acl = (struct texts)TEXTS("group::r--");
	expect(&r, files, "1\nF acl /f the ACL names more users or groups "
	    "than expected: user::rw-,user:1001:r--,group::r--,mask::r--,"
	    "other::r--\n");
}

static void
capabilities_that_nobody_knows_cannot_be_told(void **state)
{
	static const struct xattr attrs[] = {
		{ "security.capability", "\0\0\0\x9", 4 } };
	struct fake_file files[] = { file("/f", ""), END };
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	r.has_capabilities = true;
	r.capabilities = (struct texts)TEXTS("cap_fly+p");
	expect(&r, files, "0\nU capabilities /f 'cap_fly+p' names no known "
	    "capability\n");
	files[0].en.xattrs = attrs;
	files[0].en.n_xattrs = 1;
	expect(&r, files, "0\nU capabilities /f security.capability is in "
	    "no known form\n");
}

static void
lines_are_required_and_forbidden(void **state)
{
	const struct fake_file files[] = { file("/f", "a\nload Razor2\r\n"
	    "load Razor2 \033[31m\nz"), END };
	struct place at[] = { { "s.yaml", 9, 1 }, { "s.yaml", 10, 1 } };
	struct lines_demand d = { .require = TEXTS("^a$", "^q"),
		.forbid = TEXTS("^load Razor2$", "\033", "^load R", "y"),
		.require_at = at };
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	r.lines = &d;
	expect(&r, files, "2\nF lines.require /f no line matches '^q'\n"
	    "F lines.forbid /f:2 the line 'load Razor2' matches "
	    "'^load Razor2$', which is forbidden\n"
	    "F lines.forbid /f:3 the line 'load Razor2 \\x1b[31m' matches "
	    "'\\x1b', which is forbidden\n"
	    "F lines.forbid /f:2 the line 'load Razor2' and 1 more match "
	    "'^load R', which is forbidden\n");
	r.secret = true;
	d.require.n = d.forbid.n = 1;
	expect(&r, files, "1\nF lines.forbid /f:2 the line (hidden) matches "
	    "(hidden), which is forbidden\n");
}

static void
what_explodes_or_is_too_large_cannot_be_told(void **state)
{
	struct fake_file files[] = { file("/f", "ok\naaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n"), END };
	struct lines_demand d = { .require = TEXTS("^(a+)+$", "^ok$", "(") };
	const char *path = "/f";
	struct rule r = rule_on(&path);

	(void)state;
	r.lines = &d;
	expect(&r, files, "1\n"
	    "U lines.require /f the expression '(' is wrong at byte 2: "
	    "missing closing parenthesis\n"
	    "U lines.require /f:2 the expression '^(a+)+$' takes too many "
	    "steps on this line\n");
	files[0].en.size = 100 << 20;
	r.mode = 0600;
	expect(&r, files, "0\nF mode /f the mode is 0644, expected 0600\n"
	    "U lines /f larger than the 16 MiB whose content is judged\n");
	files[0].en.size = 0;
	files[0].text = NULL;
	r.mode = -1;
	expect(&r, files, "0\nU lines /f cannot open\n");
	files[0].en.kind = ENTRY_FIFO;
	expect(&r, files, "0\nU lines /f is a fifo, which has no content to "
	    "judge\n");
}

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
	expect_key("systemd", unit, "Unit", "After", TEST_EXCLUDES, ONE("a"),
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
	    "0\nF entries /etc/crypttab:2 there is an entry with "
	    "name 'cr_a', but there must be none\n");
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
	expect(&r, files, "0\nF xpath /g.xml:2 one disk is enough "
	    "('//disk/@bus' is found 2 times, expected '1' times)\n");
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

static void
content_is_judged_against_what_it_must_be(void **state)
{
	struct fake_file files[] = { file("/etc/a.conf", "abc"), END };
	const char *path = "/etc/a.conf";
	struct rule r = rule_on(&path);

	(void)state;
	r.content_baseline = r.content_valid = true;
	r.content_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
	    "b410ff61f20015ad";
	expect(&r, files, "1\nU content.baseline /etc/a.conf the baseline "
	    "does not have it [accept it first]\n"
	    "F content.valid /etc/a.conf:1 is no valid ini file: "
	    "neither 'key = value' nor a [section]\n");
	files[0].was.b[0] = 1;
	files[0].text = "k = 1\n";
	r.content_sha256 = "00";
	expect(&r, files, "1\nF content.baseline /etc/a.conf the content is "
	    "not that of the baseline\n"
	    "F content.sha256 /etc/a.conf the SHA-256 of the content is "
	    "df378274136ce1ccd5099fdde388d0d4ccc45f4dfef8355844a18fc52b833829"
	    ", expected 00\n");
	files[0].en.oid.b[0] = 1;
	r.content_sha256 = NULL;
	expect(&r, files, "2\n");
	files[0].en.content = CONTENT_UNREADABLE;
	expect(&r, files, "1\nU content.baseline /etc/a.conf its content now "
	    "or in the baseline is not known\n");
}

static void
a_symlink_stands_for_its_target(void **state)
{
	struct fake_file files[] = { file("/etc/l", NULL),
		file("/usr/lib/f", "a\n"), END };
	struct lines_demand d = { .require = TEXTS("^a$") };
	const char *path = "/etc/l";
	struct rule r = rule_on(&path);

	(void)state;
	files[0].en.kind = ENTRY_SYMLINK;
	files[0].en.mode = 0777;
	files[0].en.target = "/usr/lib/f";
	r.lines = &d;
	r.mode = 0644;
	r.require = REQUIRE_PRESENT;
	expect(&r, files, "3\n");
	files[0].en.target = "../usr/./lib//f";
	d.require.n = 0;
	expect(&r, files, "2\n");
	r.kind = ENTRY_FILE;
	expect(&r, files, "1\nF type /etc/l is a symlink, expected a file\n");
	r.kind = -1;
	files[0].en.target = "/gone";
	expect(&r, files, "0\nF present /etc/l is a symlink to '/gone', "
	    "which is not there\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    present_demands_each_alternative_and_one_match),
		cmocka_unit_test(absent_fails_for_each_that_is_there),
		cmocka_unit_test(metadata_is_judged_with_what_was_found),
		cmocka_unit_test(acls_flags_and_attributes_are_judged),
		cmocka_unit_test(capabilities_that_nobody_knows_cannot_be_told),
		cmocka_unit_test(lines_are_required_and_forbidden),
		cmocka_unit_test(what_explodes_or_is_too_large_cannot_be_told),
		cmocka_unit_test(keys_are_judged_by_each_test),
		cmocka_unit_test(the_value_that_counts_follows_the_format),
		cmocka_unit_test(what_cannot_be_parsed_hides_nothing_else),
		cmocka_unit_test(entries_are_picked_and_judged_by_their_fields),
		cmocka_unit_test(a_long_table_of_mistakes_is_told_in_part),
		cmocka_unit_test(a_password_hash_is_never_shown),
		cmocka_unit_test(xpath_judges_each_node),
		cmocka_unit_test(content_is_judged_against_what_it_must_be),
		cmocka_unit_test(a_symlink_stands_for_its_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
