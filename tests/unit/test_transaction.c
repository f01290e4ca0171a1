/* SPDX-License-Identifier: MIT */
#include "agent/ledger/transaction.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "agent/hook/aptlist.h"
#include "agent/ledger/ledger.h"
#include "agent/tell/telltext.h"
#include "base/buf.h"
#include "base/vec.h"
#include "tests/unit/scratch.h"

static void
fill(struct transaction *t, const char *id)
{
	struct err e = { 0 };

	*t = (struct transaction){ .id = id, .origin = "zypp",
		.command = "zypper up", .rollback = "",
		.owner = { .pid = 7, .start = 99, .boot = "b" },
		.state = TRANSACTION_OPEN, .began = 1795305201,
		.before.b = { 1, 2, 3 }, .newest.b = { 4 } };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "cyrus imapd", "x86_64",
		"2", "3" };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "old", "noarch", "1",
		NULL };
	*VEC_ADD(&t->planned) = (struct planned){ { "new", "all", NULL, "1" },
		"/a b.deb" };
	transaction_found(t, "restored", "/etc/pam.d/imap", "a/b: put back");
	transaction_found(t, "flagged", "change:/etc/x", "-");
	err_set(&e, ERR_BUSY, "store", "in use\n");
	transaction_failed(t, &e);
	transaction_failed(t, &e);
	strlist_add(&t->joined, "rpm");
}

static const char written[] =
    "driftctl-transaction 1\n"
    "id: 20261121T193012Z-zypp\n"
    "origin: zypp\n"
    "state: open\n"
    "command: zypper\\x20up\n"
    "owner: 7 99 b\n"
    "joined: rpm\n"
    "began: 1795305201\n"
    "newest: 0400000000000000000000000000000000000000\n"
    "before: 0102030000000000000000000000000000000000\n"
    "package: cyrus\\x20imapd x86_64 2 3\n"
    "package: old noarch 1 -\n"
    "planned: new all - 1 /a\\x20b.deb\n"
    "restored: /etc/pam.d/imap a/b:\\x20put\\x20back\n"
    "flagged: change:/etc/x \\x2d\n"
    "failed: store:\\x20in\\x20use\\x5cn\n";

static void
a_record_is_read_as_it_was_written(void **state)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 }, u = { 0 };
	CLEANUP(drop_buf) struct buf first = { 0 }, second = { 0 };
	struct err e = { 0 };

	(void)state;
	fill(&t, "20261121T193012Z-zypp");
	transaction_write(&t, &first);
	assert_string_equal(buf_str(&first), written);
	assert_int_equal(transaction_parse("t", buf_str(&first), first.len, &u,
	    &e), 0);
	transaction_write(&u, &second);
	assert_string_equal(buf_str(&second), written);
	assert_string_equal(u.findings.items[1].what, "-");
	assert_null(u.packages.items[1].is);
	assert_int_equal(transaction_count(&u, "restored"), 1);
}

static void
what_a_later_version_adds_is_left_out(void **state)
{
	static const char text[] = "driftctl-transaction 1\n"
	    "id: x\nmood: good very good and a lot of words more\n"
	    "state: ended\n";
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(transaction_parse("t", text, strlen(text), &t, &e), 0);
	assert_string_equal(t.id, "x");
	assert_int_equal(t.state, TRANSACTION_ENDED);
}

static void
a_damaged_record_is_refused_where_it_is(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "t: is empty" },
		{ "driftctl-transaction 2\n", "t:1: is no record" },
		{ "driftctl-transaction 1\nid x\n", "t:2: is no record" },
		{ "driftctl-transaction 1\nid: x", "t:2: is no record" },
		{ "driftctl-transaction 1\nid:x\n", "t:2: is no record" },
		{ "driftctl-transaction 1\nid: a\\x2\n", "t:2: is no record" },
		{ "driftctl-transaction 1\n\nstate: dead\n",
		    "t:2: is no record" },
		{ "driftctl-transaction 1\nstate: dead\n",
		    "t:2: is no record" },
		{ "driftctl-transaction 1\nowner: 1 2\n", "t:2: is no record" },
		{ "driftctl-transaction 1\nbefore: 12\n", "t:2: is no record" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_transaction) struct transaction t = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };

		assert_int_equal(transaction_parse("t", cases[i].text,
		    strlen(cases[i].text), &t, &e), -1);
		err_format(&e, &said);
		assert_memory_equal(buf_str(&said), cases[i].says,
		    strlen(cases[i].says));
	}
}

