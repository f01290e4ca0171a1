/* SPDX-License-Identifier: MIT */
#include "specs/specparse.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/vec.h"
#include "specs/catalogue.h"

#define CASES "tests/cases/lint"

/* A catalogue of one spec, t.yaml, on a machine of which all is known. */
struct fixture {
	struct catalogue c;
	struct diagnostics diags;
};

static bool
has_package(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "postfix") == 0;
}

static bool
has_path(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/usr/sbin/saslauthd") == 0;
}

static const struct facts machine = {
	.hostname = "mx1", .os_id = "opensuse-leap", .os_version = "15.6",
	.arch = "x86_64", .has_package = has_package, .has_path = has_path,
};

static void
drop_fixture(struct fixture *f)
{
	catalogue_done(&f->c);
	diagnostics_done(&f->diags);
}

static void
build(struct fixture *f, const char *yaml)
{
	const struct spec_source s = { "t.yaml", yaml, strlen(yaml), NULL };

	catalogue_build(&f->c, &s, 1, NULL, &machine, &f->diags);
}

/* The rule of a spec that must be without mistakes. */
static const struct rule *
one_rule(struct fixture *f, const char *keys)
{
	CLEANUP(drop_free) char *yaml = xasprintf("spec: t\n"
	    "vars: {names: [imap, smtp], one: 'a.b'}\n"
	    "rules:\n  - id: r\n    why: because\n%s", keys);

	build(f, yaml);
	for (size_t i = 0; i < f->diags.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&f->diags.items[i], &line);
		fail_msg("%s", buf_str(&line));
	}
	assert_int_equal(f->c.n, 1);
	assert_int_equal(f->c.specs[0]->n_rules, 1);
	return &f->c.specs[0]->rules[0];
}

#define RULE(keys)							\
	CLEANUP(drop_fixture) struct fixture f = { 0 };			\
	const struct rule *r = one_rule(&f, keys)

static void
a_bare_rule_has_the_defaults_of_the_language(void **state)
{
	RULE("    path: /etc/a\n");

	(void)state;
	assert_string_equal(r->id, "r");
	assert_string_equal(r->why, "because");
	assert_ptr_equal(r->spec, f.c.specs[0]);
	assert_int_equal(r->severity, SEVERITY_WARNING);
	assert_int_equal(r->on_drift, ON_DRIFT_FLAG);
	assert_int_equal(r->on_change, ON_CHANGE_NOTE);
	assert_int_equal(r->require, REQUIRE_IF_PRESENT);
	assert_int_equal(r->kind, -1);
	assert_int_equal(r->mode, -1);
	assert_null(r->owner);
	assert_null(r->lines);
	assert_false(r->disabled || r->secret || r->has_acl || r->has_flags);
	assert_int_equal(r->at.line, 4);
	assert_int_equal(r->at.col, 5);
	assert_true(f.c.specs[0]->applies);
	assert_string_equal(f.c.specs[0]->applies_why,
	    "it applies everywhere");
}

static void
metadata_keys_are_read_into_the_rule(void **state)
{
	RULE("    path: [/etc/a, '/etc/b/**/*.conf']\n"
	    "    severity: critical\n    on-drift: restore\n"
	    "    on-change: flag\n    require: present\n    type: file\n"
	    "    owner: root\n    group: 12\n    mode: \"<=0640\"\n"
	    "    secret: true\n    disable: true\n"
	    "    acl: [\"user:vmail:r-x\"]\n    xattr: user.x=1\n"
	    "    capabilities: cap_net_raw+ep\n    flags: [immutable, dA]\n");

	(void)state;
	assert_int_equal(r->paths.n, 2);
	assert_string_equal(r->paths.items[1], "/etc/b/**/*.conf");
	assert_int_equal(r->severity, SEVERITY_CRITICAL);
	assert_int_equal(r->on_drift, ON_DRIFT_RESTORE);
	assert_int_equal(r->on_change, ON_CHANGE_FLAG);
	assert_int_equal(r->require, REQUIRE_PRESENT);
	assert_int_equal(r->kind, ENTRY_FILE);
	assert_string_equal(r->owner, "root");
	assert_string_equal(r->group, "12");
	assert_int_equal(r->mode, 0640);
	assert_true(r->mode_at_most && r->secret && r->disabled);
	assert_string_equal(r->acl.items[0], "user:vmail:r-x");
	assert_true(r->has_acl && !r->acl_includes);
	assert_string_equal(r->xattr.items[0], "user.x=1");
	assert_string_equal(r->capabilities.items[0], "cap_net_raw+ep");
	assert_int_equal(r->flags.n, 3);
	assert_string_equal(r->flags.items[0], "i");
	assert_string_equal(r->flags.items[2], "A");
}

