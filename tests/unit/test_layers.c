/* SPDX-License-Identifier: MIT */
#include "specs/layers.h"

#include "judged.h"

#include <stdlib.h>

#define HEAD "spec: t\nrules:\n"					\
	"  - id: r\n"							\
	"    why: w\n"

static struct fake_file
to(const char *path, const char *target)
{
	struct fake_file f = { .en = plain };

	f.en.path = path;
	f.en.kind = ENTRY_SYMLINK;
	f.en.target = target;
	return f;
}

/* What the accepted snapshot has, with these bytes. */
static struct fake_file
known(struct fake_file f, const char *bytes)
{
	f.en.content = CONTENT_STORED;
	f.en.oid.b[0] = (unsigned char)bytes[0];
	f.was = f.en.oid;
	return f;
}

static void
layers(const char *rest, const struct fake_file *files, const char *expected)
{
	CLEANUP(drop_buf) struct buf spec = { 0 };
	const struct evidence ev = fake_evidence(files);

	buf_addf(&spec, HEAD "%s", rest);
	judged(buf_str(&spec), &ev, expected, 0);
}

#define JOURNAL "    path: /etc/systemd/journald.conf\n    layers: etc\n"

static void
keys_are_those_of_the_file_that_wins_and_its_drop_ins(void **state)
{
	const struct fake_file files[] = {
		file("/usr/lib/systemd/journald.conf", "[Journal]\nA=lib\n"
		    "B=lib\n"),
		file("/etc/systemd/journald.conf", "[Journal]\nA=etc\n"),
		file("/usr/lib/systemd/journald.conf.d/50-x.conf",
		    "# vendor\n[Journal]\nA=drop\nC=drop\n"),
		file("/usr/etc/systemd/journald.conf.d/60-x.conf",
		    "[Journal]\nD=usr-etc\n"),
		file("/etc/systemd/journald.conf.d/60-x.conf", ""),
		file("/run/systemd/journald.conf.d/README", "[Journal]\nA=no\n"),
		END };

	(void)state;
	layers(JOURNAL "    keys: {Journal.A: drop, Journal.C: drop,\n"
	    "      Journal.B: {absent: true}, Journal.D: {absent: true}}\n",
	    files, "5\n");
	layers(JOURNAL "    keys: {Journal.A: etc, Journal.B: lib}\n", files,
	    "1\nF keys /etc/systemd/journald.conf>/usr/lib/systemd/"
	    "journald.conf.d/50-x.conf:3 [Journal] A is 'drop', expected "
	    "'etc'\nF keys /etc/systemd/journald.conf [Journal] B is not set, "
	    "expected 'lib'\n");
}

static void
lines_are_those_of_all_files_that_count(void **state)
{
	const struct fake_file files[] = {
		file("/usr/lib/sysctl.d/50-a.conf", "x = 1\nkernel.a = 1"),
		file("/etc/sysctl.d/50-a.conf", "# ours\nkernel.a = 2"),
		file("/usr/lib/sysctl.d/60-b.conf", "kernel.b = 3\nc = 4\n"),
		to("/run/sysctl.d/70-c.conf", "/dev/null"),
		file("/usr/lib/sysctl.d/70-c.conf", "d = 5\n"), END };

	(void)state;
	layers("    path: /etc/sysctl.d/*.conf\n    layers: etc\n"
	    "    require: present\n"
	    "    lines: {require: [\"^kernel.a = 2$\", '^c = 4'],\n"
	    "      forbid: ['^x = ', '^d = ']}\n", files, "6\n");
	layers("    path: /etc/sysctl.d/*.conf\n    layers: etc\n"
	    "    lines: {require: '^d =', forbid: 'c = '}\n", files,
	    "1\nF lines.require /etc/sysctl.d/*.conf no line matches '^d ='\n"
	    "F lines.forbid /etc/sysctl.d/*.conf>/usr/lib/sysctl.d/60-b.conf:2 "
	    "the line 'c = 4' must not be there\n");
}

static void
keys_with_dots_have_an_empty_section(void **state)
{
	const struct fake_file files[] = {
		file("/usr/lib/sysctl.d/50-a.conf", "net.ipv4.ip_forward=0\n"),
		file("/etc/sysctl.d/90-b.conf",
		    "# router\nnet.ipv4.ip_forward = 1\n"), END };

	(void)state;
	layers("    path: /etc/sysctl.d/*.conf\n    layers: etc\n"
	    "    keys: {'[].net.ipv4.ip_forward': '0'}\n", files,
	    "1\nF keys /etc/sysctl.d/*.conf>/etc/sysctl.d/90-b.conf:2 "
	    "net.ipv4.ip_forward is '1', expected '0'\n");
}

