/* SPDX-License-Identifier: MIT */
#include "agent/tell/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/tell/messagetext.h"
#include "agent/tell/request.h"
#include "agent/tell/told.h"
#include "base/vec.h"

static const struct news imap = { NEWS_FLAGGED, SEVERITY_CRITICAL,
	"mail/imap:/etc/pam.d/imap#present", "is missing", "/etc/pam.d/imap",
	"cyrus imapd 2-1 -> 3-1" };
static const struct news smtp = { NEWS_UNKNOWN, SEVERITY_WARNING,
	"mail/smtp:/etc/pam.d/smtp#pam", "cannot\nbe read", "/etc/pam.d/smtp",
	"" };
static const struct news back = { NEWS_RESTORED, SEVERITY_WARNING,
	"/etc/a", "mail/a: put back", "/etc/a", "" };
static const struct news failed = { NEWS_FAILED, SEVERITY_CRITICAL,
	"store: in use", "store: in use", "", "" };

static void
fill(struct message *m)
{
	message_init(m, MESSAGE_FOUND, "mail.example.org", 1795305201);
	m->id = "1795305201.0123456789abcdef";
	m->origin = "zypp";
	m->transaction = "20261121T193012Z-zypp";
	m->packages = "cyrus imapd 2-1 -> 3-1";
	m->more = "driftctl check";
	message_add(m, &back);
	message_add(m, &imap);
	message_add(m, &smtp);
	message_add(m, &failed);
}

static const char written[] =
    "driftctl-message 1\n"
    "event: found\n"
    "when: 1795305201\n"
    "id: 1795305201.0123456789abcdef\n"
    "host: mail.example.org\n"
    "origin: zypp\n"
    "transaction: 20261121T193012Z-zypp\n"
    "packages: cyrus\\x20imapd\\x202-1\\x20->\\x203-1\n"
    "more: driftctl\\x20check\n"
    "news: restored warning /etc/a mail/a:\\x20put\\x20back /etc/a \n"
    "news: flagged critical mail/imap:/etc/pam.d/imap#present "
    "is\\x20missing /etc/pam.d/imap cyrus\\x20imapd\\x202-1\\x20->\\x203-1\n"
    "news: unknown warning mail/smtp:/etc/pam.d/smtp#pam "
    "cannot\\x0abe\\x20read /etc/pam.d/smtp \n"
    "news: failed critical store:\\x20in\\x20use store:\\x20in\\x20use  \n"
    "end:\n";

static void
a_message_is_read_as_it_was_written(void **state)
{
	CLEANUP(drop_message) struct message m = { 0 }, n = { 0 };
	CLEANUP(drop_buf) struct buf first = { 0 }, second = { 0 };
	struct err e = { 0 };

	(void)state;
	fill(&m);
	message_write(&m, &first);
	assert_string_equal(buf_str(&first), written);
	assert_int_equal(message_parse("m", buf_str(&first), first.len, &n,
	    &e), 0);
	message_write(&n, &second);
	assert_string_equal(buf_str(&second), written);
	assert_string_equal(n.news.items[2].what, "cannot\nbe read");
	assert_string_equal(n.news.items[0].package, "");
	assert_int_equal(message_severity(&n), SEVERITY_CRITICAL);
}

static void
what_a_later_version_adds_is_left_out(void **state)
{
	static const char text[] = "driftctl-message 1\nevent: test\n"
	    "mood: good\nnews: flagged info a b c d e f g\nend:\n";
	CLEANUP(drop_message) struct message m = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(message_parse("m", text, strlen(text), &m, &e), 0);
	assert_int_equal(m.event, MESSAGE_TEST);
	assert_string_equal(m.news.items[0].package, "d");
	assert_string_equal(m.html, "");
}

static void
a_damaged_message_is_refused_where_it_is(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "m:1: is no message" },
		{ "driftctl-message 2\nend:\n", "m:1: is no message" },
		{ "driftctl-message 1\nevent: found\n", "m:1: is no message" },
		{ "driftctl-message 1\nevent: lost\nend:\n",
		    "m:2: is no message" },
		{ "driftctl-message 1\nevent: test\nnews: a info b\nend:\n",
		    "m:3: is no message" },
		{ "driftctl-message 1\nnews: flagged bad b\nend:\n",
		    "m:2: is no message" },
		{ "driftctl-message 1\nid:x\nend:\n", "m:2: is no message" },
		{ "driftctl-message 1\nid: 1795305201.0123456789abcdef00000"
		    "0000000000\nend:\n", "m:" },
		{ "driftctl-message 1\nid: \\x2\nend:\n",
		    "m:2: is no message" },
		{ "driftctl-message 1\nid\nend:\n", "m:2: is no message" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_message) struct message m = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };

		assert_int_equal(message_parse("m", cases[i].text,
		    strlen(cases[i].text), &m, &e), -1);
		err_format(&e, &said);
		assert_memory_equal(buf_str(&said), cases[i].says,
		    strlen(cases[i].says));
	}
}

