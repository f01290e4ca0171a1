/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_REPAIR_HOLDS_H
#define TESTS_UNIT_REPAIR_HOLDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "specs/eval.h"
#include "fake_evidence.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXTS(...) { (const char *[]){ __VA_ARGS__ },			\
	COUNT(((const char *[]){ __VA_ARGS__ })), 0 }

static const char *const some_path = "/f";

static inline struct rule
plain_rule(void)
{
	return (struct rule){ .paths = { (const char **)(uintptr_t)&some_path,
		1, 1 }, .kind = -1, .mode = -1 };
}

/* Whether the rule holds on text, asked of evaluation itself. */
static inline bool
rule_holds(const struct rule *r, const char *text, size_t len)
{
	const struct fake_file files[] = {
		{ .en = { .path = "/f", .kind = ENTRY_FILE },
		    .text = len > 0 ? text : "", .len = len },
		{ .en = { .path = NULL } } };
	struct evidence ev = fake_evidence(files);
	struct results out = { 0 };
	bool holds;

	eval_rule(r, &ev, &out);
	holds = out.n == 0;
	results_done(&out);
	return holds;
}

#endif