static void
a_drop_in_that_leads_nowhere_masks_and_is_told(void **state)
{
	const struct fake_file files[] = {
		file("/usr/lib/sysctl.d/50-a.conf", "x = 1\n"),
		to("/etc/sysctl.d/50-a.conf", "/etc/gone"), END };

	(void)state;
	layers("    path: /etc/sysctl.d/*.conf\n    layers: etc\n"
	    "    lines: {forbid: '^x = '}\n", files, "2\n"
	    "F present /etc/sysctl.d/50-a.conf is a symlink to '/etc/gone', "
	    "which is not there\n");
}

static void
one_file_is_the_first_that_a_layer_has(void **state)
{
	const struct fake_file files[] = {
		file("/usr/lib/pam.d/imap", "auth required pam_deny.so\n"),
		file("/usr/etc/pam.d/imap", "auth required pam_permit.so\n"),
		file("/usr/lib/pam.d/imap.d/x", "auth required pam_x.so\n"),
		file("/usr/etc/pam.d/smtp", "auth required pam_permit.so\n"),
		file("/etc/pam.d/pop", "auth required pam_permit.so\n"), END };

	(void)state;
	layers("    path: /etc/pam.d/{imap,smtp}\n    layers: file\n"
	    "    require: present\n    mode: '0600'\n"
	    "    lines: {forbid: pam_permit}\n", files,
	    "5\nF mode /usr/lib/pam.d/imap the mode is 0644, expected 0600\n"
	    "F mode /usr/etc/pam.d/smtp the mode is 0644, expected 0600\n"
	    "F lines.forbid /usr/etc/pam.d/smtp:1 the line 'auth required "
	    "pam_permit.so' must not be there\n");
	layers("    path: /etc/pam.d/*\n    layers: file\n"
	    "    lines: {forbid: pam_permit}\n", files,
	    "4\nF lines.forbid /etc/pam.d/pop:1 the line 'auth required "
	    "pam_permit.so' must not be there\n"
	    "F lines.forbid /usr/etc/pam.d/smtp:1 the line 'auth required "
	    "pam_permit.so' must not be there\n");
}

static void
drop_ins_end_as_the_file_does(void **state)
{
	const struct fake_file files[] = {
		file("/usr/etc/login.defs", "UMASK 022\nA 1\n"),
		file("/etc/login.defs.d/10-site.defs", "UMASK 077\n"),
		file("/etc/login.defs.d/20.conf", "UMASK 000\n"),
		file("/usr/lib/systemd/network/1.network", "[Match]\nName=a\n"),
		file("/etc/systemd/network/1.network.d/2.conf",
		    "[Match]\nName=b\n"), END };

	(void)state;
	/* Of two in one file the first counts, of two files the last. */
	layers("    path: /etc/login.defs\n    layers: etc\n"
	    "    keys: {UMASK: '077', A: '1'}\n", files, "3\n");
	layers("    path: /etc/systemd/network/1.network\n    layers: etc\n"
	    "    keys: {Match.Name: b}\n", files, "2\n");
}

static void
what_is_missed_or_masked_is_told(void **state)
{
	const struct fake_file none[] = { END };
	const struct fake_file masked[] = {
		to("/etc/a.conf", "/dev/null"),
		file("/usr/lib/a.conf", "x=1\n"), END };
	const struct fake_file dangling[] = {
		to("/etc/a.conf", "/etc/gone"),
		file("/usr/lib/a.conf", "x=1\n"), END };
	static const char present[] = "    path: /etc/a.conf\n"
	    "    layers: etc\n    require: present\n"
	    "    lines: {forbid: x}\n";
	static const char absent[] = "    path: /etc/a.conf\n"
	    "    layers: etc\n    require: absent\n";

	(void)state;
	layers(present, none, "0\nF present /etc/a.conf is missing in all "
	    "layers\n");
	layers(present, masked, "2\nF present /etc/a.conf masks what other "
	    "layers have: nothing is read\n");
	layers(present, dangling, "2\nF present /etc/a.conf is a symlink to "
	    "'/etc/gone', which is not there\nF lines.forbid /usr/lib/a.conf:1 the "
	    "line 'x=1' must not be there\n");
	layers(absent, none, "1\n");
	layers(absent, masked, "1\n");
	layers(absent, dangling, "0\nF absent /usr/lib/a.conf is there, but "
	    "must not be\n");
	layers("    path: /etc/a.d/*.conf\n    layers: etc\n"
	    "    require: present\n", none, "0\nF present /etc/a.d/*.conf "
	    "nothing matches this pattern in any layer\n");
}

