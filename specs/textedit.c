/* SPDX-License-Identifier: MIT */
#include "specs/textedit.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

const char *
textedit_eol(const char *bytes, size_t len)
{
	size_t lf = 0, crlf = 0;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n')
			continue;
		lf++;
		crlf += i > 0 && bytes[i - 1] == '\r';
	}
	return crlf * 2 > lf ? "\r\n" : "\n";
}

void
textedit_splice(struct buf *text, size_t start, size_t end, const void *bytes,
    size_t len)
{
	/* An empty text may have no bytes at all. */
	const char *was = buf_str(text);
	struct buf all = { 0 };

	buf_add(&all, was, start);
	buf_add(&all, bytes, len);
	buf_add(&all, was + end, text->len - end);
	buf_done(text);
	*text = all;
}

void
textedit_insert(struct buf *text, size_t at, const char *line)
{
	const char *eol = textedit_eol(text->bytes, text->len);
	bool open = at > 0 && text->bytes[at - 1] != '\n';
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (open)
		buf_adds(&b, eol);
	for (; *line != '\0'; line++) {
		if (*line == '\n')
			buf_adds(&b, eol);
		else
			buf_addc(&b, *line);
	}
	if (!open)
		buf_adds(&b, eol);
	textedit_splice(text, at, at, b.bytes, b.len);
}
