/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/json.h"
#include "agent/report/mendedwords.h"
#include "agent/report/moment.h"
#include "base/vec.h"
#include "tests/unit/scratch.h"

static const struct spec spec = { .name = "mail-auth" };
static const struct rule rule = { .id = "service-files", .spec = &spec };

/* Names as a hostile hand would choose them. */
static struct finding items[] = {
	{ .kind = FINDING_DRIFT, .id = "mail-auth/service-files:/etc/pam.d/imap",
	    .severity = SEVERITY_CRITICAL, .flagged = true,
	    .path = "/etc/pam.d/imap", .what = "is not there",
	    .why = "Without this file PAM falls back to 'other', which on this "
	    "system denies everybody: no mail user can log in any more.",
	    .remedy = "driftctl restore /etc/pam.d/imap", .rule = &rule,
	    .demand = "exists" },
	{ .kind = FINDING_DRIFT, .id = "mail-auth/x:/etc/a\nb",
	    .severity = SEVERITY_WARNING, .flagged = true, .path = "/etc/a\nb",
	    .file = "/etc/a\nb", .line = 7, .what = "has \"\033[2J\" in it",
	    .rule = &rule },
	{ .kind = FINDING_CHANGE, .id = "change:/etc/\xff",
	    .path = "/etc/\xff", .what = "was added since the baseline",
	    .below = 3 },
	{ .kind = FINDING_UNKNOWN, .id = "unknown:/etc/shut",
	    .severity = SEVERITY_WARNING, .path = "/etc/shut",
	    .file = "/etc/other", .line = 2,
	    .what = "cannot open: Permission denied" },
};

static const struct oid baseline = { "\x0f\xda\xec\xf3" };

struct reported {
	struct options o;
	struct machine m;
	struct findings f;
	struct moment r;
	struct model model;
	struct buf out;
};

static void
start(struct reported *t, size_t n)
{
	*t = (struct reported){ .o = { .root = "/" } };
	t->m.o = &t->o;
	t->f = (struct findings){ .items = items, .n = n, .rules = 39,
		.specs = 8, .entries = 55 };
	if (n > 0) {
		t->f.drifts = t->f.flagged = 2;
		t->f.notes = t->f.unknowns = 1;
	}
	t->r = (struct moment){ .verb = "check", .findings = &t->f,
		.baseline = &baseline, .baseline_time = 1795292497,
		.exit_code = 1 };
}

static void
tell(struct reported *t, bool color)
{
	model_done(&t->model);
	moment_model(&t->m, &t->r, &t->model);
	report_write(&t->model, t->o.format, color, &t->out);
}

static void
finish(struct reported *t)
{
	model_done(&t->model);
	buf_done(&t->out);
}

static void
each_finding_says_what_why_and_what_to_do(void **state)
{
	struct reported t;

	(void)state;
	start(&t, 4);
	tell(&t, false);
	assert_string_equal(buf_str(&t.out),
	    "critical  /etc/pam.d/imap: is not there "
	    "[mail-auth/service-files]\n"
	    "          Without this file PAM falls back to 'other', which on "
	    "this system\n"
	    "          denies everybody: no mail user can log in any more.\n"
	    "          -> driftctl restore /etc/pam.d/imap\n"
	    "warning   /etc/a\\nb:7: has \"\\x1b[2J\" in it "
	    "[mail-auth/service-files]\n"
	    "note      /etc/\\xff: was added since the baseline "
	    "(and 3 entries below it)\n"
	    "unknown   /etc/shut (/etc/other:2): cannot open: "
	    "Permission denied\n"
	    "2 flagged (2 of them drift), 1 noted, 1 unknown\n39 rules of 8 "
	    "specs; 55 entries tracked\n"
	    "baseline: 0fdaecf3 of 2026-11-21 20:21:37\n");
	finish(&t);
}

static void
quiet_leaves_out_what_needs_nobody(void **state)
{
	struct reported t;

	(void)state;
	start(&t, 4);
	t.o.verbose = -1;
	tell(&t, false);
	assert_null(strstr(buf_str(&t.out), "note "));
	assert_null(strstr(buf_str(&t.out), "baseline:"));
	assert_non_null(strstr(buf_str(&t.out), "critical "));
	assert_non_null(strstr(buf_str(&t.out), "unknown "));
	buf_reset(&t.out);
	t.f.n = 0;
	tell(&t, false);
	assert_string_equal(buf_str(&t.out), "");
	finish(&t);
}

static void
nothing_found_is_said_in_two_lines(void **state)
{
	struct reported t;

	(void)state;
	start(&t, 0);
	t.r.baseline = NULL;
	tell(&t, true);
	assert_string_equal(buf_str(&t.out), "clean: 39 rules of 8 specs hold; "
	    "55 entries tracked\nthere is no baseline to compare with\n");
	finish(&t);
}

