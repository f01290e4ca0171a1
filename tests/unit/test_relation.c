/* SPDX-License-Identifier: MIT */
#include "judged.h"

#include <errno.h>
#include <stdlib.h>

#define SPEC(text) "spec: t\nrelations:\n  - id: r\n    why: w\n" text

static const char crypttab_text[] = "# opened at boot\n"
    "cr_mail UUID=1 /etc/keys/mail luks\ncr_old UUID=2 none noauto\n";

#define DISK(dev) "<domain><devices>\n<disk><source dev='" dev "'/></disk>\n" \
	"</devices></domain>\n"

static void
relation(const char *spec, const struct fake_file *files,
    const char *expected)
{
	struct evidence ev = fake_evidence(files);

	judged(spec, &ev, expected, 0);
}

static const char guests[] = SPEC(
    "    each: {path: /g/*.xml, xpath: /domain/devices/disk/source/@dev,\n"
    "      strip: /dev/mapper/}\n"
    "    in: {path: /etc/crypttab, entries: name}\n");

static void
each_value_that_is_not_found_is_told_where_it_stands(void **state)
{
	const struct fake_file files[] = {
		file("/g/a.xml", DISK("/dev/mapper/cr_mail")),
		file("/g/b.xml", DISK("/dev/mapper/cr_web")),
		file("/g/c.xml", DISK("/dev/sda1")),
		file("/etc/crypttab", crypttab_text), END };

	(void)state;
	relation(guests, files, "1\nF relation /g/b.xml:2 'cr_web' is not "
	    "among the 'name' fields of /etc/crypttab\n");
}

static void
a_missing_file_has_no_values(void **state)
{
	const struct fake_file files[] = {
		file("/g/a.xml", DISK("/dev/mapper/cr_mail")), END };

	(void)state;
	relation(guests, files, "0\nF relation /g/a.xml:2 'cr_mail' is not "
	    "among the 'name' fields of /etc/crypttab: there is no such "
	    "file\n");
	relation(guests, files + 1, "0\n");
}

static void
a_side_that_cannot_be_read_is_unknown(void **state)
{
	const struct fake_file files[] = {
		file("/g/a.xml", DISK("/dev/mapper/cr_mail")),
		file("/g/b.xml", "<domain>"), file("/g/c.xml", NULL),
		file("/etc/crypttab", "cr_mail\n"), END };
	struct fake_file dangling[] = { file("/g/a.xml", ""), END };

	(void)state;
	relation(guests, files,
	    "0\nU relation /g/b.xml:1 no well-formed XML: Premature "
	    "end of data in tag domain line 1\n"
	    "U relation /g/c.xml cannot open\n"
	    "U relation /etc/crypttab:1 1 fields, crypttab(5) asks for at "
	    "least 2\n");
	dangling[0].en.kind = ENTRY_SYMLINK;
	dangling[0].en.target = "/nowhere";
	relation(guests, dangling, "0\n");
	/* A folder that happens to match holds nothing. */
	dangling[0].en.kind = ENTRY_DIR;
	relation(guests, dangling, "0\n");
}

static const char *
all_hidden(void *ctx, const char *path)
{
	(void)ctx;
	return path[1] == 'g' ? "/g" : NULL;
}