static void
the_ledger_keeps_open_ones_apart(void **state)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_transaction) struct transaction t = { 0 }, again = { 0 };
	CLEANUP(drop_pkglist) struct pkglist was = { 0 }, back = { 0 };
	CLEANUP(drop_strlist) struct strlist open = { 0 }, all = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(ledger_open(s.dirfd, &l, &e), 0);
	ledger_new_id(&l, (int64_t)time(NULL), "zypp", &id);
	fill(&t, buf_str(&id));
	pkglist_add(&was, "a", "b", "c");
	assert_int_equal(ledger_save(&l, &t, &e), 0);
	assert_int_equal(ledger_load_packages(&l, t.id, &back, &e), 0);
	assert_int_equal(ledger_save_packages(&l, t.id, &was, &e), 0);
	assert_int_equal(ledger_load_packages(&l, t.id, &back, &e), 1);
	assert_int_equal(back.n, 1);
	assert_int_equal(ledger_ids(&l, &all, &e), 0);
	assert_int_equal(all.n, 0);
	assert_int_equal(ledger_open_ids(&l, &open, &e), 0);
	assert_int_equal(open.n, 1);
	assert_string_equal(open.items[0], t.id);

	t.state = TRANSACTION_ENDED;
	assert_int_equal(ledger_save(&l, &t, &e), 0);
	/* Somebody died before the open one went. */
	scratch_sh(&s, "cp transactions/%s transactions/%s.open", t.id, t.id);
	strlist_done(&open);
	assert_int_equal(ledger_open_ids(&l, &open, &e), 0);
	assert_int_equal(open.n, 0);
	scratch_sh(&s, "[ \"$(ls transactions)\" = \"%s\nlock\" ]", t.id);
	assert_int_equal(ledger_ids(&l, &all, &e), 0);
	assert_int_equal(all.n, 1);
	assert_int_equal(ledger_load(&l, t.id, &again, &e), 0);
	assert_int_equal(again.state, TRANSACTION_ENDED);
	scratch_end(&s);
}

static void
no_two_have_one_id(void **state)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(ledger_open(s.dirfd, &l, &e), 0);
	for (int i = 0; i < 3; i++) {
		CLEANUP(drop_transaction) struct transaction t = { 0 };
		CLEANUP(drop_buf) struct buf id = { 0 };

		ledger_new_id(&l, (int64_t)time(NULL), "apt", &id);
		fill(&t, buf_str(&id));
		t.state = i == 1 ? TRANSACTION_ENDED : TRANSACTION_OPEN;
		assert_int_equal(ledger_save(&l, &t, &e), 0);
	}
	scratch_sh(&s, "[ $(ls transactions | grep -c apt) = 3 ]");
	scratch_end(&s);
}

static void
ids_are_in_order_whatever_the_clock_does(void **state)
{
	static const struct {
		int64_t when;
		const char *origin, *id;
	} cases[] = {
		{ 86400, "zypp", "19700102T000000Z-zypp" },
		{ 86400, "rpm", "19700102T000001Z-rpm" },
		{ 0, "rpm", "19700102T000002Z-rpm" },
		{ 86402, "rpm", "19700102T000002Z-rpm-2" },
		{ 86500, "apt", "19700102T000140Z-apt" },
	};
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	assert_int_equal(ledger_open(s.dirfd, &l, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_transaction) struct transaction t = { 0 };
		CLEANUP(drop_buf) struct buf id = { 0 };

		ledger_new_id(&l, cases[i].when, cases[i].origin, &id);
		assert_string_equal(buf_str(&id), cases[i].id);
		fill(&t, buf_str(&id));
		t.state = i % 2 == 0 ? TRANSACTION_ENDED : TRANSACTION_OPEN;
		assert_int_equal(ledger_save(&l, &t, &e), 0);
	}
	scratch_end(&s);
}

