/* SPDX-License-Identifier: MIT */
#include "eval_expect.h"

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
	    "F lines.forbid /f:2 the line 'load Razor2' must not be there\n"
	    "F lines.forbid /f:3 the line 'load Razor2 \\x1b[31m' must not be "
	    "there\n"
	    "F lines.forbid /f:2 the line 'load Razor2' must not be there, "
	    "nor 1 like it\n");
	r.secret = true;
	d.require.n = d.forbid.n = 1;
	expect(&r, files, "1\nF lines.forbid /f:2 the line (hidden) must not "
	    "be there\n");
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
a_mask_is_no_link_to_nothing(void **state)
{
	struct fake_file files[] = { { .en = plain }, END };
	const char *path = "/etc/a.conf", *line = "x";
	struct lines_demand lines = { .forbid = { &line, 1, 1 } };
	struct rule r = rule_on(&path);

	(void)state;
	files[0].en.path = path;
	files[0].en.kind = ENTRY_SYMLINK;
	files[0].en.target = "/dev/null";
	r.lines = &lines;
	expect(&r, files, "0\nU lines /etc/a.conf is not there\n");
	files[0].en.target = "/gone";
	expect(&r, files, "0\nF present /etc/a.conf is a symlink to '/gone', "
	    "which is not there\n");
}

static void
a_symlink_is_as_it_was_when_its_target_is_too(void **state)
{
	struct fake_file files[] = { { .en = plain },
		file("/usr/t", "a\n"), END };
	const char *path = "/etc/link";
	struct rule r = rule_on(&path);

	(void)state;
	files[0].en.path = path;
	files[0].en.kind = ENTRY_SYMLINK;
	files[0].en.target = "/usr/t";
	files[0].was.b[0] = 1;
	r.content_baseline = true;
	expect(&r, files, "0\nU content.baseline /etc/link>/usr/t leads to '/usr/t', "
	    "which the baseline does not have [track it, and accept it]\n");
	files[1].was.b[0] = files[1].en.oid.b[0] = 1;
	files[1].en.content = CONTENT_STORED;
	expect(&r, files, "1\n");
	files[1].en.oid.b[0] = 2;
	expect(&r, files, "0\nF content.baseline /etc/link>/usr/t the content "
	    "is not that of the baseline\n");
	/* Of the link itself, where that is what is asked for. */
	r.kind = ENTRY_SYMLINK;
	expect(&r, files, "2\n");
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
		cmocka_unit_test(content_is_judged_against_what_it_must_be),
		cmocka_unit_test(a_mask_is_no_link_to_nothing),
		cmocka_unit_test(a_symlink_is_as_it_was_when_its_target_is_too),
		cmocka_unit_test(a_symlink_stands_for_its_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