static void
what_a_folder_hides_is_unknown(void **state)
{
	const struct fake_file files[] = { END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	ev.hidden = all_hidden;
	judged(guests, &ev, "0\nU relation /g/*.xml lies in a folder that "
	    "cannot be read (/g)\n", 0);
}

static void
values_are_picked_and_left_out(void **state)
{
	const struct fake_file files[] = {
		file("/etc/nsswitch.conf", "passwd: files sss\n"
		    "hosts: files mdns [NOTFOUND=return] dns\nrpc: db x\n"),
		END };

	(void)state;
	relation(SPEC("    each: {path: /etc/nsswitch.conf, "
	    "entries: services,\n"
	    "      where: {database: {one-of: [passwd, hosts, rpc]}},\n"
	    "      without: {database: rpc}, words: true,\n"
	    "      matches: '^[a-z]', except: [files, dns]}\n"
	    "    exists: {path: '/lib{64,}/libnss_${value}.so.2'}\n"), files,
	    "0\n"
	    "F relation /etc/nsswitch.conf:1 'sss' needs "
	    "/lib64/libnss_sss.so.2, which is not there, nor in 1 other "
	    "places\n"
	    "F relation /etc/nsswitch.conf:2 'mdns' needs "
	    "/lib64/libnss_mdns.so.2, which is not there, nor in 1 other "
	    "places\n");
}

static void
a_row_without_the_field_is_not_left_out(void **state)
{
	const struct fake_file files[] = {
		file("/etc/crypttab", "a UUID=1 /k/a\nb UUID=2 /k/b noauto\n"),
		file("/k/c", ""), END };

	(void)state;
	relation(SPEC("    each: {path: /etc/crypttab, entries: keyfile,\n"
	    "      without: {options: {matches: noauto}}}\n"
	    "    exists: {path: '${value}', type: file}\n"), files,
	    "0\nF relation /etc/crypttab:1 '/k/a' needs /k/a, which is not "
	    "there\n");
}

static void
each_match_of_a_line_is_a_value(void **state)
{
	const struct fake_file files[] = {
		file("/etc/main.cf", "# hash:/no\nmaps = hash:/a, btree:/b\n"
		    "  hash:/c # x\n"),
		file("/b.db", ""), END };

	(void)state;
	relation(SPEC("    each: {path: /etc/main.cf, regex: '"
	    "^#.*(*SKIP)(*FAIL)|(?:hash|btree):(/\\w+)'}\n"
	    "    exists: {path: '${value}.db'}\n"), files,
	    "1\nF relation /etc/main.cf:2 '/a' needs /a.db, which is not "
	    "there\n"
	    "F relation /etc/main.cf:3 '/c' needs /c.db, which is not "
	    "there\n");
	/* Without a group it is all that matches; nothing is no value. */
	relation(SPEC("    each: {path: /etc/main.cf, regex: 'b?'}\n"
	    "    not-in: {path: /b.db, names: true}\n"), files, "2\n");
}

static void
what_exists_has_the_mode_or_need_not_be_there(void **state)
{
	struct fake_file files[] = {
		file("/etc/crypttab", "a U=1 /k/a\nb U=2 /k/b\nc U=3 /k/c\n"
		    "d U=4 /k/d\n"),
		file("/k/a", ""), file("/k/b", ""), file("/k/c", ""), END };

	(void)state;
	files[1].en.mode = 0400;
	files[2].en.mode = 0640;
	files[3].en.kind = ENTRY_DIR;
	relation(SPEC("    each: {path: /etc/crypttab, entries: keyfile}\n"
	    "    exists: {path: '${value}', type: file, mode: \"<=0600\",\n"
	    "      require: if-present}\n"), files, "2\n"
	    "F relation /etc/crypttab:2 '/k/b' needs /k/b, whose mode is "
	    "0640, expected at most 0600\n"
	    "F relation /etc/crypttab:3 '/k/c' needs /k/c, which is a "
	    "directory, expected a file\n");
	relation(SPEC("    each: {path: /etc/crypttab, entries: keyfile,\n"
	    "      matches: '[ad]'}\n"
	    "    exists: {path: '/{no,k/}${value}', mode: \"0600\"}\n"),
	    files, "0\nF relation /etc/crypttab:1 '/k/a' needs /no/k/a, "
	    "which is not there, nor in 1 other places\n"
	    "F relation /etc/crypttab:4 '/k/d' needs /no/k/d, which is not "
	    "there, nor in 1 other places\n");
	relation(SPEC("    each: {path: /etc/crypttab, entries: keyfile,\n"
	    "      matches: a}\n"
	    "    exists: {path: ['/no${value}', '${value}'], mode: \"0600\"}"
	    "\n"), files, "0\nF relation /etc/crypttab:1 '/k/a' needs /k/a, "
	    "whose mode is 0400, expected 0600\n");
}

static void
an_expression_that_explodes_cannot_be_told(void **state)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct fake_file files[] = { file("/f", ""), END };

	(void)state;
	for (int i = 0; i < 200; i++)
		buf_addc(&line, 'a');
	files[0].text = buf_str(&line);
	relation(SPEC("    each: {path: /f, regex: '^(a|aa|(a*)*)+$(?<=b)'}\n"
	    "    exists: {path: /x}\n"), files, "0\nU relation /f:1 the "
	    "expression takes too long on this line\n");
	relation(SPEC("    each: {path: /f, regex: '.+',\n"
	    "      matches: '^(a|aa|(a*)*)+$(?<=b)'}\n"
	    "    exists: {path: /x}\n"), files, "0\nU relation /f:1 the "
	    "expression takes too long on this value\n");
}

