/* SPDX-License-Identifier: MIT */
#include "agent/tell/mail.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"

enum {
	FOLD = 76,		/* columns, RFC 2045 and 2047 */
	WORD_BYTES = 39,	/* 52 letters of base64, =?UTF-8?B?…?= around
				 * them and a header's name before */
	LINE_BYTES = 57,	/* 76 letters */
};

static void
add_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		unsigned v = (unsigned)(unsigned char)bytes[i] << 16 |
		    (left > 1 ? (unsigned)(unsigned char)bytes[i + 1] << 8 :
		    0) | (left > 2 ? (unsigned char)bytes[i + 2] : 0);

		buf_addc(out, letters[v >> 18]);
		buf_addc(out, letters[v >> 12 & 63]);
		buf_addc(out, left > 1 ? letters[v >> 6 & 63] : '=');
		buf_addc(out, left > 2 ? letters[v & 63] : '=');
	}
}

/* A header's text as it stands, folded at blanks: only printable ASCII, no
 * word too long for a line, nothing that looks encoded. */
static bool
is_plain(const char *s)
{
	size_t word = 0;

	for (const char *p = s; *p != '\0'; p++) {
		word = *p == ' ' ? 0 : word + 1;
		if (*p < ' ' || *p > '~' || word > FOLD - 20)
			return false;
	}
	return strstr(s, "=?") == NULL && strstr(s, "  ") == NULL;
}

static void
add_folded(struct buf *out, size_t col, const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		if (col + 1 + n > FOLD) {
			buf_addc(out, '\n');
			col = 0;
		}
		buf_addc(out, ' ');
		buf_add(out, s, n);
		col += n + 1;
		s += n;
		s += strspn(s, " ");
	}
}

/* Encoded words of whole characters (RFC 2047, section 5). */
static void
add_encoded(struct buf *out, const char *s)
{
	const char *between = " ";
	size_t left = strlen(s);

	while (left > 0) {
		size_t n = 0, step;
		uint32_t code;

		while (n < left && (step = text_utf8(s + n, left - n, &code),
		    n + (step > 0 ? step : 1) <= WORD_BYTES))
			n += step > 0 ? step : 1;
		buf_addf(out, "%s=?UTF-8?B?", between);
		add_base64(out, s, n);
		buf_adds(out, "?=");
		between = "\n ";
		s += n;
		left -= n;
	}
}

static void
add_header(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s:", name);
	if (is_plain(value))
		add_folded(out, strlen(name) + 1, value);
	else
		add_encoded(out, value);
	buf_addc(out, '\n');
}

/* RFC 5322 has English names, whatever the locale. */
static void
add_date(struct buf *out, int64_t when)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)when;
	struct tm tm = { .tm_mday = 1 };
	long zone;

	if (localtime_r(&t, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
	zone = tm.tm_gmtoff / 60;
	buf_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d %c%02ld%02ld\n",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', (zone < 0 ? -zone : zone) / 60,
	    (zone < 0 ? -zone : zone) % 60);
}

/* Letters of a domain; others fall away. */
static void
add_domain(struct buf *out, const char *host)
{
	size_t before = out->len;

	for (; *host != '\0'; host++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
		    "WXYZ0123456789.-", *host) != NULL)
			buf_addc(out, *host);
	if (out->len == before)
		buf_adds(out, "localhost");
}

static void
add_to(struct buf *out, const struct texts *to)
{
	buf_adds(out, "To:");
	for (size_t i = 0; i < to->n; i++)
		buf_addf(out, "%s %s", i > 0 ? ",\n" : "", to->items[i]);
	buf_addc(out, '\n');
}

/* Lines of 76 at most; what programs on the way change is encoded: blanks at
 * the end, "From " and a dot at the beginning (RFC 2045, 6.7). */
static void
add_quoted(struct buf *out, const char *text)
{
	size_t col = 0;

	for (const char *p = text; *p != '\0'; p++) {
		const bool last = p[1] == '\0' || p[1] == '\n';
		const bool plain = *p >= ' ' && *p <= '~' && *p != '=' &&
		    (*p != ' ' || !last) && (col > 0 || (*p != '.' &&
		    strncmp(p, "From ", 5) != 0));

		if (*p == '\n') {
			buf_addc(out, '\n');
			col = 0;
			continue;
		}
		if (col + (plain ? 1 : 3) > FOLD - 1) {
			buf_adds(out, "=\n");
			col = 0;
		}
		if (plain)
			buf_addc(out, *p);
		else
			buf_addf(out, "=%02X", (unsigned)(unsigned char)*p);
		col += plain ? 1 : 3;
	}
	if (col > 0)
		buf_addc(out, '\n');
}

static void
add_lines(struct buf *out, const char *bytes)
{
	size_t left = strlen(bytes);

	for (; left > 0; buf_addc(out, '\n')) {
		size_t n = left < LINE_BYTES ? left : LINE_BYTES;

		add_base64(out, bytes, n);
		bytes += n;
		left -= n;
	}
}

static void
add_text(struct buf *out, const char *text)
{
	buf_adds(out, "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n");
	add_quoted(out, text);
}

void
mail_write(const struct mail *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf boundary = { 0 };

	buf_addf(out, "From: driftctl <%s>\n", m->from);
	add_to(out, m->to);
	add_header(out, "Subject", m->subject);
	add_date(out, m->when);
	buf_addf(out, "Message-ID: <%s@", m->id);
	add_domain(out, m->host);
	/* So that no holiday notice comes back (RFC 3834). */
	buf_adds(out, ">\nAuto-Submitted: auto-generated\n");
	add_header(out, "X-Driftctl-Event", m->event);
	buf_adds(out, "MIME-Version: 1.0\n");
	if (m->html[0] == '\0') {
		add_text(out, m->text);
		return;
	}
	/* "=_" is in neither base64 nor quoted-printable. */
	buf_addf(&boundary, "=_%s_=", m->id);
	buf_addf(out, "Content-Type: multipart/alternative;\n"
	    " boundary=\"%s\"\n\n--%s\n", buf_str(&boundary),
	    buf_str(&boundary));
	add_text(out, m->text);
	buf_addf(out, "\n--%s\nContent-Type: text/html; charset=utf-8\n"
	    "Content-Transfer-Encoding: base64\n\n", buf_str(&boundary));
	add_lines(out, m->html);
	buf_addf(out, "\n--%s--\n", buf_str(&boundary));
}
