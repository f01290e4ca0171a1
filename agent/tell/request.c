/* SPDX-License-Identifier: MIT */
#include "agent/tell/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"

void
request_done(struct request *q)
{
	strlist_done(&q->headers);
	buf_done(&q->body);
	arena_done(&q->arena);
	*q = (struct request){ 0 };
}

void
drop_request(struct request *q)
{
	request_done(q);
}

static void
add_line(struct buf *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(out, "%s ", key);
	text_encode(out, value, strlen(value));
	buf_addc(out, '\n');
}

void
request_write(const struct request *q, struct buf *out)
{
	add_line(out, "url", q->url);
	add_line(out, "ca", q->ca);
	add_line(out, "type", q->type);
	buf_addf(out, "seconds %u\n", q->seconds);
	if (q->insecure)
		buf_adds(out, "insecure yes\n");
	for (size_t i = 0; i < q->headers.n; i++)
		add_line(out, "header", q->headers.items[i]);
	buf_addc(out, '\n');
	buf_add(out, buf_str(&q->body), q->body.len);
}

static void
take(struct request *q, const char *key, const char *value)
{
	if (strcmp(key, "url") == 0)
		q->url = value;
	else if (strcmp(key, "ca") == 0)
		q->ca = value;
	else if (strcmp(key, "type") == 0)
		q->type = value;
	else if (strcmp(key, "seconds") == 0)
		q->seconds = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(key, "insecure") == 0)
		q->insecure = true;
	else if (strcmp(key, "header") == 0)
		strlist_add(&q->headers, value);
}

int
request_parse(const char *bytes, size_t len, struct request *out,
    struct err *e)
{
	const char *at = bytes, *end = bytes + len, *to;

	*out = (struct request){ 0 };
	for (; (to = memchr(at, '\n', (size_t)(end - at))) != NULL && to > at;
	    at = to + 1) {
		const char *blank = memchr(at, ' ', (size_t)(to - at));
		CLEANUP(drop_buf) struct buf value = { 0 };

		if (blank == NULL || text_decode(&value, blank + 1,
		    (size_t)(to - blank - 1)) < 0)
			break;
		take(out, arena_memdup(&out->arena, at, (size_t)(blank - at)),
		    arena_strdup(&out->arena, buf_str(&value)));
	}
	if (to == NULL || to > at || out->url == NULL || out->type == NULL ||
	    out->seconds == 0) {
		request_done(out);
		return err_set(e, ERR_INPUT, "stdin", _("is no request of "
		    "driftctl"));
	}
	buf_add(&out->body, to + 1, (size_t)(end - to - 1));
	return 0;
}

void
request_form(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, "%s%s=", out->len > 0 ? "&" : "", key);
	for (; *value != '\0'; value++) {
		const char c = *value;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL)
			buf_addc(out, c);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

bool
request_is_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

size_t
request_host(const char *url, const char **out)
{
	const char *at = strstr(url, "://");
	const char *user;
	size_t n;

	if (at == NULL)
		return 0;
	at += 3;
	n = strcspn(at, "/?#");
	user = memrchr(at, '@', n);
	if (user != NULL) {
		n -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	*out = at;
	return n;
}

static bool
is_loopback(const char *url)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		"[::1]" };
	const char *host;
	size_t n = request_host(url, &host);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (n >= len && strncmp(host, names[i], len) == 0 &&
		    (n == len || host[len] == ':'))
			return true;
	}
	return false;
}

bool
request_url_is_allowed(const char *url, bool insecure)
{
	const char *host;

	if (!request_is_printable(url) || request_host(url, &host) == 0)
		return false;
	return text_starts(url, "https://") || (text_starts(url, "http://") &&
	    (insecure || is_loopback(url)));
}
