/* SPDX-License-Identifier: MIT */
#include "eval_expect.h"

#include "agent/verdicts.h"
#include "base/file.h"
#include "specs/catalogue.h"
#include "scratch.h"

/* A machine of a few files whose content is named as a capture names it. */
static void
named(struct fake_file *files)
{
	struct digest *d = digest_new();

	for (; files->en.path != NULL; files++) {
		if (files->text == NULL)
			continue;
		files->en.content = CONTENT_STORED;
		digest_object(d, "blob", files->text, strlen(files->text),
		    &files->en.oid);
	}
	digest_free(d);
}

/* Judges all rules of the text; how many were judged anew, and what came. */
static size_t
judge_text(const struct scratch *s, const char *yaml,
    const struct evidence *ev, const struct oid *baseline, struct buf *said)
{
	const struct spec_source source = { "t.yaml", yaml, strlen(yaml),
		NULL };
	const struct spec_sources all = {
		(struct spec_source[]){ source }, 1, 1, { 0 } };
	const struct facts facts = { .hostname = "h" };
	const struct variables site = { 0 };
	struct catalogue c = { 0 };
	struct diagnostics diags = { 0 };
	struct results out = { 0 };
	struct oid key;
	size_t judged;

	catalogue_build(&c, all.items, 1, NULL, NULL, &diags);
	for (size_t i = 0; i < diags.n; i++)
		print_error("%s\n", diags.items[i].text);
	assert_int_equal(diags.n, 0);
	verdicts_key(&all, &site, &facts, &key);
	{
		CLEANUP(drop_verdicts) struct verdicts *v = verdicts_open(
		    s->dirfd, &key, ev, baseline);

		for (size_t k = 0; k < c.specs[0]->n_rules; k++)
			verdicts_rule(v, &c.specs[0]->rules[k], &out);
		verdicts_keep(v);
		judged = verdicts_judged(v);
	}
	buf_reset(said);
	buf_addf(said, "%zu %zu %lld\n", out.rules, out.held,
	    (long long)out.valid_until);
	for (size_t i = 0; i < out.n; i++)
		buf_addf(said, "%s %c %s:%u %s %s:%u\n",
		    out.items[i].rule->id, "HFU"[out.items[i].verdict],
		    out.items[i].path, out.items[i].line, out.items[i].what,
		    out.items[i].at.file, out.items[i].at.line);
	results_done(&out);
	diagnostics_done(&diags);
	catalogue_done(&c);
	return judged;
}

static const char spec[] =
    "spec: t\ntitle: t\nabout: t\nrules:\n"
    "  - {id: one, path: /etc/one, why: w,\n"
    "     lines: {require: ['^a$']}}\n"
    "  - {id: two, path: '/etc/t*', why: w, mode: \"0644\",\n"
    "     lines: {forbid: ['^x']}}\n"
    "  - {id: gone, path: /etc/gone, why: w, require: present}\n";

static void
a_rule_whose_evidence_is_the_same_is_not_judged_again(void **state)
{
	struct fake_file files[] = { file("/etc/one", "b\n"),
		file("/etc/two", "y\nx\n"), END };
	const struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf first = { 0 }, again = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &first), 3);
	assert_non_null(strstr(buf_str(&first), "two F /etc/two:2"));
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &again), 0);
	assert_string_equal(buf_str(&first), buf_str(&again));
	scratch_end(&s);
}

static void
only_rules_that_asked_for_what_changed_are_judged_again(void **state)
{
	struct fake_file files[] = { file("/etc/one", "b\n"),
		file("/etc/two", "y\nx\n"), file("/etc/u", ""), END };
	const struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	judge_text(&s, spec, &ev, NULL, &said);
	files[0].text = "a\n";
	named(files);
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	assert_null(strstr(buf_str(&said), "\none F"));
	files[1].en.mode = 0600;
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	assert_non_null(strstr(buf_str(&said), "the mode is 0600"));
	/* What is new to a pattern, or comes where nothing was. */
	files[2].en.path = "/etc/three";
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	files[2].en.path = "/etc/gone";
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 2);
	assert_null(strstr(buf_str(&said), "gone F"));
	scratch_end(&s);
}

static void
content_that_no_capture_named_is_read_again(void **state)
{
	struct fake_file files[] = { file("/etc/one", "b\n"), END };
	const struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	files[0].en.content = CONTENT_UNREADABLE;
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 3);
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 0);
	files[0].text = "a\n";
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	assert_null(strstr(buf_str(&said), "\none F"));
	files[0].text = NULL;
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	assert_non_null(strstr(buf_str(&said), "\none U"));
	scratch_end(&s);
}