static void
keys_names_and_paths_are_values(void **state)
{
	const struct fake_file files[] = {
		file("/etc/a.conf", "[s]\nlist = one, two\n"),
		file("/d/one.conf", ""), file("/d/three.conf", ""),
		file("/d/.hidden", ""), END };

	(void)state;
	relation(SPEC("    each: {path: /etc/a.conf, keys: s.list, "
	    "words: true}\n    in: {path: '/d/*', stem: true}\n"), files,
	    "1\nF relation /etc/a.conf:2 'two' is not among the names of "
	    "/d/*\n");
	relation(SPEC("    each: {path: '/d/*', names: true}\n"
	    "    not-in: {path: '/d/*.conf', names: true, "
	    "except: [one.conf]}\n"), files, "2\nF relation /d/three.conf "
	    "'three.conf' must not be among the names of /d/*.conf, but is "
	    "in /d/three.conf\n");
	relation(SPEC("    each: {path: [/d/t*, /etc/*]}\n"
	    "    in: {path: [/d/*, /x]}\n"), files, "1\nF relation "
	    "/etc/a.conf '/etc/a.conf' is not among the files /d/*, …\n");
}

static void
equal_sides_ask_for_each_other(void **state)
{
	const struct fake_file files[] = { file("/a", "x\ny\nx\n"),
		file("/b", "y\nz\n"), END };

	(void)state;
	relation(SPEC("    each: {path: /a, regex: '\\w'}\n"
	    "    equals: {path: /b, regex: '\\S'}\n"), files, "2\n"
	    "F relation /a:1 'x' is not among '\\S' of /b\n"
	    "F relation /a:3 'x' is not among '\\S' of /b\n"
	    "F relation /b:2 'z' is not among '\\w' of /a\n");
	relation(SPEC("    each: {path: /a, regex: '\\w'}\n"
	    "    not-in: {path: /b, regex: '\\w'}\n"), files, "2\n"
	    "F relation /a:2 'y' must not be among '\\w' of /b, but is in "
	    "/b, line 1\n");
}

static void
only_what_stands_elsewhere_too_is_asked_for(void **state)
{
	const struct fake_file files[] = {
		file("/etc/crypttab", crypttab_text),
		file("/etc/fstab", "/dev/mapper/cr_mail /srv ext4\n"), END };

	(void)state;
	relation(SPEC("    each: {path: /etc/crypttab, entries: name,\n"
	    "      among: {path: /etc/fstab, entries: device,\n"
	    "        strip: /dev/mapper/}}\n"
	    "    exists: {path: /gen}\n"), files, "0\nF relation "
	    "/etc/crypttab:2 'cr_mail' needs /gen, which is not there\n");
}

static void
what_all_need_is_missed_once(void **state)
{
	struct fake_file files[] = { file("/etc/crypttab", crypttab_text),
		END, END };
	const char *spec = SPEC("    each: {path: /etc/crypttab, "
	    "entries: name}\n    exists: {path: /gen, type: file}\n");

	(void)state;
	relation(spec, files, "0\nF relation /etc/crypttab:2 'cr_mail' needs "
	    "/gen, which is not there\n");
	files[1] = file("/gen", "");
	relation(spec, files, "1\n");
	files[1].en.kind = ENTRY_DIR;
	relation(spec, files, "0\nF relation /etc/crypttab:2 'cr_mail' needs "
	    "/gen, which is a directory, expected a file\n");
}

static int
cannot_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	(void)ctx;
	*out_kind = ENTRY_FILE;
	if (strcmp(path, "/k/b") == 0)
		return 1;
	errno = EACCES;
	return err_sys(e, path, "cannot look at it");
}

