/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		xpath_ask(doc, expr, &a, &answer, &e);
	err_clear(&e);
	xpath_check(expr, &e);
	arena_done(&a);
	return 0;
}
