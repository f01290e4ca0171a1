/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

size_t
text_utf8(const char *p, size_t len, uint32_t *out_code)
{
	static const struct { unsigned char mask, lead; uint32_t min; } form[] =
	{
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	const unsigned char *u = (const unsigned char *)p;

	for (size_t n = 0; len > 0 && n < 4; n++) {
		uint32_t code = u[0] & (unsigned char)~form[n].mask;

		if ((u[0] & form[n].mask) != form[n].lead)
			continue;
		if (n >= len)
			return 0;
		for (size_t i = 1; i <= n; i++) {
			if ((u[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (u[i] & 0x3f);
		}
		if (code < form[n].min || code > 0x10ffff ||
		    (code >= 0xd800 && code <= 0xdfff))
			return 0;
		*out_code = code;
		return n + 1;
	}
	return 0;
}

bool
text_is_utf8(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_utf8(s + at, len - at, &(uint32_t){ 0 });
		if (n == 0)
			return false;
	}
	return true;
}

/* Bidirectional controls can make a line read other than it is. */
static bool
printable(uint32_t c)
{
	return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) &&
	    !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
	    !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff &&
	    /* No characters, and XML has no way to name them. */
	    (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef);
}

void
text_escape(struct buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = text_utf8(bytes + i, len - i, &code);

		if (n > 0 && printable(code)) {
			buf_add(out, bytes + i, n);
		} else if (bytes[i] == '\n') {
			buf_adds(out, "\\n");
			n = 1;
		} else if (bytes[i] == '\t') {
			buf_adds(out, "\\t");
			n = 1;
		} else {
			n = n > 0 ? n : 1;
			for (size_t k = 0; k < n; k++)
				buf_addf(out, "\\x%02x",
				    (unsigned char)bytes[i + k]);
		}
		i += n;
	}
}

void
text_encode(struct buf *out, const char *bytes, size_t len)
{
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c > 0x20 && c != 0x7f && c != '\\')
			continue;
		buf_add(out, bytes + plain, i - plain);
		buf_addf(out, "\\x%02x", c);
		plain = i + 1;
	}
	buf_add(out, bytes + plain, len - plain);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
text_decode(struct buf *out, const char *word, size_t len)
{
	const char *end = word + len;

	while (word < end) {
		const char *code = memchr(word, '\\', (size_t)(end - word));
		int hi, lo;

		buf_add(out, word, (size_t)((code != NULL ? code : end) -
		    word));
		if (code == NULL)
			return 0;
		if (end - code < 4 || code[1] != 'x')
			return -1;
		hi = hex_digit(code[2]);
		lo = hex_digit(code[3]);
		if (hi < 0 || lo < 0)
			return -1;
		buf_addc(out, (char)(hi << 4 | lo));
		word = code + 4;
	}
	return 0;
}

size_t
text_columns(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

void
text_pad(struct buf *out, const char *text, size_t columns)
{
	size_t n = text_columns(text, strlen(text));

	buf_addf(out, "%s%*s", text, n < columns ? (int)(columns - n) : 0, "");
}

void
text_quote_sh(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

void
text_quote_json(struct buf *out, const char *bytes, size_t len)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = text_utf8(bytes + i, len - i, &code);

		if (n == 0) {
			buf_adds(out, "\xef\xbf\xbd");
			n = 1;
		} else if (code < 0x20 || code == 0x7f) {
			buf_addf(out, "\\u%04x", code);
		} else {
			if (code == '"' || code == '\\')
				buf_addc(out, '\\');
			buf_add(out, bytes + i, n);
		}
		i += n;
	}
	buf_addc(out, '"');
}

/* Optimal string alignment: insert, delete, replace, swap of neighbours. */
static size_t
distance(const char *a, size_t an, const char *b, size_t bn)
{
	enum { MAX = 64 };
	size_t d[3][MAX + 1];

	if (an > MAX || bn > MAX)
		return MAX;
	for (size_t j = 0; j <= bn; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t *now = d[i % 3], *up = d[(i - 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);

			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    d[(i - 2) % 3][j - 2] + 1 < best)
				best = d[(i - 2) % 3][j - 2] + 1;
			now[j] = best;
		}
	}
	return d[an % 3][bn];
}

const char *
text_nearest(const char *word, const char *const *words)
{
	const char *best = NULL;
	size_t len = strlen(word), least = len / 3 + 2;

	for (; *words != NULL; words++) {
		size_t d = distance(word, len, *words, strlen(*words));

		if (d < least && d < strlen(*words)) {
			least = d;
			best = *words;
		}
	}
	return best;
}

int
text_size(const char *s, uint64_t *out)
{
	static const char units[] = "kMGT";
	const char *unit;
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (end == s || errno != 0 || !isdigit((unsigned char)s[0]))
		return -1;
	while (*end == ' ')
		end++;
	if (*end != '\0' && *end != 'B') {
		char c = *end == 'K' ? 'k' : *end;

		if ((unit = strchr(units, c)) == NULL)
			return -1;
		for (long k = unit - units; k >= 0; k--) {
			if (n > UINT64_MAX / 1024)
				return -1;
			n *= 1024;
		}
		end++;
		if (*end == 'i')
			end++;
	}
	if (*end == 'B')
		end++;
	if (*end != '\0')
		return -1;
	*out = n;
	return 0;
}

void
text_size_human(struct buf *out, uint64_t bytes)
{
	static const char *const unit[] = { "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes / 1024;
	size_t u = 0;

	if (bytes < 1024) {
		buf_addf(out, "%u B", (unsigned)bytes);
		return;
	}
	for (; n >= 1024 && u < 3; u++)
		n /= 1024;
	buf_addf(out, "%.1f %s", n, unit[u]);
}

bool
text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
text_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}

void
text_hex(struct buf *out, const void *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *u = bytes;
	char *at = buf_reserve(out, 2 * len);

	for (size_t i = 0; i < len; i++) {
		at[2 * i] = digit[u[i] >> 4];
		at[2 * i + 1] = digit[u[i] & 15];
	}
	out->len += 2 * len;
	out->bytes[out->len] = '\0';
}

int
text_unhex(const char *hex, void *out, size_t len)
{
	unsigned char *u = out;

	for (size_t i = 0; i < len; i++) {
		int hi = hex_digit(hex[2 * i]);
		int lo = hi < 0 ? -1 : hex_digit(hex[2 * i + 1]);

		if (lo < 0)
			return -1;
		u[i] = (unsigned char)(hi << 4 | lo);
	}
	return 0;
}

void
text_unpercent(char *s)
{
	char *to = s, byte;

	for (; *s != '\0'; s++) {
		char hex[3] = "";

		if (s[0] == '%' && s[1] != '\0') {
			hex[0] = (char)tolower((unsigned char)s[1]);
			hex[1] = (char)tolower((unsigned char)s[2]);
		}
		if (hex[0] == '\0' || text_unhex(hex, &byte, 1) < 0 ||
		    byte == '\0') {
			*to++ = *s;
			continue;
		}
		*to++ = byte;
		s += 2;
	}
	*to = '\0';
}