static void
another_layer_that_wins_now_is_told_of(void **state)
{
	const struct fake_file overridden[] = {
		known(file("/usr/lib/a.conf", "x\n"), "x"),
		file("/etc/a.conf", "y\n"), END };
	const struct fake_file as_it_was[] = {
		known(file("/etc/a.conf", "y\n"), "y"),
		known(file("/usr/lib/a.conf", "x\n"), "x"), END };
	const struct fake_file fresh[] = { file("/etc/a.conf", "y\n"), END };
	static const char rule[] = "    path: /etc/a.conf\n    layers: file\n";

	(void)state;
	layers(rule, as_it_was, "1\n");
	layers(rule, fresh, "1\n");
	layers(rule, overridden, "0\nF layers /usr/lib/a.conf>/etc/a.conf does "
	    "not count any more: /etc/a.conf comes before it, with other "
	    "content\n");
}

static void
a_part_that_does_not_parse_is_named_with_its_line(void **state)
{
	const struct fake_file files[] = {
		file("/etc/systemd/journald.conf", "[Journal]\nA=etc\n"),
		file("/run/systemd/journald.conf.d/1.conf", "\n\nrubbish\n"),
		END };

	(void)state;
	layers(JOURNAL "    keys: {Journal.A: etc}\n"
	    "    lines: {forbid: A=}\n", files,
	    "1\nF lines.forbid /etc/systemd/journald.conf:2 the line 'A=etc' "
	    "must not be there\nU keys /etc/systemd/journald.conf>/run/systemd/"
	    "journald.conf.d/1.conf:3 an assignment outside of any "
	    "[Section]\n");
}

static void
many_files_have_a_bound_together(void **state)
{
	const size_t half = 9 << 20;
	CLEANUP(drop_free) char *bytes = xcalloc(1, half);
	struct fake_file files[] = { file("/etc/a.conf", bytes),
		file("/run/a.conf.d/1.conf", bytes), END };

	(void)state;
	memset(bytes, '\n', half - 1);
	files[0].len = files[1].len = half - 1;
	layers("    path: /etc/a.conf\n    layers: etc\n"
	    "    lines: {forbid: x}\n    keys: {'[].a': {absent: true}}\n",
	    files, "1\n"
	    "U lines /etc/a.conf>/run/a.conf.d/1.conf larger, with what is "
	    "read before it, than the 16 MiB whose content is judged\n"
	    "U keys /etc/a.conf>/run/a.conf.d/1.conf larger, with what is "
	    "read before it, than the 16 MiB whose content is judged\n");
}

static const char *
hides_run(void *ctx, const char *path)
{
	(void)ctx;
	return strncmp(path, "/run/", 5) == 0 ? "/run" : NULL;
}

