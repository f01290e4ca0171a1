/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "agent/spectest/caseroot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
met(void *arg, const struct entry *en)
{
	++*(size_t *)arg;
	(void)en;
}

/*
 * Any bytes are a test case. Whatever they are, reading ends with mistakes or
 * with a machine of which anything can be asked. What lies beside the case is
 * left out: a fuzzer must not read the disk.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics diags = { 0 };
	struct arena arena = { 0 };
	struct spec_case c;
	struct caseroot *root;
	const struct evidence *ev;
	const char *bytes;
	size_t n = 0, len;
	struct err e = { 0 };
	int kind;

	speccase_parse("case.yaml", (const char *)data, size, &arena, &c,
	    &diags);
	c.roots.n = 0;
	for (size_t i = 0; i < c.files.n; i++)
		c.files.items[i].copy = NULL;
	for (size_t i = 0; i < c.baseline.n; i++)
		c.baseline.items[i].copy = NULL;
	root = caseroot_new(&c, &diags);
	ev = caseroot_evidence(root);
	ev->find(ev->ctx, "/**", met, &n);
	for (size_t i = 0; i < c.files.n; i++) {
		const char *path = c.files.items[i].path;

		err_clear(&e);
		ev->entry(ev->ctx, path);
		ev->bytes(ev->ctx, path, &bytes, &len, &e);
		ev->look(ev->ctx, path, &kind, &e);
		ev->hidden(ev->ctx, path);
		ev->baseline(ev->ctx, path);
	}
	caseroot_free(root);
	arena_done(&arena);
	diagnostics_done(&diags);
	return 0;
}
