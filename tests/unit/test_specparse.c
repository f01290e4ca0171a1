/* SPDX-License-Identifier: MIT */
#include "specs/specparse.h"

#include <time.h>

#include "tests/unit/one_spec.h"

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
		cmocka_unit_test(ten_thousand_rules_are_read_in_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
