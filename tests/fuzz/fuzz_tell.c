/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "agent/tell/journald.h"
#include "agent/tell/mail.h"
#include "agent/tell/messagetext.h"
#include "agent/tell/motd.h"
#include "agent/tell/request.h"
#include "agent/tell/told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What waits in the outbox, what was told, and a request for a web server. The
 * first byte says which. */

/* No byte but a line feed moves a cursor. */
static void
is_shown(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		assert((unsigned char)text->bytes[i] >= ' ' ||
		    text->bytes[i] == '\n');
}

/* ASCII in short lines, and no header but ours. */
static void
is_mail(const struct buf *mail)
{
	static const char *const ours[] = { "From: ", "To: ", "Subject:",
		"Date: ", "Message-ID: ", "Auto-Submitted: ",
		"X-Driftctl-Event: ", "MIME-Version: ", "Content-", " " };
	const char *at = buf_str(mail);
	bool head = true;

	while (*at != '\0') {
		size_t n = strcspn(at, "\n");
		bool known = false;

		assert(n <= 78 && at[n] == '\n');
		for (size_t i = 0; i < n; i++)
			assert(at[i] >= ' ' && at[i] <= '~');
		head = head && n > 0;
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			known = known || strncmp(at, ours[i],
			    strlen(ours[i])) == 0;
		assert(!head || known);
		at += n + 1;
	}
	assert((size_t)(at - buf_str(mail)) == mail->len);
}

static void
show(const struct message *m)
{
	CLEANUP(drop_buf) struct buf subject = { 0 }, text = { 0 },
	    html = { 0 }, json = { 0 }, mail = { 0 }, entry = { 0 };
	const char *root = "root";
	const struct texts to = { &root, 1, 1 };

	message_subject(m, &subject);
	assert(strchr(buf_str(&subject), '\n') == NULL);
	is_shown(&subject);
	message_text(m, 40, &text);
	if (m->text[0] == '\0')
		is_shown(&text);
	message_html(m, &html);
	if (m->html[0] == '\0')
		is_shown(&html);
	message_json(m, &json);
	is_shown(&json);
	mail_write(&(struct mail){ .from = "root", .to = &to,
	    .subject = buf_str(&subject), .when = m->when, .id = m->id,
	    .host = m->host, .event = "found", .text = buf_str(&text),
	    .html = buf_str(&html) }, &mail);
	/* An id of a whole line does not come from us. */
	if (strlen(m->id) < 50 && strlen(m->host) < 20)
		is_mail(&mail);
	for (size_t i = 0; i < m->news.n; i++)
		journald_bytes(&(struct journald_entry){
		    .message = buf_str(&subject), .of = m,
		    .news = &m->news.items[i] }, &entry);
}

static void
message(const char *bytes, size_t len)
{
	CLEANUP(drop_message) struct message m = { 0 }, n = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 };
	struct err e = { 0 };

	if (message_parse("m", bytes, len, &m, &e) < 0)
		return;
	message_write(&m, &a);
	assert(message_parse("m", buf_str(&a), a.len, &n, &e) == 0);
	message_write(&n, &b);
	assert(a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0);
	show(&m);
}

static void
told(const char *bytes, size_t len)
{
	CLEANUP(drop_told) struct told t = { 0 }, u = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 }, motd = { 0 };
	CLEANUP(drop_news_list) struct news_list fresh = { 0 },
	    resolved = { 0 };
	const struct look nothing = { .when = 1, .whole = true };
	struct err e = { 0 };
	size_t open;

	if (told_parse("t", bytes, len, &t, &e) < 0)
		return;
	told_write(&t, &a);
	assert(told_parse("t", buf_str(&a), a.len, &u, &e) == 0);
	told_write(&u, &b);
	assert(a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0);
	motd_text(&t, "driftctl", &motd);
	is_shown(&motd);
	assert((motd.len == 0) == (t.open.n == 0));
	open = t.open.n;
	told_take(&t, &nothing, &fresh, &resolved);
	assert(fresh.n == 0 && resolved.n == open && t.open.n == 0);
}

static void
request(const char *bytes, size_t len)
{
	CLEANUP(drop_request) struct request q = { 0 }, r = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 };
	struct err e = { 0 };

	if (request_parse(bytes, len, &q, &e) < 0)
		return;
	request_write(&q, &a);
	assert(request_parse(buf_str(&a), a.len, &r, &e) == 0);
	request_write(&r, &b);
	assert(a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0);
	request_url_is_allowed(q.url, q.insecure);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;

	if (size == 0)
		return 0;
	switch (data[0]) {
	case 'm':	message(bytes, size - 1); break;
	case 't':	told(bytes, size - 1); break;
	case 'r':	request(bytes, size - 1); break;
	}
	return 0;
}
