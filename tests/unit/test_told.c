/* SPDX-License-Identifier: MIT */
#include "agent/tell/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "agent/tell/health.h"
#include "agent/tell/journald.h"
#include "agent/tell/motd.h"
#include "agent/tell/outbox.h"
#include "base/vec.h"
#include "tests/unit/scratch.h"

enum { HOUR = 3600 };

static const struct notifier page = { .key = "exec-1", .name = "exec page",
	.severity = SEVERITY_WARNING, .quiet = 6 * HOUR, .resolved = true };
static const struct notifier grave = { .key = "mail-2", .name = "mail",
	.severity = SEVERITY_CRITICAL, .quiet = 6 * HOUR };

static struct news
thing(const char *id, const char *path, enum severity severity)
{
	return (struct news){ NEWS_FLAGGED, severity, id, "is missing", path,
		"" };
}

static void
look_at(struct look *l, int64_t when, const struct news *n, size_t count)
{
	*l = (struct look){ .when = when, .whole = true };
	for (size_t i = 0; i < count; i++) {
		*VEC_ADD(&l->news) = n[i];
		strlist_add(&l->ids, n[i].id);
		strlist_add(&l->paths, n[i].path);
	}
	strlist_sort(&l->ids);
	strlist_sort(&l->paths);
}

/* Takes a look in; how many were new and how many are resolved. */
static void
take(struct told *t, const struct look *l, size_t fresh, size_t resolved)
{
	CLEANUP(drop_news_list) struct news_list f = { 0 }, r = { 0 };

	told_take(t, l, &f, &r);
	assert_int_equal(f.n, fresh);
	assert_int_equal(r.n, resolved);
	told_forget(t, &r, l->when);
}

static void
what_is_open_is_new_once(void **state)
{
	const struct news both[] = { thing("a/b:/x#m", "/x", SEVERITY_INFO),
		thing("a/c:/y#m", "/y", SEVERITY_CRITICAL) };
	CLEANUP(drop_told) struct told t = { 0 };
	CLEANUP(drop_look) struct look l = { 0 }, less = { 0 }, part = { 0 };

	(void)state;
	look_at(&l, 100, both, 2);
	take(&t, &l, 2, 0);
	assert_true(t.changed);
	t.changed = false;
	take(&t, &l, 0, 0);
	assert_false(t.changed);
	/* What was not looked at may still be so. */
	look_at(&part, 200, both, 1);
	part.whole = false;
	take(&t, &part, 0, 0);
	look_at(&less, 300, both, 1);
	take(&t, &less, 0, 1);
	assert_int_equal(t.open.n, 1);
	take(&t, &l, 1, 0);
	assert_int_equal(t.open.items[1].since, 100);
}

static void
nothing_of_a_path_is_resolved_while_anything_is_the_matter(void **state)
{
	const struct news mode = thing("a/b:/x#mode", "/x", SEVERITY_INFO);
	const struct news gone = thing("a/b:/x#present", "/x", SEVERITY_INFO);
	CLEANUP(drop_told) struct told t = { 0 };
	CLEANUP(drop_look) struct look l = { 0 }, second = { 0 },
	    third = { 0 };

	(void)state;
	look_at(&l, 1, &mode, 1);
	take(&t, &l, 1, 0);
	look_at(&second, 2, &gone, 1);
	take(&t, &second, 1, 0);
	look_at(&third, 3, NULL, 0);
	take(&t, &third, 0, 2);
}

static void
what_happens_is_told_each_time_and_does_not_stay(void **state)
{
	const struct news back = { NEWS_RESTORED, SEVERITY_WARNING, "/x",
		"a/b: put back", "/x", "" };
	CLEANUP(drop_told) struct told t = { 0 };
	struct look l = { .when = 1, .whole = true };

	(void)state;
	*VEC_ADD(&l.news) = back;
	for (int i = 0; i < 2; i++) {
		take(&t, &l, 1, 0);
		assert_true(told_due(&t, &page, &back, 1));
	}
	assert_int_equal(t.open.n, 0);
	assert_int_equal(t.to.n, 0);
	look_done(&l);
}

