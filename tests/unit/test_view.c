/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "specs/view.h"
#include "specs/views/pam.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The tree as text: "section|key=value@line;…", rows as "|field=value…". */
static void
dump(const struct view_node *top, struct buf *out)
{
	for (const struct view_node *s = top->child; s != NULL; s = s->next) {
		if (s->child == NULL && s->name[0] == '\0')
			continue;
		buf_addf(out, "%s", s->name);
		for (const struct view_node *k = s->child; k; k = k->next)
			buf_addf(out, "|%s=%s@%u", k->name, k->value,
			    k->line);
		buf_addc(out, ';');
	}
}

struct reading {
	const char *view, *bytes, *expected;
};

static void
check_readings(const struct reading *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct view *v = view_find(cases[i].view);
		CLEANUP(drop_buf) struct buf out = { 0 };
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_non_null(v);
		if (v->parse("f", cases[i].bytes, strlen(cases[i].bytes), &a,
		    &top, &e) < 0)
			fail_msg("%s:%u: %s", cases[i].view, e.line, e.what);
		dump(&top, &out);
		assert_string_equal(buf_str(&out), cases[i].expected);
		arena_done(&a);
	}
}

/* A line a section or row, and below it a line a key or field. */
static void
dump_lines(const struct view_node *n, const char *indent, struct buf *out)
{
	for (; n != NULL; n = n->next) {
		buf_addf(out, "%s%u %s", indent, n->line,
		    n->name[0] ? n->name : "-");
		if (n->value != NULL) {
			buf_adds(out, " = ");
			text_escape(out, n->value, strlen(n->value));
		}
		buf_addc(out, '\n');
		dump_lines(n->child, "\t", out);
	}
}

static void
read_case(const char *name, const char *file, struct buf *out)
{
	CLEANUP(drop_buf) struct buf path = { 0 };
	struct err e = { 0 };

	buf_addf(&path, "tests/cases/views/%s/%s", name, file);
	if (file_read(AT_FDCWD, buf_str(&path), 1 << 20, out, &e) < 0)
		fail_msg("%s: %s", e.where, e.what);
}

static void
files_as_distributions_ship_them_are_read_whole(void **state)
{
	static const char *const cases[] = { "sssd", "unit", "sysconfig",
		"sshd", "postfix", "crlf", "fstab", "common-auth",
		"crontab", "cron-user", "anacrontab", "master", "hosts",
		"aliases" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf as = { 0 }, file = { 0 },
		    expected = { 0 }, out = { 0 };
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		read_case(cases[i], "as", &as);
		read_case(cases[i], "file", &file);
		read_case(cases[i], "expected", &expected);
		buf_truncate(&as, as.len - 1);
		if (view_find(buf_str(&as))->parse("f", file.bytes, file.len,
		    &a, &top, &e) < 0)
			fail_msg("%s:%u: %s", cases[i], e.line, e.what);
		dump_lines(top.child, "", &out);
		assert_string_equal(buf_str(&out), buf_str(&expected));
		arena_done(&a);
	}
}

static void
ini_is_read_as_sssd_writes_it(void **state)
{
	static const struct reading cases[] = {
		{ "ini", "# c\n[sssd]\nservices = nss, pam\n; c\n"
		    "[domain/x.y]\nid_provider=ldap\n",
		    "sssd|services=nss, pam@3;domain/x.y|id_provider=ldap@6;" },
		{ "ini", "[a]\r\nk = v \r\n[a]\r\nk=w", "a|k=v@2;a|k=w@4;" },
		{ "ini", "[a]\nk = one\n  two\n\tthree\nl=1\n",
		    "a|k=one two three@2|l=1@5;" },
		{ "ini", "[a]\n  k = 1\n  l = 2\n", "a|k=1@2|l=2@3;" },
		{ "ini", "[a]\nf = (&(x=1)\n  (y=2))\n",
		    "a|f=(&(x=1) (y=2))@2;" },
		{ "ini", "k=\n[b]\n", "|k=@1;b;" },
		{ "ini", "", "" },
	};

	(void)state;
	check_readings(cases, COUNT(cases));
}

