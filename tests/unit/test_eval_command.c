/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "judged.h"
#include "specs/eval_command.h"

enum { NOW = 100000000, ASKED = 99990000 };

#define WHEN "(asked 1973-03-03 07:00:00)"
#define SPEC(text)							\
	"spec: t\nrules:\n  - {id: a, path: /etc/d.conf, why: w, "	\
	"command: {run: [dconf, -n], " text "}}\n"
#define PLAIN								\
	"spec: t\nrules:\n  - {id: a, path: /etc/d.conf, why: w, "	\
	"command: {run: [dconf, -n]}}\n"

/* What the program says, whoever asks. */
struct said {
	struct fake_file files[3];	/* first, since it is the context */
	enum command_state state;
	int exit;
	const char *out, *err, *fails;
	unsigned asked;
};

static int
say(void *ctx, const struct rule *rule, struct command_answer *out,
    struct err *e)
{
	struct said *s = ctx;

	assert_string_equal(rule->command->run.items[0], "dconf");
	s->asked++;
	if (s->fails != NULL)
		return err_set(e, ERR_SYSTEM, NULL, "%s", s->fails);
	*out = (struct command_answer){ s->state, s->exit, s->out, s->err,
		s->out != NULL ? strlen(s->out) : 0,
		s->err != NULL ? strlen(s->err) : 0, ASKED, NOW + 77 };
	return 0;
}

static void
expect_said(const char *spec, struct said s, const char *expected,
    int64_t valid_until)
{
	struct evidence ev = fake_evidence((struct fake_file *)&s);

	if (s.files[0].en.path == NULL && s.files[1].en.path == NULL)
		s.files[0] = file("/etc/d.conf", "");
	ev.ctx = &s;
	ev.ask = say;
	ev.now = NOW;
	judged(spec, &ev, expected, valid_until);
}

static void
the_exit_status_is_judged(void **state)
{
	(void)state;
	expect_said(PLAIN, (struct said){ .exit = 0 }, "1\n", NOW + 77);
	expect_said(PLAIN, (struct said){ .exit = 1, .err = "d: no\n" },
	    "0\nF command /etc/d.conf 'dconf -n' ended with 1: 'd: no' "
	    WHEN "\n", NOW);
	expect_said(PLAIN, (struct said){ .exit = 139 },
	    "0\nF command /etc/d.conf 'dconf -n' ended with 139 (signal "
	    "11?) and said nothing " WHEN "\n", NOW);
	expect_said(SPEC("exit: [3, 4]"), (struct said){ .exit = 4 },
	    "1\n", NOW + 77);
	expect_said(PLAIN, (struct said){ .exit = 255, .err = "no\r\n" },
	    "0\nF command /etc/d.conf 'dconf -n' ended with 255: 'no' "
	    WHEN "\n", NOW);
	expect_said(SPEC("exit: any, not-stderr: no"),
	    (struct said){ .exit = 255 }, "1\n", NOW + 77);
	expect_said(SPEC("exit: any, not-stderr: no"),
	    (struct said){ .exit = 139 }, "0\nF command /etc/d.conf 'dconf "
	    "-n' ended with 139 (signal 11?) and said nothing " WHEN "\n",
	    NOW);
	expect_said(SPEC("exit: any, not-stderr: no"), (struct said){
	    .exit = 1, .err = "a\nmkdir: Read-only file system\n" },
	    "0\nU command /etc/d.conf 'dconf -n' wants to write, which a "
	    "check lets nobody: 'mkdir: Read-only file system' [name the "
	    "folder under 'scratch']\n", NOW);
	expect_said(SPEC("exit: 3"), (struct said){ .exit = 0, .out = "ok" },
	    "0\nF command /etc/d.conf 'dconf -n' ended with 0: 'ok' "
	    WHEN "\n", NOW);
}

