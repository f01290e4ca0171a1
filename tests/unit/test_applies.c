/* SPDX-License-Identifier: MIT */
#include "specs/applies.h"

#include "tests/unit/one_spec.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    applies_asks_the_machine_and_says_what_decided),
		cmocka_unit_test(a_spec_without_a_machine_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
