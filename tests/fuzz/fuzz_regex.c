/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A step takes as long as what it looks at; rules are asked line by line. */
enum { SMALL = 4096 };

/* An expression and what to put in place of its matches, up to a newline each,
 * then what is searched. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *lf[2];
	CLEANUP(drop_free) char *pattern = NULL, *with = NULL, *text = NULL;
	CLEANUP(drop_regex) struct regex *re = NULL;
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct regex_span span = { 0 }, group = { 0 };
	struct err e = { 0 };
	size_t len;

	if (size == 0 || size > SMALL ||
	    (lf[0] = memchr(at, '\n', size)) == NULL ||
	    (lf[1] = memchr(lf[0] + 1, '\n', (size_t)(end - lf[0] - 1))) ==
	    NULL)
		return 0;
	pattern = xmemdup(at, (size_t)(lf[0] - at));
	with = xmemdup(lf[0] + 1, (size_t)(lf[1] - lf[0] - 1));
	len = (size_t)(end - lf[1]) - 1;
	text = xmemdup(lf[1] + 1, len);
	if ((re = regex_new(pattern, &e)) == NULL) {
		assert(e.what[0] != '\0');
		return 0;
	}
	if (regex_find(re, text, len, len / 2, &span, &group) == 1)
		assert(span.start <= span.end && span.end <= len &&
		    group.start <= group.end && group.end <= len);
	if (regex_match(re, text, len, &span) == 1)
		assert(span.start <= span.end && span.end <= len);
	if (regex_check_replacement(re, with, &e) == 0)
		regex_substitute(re, text, len, with, &out, &e);
	assert(out.bytes == NULL || out.bytes[out.len] == '\0');
	return 0;
}