static void
one_fault_is_told_once_in_a_quiet_period(void **state)
{
	const struct news n = thing("a/b:/x#m", "/x", SEVERITY_WARNING);
	const struct news failed = { NEWS_FAILED, SEVERITY_CRITICAL,
		"disk full", "disk full", "", "" };
	static const struct {
		int64_t now;
		bool due;
	} cases[] = {
		{ 1000, true }, { 1001, false }, { 1000 + 6 * HOUR - 1, false },
		{ 1000 + 6 * HOUR, true }, { 1000 + 7 * HOUR, false },
		/* The clock was set back. */
		{ 1000, true }, { 1001, false },
	};
	CLEANUP(drop_told) struct told t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(told_due(&t, &page, &n, cases[i].now),
		    cases[i].due);
		assert_int_equal(told_due(&t, &page, &failed, cases[i].now),
		    cases[i].due);
		assert_false(told_due(&t, &grave, &n, cases[i].now));
	}
	assert_true(told_due(&t, &grave, &failed, 1001));
	assert_true(told_resolved(&t, &page, &n));
	assert_false(told_resolved(&t, &grave, &n));
	/* What was told a month ago and is not open is nobody's affair. */
	told_forget(&t, &(struct news_list){ 0 }, 1000 + 31 * 24 * HOUR);
	assert_int_equal(t.to.n, 0);
}

static const char list[] =
    "driftctl-told 1\n"
    "open: 7 flagged critical a/b:/x\\x20y#m is\\x20missing /x\\x20y p\n"
    "open: 8 unknown info unknown:/z cannot\\x20be\\x20read /z \n"
    "to: 9 exec-1 a/b:/x\\x20y#m\n";

static void
what_was_told_is_read_as_it_was_written(void **state)
{
	static const char later[] = "driftctl-told 1\nmood: good\n"
	    "open: 8 unknown info a b c d e\n";
	static const char *const bad[] = { "", "driftctl-told 2\n",
		"driftctl-told 1\nopen: 7 flagged\n",
		"driftctl-told 1\nopen: 7 flagged bad a b c d\n",
		"driftctl-told 1\nto: 7 a\n", "driftctl-told 1\nto\n",
		"driftctl-told 1\nto: 7 a b", "driftctl-told 1\nto:7 a b\n" };
	CLEANUP(drop_told) struct told t = { 0 }, u = { 0 };
	CLEANUP(drop_buf) struct buf again = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(told_parse("t", list, strlen(list), &t, &e), 0);
	told_write(&t, &again);
	assert_string_equal(buf_str(&again), list);
	assert_int_equal(told_parse("t", later, strlen(later), &u, &e), 0);
	assert_int_equal(u.open.n, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_told) struct told none = { 0 };

		err_clear(&e);
		assert_int_equal(told_parse("t", bad[i], strlen(bad[i]), &none,
		    &e), -1);
	}
}

static void
the_message_of_the_day_is_short(void **state)
{
	CLEANUP(drop_told) struct told t = { 0 };
	CLEANUP(drop_look) struct look l = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct news n[7];

	(void)state;
	motd_text(&t, "driftctl", &text);
	assert_int_equal(text.len, 0);
	for (int i = 0; i < 7; i++) {
		static const char *const ids[] = { "a/1:/1#m", "a/2:/2#m",
			"a/3:/3#m", "a/4:/4#m", "a/5:/5#m", "a/6:/6#m",
			"a/7:/\033#m" };

		n[i] = thing(ids[i], i == 6 ? "/\033" : "/etc/x",
		    i == 6 ? SEVERITY_CRITICAL : SEVERITY_INFO);
	}
	look_at(&l, 1, n, 7);
	take(&t, &l, 7, 0);
	motd_text(&t, "driftctl", &text);
	assert_string_equal(buf_str(&text),
	    "driftctl: 7 things are not as they must be\n"
	    "  /\\x1b [a/7]\n"
	    "  /etc/x [a/1]\n"
	    "  /etc/x [a/2]\n"
	    "  /etc/x [a/3]\n"
	    "  and 3 more\n"
	    "  -> driftctl check\n");
}

static void
the_outbox_never_grows_beyond_its_bounds(void **state)
{
	struct outbox o = { -1 };
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	struct err e = { 0 };
	struct scratch s;
	int gone = 0;

	(void)state;
	scratch_start(&s);
	assert_int_equal(outbox_open(s.dirfd, false, &o, &e), 0);
	assert_int_equal(outbox_open(s.dirfd, true, &o, &e), 1);
	for (int i = 0; i < OUTBOX_ITEMS + 20; i++) {
		CLEANUP(drop_message) struct message m;

		message_init(&m, MESSAGE_TEST, "h", 1000 + i);
		gone += outbox_put(&o, &m, "exec-1", &e);
	}
	assert_int_equal(gone, 20);
	assert_int_equal(outbox_list(&o, &l, &e), 0);
	assert_int_equal(l.n, OUTBOX_ITEMS);
	/* The oldest went. */
	assert_int_equal(l.items[0].queued, 1020);
	assert_string_equal(l.items[0].key, "exec-1");
	drop_outbox(&o);
	scratch_end(&s);
}

