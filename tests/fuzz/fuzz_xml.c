/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is canonical stays as it is. */
static void
check_canonical(const char *bytes, size_t len)
{
	CLEANUP(drop_buf) struct buf one = { 0 }, two = { 0 };
	struct err e = { 0 };

	if (xpath_canonical("f", bytes, len, &one, &e) < 0)
		return;
	assert(xpath_canonical("f", buf_str(&one), one.len, &two, &e) == 0);
	assert(one.len == two.len &&
	    memcmp(one.bytes, two.bytes, one.len) == 0);
}

/* An XPath up to the first newline, the document behind it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *lf = size > 0 ? memchr(data, '\n', size) : NULL;
	CLEANUP(drop_free) char *expr = NULL;
	CLEANUP(drop_xpath) struct xpath_doc *doc = NULL;
	struct xpath_answer answer;
	struct arena a = { 0 };
	struct err e = { 0 };

	if (lf == NULL)
		return 0;
	expr = xmemdup(data, (size_t)(lf - data));
	doc = xpath_open("f", (const char *)lf + 1,
	    size - (size_t)(lf + 1 - data), &e);
	if (doc != NULL)
		xpath_ask(doc, expr, NULL, &a, &answer, &e);
	check_canonical((const char *)lf + 1, size - (size_t)(lf + 1 - data));
	err_clear(&e);
	xpath_check(expr, &e);
	arena_done(&a);
	return 0;
}
