/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/scratch.h"

#define BYTES(s) (s), sizeof(s) - 1

static void
nothing_that_moves_a_cursor_is_shown(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} cases[] = {
		{ BYTES("plain / text"), "plain / text" },
		{ BYTES("J\xc3\xbcrgen"), "J\xc3\xbcrgen" },
		{ BYTES("\xf0\x9f\x90\xa7"), "\xf0\x9f\x90\xa7" },
		{ BYTES("a\nb\tc"), "a\\nb\\tc" },
		{ BYTES("\033[2J"), "\\x1b[2J" },
		{ BYTES("a\0b"), "a\\x00b" },
		{ BYTES("\x7f\r"), "\\x7f\\x0d" },
		/* C1: NEL and CSI, as UTF-8 and as a bare byte. */
		{ BYTES("\xc2\x85\xc2\x9b\x9b"),
		    "\\xc2\\x85\\xc2\\x9b\\x9b" },
		/* Right-to-left override, isolates, zero width, BOM. */
		{ BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae" },
		{ BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6" },
		{ BYTES("\xe2\x80\x8b"), "\\xe2\\x80\\x8b" },
		{ BYTES("\xef\xbb\xbf"), "\\xef\\xbb\\xbf" },
		/* No characters: XML cannot have them, even named. */
		{ BYTES("\xef\xbf\xbe\xef\xbf\xbd"),
		    "\\xef\\xbf\\xbe\xef\xbf\xbd" },
		{ BYTES("\xf0\x9f\xbf\xbf\xef\xb7\x90"),
		    "\\xf0\\x9f\\xbf\\xbf\\xef\\xb7\\x90" },
		/* Overlong, surrogate, too large, cut short. */
		{ BYTES("\xc0\xaf"), "\\xc0\\xaf" },
		{ BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
		{ BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80" },
		{ BYTES("\xe2\x82"), "\\xe2\\x82" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		text_escape(&b, cases[i].in, cases[i].len);
		assert_string_equal(buf_str(&b), cases[i].out);
	}
}

static void
every_byte_comes_back_from_one_word(void **state)
{
	CLEANUP(drop_buf) struct buf word = { 0 };
	CLEANUP(drop_buf) struct buf back = { 0 };
	char all[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	text_encode(&word, all, sizeof(all));
	for (size_t i = 0; i < word.len; i++)
		assert_true((unsigned char)word.bytes[i] > 0x20 &&
		    word.bytes[i] != 0x7f);
	assert_int_equal(text_decode(&back, word.bytes, word.len), 0);
	assert_int_equal(back.len, sizeof(all));
	assert_memory_equal(back.bytes, all, sizeof(all));
}

static void
a_cut_escape_is_no_word(void **state)
{
	static const char *const bad[] = { "\\", "\\x", "\\x4", "\\x4g",
		"\\n", "a\\", "\\\\", "\\xAB" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		assert_int_equal(text_decode(&b, bad[i], strlen(bad[i])), -1);
	}
}

static void
a_shell_reads_the_quoted_text_as_it_was(void **state)
{
	static const char *const texts[] = { "", "plain", "it's", "'''", "$HOME",
		"`id`", "a b\nc", "\\", "*", "-n", "\xff\xfe" };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		text_quote_sh(&b, texts[i]);
		scratch_write(&s, "wanted", texts[i], strlen(texts[i]));
		scratch_sh(&s, "printf %%s %s | cmp - wanted", buf_str(&b));
	}
	scratch_end(&s);
}

static void
json_strings_are_valid_whatever_the_bytes(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scratch s;
	char all[256 * 2];

	(void)state;
	for (int i = 0; i < 256; i++) {
		all[2 * i] = (char)i;
		all[2 * i + 1] = i % 3 == 0 ? 'x' : (char)(255 - i);
	}
	text_quote_json(&b, all, sizeof(all));
	scratch_start(&s);
	scratch_write(&s, "a.json", b.bytes, b.len);
	scratch_sh(&s, "python3 -m json.tool a.json > /dev/null");
	scratch_end(&s);
	buf_reset(&b);
	text_quote_json(&b, BYTES("q\"b\\\x01\xc3\xbc\xff"));
	assert_string_equal(buf_str(&b),
	    "\"q\\\"b\\\\\\u0001\xc3\xbc\xef\xbf\xbd\"");
}

static void
the_nearest_word_is_what_was_meant(void **state)
{
	static const char *const words[] = { "severity", "on-drift", "path",
		"mode", "owner", NULL };
	static const struct { const char *typed, *meant; } cases[] = {
		{ "sevrity", "severity" }, { "severtiy", "severity" },
		{ "on_drift", "on-drift" }, { "mdoe", "mode" },
		{ "Path", "path" }, { "xyz", NULL }, { "", NULL },
		{ "completely-different", NULL },
	};
	char endless[500];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *near = text_nearest(cases[i].typed, words);

		if (cases[i].meant == NULL)
			assert_null(near);
		else
			assert_string_equal(near, cases[i].meant);
	}
	memset(endless, 'm', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_null(text_nearest(endless, words));
}

static void
sizes_have_units_of_1024(void **state)
{
	static const struct { const char *s; uint64_t n; } good[] = {
		{ "0", 0 }, { "100", 100 }, { "64k", 65536 },
		{ "64K", 65536 }, { "16MiB", 16 << 20 }, { "16 MiB", 16 << 20 },
		{ "1G", 1 << 30 }, { "12B", 12 }, { "2TiB", 2ULL << 40 },
	};
	static const char *const bad[] = { "", "k", "-1", "+1", " 1", "1x",
		"1kk", "1iB", "99999999999999999999", "99999999999999T", "0x10",
		"1.5M" };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(text_size(good[i].s, &n), 0);
		assert_int_equal(n, good[i].n);
	}
	n = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (text_size(bad[i], &n) == 0)
			fail_msg("'%s' was taken for a size", bad[i]);
		assert_int_equal(n, 7);
	}
}

static void
sizes_are_shown_for_people(void **state)
{
	static const struct { uint64_t n; const char *shown; } cases[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" },
		{ 16 << 20, "16.0 MiB" }, { 3ULL << 40, "3.0 TiB" },
		{ 5000ULL << 40, "5000.0 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		text_size_human(&b, cases[i].n);
		assert_string_equal(buf_str(&b), cases[i].shown);
	}
}

static void
hexadecimal_comes_back(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	unsigned char back[4];

	(void)state;
	text_hex(&b, "\x00\x7f\xff\x1e", 4);
	assert_string_equal(buf_str(&b), "007fff1e");
	assert_int_equal(text_unhex(b.bytes, back, 4), 0);
	assert_memory_equal(back, "\x00\x7f\xff\x1e", 4);
	assert_int_equal(text_unhex("00zz", back, 2), -1);
	assert_int_equal(text_unhex("0", back, 1), -1);
}

static void
starts_and_ends_are_whole(void **state)
{
	(void)state;
	assert_true(text_starts("driftctl", "drift"));
	assert_true(text_starts("a", ""));
	assert_false(text_starts("dri", "drift"));
	assert_true(text_ends("a.yaml", ".yaml"));
	assert_false(text_ends("yaml", ".yaml"));
}

static void
percent_escapes_become_bytes_in_place(void **state)
{
	static const char *const pairs[][2] = {
		{ "user.a%3Db", "user.a=b" }, { "%e4%E4", "\xe4\xe4" },
		{ "100%", "100%" }, { "%4", "%4" }, { "%zz", "%zz" },
		{ "a%00b", "a%00b" }, { "", "" }, { "%2541", "%41" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		CLEANUP(drop_free) char *s = xstrdup(pairs[i][0]);

		text_unpercent(s);
		assert_string_equal(s, pairs[i][1]);
	}
}

static void
one_byte_that_is_none_makes_text_no_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8("gr\xc3\xbc\xc3\x9f" "e"));
	assert_true(text_is_utf8("") && text_is_utf8(NULL));
	assert_false(text_is_utf8("gr\xfc\xdf" "e"));
	assert_false(text_is_utf8("cut\xc3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_moves_a_cursor_is_shown),
		cmocka_unit_test(every_byte_comes_back_from_one_word),
		cmocka_unit_test(a_cut_escape_is_no_word),
		cmocka_unit_test(a_shell_reads_the_quoted_text_as_it_was),
		cmocka_unit_test(json_strings_are_valid_whatever_the_bytes),
		cmocka_unit_test(the_nearest_word_is_what_was_meant),
		cmocka_unit_test(sizes_have_units_of_1024),
		cmocka_unit_test(sizes_are_shown_for_people),
		cmocka_unit_test(hexadecimal_comes_back),
		cmocka_unit_test(percent_escapes_become_bytes_in_place),
		cmocka_unit_test(one_byte_that_is_none_makes_text_no_utf8),
		cmocka_unit_test(starts_and_ends_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
