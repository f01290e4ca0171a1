/* SPDX-License-Identifier: MIT */
/*
 * driftctl-notify: one POST that stands on its standard input, by libcurl
 * (agent/tell/request.h). A program of its own, so that nobody else waits for
 * libcurl and all that it loads, or ends with it. Prints one line where it
 * failed: nothing that is secret, so neither the URL's path nor headers.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/language.h"
#include "agent/tell/request.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { REQUEST_MAX = 40 << 20, ANSWER_MAX = 64 << 10, CONNECT_SECONDS = 10 };

/* What the other side says is of no interest, and may be endless. */
static size_t
swallow(char *bytes, size_t size, size_t n, void *total)
{
	size_t *sum = total;

	(void)bytes;
	*sum += size * n;
	return *sum > ANSWER_MAX ? 0 : size * n;
}

static struct curl_slist *
headers_of(const struct request *q)
{
	CLEANUP(drop_free) char *type = xasprintf("Content-Type: %s",
	    q->type);
	struct curl_slist *l = curl_slist_append(NULL, type);

	/* Nobody need be asked whether he will take so little. */
	l = curl_slist_append(l, "Expect:");
	for (size_t i = 0; i < q->headers.n; i++)
		l = curl_slist_append(l, q->headers.items[i]);
	return l;
}

static void
set_options(CURL *c, const struct request *q, struct curl_slist *headers,
    char *why, size_t *answered)
{
	curl_easy_setopt(c, CURLOPT_URL, q->url);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(c, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, buf_str(&q->body));
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)q->body.len);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "driftctl/" VERSION);
	/* What was meant for one place is not taken to another. */
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (q->ca != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, q->ca);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)q->seconds);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(q->seconds <
	    CONNECT_SECONDS ? q->seconds : CONNECT_SECONDS));
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, answered);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
}

/* A redirect's target without what may be secret in it. */
static void
add_place(struct buf *out, CURL *c)
{
	char *url = NULL, *host = NULL;
	CURLU *u = curl_url();

	if (curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &url) == CURLE_OK &&
	    url != NULL && curl_url_set(u, CURLUPART_URL, url, 0) ==
	    CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) ==
	    CURLUE_OK)
		text_escape(out, host, strlen(host));
	else
		buf_adds(out, "?");
	curl_free(host);
	curl_url_cleanup(u);
}

/* What an answer comes to. */
static enum request_exit
judge(CURL *c, struct buf *why)
{
	long code = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	if (code >= 200 && code < 300)
		return REQUEST_DONE;
	if (code >= 300 && code < 400) {
		buf_addf(why, _("answered %ld: it is at "), code);
		add_place(why, c);
		buf_adds(why, _(" now [no redirect is followed: write the "
		    "new URL]"));
		return REQUEST_REFUSED;
	}
	buf_addf(why, _("answered %ld"), code);
	return code == 408 || code == 425 || code == 429 || code >= 500 ?
	    REQUEST_LATER : REQUEST_REFUSED;
}

static bool
has_answered(CURL *c)
{
	long code = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	return code >= 200 && code <= 999;
}

/* A certificate that is wrong today is wrong in a minute; by tomorrow somebody
 * may have mended it. */
static enum request_exit
perform(const struct request *q, struct buf *why)
{
	char said[CURL_ERROR_SIZE] = "";
	size_t answered = 0;
	CURL *c = curl_easy_init();
	struct curl_slist *headers = headers_of(q);
	enum request_exit code = REQUEST_LATER;
	CURLcode n;

	if (c == NULL) {
		buf_adds(why, "libcurl");
		curl_slist_free_all(headers);
		return REQUEST_LATER;
	}
	set_options(c, q, headers, said, &answered);
	n = curl_easy_perform(c);
	/* An answer that is too long, or has no end, is one: who said that he
	 * took it is not told again. */
	if (n == CURLE_OK || has_answered(c)) {
		code = judge(c, why);
	} else {
		if (n == CURLE_URL_MALFORMAT ||
		    n == CURLE_UNSUPPORTED_PROTOCOL)
			code = REQUEST_REFUSED;
		if (said[0] == '\0')
			snprintf(said, sizeof(said), "%s",
			    curl_easy_strerror(n));
		text_escape(why, said, strlen(said));
	}
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	return code;
}

static int
run(struct buf *why)
{
	CLEANUP(drop_request) struct request q = { 0 };
	CLEANUP(drop_buf) struct buf in = { 0 };
	struct err e = { 0 };

	if (file_read_fd(STDIN_FILENO, "stdin", REQUEST_MAX, &in, &e) < 0 ||
	    request_parse(buf_str(&in), in.len, &q, &e) < 0) {
		err_format(&e, why);
		return REQUEST_REFUSED;
	}
	if (!request_url_is_allowed(q.url, q.insecure)) {
		buf_adds(why, _("it begins neither with https:// nor, to this "
		    "machine, with http://"));
		return REQUEST_REFUSED;
	}
	return (int)perform(&q, why);
}

int
main(int argc, char **argv)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	int code;

	(void)argv;
	if (argc > 1) {
		fputs("usage: driftctl-notify < REQUEST\n", stderr);
		return REQUEST_REFUSED;
	}
	language_begin();
	language_of_machine("/");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	code = run(&why);
	curl_global_cleanup();
	if (why.len > 0)
		printf("%s\n", buf_str(&why));
	return code;
}
