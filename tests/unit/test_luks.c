/* SPDX-License-Identifier: MIT */
#include "judged.h"

#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "luks_files.h"
#include "specs/luksdisk.h"
#include "specs/lukshead.h"
#include "specs/luksjson.h"

/* What cryptsetup makes is the judge; without it nothing is tested. */
static bool
begin(struct scratch *s)
{
	scratch_start(s);
	if (luks_can_make(s))
		return true;
	print_message("cryptsetup is not installed\n");
	assert_null(getenv("CI"));
	scratch_end(s);
	return false;
}

/* "VERSION CIPHER BITS SLOTS SIZE hash… pbkdf…", or the error. */
static void
tell(const char *bytes, size_t len, bool more, struct buf *out)
{
	struct arena a = { 0 };
	struct lukshead h;
	struct err e = { 0 };

	buf_reset(out);
	if (lukshead_read("x", bytes, len, more, &a, &h, &e) < 0) {
		assert_int_not_equal(e.kind, ERR_NONE);
		buf_adds(out, e.what);
	} else {
		buf_addf(out, "%d %s %d %zu %llu", h.version, h.cipher,
		    h.key_bits, h.slots.n, (unsigned long long)h.size);
		for (size_t i = 0; i < h.hashes.n; i++)
			buf_addf(out, " %s", h.hashes.items[i]);
		for (size_t i = 0; i < h.pbkdfs.n; i++)
			buf_addf(out, " %s", h.pbkdfs.items[i]);
		if (h.bad_copy != 0)
			buf_addf(out, " bad %d", h.bad_copy);
	}
	arena_done(&a);
}

static size_t
size_of(const char *told)
{
	for (int i = 0; i < 4; i++)
		told = strchr(told, ' ') + 1;
	return (size_t)strtoull(told, NULL, 10);
}

static void
headers_of_each_kind_are_read(void **state)
{
	static const struct { const char *options, *expected; } cases[] = {
		{ "--type luks1",
		  "1 aes-xts-plain64 512 1 2066432 sha256 pbkdf2" },
		{ "--type luks1 --cipher aes-cbc-essiv:sha256 --key-size 256 "
		  "--hash sha512",
		  "1 aes-cbc-essiv:sha256 256 1 1049600 sha512 pbkdf2" },
		{ "--type luks2 " SMALL,
		  "2 aes-xts-plain64 512 1 1081344 sha256 pbkdf2" },
		{ "--type luks2 --luks2-metadata-size 64k "
		  "--luks2-keyslots-size 512k --key-size 256 --hash sha1",
		  "2 aes-xts-plain64 256 1 655360 sha1 pbkdf2" },
		{ "--type luks2 --pbkdf argon2id --pbkdf-force-iterations 4 "
		  "--pbkdf-memory 32 --hash sha512 " SMALL,
		  "2 aes-xts-plain64 512 1 1081344 sha512 argon2id" },
	};
	struct scratch s;
	CLEANUP(drop_buf) struct buf bytes = { 0 }, said = { 0 };

	(void)state;
	if (!begin(&s))
		return;
	for (size_t i = 0; i < COUNT(cases); i++) {
		luks_make(&s, "f", cases[i].options);
		luks_read(&s, "f", &bytes);
		tell(bytes.bytes, bytes.len, false, &said);
		assert_string_equal(buf_str(&said), cases[i].expected);
		luks_backup(&s, "f", "b");
		luks_read(&s, "b", &bytes);
		tell(bytes.bytes, bytes.len, false, &said);
		assert_string_equal(buf_str(&said), cases[i].expected);
		/* A backup is all of the header, in whole pages. */
		assert_int_equal(bytes.len, (size_of(buf_str(&said)) + 4095) /
		    4096 * 4096);
		/* The metadata alone, as it is read of devices. */
		tell(bytes.bytes, luksdisk_metadata(bytes.bytes, 65536), true,
		    &said);
		assert_string_equal(buf_str(&said), cases[i].expected);
	}
	scratch_end(&s);
}