static void
a_layer_that_cannot_be_read_decides_only_what_it_may(void **state)
{
	const struct fake_file files[] = { file("/etc/a.conf", "x=1\n"),
		file("/etc/a.conf.d/1.conf", "y=1\n"),
		file("/usr/lib/a.conf.d/2.conf", "z=1\n"),
		file("/usr/lib/b.conf", "x=1\n"), END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	ev.hidden = hides_run;
	/* That of /usr/lib may be another one's in /run. */
	judged(HEAD "    path: /etc/a.conf\n    layers: etc\n    mode: '0600'\n"
	    "    lines: {forbid: [x, y, z], require: [x=1, z, q]}\n"
	    "    as: keyvalue\n    keys: {x: 2}\n", &ev,
	    "1\nU layers /etc/a.conf one of its layers lies in a folder that "
	    "cannot be read (/run)\n"
	    "F mode /etc/a.conf the mode is 0644, expected 0600\n"
	    "F mode /etc/a.conf.d/1.conf the mode is 0644, expected 0600\n"
	    "F lines.forbid /etc/a.conf:1 the line 'x=1' must not be there\n"
	    "F lines.forbid /etc/a.conf>/etc/a.conf.d/1.conf:1 the line 'y=1' "
	    "must not be there\n", 0);
	judged(HEAD "    path: /etc/a.conf\n    layers: file\n"
	    "    lines: {forbid: x}\n", &ev, "1\nF lines.forbid "
	    "/etc/a.conf:1 the line 'x=1' must not be there\n", 0);
	judged(HEAD "    path: /etc/b.conf\n    layers: file\n"
	    "    lines: {forbid: x}\n", &ev, "0\nU layers /etc/b.conf one "
	    "of its layers lies in a folder that cannot be read (/run)\n", 0);
}

#define GAP "/etc/systemd/journald.conf.d/5.conf"

static void
what_comes_behind_a_part_that_cannot_be_read_is_certain(void **state)
{
	const struct fake_file files[] = {
		file("/etc/systemd/journald.conf", "[Journal]\nA=1\nB=1\n"),
		file(GAP, "rubbish\n"),
		file("/etc/systemd/journald.conf.d/9.conf",
		    "[Journal]\nB=2\nC=3\n"), END };

	(void)state;
	layers(JOURNAL "    keys: {Journal.A: 2, Journal.B: 1, Journal.C: 3,\n"
	    "           Journal.D: {absent: true}}\n", files,
	    "2\nF keys /etc/systemd/journald.conf>"
	    "/etc/systemd/journald.conf.d/9.conf:2 [Journal] B is '2', "
	    "expected '1'\n"
	    "U keys /etc/systemd/journald.conf>" GAP ":1 an assignment "
	    "outside of any [Section]\n");
	layers(JOURNAL "    keys: {Journal.B: 2, Journal.C: 3}\n", files,
	    "3\n");
}

static void
what_stands_in_other_parts_is_told_beside_a_large_one(void **state)
{
	struct fake_file files[] = { file("/etc/hosts", "10.0.0.1 a\n"),
		file("/etc/hosts.d/1", ""),
		file("/etc/hosts.d/2", "10.0.0.2 b\n"), END };
	CLEANUP(drop_free) char *bytes = xcalloc(1, (17 << 20) + 1);

	(void)state;
	memset(bytes, '\n', 17 << 20);
	files[1].text = bytes;
	files[1].len = 17 << 20;
	layers("    path: /etc/hosts\n    layers: etc\n"
	    "    lines: {require: [ a, c], forbid: [ b, d]}\n"
	    "    entries:\n"
	    "      - {where: {address: 10.0.0.1}}\n"
	    "      - {where: {address: 10.0.0.2}, state: absent}\n"
	    "      - {where: {address: 10.0.0.3}}\n", files,
	    "3\nF lines.forbid /etc/hosts>/etc/hosts.d/2:1 the line "
	    "'10.0.0.2 b' must not be there\n"
	    "U lines /etc/hosts>/etc/hosts.d/1 larger, with what is read "
	    "before it, than the 16 MiB whose content is judged\n"
	    "F entries /etc/hosts>/etc/hosts.d/2:1 the entry '10.0.0.2' must "
	    "not be there (with address '10.0.0.2')\n"
	    "U entries /etc/hosts>/etc/hosts.d/1 larger, with what is read "
	    "before it, than the 16 MiB whose content is judged\n");
}

static void
what_is_sealed_is_not_shown(void **state)
{
	struct fake_file files[] = {
		file("/etc/a.conf", "password=1\n"),
		file("/etc/a.conf.d/1.conf", "secret=2\n"), END };

	(void)state;
	files[1].en.content = CONTENT_SEALED;
	layers("    path: /etc/a.conf\n    layers: etc\n"
	    "    lines: {forbid: password}\n", files, "1\nF lines.forbid "
	    "/etc/a.conf:1 the line (hidden) must not be there\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keys_are_those_of_the_file_that_wins_and_its_drop_ins),
		cmocka_unit_test(lines_are_those_of_all_files_that_count),
		cmocka_unit_test(keys_with_dots_have_an_empty_section),
		cmocka_unit_test(
		    a_drop_in_that_leads_nowhere_masks_and_is_told),
		cmocka_unit_test(one_file_is_the_first_that_a_layer_has),
		cmocka_unit_test(drop_ins_end_as_the_file_does),
		cmocka_unit_test(what_is_missed_or_masked_is_told),
		cmocka_unit_test(another_layer_that_wins_now_is_told_of),
		cmocka_unit_test(
		    a_part_that_does_not_parse_is_named_with_its_line),
		cmocka_unit_test(many_files_have_a_bound_together),
		cmocka_unit_test(
		    a_layer_that_cannot_be_read_decides_only_what_it_may),
		cmocka_unit_test(
		    what_comes_behind_a_part_that_cannot_be_read_is_certain),
		cmocka_unit_test(
		    what_stands_in_other_parts_is_told_beside_a_large_one),
		cmocka_unit_test(what_is_sealed_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
