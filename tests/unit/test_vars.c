/* SPDX-License-Identifier: MIT */
#include "specs/vars.h"

#include "tests/unit/one_spec.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_fit_in_where_they_stand),
		cmocka_unit_test(variables_that_double_each_other_are_stopped),
		cmocka_unit_test(the_number_of_variables_is_bounded),
		cmocka_unit_test(an_empty_list_leaves_out_what_it_stands_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