static void
what_cannot_be_looked_at_is_not_gone(void **state)
{
	const struct fake_file files[] = { file("/f", "a\nb\nc\n"), END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	ev.look = cannot_look;
	judged(SPEC("    each: {path: /f, regex: '\\w'}\n"
	    "    exists: {path: '/k/${value}'}\n"), &ev, "1\nU relation "
	    "/f:1 whether there is what 'a' needs cannot be told: cannot "
	    "look at it: Permission denied\n", 0);
}

static void
a_secret_value_is_not_shown(void **state)
{
	struct fake_file files[] = { file("/f", "pass\n"), END };

	(void)state;
	files[0].en.content = CONTENT_SEALED;
	relation(SPEC("    each: {path: /f, regex: '\\w+'}\n"
	    "    exists: {path: '/k/${value}'}\n"), files, "0\nF relation "
	    "/f:1 (hidden) needs /k/(hidden), which is not there\n");
}

static void
a_long_list_is_not_told_whole(void **state)
{
	CLEANUP(drop_buf) struct buf text = { 0 }, out = { 0 };
	struct fake_file files[] = { file("/f", ""), END };

	(void)state;
	buf_adds(&out, "0\n");
	for (int i = 1; i <= 30; i++) {
		buf_addf(&text, "v%d\n", i);
		if (i <= 20)
			buf_addf(&out, "F relation /f:%d 'v%d' is not among "
			    "the files /g: there is no such file\n", i, i);
	}
	buf_adds(&out, "F relation /f:21 from here on no more values are "
	    "told of\n");
	files[0].text = buf_str(&text);
	relation(SPEC("    each: {path: /f, regex: '\\w+'}\n"
	    "    in: {path: /g}\n"), files, buf_str(&out));
}

static void
what_a_relation_costs_is_bounded(void **state)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct fake_file files[] = { file("/f", ""), file("/x", ""), END };

	(void)state;
	for (int i = 0; i < 100001; i++)
		buf_adds(&text, "v\n");
	files[0].text = buf_str(&text);
	relation(SPEC("    each: {path: /f, regex: v}\n"
	    "    not-in: {path: /x}\n"), files, "100000\nU relation /f more "
	    "than the 100000 values that a relation looks at\n");
	relation(SPEC("    each: {path: /f, regex: v}\n"
	    "    exists: {path: ['/x', '/y/${value}']}\n"), files,
	    "25001\nU relation /f more than the 100000 values that a relation "
	    "looks at\nU relation /f:25002 whether there is what 'v' needs "
	    "cannot be told: more values than are looked for\n");
}

static void
a_site_overrides_a_relation_by_its_id(void **state)
{
	static const char base[] = SPEC("    each: {path: /a}\n"
	    "    exists: {path: /b}\n");
	static const char off[] =
	    "relations:\n  - {id: r, severity: critical}\n"
	    "  - {id: s, why: w, each: {path: /a}, in: {path: /c}}\n";
	static const char rule[] = "rules:\n  - {id: r, disable: true}\n";
	const struct spec_source sources[] = {
		{ "t.yaml", base, strlen(base), NULL },
		{ "t.d/a.yaml", off, strlen(off), "t" },
		{ "t.d/b.yaml", rule, strlen(rule), "t" } };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	const struct rule *r;

	(void)state;
	catalogue_build(&c, sources, COUNT(sources), NULL, NULL, &diags);
	assert_int_equal(diags.n, 0);
	assert_int_equal(c.specs[0]->n_rules, 2);
	r = catalogue_rule(&c, "t/r");
	assert_non_null(r->relation);
	assert_true(r->disabled);
	assert_int_equal(r->severity, SEVERITY_CRITICAL);
	assert_non_null(catalogue_rule(&c, "s")->relation);
	catalogue_done(&c);
	diagnostics_done(&diags);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_value_that_is_not_found_is_told_where_it_stands),
		cmocka_unit_test(a_missing_file_has_no_values),
		cmocka_unit_test(a_side_that_cannot_be_read_is_unknown),
		cmocka_unit_test(what_a_folder_hides_is_unknown),
		cmocka_unit_test(values_are_picked_and_left_out),
		cmocka_unit_test(a_row_without_the_field_is_not_left_out),
		cmocka_unit_test(each_match_of_a_line_is_a_value),
		cmocka_unit_test(what_exists_has_the_mode_or_need_not_be_there),
		cmocka_unit_test(an_expression_that_explodes_cannot_be_told),
		cmocka_unit_test(keys_names_and_paths_are_values),
		cmocka_unit_test(equal_sides_ask_for_each_other),
		cmocka_unit_test(only_what_stands_elsewhere_too_is_asked_for),
		cmocka_unit_test(what_all_need_is_missed_once),
		cmocka_unit_test(what_cannot_be_looked_at_is_not_gone),
		cmocka_unit_test(a_secret_value_is_not_shown),
		cmocka_unit_test(a_long_list_is_not_told_whole),
		cmocka_unit_test(what_a_relation_costs_is_bounded),
		cmocka_unit_test(a_site_overrides_a_relation_by_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