static void
colour_is_ended_where_it_began(void **state)
{
	const char *p;
	size_t begun = 0, ended = 0;
	struct reported t;

	(void)state;
	start(&t, 4);
	tell(&t, true);
	for (p = buf_str(&t.out); (p = strchr(p, '\033')) != NULL; p++) {
		if (strncmp(p, "\033[0m", 4) == 0)
			ended++;
		else
			begun++;
	}
	assert_int_equal(begun, 4);
	assert_int_equal(ended, 4);
	finish(&t);
}

static void
json_is_valid_and_says_the_same(void **state)
{
	struct scratch s;
	struct reported t;

	(void)state;
	scratch_start(&s);
	for (size_t n = 0; n <= 4; n += 4) {
		start(&t, n);
		t.o.format = FORMAT_JSON;
		tell(&t, false);
		scratch_write(&s, "r.json", t.out.bytes, t.out.len);
		scratch_sh(&s, "python3 -m json.tool r.json > /dev/null && "
		    "! LC_ALL=C grep -q '[^[:print:]]\\[' r.json");
		finish(&t);
	}
	scratch_sh(&s, "python3 -c 'import json; "
	    "r = json.load(open(\"r.json\", encoding=\"utf-8\")); "
	    "f = r[\"findings\"]; "
	    "assert r[\"version\"] == 1 and r[\"verb\"] == \"check\"; "
	    "assert r[\"exit\"] == 1 and r[\"summary\"][\"flagged\"] == 2; "
	    "assert r[\"baseline\"].startswith(\"0fdaecf3\"); "
	    "assert len(f) == 4 and f[0][\"severity\"] == \"critical\"; "
	    "assert f[0][\"rule\"] == \"service-files\"; "
	    "assert f[1][\"path\"] == \"/etc/a\\nb\" and f[1][\"line\"] == 7; "
	    "assert f[2][\"why\"] is None and f[2][\"below\"] == 3; "
	    "assert f[2][\"path\"] == \"/etc/\" + chr(0xfffd); "
	    "assert f[3][\"kind\"] == \"unknown\"'");
	scratch_end(&s);
}

static void
lists_and_objects_nest(void **state)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };

	(void)state;
	json_open(&j, NULL, '{');
	json_open(&j, "empty", '[');
	json_close(&j, ']');
	json_open(&j, "l", '[');
	json_number(&j, NULL, UINT64_MAX);
	json_bool(&j, NULL, false);
	json_open(&j, NULL, '{');
	json_text(&j, "t", NULL);
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	assert_string_equal(buf_str(&out), "{\n  \"empty\": [],\n  \"l\": [\n"
	    "    18446744073709551615,\n    false,\n    {\n"
	    "      \"t\": null\n    }\n  ]\n}");
	buf_done(&out);
}

static void
what_is_in_order_again_is_said_in_words(void **state)
{
	static const char *const ids[] = { "doctor:notifier",
		"doctor:hook-apt", "doctor:ran-dpkg", "doctor:new",
		"change:/etc/gone", "unknown:/etc/dark" };
	static const char *const words[] = {
		"whoever is to be told can be told", "the hook of apt",
		"the hooks run when dpkg changes packages",
		"driftctl itself (new)", "/etc/gone", "/etc/dark" };
	static const enum format formats[] = { FORMAT_TEXT, FORMAT_MARKDOWN,
		FORMAT_HTML };
	struct reported t;

	(void)state;
	for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++) {
		start(&t, 0);
		moment_model(&t.m, &t.r, &t.model);
		t.model.moment = false;
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
			*VEC_ADD(&t.model.mended) = (struct model_mended){
				.id = ids[i],
				.what = mendedwords(&t.model.arena, ids[i]) };
		report_write(&t.model, formats[k], false, &t.out);
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
			CLEANUP(drop_buf) struct buf plain = { 0 };

			for (size_t n = 0; n < t.out.len; n++)
				if (t.out.bytes[n] != '\\')
					buf_addc(&plain, t.out.bytes[n]);
			if (strstr(buf_str(&plain), words[i]) == NULL ||
			    strstr(buf_str(&plain), ids[i]) != NULL)
				fail_msg("%s: %s", ids[i], buf_str(&t.out));
		}
		finish(&t);
	}
	assert_null(mendedwords(&t.model.arena, "mail/imap:/etc/x#present"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_finding_says_what_why_and_what_to_do),
		cmocka_unit_test(quiet_leaves_out_what_needs_nobody),
		cmocka_unit_test(nothing_found_is_said_in_two_lines),
		cmocka_unit_test(colour_is_ended_where_it_began),
		cmocka_unit_test(json_is_valid_and_says_the_same),
		cmocka_unit_test(lists_and_objects_nest),
		cmocka_unit_test(what_is_in_order_again_is_said_in_words),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
