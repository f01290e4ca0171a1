/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/draft.h"
#include "specs/unit_name.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 4096 };

/* What a draft says has nothing to mend, and holds. */
static void
check_draft(const struct evidence *ev, const struct buf *rules)
{
	CLEANUP(drop_buf) struct buf yaml = { 0 };
	struct diagnostics diags = { 0 };
	struct results out = { 0 };
	struct catalogue c = { 0 };

	buf_adds(&yaml, "spec: f\nrules:\n");
	buf_add(&yaml, rules->bytes, rules->len);
	const struct spec_source source = { "f.yaml", yaml.bytes, yaml.len,
		NULL };
	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	assert(diags.n == 0 && c.n == 1);
	for (size_t i = 0; i < c.specs[0]->n_rules; i++)
		eval_rule(&c.specs[0]->rules[i], ev, &out);
	assert(out.n == 0);
	results_done(&out);
	catalogue_done(&c);
	diagnostics_done(&diags);
}

/* The name of a unit, or nothing, and files; each is learned from. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct written w = written_read(data, size < SMALL ? size : SMALL);
	const struct evidence ev = written_evidence(&w);
	CLEANUP(drop_draft) struct draft d = { .ev = &ev, .why = "w" };
	CLEANUP(drop_buf) struct buf rules = { 0 };
	const char *name = arena_memdup(&w.arena, w.question,
	    strcspn(w.question, "\n"));

	for (size_t i = 0; i < w.n; i++)
		draft_entry(&d, &w.items[i].en, i % 8 == 7, &rules);
	if (unit_name_is(name))
		draft_unit(&d, name, &rules);
	if (strstr(buf_str(&rules), "- id:") != NULL)
		check_draft(&ev, &rules);
	written_done(&w);
	return 0;
}
