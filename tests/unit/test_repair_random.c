/* SPDX-License-Identifier: MIT */
#include "repair_holds.h"

/* A small generator of our own: the same files on every machine. */
static unsigned
pick(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % n;
}

static void
random_file(uint64_t *seed, const char *const *pieces, struct buf *out)
{
	unsigned lines = pick(seed, 9), n = 0;

	while (pieces[n] != NULL)
		n++;
	for (unsigned i = 0; i < lines; i++) {
		buf_adds(out, pieces[pick(seed, n)]);
		if (i + 1 < lines || pick(seed, 3) > 0)
			buf_adds(out, pick(seed, 4) == 0 ? "\r\n" : "\n");
	}
}

/* Every line of before that the rule has nothing to do with is in after, in
 * the same order and byte for byte. */
static void
assert_rest_is_kept(const struct buf *before, const struct buf *after,
    const char *touched)
{
	const char *a = buf_str(after);

	for (const char *b = buf_str(before); *b != '\0';) {
		size_t n = strcspn(b, "\n");
		CLEANUP(drop_free) char *line = xmemdup(b, n);

		if (strstr(line, touched) == NULL) {
			const char *at = strstr(a, line);

			assert_non_null(at);
			a = at + n;
		}
		b += n + (b[n] == '\n');
	}
}

static void
repair_every(const struct rule *r, const char *const *pieces,
    const char *touched)
{
	uint64_t seed = 42;
	unsigned repaired = 0;

	for (int i = 0; i < 3000; i++) {
		CLEANUP(drop_buf) struct buf before = { 0 }, after = { 0 },
		    again = { 0 };
		struct err e = { 0 };
		int done;

		random_file(&seed, pieces, &before);
		done = repair_bytes(r, "/f", buf_str(&before), before.len,
		    &after, &e);
		if (done < 0 && e.line == 0)
			fail_msg("%s\n%s", e.what, buf_str(&before));
		if (done < 0)
			continue;
		if (done == 0) {
			assert_true(rule_holds(r, buf_str(&before),
			    before.len));
			continue;
		}
		repaired++;
		if (!rule_holds(r, after.bytes, after.len))
			fail_msg("%s---\n%s", buf_str(&before),
			    buf_str(&after));
		assert_int_equal(repair_bytes(r, "/f", after.bytes, after.len,
		    &again, &e), 0);
		assert_rest_is_kept(&before, &after, touched);
	}
	assert_true(repaired > 100);
}

static void
whatever_the_file_a_repair_holds_and_spares_the_rest(void **state)
{
	static const char *const text[] = { "", "x KEY", "KEY = on", "# KEY",
		"y", "  KEY=off", "z  \t", NULL };
	static const char *const ini[] = { "", "[s]", "[t]", "# c", "KEY = a",
		"KEY=x, b", "  KEY = b", "l = b", "KEY =", NULL };
	static const char *const unit[] = { "[s]", "[t]", "KEY=", "After=KEY b",
		"After=a \\\n b KEY", "; c", "After=", "X=b", NULL };
	static const char *const shell[] = { "KEY=\"a b\"", "export KEY='b'",
		"KEY=$(x)", "# b", "L=b", "KEY=b # c", "echo b", NULL };
	struct lines_demand d = { .require = TEXTS("^KEY = on$"),
		.forbid = TEXTS("^\\s*KEY=off"), .append = TEXTS("KEY = on"),
		.comment_out = "#" };
	struct test tests[] = { { TEST_INCLUDES, TEXTS("new"), { 0 } },
		{ TEST_EXCLUDES, TEXTS("b"), { 0 } } };
	struct key_demand k = { .section = "s", .key = "KEY",
		.tests = { tests, 2, 2 } };
	struct rule r = plain_rule();

	(void)state;
	r.lines = &d;
	repair_every(&r, text, "KEY");
	r.lines = NULL;
	r.keys.items = &k;
	r.keys.n = 1;
	r.as = "ini";
	repair_every(&r, ini, "KEY");
	r.as = "systemd";
	k.key = "After";
	repair_every(&r, unit, "KEY");
	r.as = "shellvars";
	k.key = "KEY";
	k.section = "";
	repair_every(&r, shell, "KEY");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    whatever_the_file_a_repair_holds_and_spares_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
