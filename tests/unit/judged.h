/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_JUDGED_H
#define TESTS_UNIT_JUDGED_H

#include "eval_expect.h"
#include "specs/catalogue.h"

/*
 * All rules of a spec judged by some files, as expect() of eval_expect.h tells
 * them; the spec must have nothing to mend.
 */
static inline void
judged(const char *spec, const struct evidence *ev, const char *expected,
    int64_t valid_until)
{
	const struct spec_source source = { "t.yaml", spec, strlen(spec),
		NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	struct results out = { 0 };

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	for (size_t i = 0; i < diags.n; i++)
		diagnostic_format(&diags.items[i], &b);
	assert_string_equal(buf_str(&b), "");
	for (size_t i = 0; i < c.specs[0]->n_rules; i++)
		eval_rule(&c.specs[0]->rules[i], ev, &out);
	buf_addf(&b, "%zu\n", out.held);
	for (size_t i = 0; i < out.n; i++) {
		const struct result *r = &out.items[i];

		assert_ptr_equal(r->rule->spec, c.specs[0]);
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
	assert_int_equal(out.valid_until, valid_until);
	results_done(&out);
	catalogue_done(&c);
	diagnostics_done(&diags);
}

#endif