static void
large_messages_make_room_and_too_large_ones_are_refused(void **state)
{
	struct outbox o = { -1 };
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	CLEANUP(drop_free) char *text = xmalloc(OUTBOX_BYTES + 1);
	struct err e = { 0 };
	struct scratch s;
	uint64_t bytes = 0;

	(void)state;
	scratch_start(&s);
	memset(text, 'x', OUTBOX_BYTES);
	text[OUTBOX_BYTES] = '\0';
	assert_int_equal(outbox_open(s.dirfd, true, &o, &e), 1);
	for (int i = 0; i < 5; i++) {
		CLEANUP(drop_message) struct message m;

		message_init(&m, MESSAGE_REPORT, "h", 1000 + i);
		m.text = text + OUTBOX_BYTES - OUTBOX_BYTES / 3;
		assert_true(outbox_put(&o, &m, "report", &e) >= 0);
	}
	assert_int_equal(outbox_list(&o, &l, &e), 0);
	for (size_t i = 0; i < l.n; i++)
		bytes += l.items[i].size;
	assert_int_equal(l.n, 2);
	assert_true(bytes <= OUTBOX_BYTES);
	for (int i = 0; i < 1; i++) {
		CLEANUP(drop_message) struct message m;

		message_init(&m, MESSAGE_REPORT, "h", 2000);
		m.text = text;
		assert_int_equal(outbox_put(&o, &m, "report", &e), -1);
	}
	drop_outbox(&o);
	scratch_end(&s);
}

static void
what_could_not_be_told_waits_longer_each_time(void **state)
{
	const int64_t queued = 1000000;
	static const struct {
		int64_t after, wait;
	} cases[] = { { 0, 5 }, { 3, 5 }, { 60, 60 }, { HOUR, HOUR },
		{ 48 * HOUR, 6 * HOUR }, { -100, 5 } };
	struct outbox o = { -1 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(outbox_open(s.dirfd, true, &o, &e), 1);
	for (int i = 0; i < 1; i++) {
		CLEANUP(drop_message) struct message m;

		message_init(&m, MESSAGE_TEST, "h", queued);
		assert_int_equal(outbox_put(&o, &m, "exec-1", &e), 0);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_outbox_items) struct outbox_items was = { 0 },
		    is = { 0 };

		assert_int_equal(outbox_list(&o, &was, &e), 0);
		assert_int_equal(outbox_delay(&o, &was.items[0],
		    queued + cases[i].after, &e), 0);
		assert_int_equal(outbox_list(&o, &is, &e), 0);
		assert_int_equal(is.items[0].due, queued + cases[i].after +
		    cases[i].wait);
	}
	drop_outbox(&o);
	scratch_end(&s);
}

static void
strange_files_in_the_outbox_are_no_messages(void **state)
{
	struct outbox o = { -1 };
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(outbox_open(s.dirfd, true, &o, &e), 1);
	scratch_sh(&s, "cd outbox; touch lock told x 1.2.3 "
	    "1.0123456789abcdef 1.0123456789abcdef. 1.0123456789abcdeg.a "
	    "1.0123456789abcdef.a.tmp.9 12345678901234567890."
	    "0123456789abcdef.a; mkdir 1.0123456789abcdef.d; "
	    "ln -s /etc/passwd 1.0123456789abcdef.l; "
	    "touch -d '2 hours ago' 1.0123456789abcdef.b.tmp.9");
	assert_int_equal(outbox_list(&o, &l, &e), 0);
	assert_int_equal(l.n, 0);
	/* What somebody who was killed left goes after a while. */
	scratch_sh(&s, "cd outbox; [ -e 1.0123456789abcdef.a.tmp.9 ] && "
	    "[ ! -e 1.0123456789abcdef.b.tmp.9 ]");
	drop_outbox(&o);
	scratch_end(&s);
}