static void
one_of_two_copies_is_enough_and_the_other_is_told_of(void **state)
{
	struct scratch s;
	CLEANUP(drop_buf) struct buf b = { 0 }, said = { 0 };

	(void)state;
	if (!begin(&s))
		return;
	luks_make(&s, "f", "--type luks2 " SMALL);
	luks_read(&s, "f", &b);
	b.bytes[4096 + 20] ^= 1;
	tell(b.bytes, b.len, false, &said);
	assert_non_null(strstr(buf_str(&said), "512 1 1081344 sha256 pbkdf2 "
	    "bad 1"));
	memset(b.bytes, 0, 4096);
	tell(b.bytes, b.len, false, &said);
	assert_non_null(strstr(buf_str(&said), "pbkdf2 bad 1"));
	luks_read(&s, "f", &b);
	b.bytes[16384 + 4096 + 20] ^= 1;
	tell(b.bytes, b.len, false, &said);
	assert_non_null(strstr(buf_str(&said), "pbkdf2 bad 2"));
	b.bytes[4096 + 20] ^= 1;
	tell(b.bytes, b.len, false, &said);
	assert_string_equal(buf_str(&said), "is a damaged LUKS header");
	scratch_end(&s);
}

static void
what_is_cut_off_is_no_sound_header_however_little_is_missing(void **state)
{
	static const char *const kinds[] = { "--type luks1",
		"--type luks2 " SMALL };
	struct scratch s;
	CLEANUP(drop_buf) struct buf b = { 0 }, said = { 0 };

	(void)state;
	if (!begin(&s))
		return;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t size = i == 0 ? 2066432 : 1081344;

		luks_make(&s, "f", kinds[i]);
		luks_read(&s, "f", &b);
		tell(b.bytes, size, false, &said);
		assert_int_equal(buf_str(&said)[0], "12"[i]);
		for (size_t n = size - 1; n > 0; n -= 1 + n / 3) {
			tell(b.bytes, n, false, &said);
			assert_non_null(strstr(buf_str(&said), "LUKS header"));
		}
		tell(b.bytes, 3000, true, &said);
		assert_string_equal(buf_str(&said),
		    "is a LUKS header cut off after 3000 bytes");
	}
	scratch_end(&s);
}

static void
a_flipped_bit_in_the_metadata_never_passes_unseen_in_luks2(void **state)
{
	struct scratch s;
	CLEANUP(drop_buf) struct buf b = { 0 }, said = { 0 };

	(void)state;
	if (!begin(&s))
		return;
	luks_make(&s, "f", "--type luks2 " SMALL);
	luks_read(&s, "f", &b);
	for (size_t at = 0; at < 32768; at += 311) {
		b.bytes[at] ^= 4;
		tell(b.bytes, b.len, false, &said);
		assert_true(strstr(buf_str(&said), " bad ") != NULL ||
		    strstr(buf_str(&said), "damaged") != NULL);
		b.bytes[at] ^= 4;
	}
	luks_make(&s, "f", "--type luks1");
	luks_read(&s, "f", &b);
	for (size_t at = 0; at < 592; at++) {
		b.bytes[at] ^= (char)0x80;
		tell(b.bytes, b.len, false, &said);
		b.bytes[at] ^= (char)0x80;
	}
	scratch_end(&s);
}

/* Puts JSON into both copies and mends their checksums. */
static void
put_json(struct buf *b, const char *json, size_t len)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();

	for (size_t at = 0; at <= 16384; at += 16384) {
		char *copy = b->bytes + at;

		memset(copy + 4096, 0, 12288);
		memcpy(copy + 4096, json, len);
		memset(copy + 448, 0, 64);
		digest_sha256_start(d);
		digest_add(d, copy, 16384);
		digest_end(d, copy + 448);
	}
}

static void
json_bombs_are_refused_in_bounded_time(void **state)
{
	static const char *const repeated[] = { "[", "{\"a\":", "{\"keyslots\":",
		"\"", "\\u0000", "9", "{\"keyslots\":{\"0\":{},", "-1e",
		"{\"config\":{\"keyslots_size\":\"9999999999999999999" };
	struct timespec from, to;
	struct scratch s;
	CLEANUP(drop_buf) struct buf b = { 0 }, said = { 0 };

	(void)state;
	if (!begin(&s))
		return;
	luks_make(&s, "f", "--type luks2 " SMALL);
	luks_read(&s, "f", &b);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < COUNT(repeated); i++) {
		CLEANUP(drop_buf) struct buf json = { 0 };

		while (json.len + strlen(repeated[i]) < 12280)
			buf_adds(&json, repeated[i]);
		put_json(&b, json.bytes, json.len);
		tell(b.bytes, b.len, false, &said);
		assert_non_null(strstr(buf_str(&said), "damaged"));
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < 5);
	scratch_end(&s);
}

