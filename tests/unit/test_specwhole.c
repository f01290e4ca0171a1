/* SPDX-License-Identifier: MIT */
#include "specs/specwhole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_evidence.h"
#include "specs/catalogue.h"

#define RULE "rules:\n  - {id: a, path: /etc/x, why: w, "
#define RELATION "relations:\n  - {id: a, why: w, "

static const struct fake_file files[] = {
	{ .en = { .path = "/etc/x", .kind = ENTRY_FILE }, .text = "b=1\n" },
	{ .en = { .path = "/etc/a.xml", .kind = ENTRY_FILE },
	    .text = "<a><b/></a>\n" },
	{ .en = { .path = NULL } },
};

static int
say_nothing(void *ctx, const struct rule *rule, struct command_answer *out,
    struct err *e)
{
	(void)ctx;
	(void)rule;
	(void)e;
	*out = (struct command_answer){ .state = COMMAND_MISSING };
	return 0;
}

/* How many results a spec has of the files above, and with it its mistakes. */
static size_t
count_results(const char *rules, size_t *out_mistakes)
{
	CLEANUP(drop_free) char *yaml = xasprintf("spec: t\n%s", rules);
	const struct spec_source s = { "t.yaml", yaml, strlen(yaml), NULL };
	struct evidence ev = fake_evidence(files);
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	struct results out = { 0 };
	CLEANUP(drop_buf) struct buf repaired = { 0 };
	struct err e = { 0 };
	size_t n;

	ev.ask = say_nothing;
	catalogue_build(&c, &s, 1, NULL, NULL, &diags);
	assert_int_equal(c.specs[0]->n_rules, 1);
	eval_rule(c.specs[0]->rules, &ev, &out);
	repair_bytes(c.specs[0]->rules, "/etc/x", "b\n", 2, &repaired, &e);
	n = out.n;
	*out_mistakes = diags.n;
	results_done(&out);
	catalogue_done(&c);
	diagnostics_done(&diags);
	return n;
}

static void
what_a_mistake_left_half_said_is_told_and_not_asked(void **state)
{
	static const char *const halves[] = {
		RULE "as: xml, xpath: [{exists: true}]}\n",
		RULE "as: shellvars, keys: {\"${nope}\": b}}\n",
		RULE "config: [{match: a, equals: b}]}\n",
		RULE "config: [{lens: Hosts, exists: true}]}\n",
		RULE "pam: [{auth: {control: required}}]}\n",
		RULE "require: present, command: {exit: 1}}\n",
		RULE "lines: {repair: {replace: [{match: b}, {with: b}]}}}\n",
		"rules:\n  - {id: a, why: w, newest: {age: {at-most: 1d}}}\n",
		"rules:\n  - {id: a, why: w, count: 3}\n",
		RELATION "each: {path: /etc/x, names: true}}\n",
		RELATION "each: {xpath: /a}, in: {path: /etc/a.xml,\n"
		    "     names: true}}\n",
		RELATION "each: {path: /etc/x, names: true}, in:\n"
		    "     {path: /etc/a.xml, xpath: }}\n",
		RELATION "each: {path: /etc/x, regex: '('}, in:\n"
		    "     {path: /etc/a.xml, names: true}}\n",
		RELATION "each: {path: /etc/x, names: true},\n"
		    "     exists: {type: file}}\n",
		RELATION "each: {path: /etc/x, names: true, among: {path:\n"
		    "     /etc/x, regex: }}, in: {path: /etc/a, names: true}}\n",
	};
	size_t mistakes;

	(void)state;
	for (size_t i = 0; i < sizeof(halves) / sizeof(*halves); i++) {
		assert_int_equal(count_results(halves[i], &mistakes), 0);
		assert_int_not_equal(mistakes, 0);
	}
}

static void
the_other_demands_of_the_rule_are_asked_all_the_same(void **state)
{
	size_t mistakes;

	(void)state;
	assert_int_equal(count_results("rules:\n  - {id: a, path:\n"
	    "     /etc/a.xml, why: w, xpath: [{exists: true},\n"
	    "     {expr: /a/c, exists: true}], lines: {forbid: a}}\n",
	    &mistakes), 2);
	assert_int_equal(mistakes, 1);
	assert_int_equal(count_results(RELATION "each: {path: /etc/x,\n"
	    "     names: true}, in: {path: /etc/a.xml, names: true}}\n",
	    &mistakes), 1);
	assert_int_equal(mistakes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_a_mistake_left_half_said_is_told_and_not_asked),
		cmocka_unit_test(
		    the_other_demands_of_the_rule_are_asked_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
