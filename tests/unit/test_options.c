/* SPDX-License-Identifier: MIT */
#include "agent/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* Words of a line, borrowed from it. */
struct words {
	char *line, *argv[32];
	int argc;
};

static void
split(struct words *w, const char *line)
{
	w->line = xstrdup(line);
	w->argc = 0;
	for (char *p = strtok(w->line, " "); p != NULL; p = strtok(NULL, " "))
		w->argv[w->argc++] = p;
	w->argv[w->argc] = NULL;
}

static void
options_stand_before_and_behind_the_verb(void **state)
{
	static const char *const lines[] = {
		"--root /r --store /s --specs a --specs=b --format json -q "
		    "--no-color check x",
		"check x --root=/r --store=/s --specs a --specs b "
		    "--format=json --quiet --no-color",
		"--specs a check --root /r --specs b x --store /s --format "
		    "json -q --no-color",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CLEANUP(drop_options) struct options o = { 0 };
		struct words w;
		struct err e = { 0 };

		split(&w, lines[i]);
		assert_int_equal(options_parse(w.argc, w.argv, &o, &e), 0);
		assert_string_equal(o.verb, "check");
		assert_string_equal(o.root, "/r");
		assert_true(o.root_given);
		assert_string_equal(o.store, "/s");
		assert_int_equal(o.specs.n, 2);
		assert_string_equal(o.specs.items[1], "b");
		assert_int_equal(o.format, FORMAT_JSON);
		assert_int_equal(o.verbose, -1);
		assert_true(o.no_color);
		assert_int_equal(o.argc, 1);
		assert_string_equal(o.argv[0], "x");
		free(w.line);
	}
}

static void
nothing_given_means_the_running_system(void **state)
{
	CLEANUP(drop_options) struct options o = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(options_parse(0, NULL, &o, &e), 0);
	assert_string_equal(o.root, "/");
	assert_false(o.root_given);
	assert_null(o.verb);
	assert_null(o.store);
}

static void
refused(const char *line, const struct verb_option *table, const char *says)
{
	CLEANUP(drop_options) struct options o = { 0 };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct words w;
	struct err e = { 0 };

	split(&w, line);
	if (options_parse(w.argc, w.argv, &o, &e) == 0)
		assert_int_equal(options_verb(&o, table, &rest, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	err_format(&e, &b);
	assert_string_equal(buf_str(&b), says);
	free(w.line);
}

static void
wrong_words_are_refused_with_what_was_meant(void **state)
{
	bool flag;
	const char *value;
	const struct verb_option table[] = {
		{ "yes", 'y', &flag, NULL }, { "message", 'm', NULL, &value },
		{ 0 } };

	(void)state;
	refused("check --root", table, "--root: this option needs a value");
	refused("--root= check", table, "--root: this option needs a value");
	refused("check --quiet=1", table,
	    "--quiet=1: this option takes no value");
	refused("--format qqq check", table, "--format: unknown format 'qqq' "
	    "[one of: text, json, ndjson, html, markdown, junit, sarif, "
	    "nagios, prometheus]");
	refused("--format jsno check", table, "--format: unknown format "
	    "'jsno' [did you mean 'json'? one of: text, json, ndjson, "
	    "html, markdown, junit, sarif, nagios, prometheus]");
	refused("check --yse", table,
	    "unknown option '--yse' (did you mean '--yes'?)");
	refused("check --rot=/x", table,
	    "unknown option '--rot' (did you mean '--root'?)");
	refused("check --zzzzzzzzz", table,
	    "unknown option '--zzzzzzzzz' [see driftctl help]");
	refused("check -m", table, "-m: this option needs a value");
	refused("check --yes=1", table, "--yes=1: this option takes no value");
}

static void
a_verb_takes_its_own_options_and_the_rest(void **state)
{
	bool yes = false;
	const char *message = NULL;
	const struct verb_option table[] = {
		{ "yes", 'y', &yes, NULL }, { "message", 'm', NULL, &message },
		{ 0 } };
	CLEANUP(drop_options) struct options o = { 0 };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	struct words w;
	struct err e = { 0 };

	(void)state;
	split(&w, "accept a -y --message=why - -- --not-an-option -m");
	assert_int_equal(options_parse(w.argc, w.argv, &o, &e), 0);
	assert_int_equal(options_verb(&o, table, &rest, &e), 0);
	assert_true(yes);
	assert_string_equal(message, "why");
	assert_int_equal(rest.n, 4);
	assert_string_equal(rest.items[1], "-");
	assert_string_equal(rest.items[2], "--not-an-option");
	assert_string_equal(rest.items[3], "-m");
	free(w.line);
}

static void
behind_two_dashes_no_word_is_ours(void **state)
{
	CLEANUP(drop_options) struct options o = { 0 };
	struct words w;
	struct err e = { 0 };

	(void)state;
	split(&w, "diff -- --root /x -q");
	assert_int_equal(options_parse(w.argc, w.argv, &o, &e), 0);
	assert_string_equal(o.root, "/");
	assert_int_equal(o.verbose, 0);
	assert_int_equal(o.argc, 4);
	free(w.line);
}

static void
store_is(const struct options *o, const char *wanted)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(options_store(o, &b, &e), 0);
	assert_string_equal(buf_str(&b), wanted);
}

static void
the_store_is_where_the_root_is(void **state)
{
	bool is_root = geteuid() == 0;
	struct options o = { .root = "/" };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err e = { 0 };
	int n;

	(void)state;
	store_is(&(struct options){ .root = "/mnt", .root_given = true,
	    .store = "/s" }, "/s");
	store_is(&(struct options){ .root = "/mnt", .root_given = true },
	    "/mnt/var/lib/driftctl");
	store_is(&(struct options){ .root = "/mnt/", .root_given = true },
	    "/mnt/var/lib/driftctl");
	if (is_root) {
		store_is(&o, "/var/lib/driftctl");
		assert_int_equal(seteuid(65534), 0);
	}
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("HOME", "/home/u", 1);
	store_is(&o, "/state/driftctl");
	/* The XDG specification: a relative path is to be ignored. */
	setenv("XDG_STATE_HOME", "state", 1);
	store_is(&o, "/home/u/.local/state/driftctl");
	unsetenv("HOME");
	n = options_store(&o, &b, &e);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(n, -1);
	err_format(&e, &said);
	assert_string_equal(buf_str(&said), "no folder for the store: HOME "
	    "is not set [name one with --store]");
}

static void
what_is_no_terminal_gets_no_colour(void **state)
{
	struct options o = { .root = "/" };

	(void)state;
	if (!isatty(STDOUT_FILENO))
		assert_false(options_color(&o));
	o.no_color = true;
	assert_false(options_color(&o));
	o.no_color = false;
	setenv("NO_COLOR", "1", 1);
	assert_false(options_color(&o));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_and_behind_the_verb),
		cmocka_unit_test(nothing_given_means_the_running_system),
		cmocka_unit_test(wrong_words_are_refused_with_what_was_meant),
		cmocka_unit_test(a_verb_takes_its_own_options_and_the_rest),
		cmocka_unit_test(behind_two_dashes_no_word_is_ours),
		cmocka_unit_test(the_store_is_where_the_root_is),
		cmocka_unit_test(what_is_no_terminal_gets_no_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
