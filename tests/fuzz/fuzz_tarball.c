/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "snapshots/tarread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes out has a path that stays below the root. */
static int
check(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	(void)e;
	assert(en->path[0] == '/');
	assert(strstr(en->path, "/../") == NULL);
	assert(strstr(en->path, "//") == NULL);
	assert(en->kind != ENTRY_SYMLINK || en->target != NULL);
	return 0;
}

static bool
wants(void *ctx, const char *path, enum entry_kind kind)
{
	(void)ctx;
	assert(path[0] == '/' && kind < ENTRY_KINDS);
	return strlen(path) % 3 != 0;
}

/* Any bytes are an archive, or an error says why they are none. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };

	if (tarread_parse("fuzz", data, size, check, NULL, &e) < 0)
		assert(e.kind != ERR_NONE);
	err_clear(&e);
	if (tarread_parse_foreign("fuzz", data, size,
	    &(struct tarread_wanted){ wants, check, NULL }, &e) < 0)
		assert(e.kind != ERR_NONE);
	return 0;
}
