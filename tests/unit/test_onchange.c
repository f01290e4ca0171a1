/* SPDX-License-Identifier: MIT */
#include "agent/onchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/finding.h"
#include "base/buf.h"
#include "base/mem.h"

enum { N_RULES = 12, N_SPECS = 3, ROUNDS = 400, PATHS = 60 };

static const char *const names[] = { "a", "b", "ab", "x.conf", "*", "a*",
	"?", "[ab]", "**", "{a,b}", "\\a", "", "*.conf" };
enum { N_NAMES = sizeof(names) / sizeof(names[0]), N_PLAIN = 4 };

/* Below n; the same in each run. */
static unsigned
any(uint32_t *seed, unsigned n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % n;
}

/* "/a/b*" of so many of the names. */
static const char *
make_path(struct arena *a, uint32_t *seed, unsigned n_names)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	unsigned n = 1 + any(seed, 4);

	for (unsigned i = 0; i < n; i++)
		buf_addf(&b, "/%s", names[any(seed, n_names)]);
	return arena_strdup(a, buf_str(&b));
}

static void
make_rules(struct arena *a, uint32_t *seed, struct spec *specs,
    struct spec **list)
{
	for (int s = 0; s < N_SPECS; s++) {
		struct rule *r = arena_alloc(a, N_RULES * sizeof(*r));

		memset(r, 0, N_RULES * sizeof(*r));
		specs[s] = (struct spec){ .applies = any(seed, 8) > 0,
			.rules = r, .n_rules = N_RULES };
		list[s] = &specs[s];
		for (int i = 0; i < N_RULES; i++) {
			const char **p = arena_alloc(a, 3 * sizeof(*p));

			for (int k = 0; k < 3; k++)
				p[k] = make_path(a, seed, N_NAMES);
			r[i].paths = (struct texts){ p, 2, 3 };
			r[i].real_paths = (struct texts){ p + 2, 1, 1 };
			r[i].disabled = any(seed, 8) == 0;
			r[i].on_change = (enum on_change)any(seed, 3);
		}
	}
}

static void
asked_at_once_the_answer_is_that_of_each_rule_asked(void **state)
{
	uint32_t seed = 1;
	size_t covered = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct arena a = { 0 };
		struct spec specs[N_SPECS], *list[N_SPECS];
		struct catalogue cat = { .specs = list, .n = N_SPECS };
		struct onchange *o;

		make_rules(&a, &seed, specs, list);
		o = onchange_new(&cat);
		for (int i = 0; i < PATHS; i++) {
			const char *path = make_path(&a, &seed, N_PLAIN);
			const struct rule *want, *is;
			enum on_change how = finding_on_change(&cat, path,
			    &want);

			assert_int_equal(onchange_of(o, path, &is), how);
			assert_ptr_equal(is, want);
			covered += want != NULL;
		}
		onchange_free(o);
		arena_done(&a);
	}
	assert_true(covered > ROUNDS);
}

static void
without_rules_nothing_is_said_of_a_path(void **state)
{
	const struct catalogue none = { 0 };
	CLEANUP(drop_onchange) struct onchange *o = onchange_new(&none);
	const struct rule *rule;

	(void)state;
	assert_int_equal(onchange_of(o, "/etc/x", &rule), ON_CHANGE_NOTE);
	assert_null(rule);
	assert_int_equal(onchange_of(o, "/", &rule), ON_CHANGE_NOTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    asked_at_once_the_answer_is_that_of_each_rule_asked),
		cmocka_unit_test(without_rules_nothing_is_said_of_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
