/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "snapshots/gitobject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
check(void *ctx, const struct gittree_item *item, struct err *e)
{
	(void)ctx;
	(void)e;
	assert(gittree_name_ok(item->name));
	return 0;
}

/* Any bytes are a tree or a commit, or an error says why they are neither;
 * what was read can be written, and be read again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 }, again = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	gittree_parse("fuzz", (const char *)data, size, check, NULL, &e);
	err_clear(&e);
	if (gitcommit_parse("fuzz", (const char *)data, size, &c, &e) < 0)
		return 0;
	gitcommit_format(&b, &c, "host");
	assert(gitcommit_parse("again", b.bytes, b.len, &again, &e) == 0);
	assert(again.n_parents == c.n_parents);
	return 0;
}
