/* SPDX-License-Identifier: MIT */
#include "agent/hook/zypp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static const char letters[] = "-BcePD?";

/* The frames of the bytes, given in pieces of that size, a letter each. */
static void
read_frames(const char *bytes, size_t len, size_t piece, struct buf *out)
{
	CLEANUP(drop_zypp) struct zypp_reader z = { 0 };

	for (size_t from = 0; from < len; from += piece) {
		const char *at = bytes + from;
		const char *end = at + (len - from < piece ? len - from :
		    piece);
		enum zypp_command c;

		while ((c = zypp_read(&z, &at, end)) != ZYPP_NONE)
			buf_addc(out, letters[c]);
		assert_ptr_equal(at, end);
	}
}

#define FRAMES(text, wanted) { text, sizeof(text) - 1, wanted }

static const struct {
	const char *bytes;
	size_t len;
	const char *wanted;
} cases[] = {
	FRAMES("PLUGINBEGIN\n\n\0" "COMMITBEGIN\n\n{}\0" "COMMITEND\n\n{}\0"
	    "PLUGINEND\n\n\0" "_DISCONNECT\n\n\0", "BcePD"),
	/* What newer ones send; the length does not count the NUL. */
	FRAMES("COMMITBEGIN\ncontent-length:2\n\n{}\0"
	    "COMMITEND\ncontent-length:0\n\n\0", "ce"),
	FRAMES("PLUGINBEGIN\nuserdata:a\\nb:c\n\n\0", "B"),
	FRAMES("COMMITEND\r\ncontent-length:2\r\n\r\n{}\0", "e"),
	/* Line ends and NULs between frames are nothing. */
	FRAMES("\n\n\0\0\nCOMMITEND\n\n\0\0\n\0" "PLUGINEND\n\n\0", "eP"),
	FRAMES("SOMETHING\n\nNEW\0" "COMMITEND\n\n\0", "?e"),
	/* Heads that end too early. */
	FRAMES("COMMITEND\0" "COMMITEND\n\0" "COMMITEND\na:b\0", "eee"),
	FRAMES("COMMITEND", ""),
	FRAMES("COMMITEND\n\n{}", ""),
	/* Within the length a NUL is content. */
	FRAMES("COMMITEND\ncontent-length:3\n\na\0b\0" "PLUGINEND\n\n\0",
	    "eP"),
	/* A length that is too short, one that is none. */
	FRAMES("COMMITEND\ncontent-length:1\n\n{\"a\"}\0" "PLUGINEND\n\n\0",
	    "eP"),
	FRAMES("COMMITEND\ncontent-length:99999999999999999999999\n\n{}\0"
	    "PLUGINEND\n\n\0", "eP"),
	FRAMES("COMMITEND\ncontent-length:2x\n\n{}\0" "PLUGINEND\n\n\0", "eP"),
	FRAMES("COMMITEND\ncontent-length:-2\n\n{}\0" "PLUGINEND\n\n\0", "eP"),
	FRAMES("commitend\n\n\0" "COMMITENDS\n\n\0" "\1\2\377\0", "???"),
};

static void
frames_are_found_however_the_bytes_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t piece = 1; piece <= cases[i].len; piece++) {
			CLEANUP(drop_buf) struct buf got = { 0 };

			read_frames(cases[i].bytes, cases[i].len, piece, &got);
			assert_string_equal(buf_str(&got), cases[i].wanted);
		}
	}
}

static void
a_line_without_end_takes_no_memory(void **state)
{
	CLEANUP(drop_zypp) struct zypp_reader z = { 0 };
	CLEANUP(drop_free) char *bytes = xmalloc(1 << 20);
	const char *at = bytes;

	(void)state;
	memset(bytes, 'A', 1 << 20);
	assert_int_equal(zypp_read(&z, &at, bytes + (1 << 20)), ZYPP_NONE);
	assert_true(z.line.cap < 65536);
	at = "\n\n";
	assert_int_equal(zypp_read(&z, &at, at + 3), ZYPP_OTHER);
}

static void
user_data_is_kept_as_it_was_meant(void **state)
{
	static const char bytes[] = "PLUGINBEGIN\nuserdata:a\\nb\\\\n:c\\x\\\n\n";
	CLEANUP(drop_zypp) struct zypp_reader z = { 0 };
	const char *at = bytes;

	(void)state;
	assert_int_equal(zypp_read(&z, &at, bytes + sizeof(bytes)),
	    ZYPP_PLUGINBEGIN);
	assert_string_equal(buf_str(&z.userdata), "a\nb\\n:c\\x\\");
}

static void
each_frame_has_its_answer(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	zypp_answer(ZYPP_COMMITBEGIN, &b);
	zypp_answer(ZYPP_OTHER, &b);
	assert_int_equal(b.len, 6 + 13);
	assert_memory_equal(b.bytes, "ACK\n\n\0_ENOMETHOD\n\n", b.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_found_however_the_bytes_come),
		cmocka_unit_test(a_line_without_end_takes_no_memory),
		cmocka_unit_test(user_data_is_kept_as_it_was_meant),
		cmocka_unit_test(each_frame_has_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