static void
what_it_prints_is_judged(void **state)
{
	const struct said warns = { .out = "a = b\nc = d\n",
		.err = "one\nwarning: two\nthree\n" };

	(void)state;
	expect_said(SPEC("stdout: '(?m)^c = d$', stderr: 'warning', "
	    "not-stdout: x, not-stderr: x"), warns, "1\n", NOW + 77);
	expect_said(SPEC("not-stderr: '(?m)^warning:'"), warns,
	    "0\nF command /etc/d.conf 'dconf -n' says on stderr: "
	    "'warning: two' " WHEN "\n", NOW);
	expect_said(SPEC("not-stdout: 'c ='"), warns,
	    "0\nF command /etc/d.conf 'dconf -n' says on stdout: 'c = d' "
	    WHEN "\n", NOW);
	expect_said(SPEC("stdout: 'fine'"), warns,
	    "0\nF command /etc/d.conf 'dconf -n' does not say on stdout what "
	    "matches 'fine': 'one' " WHEN "\n", NOW);
	expect_said(SPEC("stderr: '^$'"), warns,
	    "0\nF command /etc/d.conf 'dconf -n' does not say on stderr what "
	    "matches '^$': 'one' " WHEN "\n", NOW);
	/* What takes for ever is not known. */
	expect_said(SPEC("stdout: '^(a+)+$'"), (struct said){ .out =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" },
	    "0\nU command /etc/d.conf the expression '^(a+)+$' takes too "
	    "long on what it printed\n", NOW + 77);
}

/* As these programs word it. */
static void
the_line_that_tells_most_is_shown_with_its_place(void **state)
{
	static const struct { const char *err, *place, *shown; } cases[] = {
		{ "doveconf: Warning: NOTE: You can get a new and clean config "
		    "file\ndoveconf: Fatal: Error in configuration file "
		    "/etc/d.conf line 3: Unknown setting: mail_location\n",
		    ":3", "doveconf: Fatal: Error in configuration file "
		    "/etc/d.conf line 3: Unknown setting: mail_location" },
		{ "/etc/d.conf: line 5: Bad configuration option: Foo\n"
		    "/etc/d.conf: terminating, 1 bad configuration options\n",
		    ":5", "/etc/d.conf: line 5: Bad configuration option: "
		    "Foo" },
		{ "/etc/d.conf:7:3: syntax error\nx y\n  ^\n", ":7",
		    "/etc/d.conf:7:3: syntax error" },
		{ "nginx: [warn] x\nnginx: [emerg] unknown directive \"x\" in "
		    "/etc/d.conf:9\nnginx: configuration file /etc/d.conf test "
		    "failed\n", ":9", "nginx: [emerg] unknown directive \"x\" "
		    "in /etc/d.conf:9" },
		{ "AH00526: Syntax error on line 2 of /etc/d.conf:\nInvalid "
		    "command 'Foo', perhaps misspelled\n", ":2",
		    "AH00526: Syntax error on line 2 of /etc/d.conf:\\n"
		    "Invalid command 'Foo', perhaps misspelled" },
		{ "fatal error: invalid option name on line 8 of configuration "
		    "file /etc/d.conf\n", ":8", "fatal error: invalid option "
		    "name on line 8 of configuration file /etc/d.conf" },
		{ "warn: failed to parse line in /etc/d.conf (line 113): x",
		    ":113", "warn: failed to parse line in /etc/d.conf (line "
		    "113): x" },
		{ "\n  \nwhat now? /etc/d.conf: 12\n", "",
		    "what now? /etc/d.conf: 12" },
		/* Of another machine, or no number of a line. */
		{ "/etc/other:3: syntax error\n", "",
		    "/etc/other:3: syntax error" },
		{ "error in /etc/d.conf:x", "", "error in /etc/d.conf:x" },
		{ "error in /etc/d.conf", "", "error in /etc/d.conf" },
		{ "error in line 3 of ", "", "error in line 3 of" },
		{ "\33[31merror\33[m", "", "\\x1b[31merror\\x1b[m" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		buf_addf(&b, "0\nF command /etc/d.conf%s 'dconf -n' ended "
		    "with 89: '%s' " WHEN "\n", cases[i].place,
		    cases[i].shown);
		expect_said(PLAIN, (struct said){ .exit = 89, .err =
		    cases[i].err }, buf_str(&b), NOW);
		/* Some say it on the other stream. */
		expect_said(PLAIN, (struct said){ .exit = 89, .out =
		    cases[i].err }, buf_str(&b), NOW);
	}
}

static void
another_file_may_decide(void **state)
{
	struct said s = { .exit = 1, .err = "/etc/e.conf:4: unknown word" };

	(void)state;
	s.files[0] = file("/etc/d.conf", "");
	s.files[1] = file("/etc/e.conf", "");
	expect_said(PLAIN, s, "0\nF command /etc/e.conf:4 'dconf "
	    "-n' ended with 1: '/etc/e.conf:4: unknown word' " WHEN "\n", NOW);
	s.files[1].en.content = CONTENT_SEALED;
	expect_said(PLAIN, s, "0\nF command /etc/e.conf:4 'dconf "
	    "-n' ended with 1: (hidden) " WHEN "\n", NOW);
}

static void
of_secrets_nothing_is_shown(void **state)
{
	struct said s = { .exit = 1, .err = "bad password 'x' in line 3" };

	(void)state;
	s.files[0] = file("/etc/d.conf", "");
	s.files[0].en.content = CONTENT_SEALED;
	expect_said(PLAIN, s, "0\nF command /etc/d.conf 'dconf -n' ended with "
	    "1: (hidden) " WHEN "\n", NOW);
	s.files[0] = file("/etc/d.conf", "");
	expect_said("spec: t\nrules:\n  - {id: a, path: /etc/d.conf, why: w, "
	    "secret: true, command: {run: [dconf], stdout: magic}}\n",
	    (struct said){ .out = "password" },
	    "0\nF command /etc/d.conf 'dconf' does not say on stdout what "
	    "matches (hidden): (hidden) " WHEN "\n", NOW);
}

static void
one_rule_asks_once_and_not_without_a_configuration(void **state)
{
	struct said s = { .exit = 0 };
	struct evidence ev = fake_evidence(s.files);

	(void)state;
	ev.ctx = &s;
	ev.ask = say;
	s.files[0] = file("/etc/d.conf", "");
	s.files[1] = file("/etc/e.conf", "");
	judged("spec: t\nrules:\n  - {id: a, path: '/etc/{d,e,f}.conf', why: "
	    "w, command: {run: [dconf]}}\n", &ev, "1\n", NOW + 77);
	assert_int_equal(s.asked, 1);
	judged("spec: t\nrules:\n  - {id: a, path: /etc/f.conf, why: w, "
	    "command: {run: [dconf]}}\n", &ev, "0\n", 0);
	judged("spec: t\nrules:\n  - {id: a, path: /etc/f.conf, why: w, "
	    "require: present, command: {run: [dconf]}}\n", &ev,
	    "0\nF present /etc/f.conf is missing\n", 0);
	assert_int_equal(s.asked, 1);
}

static const char *
all_hidden(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return "/etc/d";
}

static void
a_hidden_configuration_is_not_known(void **state)
{
	struct said s = { .exit = 0 };
	struct evidence ev = fake_evidence(s.files);

	(void)state;
	ev.ctx = &s;
	ev.ask = say;
	ev.hidden = all_hidden;
	judged(PLAIN, &ev, "0\nU command /etc/d.conf lies in a folder that "
	    "cannot be read (/etc/d)\n", 0);
	assert_int_equal(s.asked, 0);
}

static void
a_program_that_is_not_there_is_missed_where_it_must_be(void **state)
{
	(void)state;
	expect_said(PLAIN, (struct said){ .state = COMMAND_MISSING }, "0\n",
	    0);
	expect_said("spec: t\nrules:\n  - {id: a, path: /etc/d.conf, why: w, "
	    "require: present, command: {run: [dconf]}}\n",
	    (struct said){ .state = COMMAND_MISSING },
	    "1\nF command /etc/d.conf 'dconf' is not installed\n", 0);
}

static void
what_could_not_be_asked_is_not_known(void **state)
{
	(void)state;
	expect_said(PLAIN, (struct said){ .exit = 1, .err = "[emerg] open() "
	    "/run/d.pid failed (30: Read-only file system)" },
	    "0\nU command /etc/d.conf 'dconf -n' wants to write, which a "
	    "check lets nobody: '[emerg] open() /run/d.pid failed (30: "
	    "Read-only file system)' [name the folder under 'scratch']\n",
	    NOW);
	expect_said(PLAIN, (struct said){ .exit = 1, .err =
	    "x: host not found in upstream" }, "0\nU command /etc/d.conf "
	    "'dconf -n' wants the network, which a check lets nobody reach: "
	    "'x: host not found in upstream'\n", NOW);
	expect_said(PLAIN, (struct said){ .fails = "'dconf' gave no answer in "
	    "10 s" }, "0\nU command /etc/d.conf 'dconf' gave no answer in 10 "
	    "s\n", 0);
}

static void
what_is_not_asked_is_counted(void **state)
{
	static const char *const path = "/etc/d.conf", *const word = "dconf";
	const struct fake_file files[] = { file("/etc/d.conf", ""), END };
	struct evidence ev = fake_evidence(files);
	struct command_demand d = { .run = { (const char **)(uintptr_t)&word,
		1, 1 } };
	struct rule r = rule_on((const char **)(uintptr_t)&path);
	struct results out = { 0 };

	(void)state;
	r.command = &d;
	eval_rule(&r, &ev, &out);
	assert_int_equal(out.n, 0);
	assert_int_equal(out.not_asked, 1);
	assert_int_equal(out.rules, 0);
	results_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exit_status_is_judged),
		cmocka_unit_test(what_it_prints_is_judged),
		cmocka_unit_test(
		    the_line_that_tells_most_is_shown_with_its_place),
		cmocka_unit_test(another_file_may_decide),
		cmocka_unit_test(of_secrets_nothing_is_shown),
		cmocka_unit_test(
		    one_rule_asks_once_and_not_without_a_configuration),
		cmocka_unit_test(a_hidden_configuration_is_not_known),
		cmocka_unit_test(
		    a_program_that_is_not_there_is_missed_where_it_must_be),
		cmocka_unit_test(what_could_not_be_asked_is_not_known),
		cmocka_unit_test(what_is_not_asked_is_counted),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
