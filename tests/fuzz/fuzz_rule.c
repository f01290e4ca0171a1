/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "specs/view.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 8192 };

static size_t
count_lines(const char *bytes, size_t len)
{
	size_t n = len > 0 && bytes[len - 1] != '\n';

	for (size_t i = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

static bool
parses(const struct view *v, const char *bytes, size_t len)
{
	struct view_node top;
	struct arena a = { 0 };
	struct err e = { 0 };
	bool ok = v->parse("f", bytes, len, &a, &top, &e) == 0;

	arena_done(&a);
	return ok;
}

/* What was repaired is still of its format, and needs no second repair. */
static void
check_repair(const struct rule *rule, const struct written_file *f)
{
	const struct view *v = rule->as != NULL ? view_find(rule->as) :
	    view_for_path(f->en.path);
	CLEANUP(drop_buf) struct buf once = { 0 }, twice = { 0 };
	struct err e = { 0 };

	if (repair_bytes(rule, f->en.path, f->text, f->len, &once, &e) != 1)
		return;
	/* Lines are edited whatever the format makes of them. */
	if (rule->lines == NULL && v != NULL)
		assert(parses(v, buf_str(&once), once.len));
	/* No line is ever lost but for keys that must be absent. */
	if (rule->keys.n == 0) {
		assert(count_lines(buf_str(&once), once.len) >=
		    count_lines(f->text, f->len));
		assert(repair_bytes(rule, f->en.path, buf_str(&once),
		    once.len, &twice, &e) != 1);
	}
}

static void
repair_all(struct written *w, const struct rule *rule)
{
	if (rule->lines == NULL && rule->keys.n == 0)
		return;
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].en.kind == ENTRY_FILE)
			check_repair(rule, &w->items[i]);
}

/* A spec, and the machine that it is about: any rule is judged, and repairs
 * what it says. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct written w = written_read(data, size < SMALL ? size : SMALL);
	const struct spec_source source = { "f.yaml", w.question,
		strlen(w.question), NULL };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	written_judge_all(&w, &c, repair_all);
	catalogue_done(&c);
	diagnostics_done(&diags);
	written_done(&w);
	return 0;
}