static void
many_things_are_counted(void **state)
{
	CLEANUP(drop_message) struct message m = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	message_init(&m, MESSAGE_FOUND, "h", 0);
	for (int i = 0; i < 1000; i++)
		message_add(&m, &imap);
	assert_int_equal(m.news.n, MESSAGE_NEWS_MAX);
	assert_int_equal(m.left_out, 800);
	message_text(&m, 3, &text);
	assert_non_null(strstr(buf_str(&text), "\nand 997 more\n"));
}

static void
a_rule_is_told_from_its_finding(void **state)
{
	static const struct {
		struct news n;
		const char *rule;
	} cases[] = {
		{ { .kind = NEWS_FLAGGED, .id = "a/b:/etc/x#mode" }, "a/b" },
		{ { .kind = NEWS_FLAGGED, .id = "change:/etc/a/b" }, "" },
		{ { .kind = NEWS_UNKNOWN, .id = "unknown:/etc/x" }, "" },
		{ { .kind = NEWS_MERGE, .id = "/etc/x:/y" }, "" },
		{ { .kind = NEWS_RESTORED, .id = "/etc/x",
		    .what = "a/b: put back" }, "a/b" },
		{ { .kind = NEWS_RESTORED, .id = "/etc/x", .what = "x" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf rule = { 0 };

		news_rule(&cases[i].n, &rule);
		assert_string_equal(buf_str(&rule), cases[i].rule);
	}
}

static void
a_subject_says_what_it_is_about(void **state)
{
	CLEANUP(drop_message) struct message m = { 0 }, one = { 0 },
	    test = { 0 };
	CLEANUP(drop_buf) struct buf all = { 0 }, single = { 0 },
	    tried = { 0 };

	(void)state;
	fill(&m);
	message_subject(&m, &all);
	assert_string_equal(buf_str(&all), "driftctl mail.example.org: 1 thing "
	    "needs you, 1 cannot be told, 1 thing not done, 1 put back "
	    "(cyrus imapd 2-1 -> 3-1)");
	message_init(&one, MESSAGE_FOUND, "h\n", 0);
	message_add(&one, &imap);
	message_subject(&one, &single);
	assert_string_equal(buf_str(&single),
	    "driftctl h\\n: /etc/pam.d/imap: 1 thing needs you");
	message_init(&test, MESSAGE_TEST, "h", 0);
	message_subject(&test, &tried);
	assert_string_equal(buf_str(&tried), "driftctl h: this is a test");
}

static void
a_request_is_read_as_it_was_written(void **state)
{
	struct request q = { .url = "https://a/b c", .ca = "/x",
		.type = "text/plain", .seconds = 7, .insecure = true };
	CLEANUP(drop_request) struct request r = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };

	(void)state;
	strlist_add(&q.headers, "X: a\nb");
	buf_add(&q.body, "a\0\n\nb", 5);
	request_write(&q, &text);
	assert_int_equal(request_parse(text.bytes, text.len, &r, &e), 0);
	assert_string_equal(r.url, q.url);
	assert_string_equal(r.ca, q.ca);
	assert_string_equal(r.headers.items[0], "X: a\nb");
	assert_int_equal(r.seconds, 7);
	assert_true(r.insecure);
	assert_int_equal(r.body.len, 5);
	assert_memory_equal(r.body.bytes, "a\0\n\nb", 5);
	request_done(&q);
	assert_int_equal(request_parse("url a\n", 6, &q, &e), -1);
	assert_int_equal(request_parse("", 0, &q, &e), -1);
}

static void
a_form_keeps_every_byte(void **state)
{
	CLEANUP(drop_buf) struct buf form = { 0 };

	(void)state;
	request_form(&form, "a", "x y&=+%");
	request_form(&form, "b", "\303\274\n");
	assert_string_equal(buf_str(&form),
	    "a=x%20y%26%3D%2B%25&b=%C3%BC%0A");
}

static void
http_goes_to_this_machine_alone(void **state)
{
	static const struct {
		const char *url;
		bool allowed, insecure;
	} cases[] = {
		{ "https://example.org/x", true, true },
		{ "http://example.org/x", false, true },
		{ "http://localhost/x", true, true },
		{ "http://127.0.0.1:80/x", true, true },
		{ "http://[::1]:80/x", true, true },
		{ "http://localhost.example.org/", false, true },
		{ "http://localhost@example.org/", false, true },
		{ "http://example.org#@localhost/", false, true },
		{ "http://127.0.0.10/", false, true },
		{ "file:///etc/passwd", false, false },
		{ "https://", false, false },
		{ "https://a\nb/", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(request_url_is_allowed(cases[i].url, false),
		    cases[i].allowed);
		assert_int_equal(request_url_is_allowed(cases[i].url, true),
		    cases[i].insecure);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_read_as_it_was_written),
		cmocka_unit_test(what_a_later_version_adds_is_left_out),
		cmocka_unit_test(a_damaged_message_is_refused_where_it_is),
		cmocka_unit_test(many_things_are_counted),
		cmocka_unit_test(a_rule_is_told_from_its_finding),
		cmocka_unit_test(a_subject_says_what_it_is_about),
		cmocka_unit_test(a_request_is_read_as_it_was_written),
		cmocka_unit_test(a_form_keeps_every_byte),
		cmocka_unit_test(http_goes_to_this_machine_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