static void
a_process_is_told_from_a_later_one_of_its_number(void **state)
{
	struct owner me, gone;
	pid_t child;

	(void)state;
	assert_int_equal(owner_of(getpid(), &me), 0);
	assert_true(owner_lives(&me));
	assert_true(owner_is_above(&me, getpid()));
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_true(owner_is_above(&me, child));
	assert_int_equal(owner_of(child, &gone), 0);
	assert_false(owner_is_above(&gone, getpid()));
	assert_int_equal(owner_first(child), owner_first(getpid()));
	kill(child, SIGKILL);
	/* A zombie is dead. */
	waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	assert_false(owner_lives(&gone));
	waitpid(child, NULL, 0);
	assert_false(owner_lives(&gone));
	me.start++;
	assert_false(owner_lives(&me));
	me.start--;
	strcpy(me.boot, "another");
	assert_false(owner_lives(&me));
}

static void
what_apt_plans_is_read(void **state)
{
	static const char text[] = "VERSION 3\nAPT::Architecture=amd64\n\n"
	    "gone 1 amd64 none > - - none **REMOVE**\n"
	    "libc6 2.36 amd64 same < 2.41 amd64 same /a b/libc6.deb\n"
	    "libc6 2.36 amd64 same < 2.41 amd64 same **CONFIGURE**\n"
	    "new - - none < 1 all foreign /new.deb\n"
	    "late 1 all none = 1 all none **CONFIGURE**\n";
	CLEANUP(drop_aptlist) struct aptlist l = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(aptlist_parse("apt", text, strlen(text), &l, &e), 0);
	assert_int_equal(l.n, 4);
	assert_string_equal(l.items[0].arch, "amd64");
	assert_null(l.items[0].is);
	assert_string_equal(l.items[1].was, "2.36");
	assert_string_equal(l.items[1].is, "2.41");
	assert_string_equal(l.items[1].file, "/a b/libc6.deb");
	assert_null(l.items[2].was);
	assert_string_equal(l.items[2].arch, "all");
	assert_string_equal(l.items[3].name, "late");
	assert_string_equal(l.items[3].file, "");
}

static void
what_apt_cannot_have_written_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "apt:1: is no list of packages of apt's version 2 or 3" },
		{ "VERSION 4\n\n",
		    "apt:1: is no list of packages of apt's version 2 or 3" },
		{ "VERSION 3\na=b\n\na b c\n",
		    "apt:4: this is no line of apt's about a package" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_aptlist) struct aptlist l = { 0 };
		CLEANUP(drop_buf) struct buf said = { 0 };
		struct err e = { 0 };

		assert_int_equal(aptlist_parse("apt", cases[i].text,
		    strlen(cases[i].text), &l, &e), -1);
		err_format(&e, &said);
		assert_string_equal(buf_str(&said), cases[i].says);
	}
}

static void
what_is_told_is_short(void **state)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 }, quiet = {
		.id = "x" };
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	fill(&t, "x");
	for (int i = 0; i < 5; i++)
		transaction_found(&t, "unknown", "/etc/\033", "?");
	for (int i = 0; i < 5; i++)
		transaction_found(&t, "merge", "/etc/m\033", "?");
	telltext(&t, "/r", &text);
	assert_string_equal(buf_str(&text), "put back: /etc/pam.d/imap\n"
	    "needs you: /etc/x: -\n"
	    "cannot tell: /etc/\\x1b, /etc/\\x1b and 3 more, each: ?\n"
	    "to merge: /etc/m\\x1b, /etc/m\\x1b, /etc/m\\x1b, /etc/m\\x1b and "
	    "1 more\n"
	    "not done: store: in use\\n\n"
	    "all of it: /r\n");
	buf_reset(&text);
	telltext(&quiet, "/r", &text);
	assert_int_equal(text.len, 0);
}

