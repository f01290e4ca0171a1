/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/pkg/dpkgdb.h"
#include "agent/pkg/dpkgstatus.h"
#include "agent/pkg/ownerstext.h"
#include "agent/pkg/wanted.h"
#include "scratch.h"

static void
read_text(const char *text, struct owners *o)
{
	struct err e = { 0 };

	assert_int_equal(ownerstext_parse("list", text, strlen(text), o, &e),
	    0);
	owners_settle(o);
}

static void
what_is_written_reads_the_same(void **state)
{
	static const char text[] = "driftctl-owners 1\n"
		"asked /etc\nasked /usr/a\\x20b\n"
		"package dpkg gone 1 all removed\n"
		"file /etc/gone config,conffile,obsolete md5=60b725f1\n"
		"package rpm imapd 2:1-1 noarch\n"
		"file /etc/a\\x20b\\x0a\\x5c - target=c\\x20d\n"
		"file /etc/ghost config,noreplace,ghost,doc,diverted,absent "
		"mode=0644 owner=root group=mail\n"
		"file /etc/pam.d dir mode=0700 owner=root group=root\n"
		"end 8\n";
	CLEANUP(drop_owners) struct owners o = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	read_text(text, &o);
	ownerstext_write(&o, &out);
	assert_string_equal(buf_str(&out), text);
	assert_string_equal(o.files.items[0].path, "/etc/a b\n\\");
	assert_string_equal(o.files.items[0].target, "c d");
	assert_true(o.packages.items[0].removed);
	assert_int_equal(o.packages.items[1].kind, PACKAGE_RPM);
}

static void
a_list_that_is_odd_or_cut_off_is_none(void **state)
{
	static const struct {
		const char *text, *what;
		unsigned line;
	} cases[] = {
		{ "", "this is no list of packages", 1 },
		{ "driftctl-owners 2\nend 0\n",
		    "this is no list of packages", 1 },
		{ "driftctl-owners 1\n",
		    "the list of packages was cut off", 2 },
		{ "driftctl-owners 1\npackage rpm a 1 noarch\n",
		    "the list of packages was cut off", 3 },
		{ "driftctl-owners 1\nend 0", "cut off", 2 },
		{ "driftctl-owners 1\nend 1\n", "no line", 2 },
		{ "driftctl-owners 1\nend 0x\n", "no line", 2 },
		{ "driftctl-owners 1\n\nend 0\n", "no line", 2 },
		{ "driftctl-owners 1\nother\n", "no line", 2 },
		{ "driftctl-owners 1\npackage rpm a 1\n", "no line", 2 },
		{ "driftctl-owners 1\npackage deb a 1 all\n", "no line", 2 },
		{ "driftctl-owners 1\npackage rpm a\\x00 1 all\n",
		    "no line", 2 },
		{ "driftctl-owners 1\npackage rpm a 1 all x\n",
		    "no line", 2 },
		{ "driftctl-owners 1\nfile /etc/a -\n", "no line", 2 },
		{ "driftctl-owners 1\nasked etc\n", "no line", 2 },
		{ "driftctl-owners 1\nasked /a b\n", "no line", 2 },
		{ "driftctl-owners 1\npackage rpm a 1 all\nasked /a\n",
		    "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\nfile etc -\n",
		    "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\nfile /a b\n",
		    "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\n"
		    "file /a - mode=9 owner=a group=b\n", "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\n"
		    "file /a - mode=0644 owner=a\n", "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\n"
		    "file /a - crc=12\n", "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\n"
		    "file /a - md5=XY\n", "no line", 3 },
		{ "driftctl-owners 1\npackage rpm a 1 all\n"
		    "file /a - md5\n", "no line", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_owners) struct owners o = { 0 };
		struct err e = { 0 };

		assert_int_equal(ownerstext_parse("list", cases[i].text,
		    strlen(cases[i].text), &o, &e), -1);
		assert_non_null(strstr(e.what, cases[i].what));
		assert_int_equal(e.line, cases[i].line);
	}
}

static void
of_several_owners_the_one_that_ships_it_counts(void **state)
{
	CLEANUP(drop_owners) struct owners o = { 0 };
	const struct owned *f;
	size_t n;

	(void)state;
	read_text("driftctl-owners 1\n"
	    "package rpm aaa 1 noarch\nfile /etc/x ghost\nfile /etc/x/y -\n"
	    "package dpkg bbb 1 all removed\nfile /etc/x conffile\n"
	    "package rpm ccc 1 noarch\nfile /etc/x -\n"
	    "package dpkg ddd 1 all\nfile /etc/x conffile,obsolete\n"
	    "end 9\n", &o);
	f = owners_of(&o, "/etc/x", &n);
	assert_non_null(f);
	assert_int_equal(n, 4);
	f = owners_find(&o, "/etc/x");
	assert_string_equal(owners_package(&o, f)->name, "ccc");
	assert_null(owners_find(&o, "/etc"));
	assert_null(owners_of(&o, "/etc/z", &n));
	assert_int_equal(n, 0);
}

