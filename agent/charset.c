/* SPDX-License-Identifier: MIT */
#include "agent/charset.h"

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

enum { CHAR_MAX_BYTES = 16 };
#define FAILED ((iconv_t)-1) /* NOLINT(performance-no-int-to-ptr) */

static const struct {
	const char *sign, *plain;
} similar[] = {
	{ "…", "..." }, { "„", "\"" }, { "“", "\"" }, { "”", "\"" }, { "‚", "'" },
	{ "‘", "'" }, { "’", "'" }, { "→", "->" },
	{ "–", "-" }, { "—", "-" }, { "·", "-" }, { "×", "x" },
	{ "≤", "<=" }, { "≥", ">=" }, { " ", " " },
};

static const char *
looks_like(const char *sign, size_t len)
{
	for (size_t i = 0; i < sizeof(similar) / sizeof(similar[0]); i++)
		if (strlen(similar[i].sign) == len &&
		    memcmp(similar[i].sign, sign, len) == 0)
			return similar[i].plain;
	return NULL;
}

/* One character that is not ASCII, or a byte that is none; to is NULL where
 * the charset is ASCII. */
static void
add_sign(const iconv_t *to, char *sign, size_t len, struct buf *out)
{
	char bytes[CHAR_MAX_BYTES], *in = sign, *at = bytes;
	size_t left = len, room = sizeof(bytes);
	const char *plain;

	if (to != NULL &&
	    iconv(*to, &in, &left, &at, &room) == 0 && left == 0) {
		buf_add(out, bytes, sizeof(bytes) - room);
		return;
	}
	plain = looks_like(sign, len);
	/* Of C's signs names may have any but the one that we write. */
	if (to == NULL && plain != similar[0].plain)
		buf_add(out, sign, len);
	else if (plain != NULL)
		buf_adds(out, plain);
	else
		for (size_t i = 0; i < len; i++)
			buf_addf(out, "\\x%02x", (unsigned char)sign[i]);
}

bool
charset_in(const char *charset, const char *text, size_t len,
    struct buf *out)
{
	const bool ascii = strncasecmp(charset, "ANSI_X3.4", 9) == 0;
	CLEANUP(drop_free) char *copy = xmemdup(text, len);
	iconv_t to = NULL;

	/* iconv_open(3) has -1 for an answer, and no name for it. */
	if (!ascii && (to = iconv_open(charset, "UTF-8")) == FAILED)
		return false;
	for (size_t i = 0; i < len;) {
		size_t n = (unsigned char)copy[i] < 0x80 ? 0 :
		    text_utf8(copy + i, len - i, &(uint32_t){ 0 });

		if ((unsigned char)copy[i] < 0x80)
			buf_addc(out, copy[i++]);
		else {
			n = n == 0 ? 1 : n;
			add_sign(ascii ? NULL : &to, copy + i, n, out);
			i += n;
		}
	}
	if (!ascii)
		iconv_close(to);
	return true;
}

static bool
is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

/* What the environment calls it, without loading anything. */
static const char *
locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);

		if (v != NULL && v[0] != '\0')
			return v;
	}
	return "C";
}

bool
charset_shown(const char *text, size_t len, struct buf *out)
{
	const char *name = locale_name(), *dot = strchr(name, '.');
	locale_t l;
	bool differs = false;

	if (is_ascii(text, len) || (dot != NULL &&
	    (strncasecmp(dot, ".utf-8", 6) == 0 ||
	    strncasecmp(dot, ".utf8", 5) == 0)))
		return false;
	l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (l == (locale_t)0)
		return charset_in("ANSI_X3.4-1968", text, len, out);
	if (strcmp(nl_langinfo_l(CODESET, l), "UTF-8") != 0)
		differs = charset_in(nl_langinfo_l(CODESET, l), text, len,
		    out);
	freelocale(l);
	return differs;
}