static void
systemd_units_are_read_by_systemd_syntax(void **state)
{
	static const struct reading cases[] = {
		{ "systemd", "[Unit]\nAfter=a.service b.service\n\n[Service]\n"
		    "ExecStart=/bin/a \\\n# between\n; too\n  -b\nType = x\n",
		    "Unit|After=a.service b.service@2;"
		    "Service|ExecStart=/bin/a  -b@5|Type=x@9;" },
		{ "systemd", "[S]\nE=\"a b\" c \n", "S|E=\"a b\" c@2;" },
		{ "systemd", "[S]\nE=a\\\\\nF=b\n", "S|E=a\\\\@2|F=b@3;" },
		{ "systemd", "[S]\r\nE=a \\\r\n b\r\n", "S|E=a  b@2;" },
		{ "systemd", "[S]\nE=a \\", "S|E=a@2;" },
		{ "systemd", "[S]\nE=a \\\n\nF=1\n", "S|E=a@2|F=1@4;" },
		{ "systemd", "[S]\nE=\n", "S|E=@2;" },
	};

	(void)state;
	check_readings(cases, COUNT(cases));
}

static void
shell_variables_are_read_as_sh_reads_them(void **state)
{
	static const struct reading cases[] = {
		{ "shellvars", "# c\nA=1 # one\nexport B=\"x y\"\nC='$z'\n",
		    "|A=1@2|B=x y@3|C=$z@4;" },
		{ "shellvars", "A=\"a\\\"b\\$c\\d\"\nB=a\\ b'c'\"d\"\n",
		    "|A=a\"b$c\\d@1|B=a bcd@2;" },
		{ "shellvars", "A=\"one\ntwo\"\nB=2\n",
		    "|A=one\ntwo@1|B=2@3;" },
		{ "shellvars", "A=`x || y`\nB=$(c \"d\" (e))\nC=(a b)\n",
		    "|A=`x || y`@1|B=$(c \"d\" (e))@2|C=(a b)@3;" },
		{ "shellvars", "if true; then\n  A=1\nfi\n", "|A=1@2;" },
		{ "shellvars", "A=1; B=2\nC=\n", "|A=1@1|B=2@1|C=@2;" },
		{ "shellvars", "A=a#b\nB=a\\\nb\n", "|A=a#b@1|B=ab@2;" },
	};

	(void)state;
	check_readings(cases, COUNT(cases));
}

static void
keys_and_values_are_read_as_sshd_does(void **state)
{
	static const struct reading cases[] = {
		{ "keyvalue", "# c\nPermitRootLogin no # never\n"
		    "Port=22\nBanner \"a b\"\n",
		    "|PermitRootLogin=no@2|Port=22@3|Banner=a b@4;" },
		{ "keyvalue", "X11Forwarding yes\nMatch User bob\n"
		    "  X11Forwarding no\n",
		    "|X11Forwarding=yes@1;Match User bob|X11Forwarding=no@3;" },
		{ "keyvalue", "\tFoo\tbar baz \r\nEmpty\n",
		    "|Foo=bar baz@1|Empty=@2;" },
		{ "postfix", "# c\na = 1\nb =\n  x,\n# c\n\n  y\nc=3\n",
		    "|a=1@2|b=x, y@3|c=3@8;" },
	};

	(void)state;
	check_readings(cases, COUNT(cases));
}

static void
tables_are_read_by_their_man_pages(void **state)
{
	static const struct reading cases[] = {
		{ "crypttab", "# c\ncr_a /dev/sda1 none luks,discard\n"
		    "b\tUUID=1\n",
		    "|name=cr_a@2|device=/dev/sda1@2|keyfile=none@2"
		    "|options=luks,discard@2;|name=b@3|device=UUID=1@3;" },
		{ "fstab", "/dev/a /mnt/a\\040b ext4 ro 0 0 # c\n",
		    "|device=/dev/a@1|mountpoint=/mnt/a b@1|type=ext4@1"
		    "|options=ro@1|dump=0@1|pass=0@1;" },
		{ "nsswitch", "passwd: files [NOTFOUND=return] sss # c\n",
		    "|database=passwd@1"
		    "|services=files [NOTFOUND=return] sss@1;" },
		{ "passwd", "root:x:0:0::/root:/bin/sh\n+::::::\n+\n",
		    "|name=root@1|password=x@1|uid=0@1|gid=0@1|gecos=@1"
		    "|home=/root@1|shell=/bin/sh@1;|name=+@2|password=@2"
		    "|uid=@2|gid=@2|gecos=@2|home=@2|shell=@2;|name=+@3;" },
		{ "group", "g:x:5:a,b", "|name=g@1|password=x@1|gid=5@1"
		    "|members=a,b@1;" },
		{ "shadow", "a:!:1::::::\n", "|name=a@1|password=!@1"
		    "|changed=1@1|min=@1|max=@1|warn=@1|inactive=@1"
		    "|expire=@1|reserved=@1;" },
		{ "pam", "auth required \\\n pam_a.so x [b c\\]d] # c\n"
		    "-session [default=die success=ok] /l/pam_b.so\n"
		    "@include common\n",
		    "|service=@1|type=auth@1|control=required@1"
		    "|module=pam_a.so@1|arguments=x b c]d@1|optional=no@1;"
		    "|service=@3|type=session@3"
		    "|control=[default=die success=ok]@3|module=/l/pam_b.so@3"
		    "|arguments=@3|optional=yes@3;|service=@4|type=@4"
		    "|control=@4"
		    "|module=common@4|arguments=@4|optional=no@4;" },
	};

	(void)state;
	check_readings(cases, COUNT(cases));
}

