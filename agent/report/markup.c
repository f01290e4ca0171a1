/* SPDX-License-Identifier: MIT */
#include "agent/report/markup.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static void
add_safe(struct buf *out, const char *p, size_t len)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	text_escape(&safe, p, len);
	for (size_t i = 0; i < safe.len; i++) {
		switch (safe.bytes[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_addc(out, safe.bytes[i]);
		}
	}
}

void
markup_text(struct buf *out, const char *text)
{
	add_safe(out, text, strlen(text));
}

void
markup_lines(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n\t");

		add_safe(out, text, n);
		text += n;
		if (*text != '\0')
			buf_addc(out, *text++);
	}
}
