/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_EVAL_EXPECT_H
#define TESTS_UNIT_EVAL_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "specs/eval.h"
#include "fake_evidence.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXTS(...) { (const char *[]){ __VA_ARGS__ },			\
	COUNT(((const char *[]){ __VA_ARGS__ })), 0 }
#define END { .en = { .path = NULL } }

/* A rule that demands nothing yet of the path that the test fills in. */
static inline struct rule
rule_on(const char **path)
{
	return (struct rule){ .id = "r", .paths = { path, 1, 1 }, .kind = -1,
		.mode = -1, .at = { "s.yaml", 7, 3 } };
}

static const struct entry plain = { .kind = ENTRY_FILE, .mode = 0644,
	.user = "root", .group = "root" };

static inline struct fake_file
file(const char *path, const char *text)
{
	struct fake_file f = { .en = plain, .text = text };

	f.en.path = path;
	return f;
}

/*
 * All results as lines "HELD" and "VERDICT demand path[>decided_in][:line]
 * what"; H, F, U for holds, fails, unknown.
 */
static inline void
expect(const struct rule *rule, const struct fake_file *files,
    const char *expected)
{
	struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct results out = { 0 };

	eval_rule(rule, &ev, &out);
	buf_addf(&b, "%zu\n", out.held);
	for (size_t i = 0; i < out.n; i++) {
		const struct result *r = &out.items[i];

		assert_ptr_equal(r->rule, rule);
		assert_int_not_equal(r->at.line, 0);
		buf_addf(&b, "%c %s %s", "HFU"[r->verdict], r->demand,
		    r->path);
		if (r->decided_in != NULL)
			buf_addf(&b, ">%s", r->decided_in);
		if (r->line > 0)
			buf_addf(&b, ":%u", r->line);
		buf_addf(&b, " %s\n", r->what);
	}
	assert_string_equal(buf_str(&b), expected);
	results_done(&out);
}

#endif