static void
mistakes_are_told_with_their_line(void **state)
{
	static const struct {
		const char *view, *bytes, *what;
		unsigned line;
	} cases[] = {
		{ "ini", "[a]\n[b\n", "'[' without its ']' on the same line",
		    2 },
		{ "ini", "[a]\nword\n", "neither 'key = value' nor a [section]",
		    2 },
		{ "systemd", "a=b\n", "an assignment outside of any [Section]",
		    1 },
		{ "systemd", "[a]\nword\n",
		    "neither 'Key=value' nor a [Section]", 2 },
		{ "systemd", "[a\n", "'[' without its ']' on the same line",
		    1 },
		{ "shellvars", "A=1\nB=\"x\ny\n",
		    "a \" without the closing one", 2 },
		{ "shellvars", "B='x\n", "a ' without the closing one", 1 },
		{ "shellvars", "B=$(x\n", "'(' without its ')'", 1 },
		{ "keyvalue", "\n= a\n", "a value without a key before it", 2 },
		{ "postfix", " a\n", "begins with a blank, but there is no "
		    "line to go on with", 1 },
		{ "postfix", "a\n", "no 'name = value' on this line", 1 },
		{ "crypttab", "\na\n",
		    "1 fields, crypttab(5) asks for at least 2", 2 },
		{ "fstab", "a b c d 0 0 x\n", "more than the 6 fields of "
		    "fstab(5)", 1 },
		{ "passwd", "a:b\n", "2 fields, passwd(5) asks for at least 7",
		    1 },
		{ "nsswitch", "files\n",
		    "no 'database: services' on this line", 1 },
		{ "pam", "\nauht required a\n", "unknown type 'auht' [auth, "
		    "account, password or session]", 2 },
		{ "pam", "auth required\n",
		    "a line needs a type, a control and a module", 1 },
		{ "pam", "auth [a=b x\n", "'[' without its ']'", 1 },
		{ "pam", "@include\n", "@include without a file", 1 },
		{ "xml", "<a>", "no well-formed XML: ", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(view_find(cases[i].view)->parse("f",
		    cases[i].bytes, strlen(cases[i].bytes), &a, &top, &e), -1);
		if (strncmp(e.what, cases[i].what,
		    strlen(cases[i].what)) != 0)
			fail_msg("%zu: %s", i, e.what);
		assert_int_equal(e.line, cases[i].line);
		assert_string_equal(e.where, "f");
		arena_done(&a);
	}
}

static void
a_nul_byte_is_refused_by_every_view(void **state)
{
	static const char bytes[] = "x\n\0y";

	(void)state;
	for (const char *const *n = view_names(); *n != NULL; n++) {
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(view_find(*n)->parse("f", bytes, 4, &a, &top,
		    &e), -1);
		if (strcmp(*n, "xml") != 0) {
			assert_string_equal(e.what,
			    "a NUL byte in a text file");
			assert_int_equal(e.line, 2);
		}
		arena_done(&a);
	}
}

static void
the_span_of_a_value_is_its_bytes_with_quotes(void **state)
{
	static const struct reading cases[] = {
		{ "ini", "[a]\nk = v w  \n", "v w" },
		{ "systemd", "[a]\nk= a \\\n  b \n", "a \\\n  b" },
		{ "shellvars", "export A=\"x y\" # c\n", "\"x y\"" },
		{ "keyvalue", "Banner \"x\"\n", "\"x\"" },
		{ "postfix", "a = b\n c\n", "b\n c" },
		{ "fstab", "/a /b\\040c ext4\n", "/a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *s = cases[i].bytes;
		struct arena a = { 0 };
		const struct view_node *n;
		struct view_node top;
		struct err e = { 0 };

		assert_int_equal(view_find(cases[i].view)->parse("f", s,
		    strlen(s), &a, &top, &e), 0);
		n = top.child;
		while (n->child == NULL)
			n = n->next;
		n = n->child;
		assert_int_equal(n->value_end - n->value_start,
		    strlen(cases[i].expected));
		assert_memory_equal(s + n->value_start, cases[i].expected,
		    strlen(cases[i].expected));
		arena_done(&a);
	}
}

static void
the_view_follows_from_the_path(void **state)
{
	static const char *const cases[][2] = {
		{ "/usr/lib/systemd/system/spamd.service", "systemd" },
		{ "/etc/systemd/system/x.service.d/a.conf", "systemd" },
		{ "/etc/systemd/journald.conf", "systemd" },
		{ "/etc/sysconfig/spamd", "shellvars" },
		{ "/etc/default/grub", "shellvars" },
		{ "/etc/crypttab", "crypttab" },
		{ "/etc/fstab", "fstab" },
		{ "/etc/nsswitch.conf", "nsswitch" },
		{ "/usr/etc/nsswitch.conf", "nsswitch" },
		{ "/etc/passwd", "passwd" },
		{ "/etc/shadow", "shadow" },
		{ "/etc/group", "group" },
		{ "/etc/sssd/sssd.conf", "ini" },
		{ "/etc/ssh/sshd_config", "keyvalue" },
		{ "/etc/postfix/main.cf", "postfix" },
		{ "/etc/pam.d/imap", "pam" },
		{ "/usr/lib/pam.d/imap", "pam" },
		{ "/etc/libvirt/qemu/mail.xml", "xml" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct view *v = view_for_path(cases[i][0]);

		assert_non_null(v);
		assert_string_equal(v->name, cases[i][1]);
	}
	assert_null(view_for_path("/etc/mail/v310.pre"));
	assert_null(view_find("nope"));
}

static void
each_name_of_a_view_finds_it(void **state)
{
	(void)state;
	for (const char *const *n = view_names(); *n != NULL; n++)
		assert_string_equal(view_find(*n)->name, *n);
}

static void
ten_megabytes_take_linear_time(void **state)
{
	static const char *const lines[][2] = {
		{ "ini", "k = v\n" }, { "systemd", "K=a \\\n" },
		{ "shellvars", "A='b' c \\\n" }, { "keyvalue", "a b\n" },
		{ "postfix", "a = b\n\n# c\n" }, { "passwd", "+\n" },
		{ "pam", "auth [a=b] m [c] \\\n" },
		{ "nsswitch", "a: b\n" }, { "fstab", "a b c\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct arena a = { 0 };
		struct view_node top;
		struct err e = { 0 };
		clock_t from;

		buf_adds(&b, strcmp(lines[i][0], "systemd") ? "" : "[S]\n");
		while (b.len < 10 << 20)
			buf_adds(&b, lines[i][1]);
		from = clock();
		view_find(lines[i][0])->parse("f", b.bytes, b.len, &a, &top,
		    &e);
		/* What is not linear takes minutes, even on a slow machine. */
		assert_true(clock() - from < 20 * CLOCKS_PER_SEC);
		arena_done(&a);
	}
}

static void
controls_are_the_same_by_what_they_do(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "required", "Required", true },
		{ "sufficient", "[default=ignore success=done "
		    "new_authtok_reqd=done]", true },
		{ "required", "requisite", false },
		{ "[success=1 default=ignore]", "[default=ignore success=1]",
		    true },
		{ "[success=1]", "[success=1 default=ignore]", false },
		{ "include", "substack", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(pam_same_control(cases[i].a, cases[i].b),
		    cases[i].same);
}

static void
pam_conf_has_the_service_first(void **state)
{
	static const char conf[] = "imap auth include common\n";
	struct arena a = { 0 };
	struct pam_line *p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pam_parse("/etc/pam.conf", conf, strlen(conf), &a,
	    &p, &e), 0);
	assert_string_equal(p->service, "imap");
	assert_int_equal(p->kind, PAM_LINE_INCLUDE);
	assert_string_equal(p->module, "common");
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    files_as_distributions_ship_them_are_read_whole),
		cmocka_unit_test(ini_is_read_as_sssd_writes_it),
		cmocka_unit_test(systemd_units_are_read_by_systemd_syntax),
		cmocka_unit_test(shell_variables_are_read_as_sh_reads_them),
		cmocka_unit_test(keys_and_values_are_read_as_sshd_does),
		cmocka_unit_test(tables_are_read_by_their_man_pages),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(a_nul_byte_is_refused_by_every_view),
		cmocka_unit_test(the_span_of_a_value_is_its_bytes_with_quotes),
		cmocka_unit_test(the_view_follows_from_the_path),
		cmocka_unit_test(each_name_of_a_view_finds_it),
		cmocka_unit_test(ten_megabytes_take_linear_time),
		cmocka_unit_test(controls_are_the_same_by_what_they_do),
		cmocka_unit_test(pam_conf_has_the_service_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
