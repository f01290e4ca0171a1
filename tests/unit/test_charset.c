/* SPDX-License-Identifier: MIT */
#include "agent/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"

static const struct {
	const char *charset, *text, *shown;
} rows[] = {
	{ "ISO-8859-1", "ge\xc3\xa4ndert", "ge\xe4ndert" },
	{ "ISO-8859-1", "\xe2\x80\x9eother\xe2\x80\x9c", "\"other\"" },
	{ "ISO-8859-1", "a\xe2\x80\xa6", "a..." },
	{ "ISO-8859-1", "\xe6\x97\xa5", "\\xe6\\x97\\xa5" },
	{ "ISO-8859-1", "a\xffz", "a\\xffz" },
	{ "ISO-8859-15", "\xe2\x82\xac 3", "\xa4 3" },
	{ "ANSI_X3.4-1968", "/etc/\xe2\x80\xa6", "/etc/..." },
	/* Names stay what can be typed again. */
	{ "ANSI_X3.4-1968", "/etc/\xc3\xa4", "/etc/\xc3\xa4" },
	{ "ANSI_X3.4-1968", "a\xe2\x80\x93z", "a\xe2\x80\x93z" },
};

static void
a_sign_is_shown_as_the_charset_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };

		assert_true(charset_in(rows[i].charset, rows[i].text,
		    strlen(rows[i].text), &out));
		assert_string_equal(buf_str(&out), rows[i].shown);
	}
}

static void
a_charset_that_nobody_knows_leaves_text_alone(void **state)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	assert_false(charset_in("NO-SUCH", "\xc3\xa4", 2, &out));
}

static void
columns_count_letters(void **state)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	assert_int_equal(text_columns("ge\xc3\xa4ndert", 9), 8);
	text_pad(&out, "\xc3\xbc", 3);
	text_pad(&out, "long", 2);
	assert_string_equal(buf_str(&out), "\xc3\xbc  long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sign_is_shown_as_the_charset_has_it),
		cmocka_unit_test(a_charset_that_nobody_knows_leaves_text_alone),
		cmocka_unit_test(columns_count_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