static void
rubbish_and_sizes_that_cannot_be_are_no_headers(void **state)
{
	static const struct { const char *bytes; size_t len; } cases[] = {
		{ "", 0 }, { "L", 1 }, { "LUKS\xba\xbe", 6 },
		{ "LUKS\xba\xbe\0\1", 8 }, { "LUKS\xba\xbe\0\2", 8 },
		{ "LUKS\xba\xbe\0\3", 8 },
		{ "LUKS\xba\xbe\0\2\xff\xff\xff\xff\xff\xff\xff\xff", 16 },
		{ "LUKS\xba\xbe\0\2\0\0\0\0\0\0\x40\0", 16 },
		{ "LUKS\xba\xbe\0\2\0\0\0\0\0\x40\0\0", 16 },
		{ "SKUL\xba\xbe\0\2\0\0\0\0\0\0\x40\0", 16 },
	};
	CLEANUP(drop_free) char *large = calloc(1, 9 << 20);
	CLEANUP(drop_buf) struct buf said = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(large, cases[i].bytes, cases[i].len);
		tell(cases[i].bytes, cases[i].len, false, &said);
		assert_non_null(strstr(buf_str(&said), "LUKS header"));
		tell(large, 9 << 20, true, &said);
		assert_non_null(strstr(buf_str(&said), "LUKS header"));
		assert_true(luksdisk_metadata(large, 9 << 20) <= 8 << 20);
	}
	assert_int_equal(luksdisk_version("XUKS\xba\xbe\0\1", 8), 0);
}

static void
add_text(void *arg, const char *where, const char *text, size_t len)
{
	buf_addf(arg, "%s=%.*s;", where, (int)len, text);
}

static void
texts_of_json_are_told_with_their_place(void **state)
{
	static const struct { const char *json, *expected; } cases[] = {
		{ "{\"a\":{\"b\":\"c\",\"d\":1},\"e\":\"f\"}", "a/b=c;e=f;" },
		{ " { \"a\" : [ \"b\" , true , null , -1.5e3 ] } ", "a=b;" },
		{ "{\"a\":\"b\\\"c\",\"d\":\"e\"}", "d=e;" },
		{ "{\"a/b\":{\"c\":\"d\"},\"e\":{\"f\":\"g\"}}", "e/f=g;" },
		{ "{\"a\":\"b\"", "a=b;" },
		{ "{\"a\":\"b", "" }, { "{\"a\":\"\\", "" }, { "{\"a", "" },
		{ "{\"a\":", "" }, { "", "" }, { "[]", "" }, { "{}", "" },
		{ "{\"a\"\"b\"}", "" }, { "\"x\"", "=x;" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		luksjson_texts(cases[i].json, strlen(cases[i].json), add_text,
		    &b);
		assert_string_equal(buf_str(&b), cases[i].expected);
	}
}

static void
deep_json_comes_to_an_end(void **state)
{
	enum { LEN = 100000 };
	CLEANUP(drop_free) char *deep = malloc(LEN);
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	memset(deep, '[', LEN);
	luksjson_texts(deep, LEN, add_text, &b);
	for (size_t i = 0; i + 5 <= LEN; i += 5)
		memcpy(deep + i, "{\"a\":", 5);
	luksjson_texts(deep, LEN, add_text, &b);
	assert_int_equal(b.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_of_each_kind_are_read),
		cmocka_unit_test(
		    one_of_two_copies_is_enough_and_the_other_is_told_of),
		cmocka_unit_test(
		    what_is_cut_off_is_no_sound_header_however_little_is_missing),
		cmocka_unit_test(
		    a_flipped_bit_in_the_metadata_never_passes_unseen_in_luks2),
		cmocka_unit_test(json_bombs_are_refused_in_bounded_time),
		cmocka_unit_test(
		    rubbish_and_sizes_that_cannot_be_are_no_headers),
		cmocka_unit_test(texts_of_json_are_told_with_their_place),
		cmocka_unit_test(deep_json_comes_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