static void
the_same_package_is_found_whatever_its_version(void **state)
{
	CLEANUP(drop_owners) struct owners was = { 0 };
	CLEANUP(drop_owners) struct owners is = { 0 };
	const struct package *p;

	(void)state;
	read_text("driftctl-owners 1\npackage rpm kernel 1 x86_64\n"
	    "package rpm lib 1 i586\npackage rpm old 1 noarch\n"
	    "package rpm tool 1 noarch\nend 4\n", &was);
	read_text("driftctl-owners 1\npackage rpm kernel 1 x86_64\n"
	    "package rpm kernel 2 x86_64\npackage rpm lib 2 i586\n"
	    "package rpm lib 2 x86_64\npackage rpm tool 2 x86_64\n"
	    "package dpkg old 2 all removed\nend 6\n", &is);
	p = owners_same(&is, &was.packages.items[0]);
	assert_string_equal(p->version, "1");
	p = owners_same(&is, &was.packages.items[1]);
	assert_string_equal(p->arch, "i586");
	assert_null(owners_same(&is, &was.packages.items[2]));
	p = owners_same(&is, &was.packages.items[3]);
	assert_string_equal(p->arch, "x86_64");
}

static void
a_file_is_as_shipped_when_its_digest_is(void **state)
{
	static const struct {
		struct owned f;
		struct entry en;
		const char *bytes;
		enum pristine expect;
	} cases[] = {
		{ { .algorithm = "md5",
		    .digest = "60b725f10c9c85c70d97880dfe8191b3" },
		    { .kind = ENTRY_FILE }, "a\n", PRISTINE_YES },
		{ { .algorithm = "md5",
		    .digest = "60b725f10c9c85c70d97880dfe8191b3" },
		    { .kind = ENTRY_FILE }, "b\n", PRISTINE_EDITED },
		{ { .algorithm = "sha1",
		    .digest = "3f786850e387550fdab836ed7e6dc881de23001b" },
		    { .kind = ENTRY_FILE }, "a\n", PRISTINE_YES },
		{ { .algorithm = "sha256", .digest = "87428fc522803d31065e7bce"
		    "3cf03fe475096631e5e07bbd7a0fde60c4cf25c7" },
		    { .kind = ENTRY_FILE }, "a\n", PRISTINE_YES },
		{ { .algorithm = "sha256", .digest = "87" },
		    { .kind = ENTRY_SYMLINK, .target = "a" }, "",
		    PRISTINE_EDITED },
		{ { .target = "a" }, { .kind = ENTRY_SYMLINK, .target = "a" },
		    "", PRISTINE_YES },
		{ { .target = "a" }, { .kind = ENTRY_SYMLINK, .target = "b" },
		    "", PRISTINE_EDITED },
		{ { .target = "a" }, { .kind = ENTRY_FILE }, "",
		    PRISTINE_EDITED },
		{ { .flags = OWNED_GHOST }, { .kind = ENTRY_FILE }, "",
		    PRISTINE_UNKNOWN },
		{ { .flags = OWNED_DIR }, { .kind = ENTRY_DIR }, "",
		    PRISTINE_UNKNOWN },
		{ { .algorithm = "nonsense", .digest = "87" },
		    { .kind = ENTRY_FILE }, "a\n", PRISTINE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(owned_pristine(&cases[i].f, &cases[i].en,
		    cases[i].bytes, strlen(cases[i].bytes)),
		    cases[i].expect);
}

static void
a_stanza_says_what_is_there(void **state)
{
	static const char text[] = "\n"
		"Package: a\nStatus: install ok half-configured\n"
		"Architecture: amd64\nMulti-Arch: same\nVersion: 1:2-3\n"
		"Conffiles:\n /etc/a 60b725f10c9c85c70d97880dfe8191b3\n"
		" /etc/with blank 60b725f10c9c85c70d97880dfe8191b3 obsolete\n"
		" /etc/r 60b725f10c9c85c70d97880dfe8191b3 remove-on-upgrade\n"
		" /etc/new newconffile\n nonsense\n"
		"Description: x\n /etc/not a conffile\n"
		"\n\nPackage: b\nStatus: deinstall ok config-files\n"
		"\nStatus: install ok installed\n"
		"\nPackage: c\nStatus: purge ok not-installed";
	const char *at = text, *end = text + strlen(text);
	struct arena a = { 0 };
	struct dpkgdb_stanza s;

	(void)state;
	assert_true(dpkgdb_stanza(&at, end, &a, &s));
	assert_string_equal(s.name, "a");
	assert_string_equal(s.version, "1:2-3");
	assert_string_equal(s.arch, "amd64");
	assert_true(s.installed && s.same && !s.residue);
	assert_int_equal(s.conffiles.n, 4);
	assert_string_equal(s.conffiles.items[0].path, "/etc/a");
	assert_string_equal(s.conffiles.items[0].md5,
	    "60b725f10c9c85c70d97880dfe8191b3");
	assert_false(s.conffiles.items[0].obsolete);
	assert_string_equal(s.conffiles.items[1].path, "/etc/with blank");
	assert_true(s.conffiles.items[1].obsolete);
	assert_true(s.conffiles.items[2].obsolete);
	assert_null(s.conffiles.items[3].md5);
	assert_true(dpkgdb_stanza(&at, end, &a, &s));
	assert_true(s.residue && !s.installed && !s.same);
	assert_string_equal(s.version, "-");
	assert_true(dpkgdb_stanza(&at, end, &a, &s));
	assert_null(s.name);
	assert_true(dpkgdb_stanza(&at, end, &a, &s));
	assert_false(s.installed || s.residue);
	assert_false(dpkgdb_stanza(&at, end, &a, &s));
	arena_done(&a);
}

/* As dpkg itself has it: what it refuses is nothing to go by. */
static void
a_status_file_that_is_none_is_refused_where_it_breaks(void **state)
{
	static const struct {
		const char *text;
		size_t len;		/* 0: all of it */
		unsigned line;		/* 0: it is sound */
	} cases[] = {
		{ "", 0, 0 },
		{ "\n\n", 0, 0 },
		{ "Package: a\nStatus: install ok installed\n", 0, 0 },
		{ "Status: install ok installed\nPackage: a\n more\n\t\n"
		    "\n\n\nPackage: b\n\n", 0, 0 },
		{ "Package: a\nX-Odd:\n", 0, 0 },
		{ "Package: a\nStatus: install ok inst", 0, 2 },
		{ "Package: a\nStatus\n", 0, 2 },
		{ "Package: a\n\nStatus: install ok installed\n", 0, 3 },
		{ "Status: x\n\nPackage: a\n", 0, 2 },
		{ " Package: a\n", 0, 1 },
		{ "Package: a\n\n more\n", 0, 3 },
		{ "Package: a\n: x\n", 0, 2 },
		{ "Package: a\nX Y: x\n", 0, 2 },
		{ "Package: a\nX: \0\n", 16, 2 },
		{ "\0\0\0\0", 4, 1 },
		{ "\xff\xfe rubbish: x\n", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = { 0 };
		size_t len = cases[i].len > 0 ? cases[i].len :
		    strlen(cases[i].text);

		assert_int_equal(dpkgstatus_check("status", cases[i].text,
		    len, &e), cases[i].line > 0 ? -1 : 0);
		assert_int_equal(e.line, cases[i].line);
	}
}

/* A root whose dpkg knows a package that ships into /lib, which is a symlink
 * now, one whose file another has diverted, and one that is removed. */
static void
make_root(const struct scratch *s)
{
	scratch_sh(s, "mkdir -p etc usr/lib/systemd var/lib/dpkg/info; "
	    "ln -s usr/lib lib; cd var/lib/dpkg; "
	    "printf 'Package: a\\nStatus: install ok installed\\n"
	    "Architecture: amd64\\nMulti-Arch: same\\nVersion: 1\\n"
	    "Conffiles:\\n /etc/a 60b725f10c9c85c70d97880dfe8191b3\\n"
	    " /etc/old 60b725f10c9c85c70d97880dfe8191b3 obsolete\\n\\n"
	    "Package: b\\nStatus: install ok installed\\n"
	    "Architecture: all\\nVersion: 2\\n\\n"
	    "Package: gone\\nStatus: deinstall ok config-files\\n"
	    "Architecture: all\\nVersion: 3\\n"
	    "Conffiles:\\n /etc/gone 60b725f10c9c85c70d97880dfe8191b3\\n' "
	    "> status; "
	    "printf '/.\\n/etc\\n/etc/a\\n/etc/d\\n/etc/d/file\\n/lib\\n"
	    "/lib/systemd\\n/lib/systemd/u\\n/usr\\n/usr/share/doc/a/x\\n' "
	    "> info/a:amd64.list; "
	    "printf '%%s  lib/systemd/u\\n%%s  etc/d/file\\nrubbish\\n' "
	    "60b725f10c9c85c70d97880dfe8191b3 "
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb > info/a:amd64.md5sums; "
	    "printf '/etc/d/file\\n' > info/b.list; "
	    "printf '/etc/gone\\n' > info/gone.list; "
	    "printf '/etc/d/file\\n/etc/d/file.of-a\\nb\\n' > diversions");
}

static void
dpkg_files_are_where_they_really_lie(void **state)
{
	CLEANUP(drop_owners) struct owners o = { 0 };
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };
	struct scratch s;
	struct root r;

	(void)state;
	scratch_start(&s);
	make_root(&s);
	assert_int_equal(root_open(&r, s.dir, &e), 0);
	strlist_add(&wanted, "/etc");
	strlist_add(&wanted, "/usr/lib/systemd");
	owners_load(&r, &wanted, NULL, &o);
	assert_int_equal(o.trouble.kind, ERR_NONE);
	ownerstext_write(&o, &out);
	assert_string_equal(buf_str(&out), "driftctl-owners 1\n"
	    "asked /etc\nasked /usr/lib/systemd\n"
	    "package dpkg a 1 amd64\n"
	    "file /etc/a config,conffile md5="
	    "60b725f10c9c85c70d97880dfe8191b3\n"
	    "file /etc/d/file.of-a diverted md5="
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
	    "file /etc/old config,conffile,obsolete md5="
	    "60b725f10c9c85c70d97880dfe8191b3\n"
	    "file /usr/lib/systemd/u - md5=60b725f10c9c85c70d97880dfe8191b3\n"
	    "package dpkg b 2 all\nfile /etc/d/file -\n"
	    "package dpkg gone 3 all removed\n"
	    "file /etc/gone config,conffile md5="
	    "60b725f10c9c85c70d97880dfe8191b3\n"
	    "end 11\n");
	owners_done(&o);
	owners_load(&r, NULL, NULL, &o);
	assert_int_equal(o.packages.n, 3);
	assert_int_equal(o.files.n, 0);
	root_close(&r);
	scratch_end(&s);
}

static void
what_is_asked_for_is_found_below_each_path(void **state)
{
	static const struct {
		const char *path;
		bool has;
	} cases[] = {
		{ "/etc", true }, { "/etc/a", true }, { "/etc/a/b", true },
		{ "/etc-x", false }, { "/etc.d", false }, { "/et", false },
		{ "/usr", false }, { "/usr/lib/a", true },
		{ "/usr/lib/a b", false }, { "/usr/lib/a/c", true },
		{ "/usr/lib/b", false }, { "/", false },
	};
	static const struct {
		const char *dir;
		bool in;
	} folders[] = {
		{ "/", true }, { "/etc/", true }, { "/etc/a/", true },
		{ "/usr/", true }, { "/usr/lib/", true }, { "/usr/li/", false },
		{ "/usr/lib/a/", true }, { "/usr/lib/b/", false },
		{ "/var/", false },
	};
	CLEANUP(drop_strlist) struct strlist w = { 0 };
	CLEANUP(drop_strlist) struct strlist none = { 0 };

	(void)state;
	strlist_add(&w, "/usr/lib/a");
	strlist_add(&w, "/etc/pam.d");
	strlist_add(&w, "/etc");
	strlist_add(&w, "/etc");
	wanted_settle(&w);
	assert_int_equal(w.n, 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(wanted_has(&w, cases[i].path),
		    cases[i].has);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		assert_int_equal(wanted_in(&w, folders[i].dir),
		    folders[i].in);
	wanted_settle(&none);
	assert_false(wanted_has(&none, "/etc"));
	assert_false(wanted_in(&none, "/"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(a_list_that_is_odd_or_cut_off_is_none),
		cmocka_unit_test(
		    of_several_owners_the_one_that_ships_it_counts),
		cmocka_unit_test(
		    the_same_package_is_found_whatever_its_version),
		cmocka_unit_test(a_file_is_as_shipped_when_its_digest_is),
		cmocka_unit_test(a_stanza_says_what_is_there),
		cmocka_unit_test(
		    a_status_file_that_is_none_is_refused_where_it_breaks),
		cmocka_unit_test(what_is_asked_for_is_found_below_each_path),
		cmocka_unit_test(dpkg_files_are_where_they_really_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