static void
add_missing(struct transaction *t, const char *rule, const char *path,
    const char *severity)
{
	const char *id = arena_printf(&t->arena, "%s:%s#present", rule, path);
	struct transaction_finding *f = transaction_found(t, "flagged", id,
	    "is missing; cyrus-imapd 2.4.17-3 -> 3.0.5-1 no longer ships it");

	f->path = path;
	f->severity = severity;
	f->why = "Nobody gets in.";
	f->remedy = arena_printf(&t->arena, "driftctl restore %s", path);
}

/* Each line has "driftctl: " before it. */
static void
what_needs_somebody_is_told_in_words_with_its_remedy(void **state)
{
	CLEANUP(drop_transaction) struct transaction t = { .id = "x" };
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	add_missing(&t, "b/notes", "/etc/d", "info");
	add_missing(&t, "b/lesser", "/etc/c", "warning");
	add_missing(&t, "a/x", "/etc/b", "warning");
	add_missing(&t, "mail-auth/pam", "/etc/pam.d/imap", "critical");
	add_missing(&t, "mail-auth/pam", "/etc/pam.d/smtp", "critical");
	telltext(&t, "/r", &text);
	assert_string_equal(buf_str(&text),
	    "needs you: /etc/pam.d/imap, /etc/pam.d/smtp, each: is missing;\n"
	    "  cyrus-imapd 2.4.17-3 -> 3.0.5-1 no longer ships it "
	    "[mail-auth/pam]\n"
	    "  -> driftctl restore /etc/pam.d/imap /etc/pam.d/smtp\n"
	    "needs you: /etc/b: is missing; cyrus-imapd 2.4.17-3 -> 3.0.5-1 no\n"
	    "  longer ships it [a/x]\n"
	    "  -> driftctl restore /etc/b\n"
	    "needs you: /etc/c: is missing; cyrus-imapd 2.4.17-3 -> 3.0.5-1 no\n"
	    "  longer ships it [b/lesser]\n"
	    "  -> driftctl restore /etc/c\n"
	    "  and 1 more\n"
	    "all of it: /r\n");
}

/* The terminal of an upgrade is copied to logs that others may read. */
static void
what_is_for_root_alone_is_not_told_on_the_terminal(void **state)
{
	CLEANUP(drop_transaction) struct transaction t = { .id = "x" };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct transaction_finding *f;

	(void)state;
	f = transaction_found(&t, "flagged", "a/b:/etc/s#lines", "the word x");
	f->path = "/etc/s";
	f->told = "does not hold: lines";
	telltext(&t, NULL, &text);
	assert_string_equal(buf_str(&text),
	    "needs you: /etc/s: does not hold: lines [a/b]\n");
}

static void
why_and_remedy_are_kept(void **state)
{
	CLEANUP(drop_transaction) struct transaction t = { .id = "x",
		.origin = "", .command = "", .rollback = "" }, u = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };

	(void)state;
	add_missing(&t, "a/b", "/etc/b", "critical");
	t.findings.items[0].remedy = "";
	transaction_write(&t, &text);
	assert_int_equal(transaction_parse("t", buf_str(&text), text.len, &u,
	    &e), 0);
	assert_string_equal(u.findings.items[0].told, "");
	assert_string_equal(u.findings.items[0].why, "Nobody gets in.");
	assert_string_equal(u.findings.items[0].remedy, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read_as_it_was_written),
		cmocka_unit_test(what_a_later_version_adds_is_left_out),
		cmocka_unit_test(a_damaged_record_is_refused_where_it_is),
		cmocka_unit_test(the_ledger_keeps_open_ones_apart),
		cmocka_unit_test(no_two_have_one_id),
		cmocka_unit_test(ids_are_in_order_whatever_the_clock_does),
		cmocka_unit_test(
		    a_process_is_told_from_a_later_one_of_its_number),
		cmocka_unit_test(what_apt_plans_is_read),
		cmocka_unit_test(what_apt_cannot_have_written_is_refused),
		cmocka_unit_test(what_is_told_is_short),
		cmocka_unit_test(
		    what_needs_somebody_is_told_in_words_with_its_remedy),
		cmocka_unit_test(
		    what_is_for_root_alone_is_not_told_on_the_terminal),
		cmocka_unit_test(why_and_remedy_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