static void
every_type_of_an_entry_can_be_demanded(void **state)
{
	(void)state;
	for (int i = 0; i < ENTRY_KINDS; i++) {
		CLEANUP(drop_free) char *keys = xasprintf(
		    "    path: /dev/x\n    type: %s\n",
		    entry_kind_name((enum entry_kind)i));
		RULE(keys);

		assert_int_equal(r->kind, i);
	}
}

static void
modes_are_octal_with_or_without_quotes(void **state)
{
	static const struct {
		const char *text;
		int mode;
		bool at_most;
	} cases[] = {
		{ "\"0644\"", 0644, false },
		{ "0644", 0644, false },
		{ "600", 0600, false },
		{ "\"4755\"", 04755, false },
		{ "\"<=0640\"", 0640, true },
		{ "<= 0640", 0640, true },
		{ "\"0000\"", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(drop_free) char *keys = xasprintf(
		    "    path: /a\n    mode: %s\n", cases[i].text);
		RULE(keys);

		assert_int_equal(r->mode, cases[i].mode);
		assert_int_equal(r->mode_at_most, cases[i].at_most);
	}
}

static void
none_demands_that_a_set_is_empty(void **state)
{
	RULE("    path: /a\n    acl: none\n    flags: none\n"
	    "    capabilities: none\n");

	(void)state;
	assert_true(r->has_acl && r->has_flags && r->has_capabilities);
	assert_int_equal(r->acl.n + r->flags.n + r->capabilities.n, 0);
}

static void
includes_demands_these_and_allows_others(void **state)
{
	RULE("    path: /a\n    flags: {includes: i}\n"
	    "    acl: {includes: ['default:group:wheel:rwx']}\n");

	(void)state;
	assert_true(r->flags_includes && r->acl_includes);
	assert_int_equal(r->acl.n, 1);
}

static void
lines_are_read_with_places_and_repair(void **state)
{
	RULE("    path: /a\n    on-drift: repair\n    lines:\n"
	    "      require:\n        - ^load\\s+A$\n        - ^B\n"
	    "      forbid: ^C\n"
	    "      repair:\n        append: [load A, '# $${x}']\n"
	    "        comment-out: true\n"
	    "        replace: [{match: '^(C) (.*)', with: '$1 ${2} $$'}]\n");

	(void)state;
	assert_int_equal(r->on_drift, ON_DRIFT_REPAIR);
	assert_int_equal(r->lines->require.n, 2);
	assert_string_equal(r->lines->require.items[0], "^load\\s+A$");
	assert_int_equal(r->lines->require_at[1].line, 11);
	assert_int_equal(r->lines->require_at[1].col, 11);
	assert_int_equal(r->lines->forbid_at[0].line, 12);
	assert_string_equal(r->lines->append.items[0], "load A");
	assert_string_equal(r->lines->append.items[1], "# ${x}");
	assert_string_equal(r->lines->comment_out, "# ");
	assert_int_equal(r->lines->replace.n, 1);
	assert_string_equal(r->lines->replace.items[0].with, "$1 ${2} $$");
}

static void
comment_out_takes_a_prefix_or_nothing(void **state)
{
	(void)state;
	{
		RULE("    path: /a\n    lines: {forbid: x, repair: "
		    "{comment-out: '; '}}\n");
		assert_string_equal(r->lines->comment_out, "; ");
	}
	{
		RULE("    path: /a\n    lines: {forbid: x, repair: "
		    "{comment-out: false}}\n");
		assert_null(r->lines->comment_out);
	}
}

static void
keys_are_split_where_the_format_has_sections(void **state)
{
	RULE("    path: /a\n    as: ini\n    keys:\n"
	    "      sssd.services: {includes: [nss, pam], excludes: sudo}\n"
	    "      '[domain/example.com].ldap_uri': {matches: ^ldaps, "
	    "one-of: [a, b]}\n"
	    "      a.b.c: ''\n"
	    "      a.n: {at-least: 1.5, at-most: -2}\n"
	    "      a.x: {absent: true}\n      a.y: {absent: false}\n");
	const struct key_demand *k = r->keys.items;

	(void)state;
	assert_string_equal(r->as, "ini");
	assert_int_equal(r->keys.n, 6);
	assert_string_equal(k[0].section, "sssd");
	assert_string_equal(k[0].key, "services");
	assert_int_equal(k[0].tests.items[0].op, TEST_INCLUDES);
	assert_int_equal(k[0].tests.items[0].values.n, 2);
	assert_int_equal(k[0].tests.items[1].op, TEST_EXCLUDES);
	assert_string_equal(k[1].section, "domain/example.com");
	assert_string_equal(k[1].key, "ldap_uri");
	assert_int_equal(k[1].tests.items[0].op, TEST_MATCHES);
	assert_int_equal(k[1].tests.items[1].op, TEST_ONE_OF);
	assert_string_equal(k[2].section, "a");
	assert_string_equal(k[2].key, "b.c");
	assert_int_equal(k[2].tests.items[0].op, TEST_EQUALS);
	assert_string_equal(k[2].tests.items[0].values.items[0], "");
	assert_int_equal(k[3].tests.items[0].op, TEST_AT_LEAST);
	assert_string_equal(k[3].tests.items[1].values.items[0], "-2");
	assert_int_equal(k[4].tests.items[0].op, TEST_ABSENT);
	assert_int_equal(k[5].tests.items[0].op, TEST_PRESENT);
}

static void
keys_stay_whole_where_the_format_has_no_sections(void **state)
{
	RULE("    path: /a\n    as: keyvalue\n    keys: {net.ipv4.x: 1}\n");

	(void)state;
	assert_string_equal(r->keys.items[0].section, "");
	assert_string_equal(r->keys.items[0].key, "net.ipv4.x");
}

static void
entries_are_one_or_a_list(void **state)
{
	RULE("    path: /etc/crypttab\n    entries:\n"
	    "      - where: {name: cr_home}\n        fields: {options: "
	    "{includes: [luks]}}\n"
	    "      - {where: {name: {matches: ^old}}, state: absent}\n");

	(void)state;
	assert_string_equal(r->as, "crypttab");
	assert_int_equal(r->entries.n, 2);
	assert_string_equal(r->entries.items[0].where.items[0].field, "name");
	assert_string_equal(r->entries.items[0].fields.items[0].field,
	    "options");
	assert_false(r->entries.items[0].absent);
	assert_true(r->entries.items[1].absent);
	assert_int_equal(r->entries.items[1].at.line, 10);
}

static void
xpath_is_one_or_a_list(void **state)
{
	RULE("    path: /a.xml\n    xpath:\n"
	    "      - {expr: //disk, count: 2, why: two}\n"
	    "      - {expr: //a, exists: false}\n");

	(void)state;
	assert_int_equal(r->xpath.n, 2);
	assert_string_equal(r->xpath.items[0].expr, "//disk");
	assert_string_equal(r->xpath.items[0].why, "two");
	assert_int_equal(r->xpath.items[0].tests.items[0].op, TEST_COUNT);
	assert_int_equal(r->xpath.items[1].tests.items[0].op, TEST_ABSENT);
}

static void
pam_assertions_are_read(void **state)
{
	RULE("    path: /etc/pam.d/imap\n    pam:\n"
	    "      - auth: {module: pam_sss.so, control: sufficient, "
	    "before: pam_deny.so, arguments: [use_first_pass]}\n"
	    "      - account: {module: a.so, control: '[default=bad]'}\n"
	    "      - auth: {module: pam_permit.so, state: absent}\n");
	const struct pam_demand *p = r->pam.items;

	(void)state;
	assert_int_equal(r->pam.n, 3);
	assert_string_equal(p[0].type, "auth");
	assert_string_equal(p[0].module, "pam_sss.so");
	assert_string_equal(p[0].control, "sufficient");
	assert_string_equal(p[0].before, "pam_deny.so");
	assert_null(p[0].after);
	assert_string_equal(p[0].arguments.items[0], "use_first_pass");
	assert_string_equal(p[1].control, "[default=bad]");
	assert_true(p[2].absent);
}

static void
content_is_baseline_digest_or_valid(void **state)
{
	(void)state;
	{
		RULE("    path: /a\n    content: baseline\n");
		assert_true(r->content_baseline);
	}
	{
		RULE("    path: /etc/x.service\n    content: {valid: true, "
		    "sha256: E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934C"
		    "A495991B7852B855}\n");
		assert_true(r->content_valid);
		assert_false(r->content_baseline);
		assert_string_equal(r->content_sha256,
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
		    "a495991b7852b855");
	}
}

static void
variables_fit_in_where_they_stand(void **state)
{
	RULE("    path: /etc/pam.d/${names}\n    owner: ${one}\n    as: ini\n"
	    "    keys:\n      a.b: {one-of: [x, 'y-${names}'], "
	    "matches: '^${names}$'}\n"
	    "    lines:\n      require: ['^${names}-${one}']\n"
	    "      repair: {append: 'on ${hostname} $${one}'}\n");
	const struct tests *t = &r->keys.items[0].tests;

	(void)state;
	assert_string_equal(r->paths.items[0], "/etc/pam.d/{imap,smtp}");
	assert_string_equal(r->owner, "a.b");
	assert_int_equal(t->items[0].values.n, 3);
	assert_string_equal(t->items[0].values.items[2], "y-smtp");
	assert_string_equal(t->items[1].values.items[0], "^(?:imap|smtp)$");
	assert_int_equal(r->lines->require.n, 2);
	assert_string_equal(r->lines->require.items[1], "^smtp-a\\.b");
	assert_int_equal(r->lines->require_at[1].line, 12);
	assert_string_equal(r->lines->append.items[0], "on mx1 ${one}");
}

static void
applies_asks_the_machine_and_says_what_decided(void **state)
{
	static const struct {
		const char *yaml, *why;
		bool applies;
	} cases[] = {
		{ "{package: [dovecot, postfix]}",
		    "package postfix is installed", true },
		{ "{package: dovecot}",
		    "none of these packages is installed: dovecot", false },
		{ "{path: '/usr/sbin/{x,saslauthd}'}",
		    "/usr/sbin/{x,saslauthd} is there", true },
		{ "{path: '/opt/{x,y}'}",
		    "none of these is there: /opt/{x,y}", false },
		{ "{os: [sles, opensuse-*]}",
		    "the system is opensuse-*", true },
		{ "{os: debian}", "the system is none of these: debian",
		    false },
		{ "{any: [{os: debian}, {package: postfix}]}",
		    "package postfix is installed", true },
		{ "{any: [{os: debian}, {package: x}]}",
		    "the system is none of these: debian; none of these "
		    "packages is installed: x", false },
		{ "{all: [{package: postfix}, {os: debian}]}",
		    "the system is none of these: debian", false },
		{ "{package: postfix, os: debian}",
		    "the system is none of these: debian", false },
		{ "{not: {os: debian}}",
		    "the system is none of these: debian", true },
		{ "{not: [{os: debian}, {package: postfix}]}",
		    "package postfix is installed", false },
		{ "[{package: postfix}, {not: {any: [{os: sles}]}}]",
		    "package postfix is installed; the system is none of "
		    "these: sles", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(drop_fixture) struct fixture f = { 0 };
		CLEANUP(drop_free) char *yaml = xasprintf(
		    "spec: t\ntrack: /a\napplies: %s\n", cases[i].yaml);

		build(&f, yaml);
		assert_int_equal(f.diags.n, 0);
		assert_string_equal(f.c.specs[0]->applies_why, cases[i].why);
		assert_int_equal(f.c.specs[0]->applies, cases[i].applies);
	}
}

static void
a_spec_without_a_machine_applies(void **state)
{
	static const char yaml[] = "spec: t\ntrack: /a/${arch}\n"
	    "applies: {not: {any: [{os: x}, {package: y}]}}\n";
	const struct spec_source s = { "t.yaml", yaml, sizeof(yaml) - 1,
		NULL };
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	catalogue_build(&f.c, &s, 1, NULL, NULL, &f.diags);
	assert_int_equal(f.diags.n, 0);
	assert_true(f.c.specs[0]->applies);
	assert_string_equal(f.c.specs[0]->applies_why, "no machine was asked");
	assert_string_equal(f.c.specs[0]->track.items[0], "/a/unknown");
}

static void
variables_that_double_each_other_are_stopped(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf yaml = { 0 };

	(void)state;
	buf_adds(&yaml, "spec: t\ntrack: /a\nvars:\n  v0: 0123456789\n"
	    "  l: [a, b, c, d, e, f, g, h]\n"
	    "  many: '${l}${l}${l}${l}${l}'\n");
	for (int i = 1; i < 20; i++)
		buf_addf(&yaml, "  v%d: '${v%d}${v%d}'\n", i, i - 1, i - 1);
	build(&f, buf_str(&yaml));
	assert_int_equal(f.diags.n, 2);
	assert_string_equal(f.diags.items[0].text,
	    "the variables make more than 4096 texts of this one");
	assert_string_equal(f.diags.items[1].text,
	    "the variables make this text too long");
}

static void
the_number_of_variables_is_bounded(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf yaml = { 0 };

	(void)state;
	buf_adds(&yaml, "spec: t\ntrack: /a\nvars:\n");
	for (int i = 0; i < 1025; i++)
		buf_addf(&yaml, "  v%d: x\n", i);
	build(&f, buf_str(&yaml));
	assert_int_equal(f.diags.n, 1);
	assert_string_equal(f.diags.items[0].text,
	    "more than 1024 variables");
}

static void
an_empty_list_leaves_out_what_it_stands_in(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	const struct rule *r;

	(void)state;
	build(&f, "spec: t\nvars:\n  none: []\n  also: ['${none}/x']\n"
	    "  some: [a, b]\nrules:\n  - id: r\n    why: because\n"
	    "    path: ['/home/${none}/${some}', '/srv/${also}', /etc/x]\n"
	    "    lines:\n      require: ['^${none}$', b]\n"
	    "  - id: s\n    why: because\n    path: '/home/${none}'\n"
	    "    keys: {a.b: {matches: '^${none}$'}}\n    as: ini\n");
	assert_int_equal(f.diags.n, 0);
	r = &f.c.specs[0]->rules[0];
	assert_int_equal(r->paths.n, 1);
	assert_string_equal(r->paths.items[0], "/etc/x");
	assert_int_equal(r->lines->require.n, 1);
	assert_string_equal(r->lines->require.items[0], "b");
	r = &f.c.specs[0]->rules[1];
	assert_int_equal(r->paths.n, 0);
	assert_string_equal(r->keys.items[0].tests.items[0].values.items[0],
	    "^(?!)$");
}

static void
ten_thousand_rules_are_read_in_a_moment(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf yaml = { 0 };
	clock_t start;

	(void)state;
	buf_adds(&yaml, "spec: t\nrules:\n");
	for (int i = 0; i < 10000; i++)
		buf_addf(&yaml, "- {id: r%d, path: /etc/f%d, why: w, "
		    "lines: {forbid: '^x%d'}}\n", i, i, i);
	start = clock();
	build(&f, buf_str(&yaml));
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.c.specs[0]->n_rules, 10000);
	/* A square of it would take minutes; slow machines have sanitizers. */
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void
add_file(struct arena *a, const char *dir, const char *name,
    const char *extends, struct spec_sources *out)
{
	CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir, name);
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err e = { 0 };

	if (file_read(AT_FDCWD, path, SIZE_MAX, &bytes, &e) < 0)
		fail_msg("%s: %s", path, e.what);
	*VEC_ADD(out) = (struct spec_source){
		arena_printf(a, "%s%s", extends != NULL ? "spec.d/" : "",
		    name),
		arena_memdup(a, buf_str(&bytes), bytes.len), bytes.len,
		extends
	};
}

static void
names_in(const char *dir, struct strlist *out)
{
	CLEANUP(drop_dir) DIR *d = opendir(dir);
	const struct dirent *one;

	while (d != NULL && (one = readdir(d)) != NULL)
		if (one->d_name[0] != '.')
			strlist_add(out, one->d_name);
	strlist_sort(out);
}

/* The folder's spec.yaml and spec.d, and what is said of them. */
static void
lint(const char *dir, struct buf *out)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_free) char *extra = xasprintf("%s/spec.d", dir);
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct spec_sources sources = { 0 };
	struct arena a = { 0 };

	add_file(&a, dir, "spec.yaml", NULL, &sources);
	names_in(extra, &names);
	for (size_t i = 0; i < names.n; i++)
		add_file(&a, extra, names.items[i], "spec", &sources);
	catalogue_build(&f.c, sources.items, sources.n, NULL, NULL, &f.diags);
	for (size_t i = 0; i < f.diags.n; i++) {
		diagnostic_format(&f.diags.items[i], out);
		buf_addc(out, '\n');
	}
	free(sources.items);
	arena_done(&a);
}