/* The bytes can change between the capture and the judging. */
static void
bytes_that_are_not_those_captured_are_not_remembered_as_them(void **state)
{
	struct fake_file files[] = { file("/etc/one", "a\n"), END };
	const struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	files[0].text = "later\n";
	judge_text(&s, spec, &ev, NULL, &said);
	assert_non_null(strstr(buf_str(&said), "\none F"));
	files[0].text = "a\n";
	assert_int_equal(judge_text(&s, spec, &ev, NULL, &said), 1);
	assert_null(strstr(buf_str(&said), "\none F"));
	scratch_end(&s);
}

static void
other_specs_and_another_baseline_are_judged_anew(void **state)
{
	static const char with_baseline[] =
	    "spec: t\ntitle: t\nabout: t\nrules:\n"
	    "  - {id: b, path: /etc/one, why: w, content: baseline}\n"
	    "  - {id: c, path: /etc/one, why: w, mode: \"0644\"}\n";
	struct fake_file files[] = { file("/etc/one", "b\n"), END };
	const struct evidence ev = fake_evidence(files);
	const struct oid was = { { 1 } }, is = { { 2 } };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	judge_text(&s, spec, &ev, &was, &said);
	assert_int_equal(judge_text(&s, with_baseline, &ev, &was, &said), 2);
	assert_int_equal(judge_text(&s, with_baseline, &ev, &was, &said), 0);
	assert_int_equal(judge_text(&s, with_baseline, &ev, &is, &said), 1);
	scratch_end(&s);
}

static void
time_makes_a_verdict_old(void **state)
{
	static const char aged[] = "spec: t\ntitle: t\nabout: t\nrules:\n"
	    "  - {id: a, path: /etc/one, why: w, age: {at-most: 1h}}\n";
	struct fake_file files[] = { file("/etc/one", "b\n"), END };
	struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	files[0].en.mtime.tv_sec = 100000;
	ev.now = 100000 + 60;
	assert_int_equal(judge_text(&s, aged, &ev, NULL, &said), 1);
	ev.now = 100000 + 3000;
	assert_int_equal(judge_text(&s, aged, &ev, NULL, &said), 0);
	ev.now = 100000 + 3700;
	assert_int_equal(judge_text(&s, aged, &ev, NULL, &said), 1);
	assert_non_null(strstr(buf_str(&said), "a F"));
	/* The clock was wrong, and is put back. */
	ev.now = 100000 + 60;
	assert_int_equal(judge_text(&s, aged, &ev, NULL, &said), 1);
	assert_null(strstr(buf_str(&said), "a F"));
	scratch_end(&s);
}

/* Every byte in turn: judged anew, or the same answer, and no crash. */
static void
a_damaged_file_costs_only_time(void **state)
{
	struct fake_file files[] = { file("/etc/one", "b\n"),
		file("/etc/two", "y\nx\n"), END };
	const struct evidence ev = fake_evidence(files);
	CLEANUP(drop_buf) struct buf good = { 0 }, said = { 0 }, file = { 0 };
	size_t anew = 0, tried = 0;
	struct err e = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	named(files);
	judge_text(&s, spec, &ev, NULL, &good);
	assert_int_equal(file_read(s.dirfd, "verdicts", 1 << 20, &file, &e),
	    0);
	for (size_t i = 0; i < file.len; i += 3) {
		file.bytes[i] = (char)(file.bytes[i] ^ 0x41);
		scratch_write(&s, "verdicts", file.bytes, file.len);
		file.bytes[i] = (char)(file.bytes[i] ^ 0x41);
		anew += judge_text(&s, spec, &ev, NULL, &said) == 3;
		assert_string_equal(buf_str(&said), buf_str(&good));
		scratch_write(&s, "verdicts", file.bytes, i);
		judge_text(&s, spec, &ev, NULL, &said);
		assert_string_equal(buf_str(&said), buf_str(&good));
		tried++;
	}
	/* Nothing depends on what pads the header. */
	assert_true(tried > 100 && anew >= tried - 2);
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_rule_whose_evidence_is_the_same_is_not_judged_again),
		cmocka_unit_test(
		    only_rules_that_asked_for_what_changed_are_judged_again),
		cmocka_unit_test(content_that_no_capture_named_is_read_again),
		cmocka_unit_test(
		bytes_that_are_not_those_captured_are_not_remembered_as_them),
		cmocka_unit_test(
		    other_specs_and_another_baseline_are_judged_anew),
		cmocka_unit_test(time_makes_a_verdict_old),
		cmocka_unit_test(a_damaged_file_costs_only_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