static void
how_a_notifier_does_is_kept(void **state)
{
	struct outbox o = { -1 };
	CLEANUP(drop_health) struct health h = { 0 }, again = { 0 },
	    damaged = { 0 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(outbox_open(s.dirfd, true, &o, &e), 1);
	assert_int_equal(health_load(&o, &h, &e), 0);
	assert_int_equal(h.n, 0);
	health_of(&h, "exec-1")->told = 7;
	health_of(&h, "mail-2")->failed = 9;
	health_of(&h, "mail-2")->why = "no route\nto it";
	health_of(&h, "mail-2")->given_up = 3;
	assert_int_equal(health_save(&o, &h, &e), 0);
	scratch_sh(&s, "touch outbox/1.0123456789abcdef.mail-2");
	assert_int_equal(health_load(&o, &again, &e), 0);
	assert_int_equal(again.n, 2);
	assert_int_equal(health_of(&again, "exec-1")->told, 7);
	assert_string_equal(health_of(&again, "exec-1")->why, "");
	assert_string_equal(health_of(&again, "mail-2")->why,
	    "no route\nto it");
	assert_int_equal(health_of(&again, "mail-2")->given_up, 3);
	assert_int_equal(health_of(&again, "mail-2")->waiting, 1);
	scratch_sh(&s, "head -c 1000 /dev/urandom >> outbox/notifiers; "
	    "printf 'driftctl-notifiers 1\\nx 1\\na 1 2 x y\\nb 1 2 3 "
	    "\\\\x2\\n' > outbox/notifiers");
	assert_int_equal(health_load(&o, &damaged, &e), 0);
	drop_outbox(&o);
	scratch_end(&s);
}

static void
a_large_entry_reaches_the_journal_as_a_sealed_file(void **state)
{
	CLEANUP(drop_free) char *line = xmalloc(1 << 20);
	CLEANUP(drop_buf) struct buf expected = { 0 };
	struct journald_entry x = { .kind = JOURNALD_FAILED, .priority = 3,
		.message = line };
	char control[CMSG_SPACE(sizeof(int))], none[1];
	struct iovec v = { none, sizeof(none) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	struct journald j;
	struct stat st;
	int fds[2], file;

	(void)state;
	memset(line, 'x', (1 << 20) - 1);
	line[(1 << 20) - 1] = '\0';
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	j.fd = fds[0];
	journald_send(&j, &x);
	assert_int_equal(recvmsg(fds[1], &m, 0), 0);
	assert_non_null(CMSG_FIRSTHDR(&m));
	memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(file));
	journald_bytes(&x, &expected);
	assert_int_equal(fstat(file, &st), 0);
	assert_int_equal(st.st_size, (int)expected.len);
	assert_int_equal(fcntl(file, F_GET_SEALS), F_SEAL_SEAL |
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	close(file);
	close(fds[1]);
	journald_close(&j);
}

static void
a_field_with_a_line_feed_has_its_length_before_it(void **state)
{
	const struct news n = { NEWS_FLAGGED, SEVERITY_INFO, "a/b:/x\ny#m",
		"w", "/x\ny", "" };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	journald_bytes(&(struct journald_entry){ .kind = JOURNALD_FLAGGED,
	    .priority = 5, .message = "m", .news = &n }, &out);
	assert_non_null(memmem(out.bytes, out.len,
	    "DRIFTCTL_PATH\n\4\0\0\0\0\0\0\0/x\ny\n", 27));
	assert_non_null(memmem(out.bytes, out.len, "MESSAGE=m\n", 10));
	assert_null(memmem(out.bytes, out.len, "DRIFTCTL_PACKAGE", 16));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_open_is_new_once),
		cmocka_unit_test(
		    nothing_of_a_path_is_resolved_while_anything_is_the_matter),
		cmocka_unit_test(
		    what_happens_is_told_each_time_and_does_not_stay),
		cmocka_unit_test(one_fault_is_told_once_in_a_quiet_period),
		cmocka_unit_test(what_was_told_is_read_as_it_was_written),
		cmocka_unit_test(the_message_of_the_day_is_short),
		cmocka_unit_test(the_outbox_never_grows_beyond_its_bounds),
		cmocka_unit_test(
		    large_messages_make_room_and_too_large_ones_are_refused),
		cmocka_unit_test(
		    what_could_not_be_told_waits_longer_each_time),
		cmocka_unit_test(strange_files_in_the_outbox_are_no_messages),
		cmocka_unit_test(how_a_notifier_does_is_kept),
		cmocka_unit_test(
		    a_large_entry_reaches_the_journal_as_a_sealed_file),
		cmocka_unit_test(
		    a_field_with_a_line_feed_has_its_length_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