static void
each_family_of_mistakes_is_told_in_these_words(void **state)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	(void)state;
	names_in(CASES, &names);
	assert_true(names.n > 20);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *dir = xasprintf("%s/%s", CASES,
		    names.items[i]);
		CLEANUP(drop_free) char *file = xasprintf("%s/expected", dir);
		CLEANUP(drop_buf) struct buf want = { 0 }, got = { 0 };
		struct err e = { 0 };

		lint(dir, &got);
		if (file_read(AT_FDCWD, file, SIZE_MAX, &want, &e) < 0)
			fail_msg("%s: %s\n%s", file, e.what, buf_str(&got));
		if (strcmp(buf_str(&want), buf_str(&got)) != 0)
			fail_msg("%s: got\n%s", dir, buf_str(&got));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bare_rule_has_the_defaults_of_the_language),
		cmocka_unit_test(metadata_keys_are_read_into_the_rule),
		cmocka_unit_test(every_type_of_an_entry_can_be_demanded),
		cmocka_unit_test(modes_are_octal_with_or_without_quotes),
		cmocka_unit_test(none_demands_that_a_set_is_empty),
		cmocka_unit_test(includes_demands_these_and_allows_others),
		cmocka_unit_test(lines_are_read_with_places_and_repair),
		cmocka_unit_test(comment_out_takes_a_prefix_or_nothing),
		cmocka_unit_test(keys_are_split_where_the_format_has_sections),
		cmocka_unit_test(
		    keys_stay_whole_where_the_format_has_no_sections),
		cmocka_unit_test(entries_are_one_or_a_list),
		cmocka_unit_test(xpath_is_one_or_a_list),
		cmocka_unit_test(pam_assertions_are_read),
		cmocka_unit_test(content_is_baseline_digest_or_valid),
		cmocka_unit_test(variables_fit_in_where_they_stand),
		cmocka_unit_test(
		    applies_asks_the_machine_and_says_what_decided),
		cmocka_unit_test(a_spec_without_a_machine_applies),
		cmocka_unit_test(variables_that_double_each_other_are_stopped),
		cmocka_unit_test(the_number_of_variables_is_bounded),
		cmocka_unit_test(an_empty_list_leaves_out_what_it_stands_in),
		cmocka_unit_test(ten_thousand_rules_are_read_in_a_moment),
		cmocka_unit_test(
		    each_family_of_mistakes_is_told_in_these_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
