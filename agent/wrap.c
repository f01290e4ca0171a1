/* SPDX-License-Identifier: MIT */
#include "agent/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { PAIR_MAX = 30 };

/* How long the next word is. "1 -> 2" is one: an arrow at the left margin
 * would look like a command to type. */
static size_t
word_length(const char *p)
{
	size_t n = strcspn(p, " "), all;

	if (strncmp(p + n, " -> ", 4) != 0)
		return n;
	all = n + 4 + strcspn(p + n + 4, " ");
	return all <= PAIR_MAX ? all : n;
}

void
wrap_safe(struct buf *out, size_t col, int indent, const char *safe)
{
	bool begun = false;

	for (const char *p = safe; *p != '\0';) {
		size_t n = word_length(p), shown = text_columns(p, n);

		if (begun && col + 1 + shown > WRAP_WIDTH) {
			buf_addf(out, "\n%*s", indent, "");
			col = (size_t)indent;
		} else if (begun) {
			buf_addc(out, ' ');
			col++;
		}
		buf_add(out, p, n);
		begun = true;
		col += shown;
		p += n;
		p += strspn(p, " ");
	}
	buf_addc(out, '\n');
}

void
wrap_from(struct buf *out, size_t col, int indent, const char *text)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	text_escape(&safe, text, strlen(text));
	wrap_safe(out, col, indent, buf_str(&safe));
}

void
wrap_text(struct buf *out, int indent, const char *text)
{
	buf_addf(out, "%*s", indent, "");
	wrap_from(out, (size_t)indent, indent, text);
}
