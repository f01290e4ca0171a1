/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/semantic/worddiff.h"
#include "base/mem.h"
#include "base/monotime.h"

/* A line with its changed words in brackets; of lines too unlike, "~". */
static char *
marked(const char *a, const char *b, bool second)
{
	CLEANUP(drop_word_ranges) struct word_ranges x = { 0 };
	CLEANUP(drop_word_ranges) struct word_ranges y = { 0 };
	const char *s = second ? b : a;
	const struct word_ranges *r = second ? &y : &x;
	struct buf out = { 0 };
	size_t at = 0;

	if (!words_changed(a, strlen(a), b, strlen(b), &x, &y)) {
		assert_int_equal(x.n + y.n, 0);
		return xstrdup("~");
	}
	for (size_t i = 0; i < r->n; i++) {
		assert_true(r->items[i].start >= at);
		assert_true(r->items[i].end > r->items[i].start);
		buf_add(&out, s + at, r->items[i].start - at);
		buf_addf(&out, "[%.*s]", (int)(r->items[i].end -
		    r->items[i].start), s + r->items[i].start);
		at = r->items[i].end;
	}
	buf_adds(&out, s + at);
	return buf_steal(&out);
}

static const struct {
	const char *a, *b, *want_a, *want_b;
} pairs[] = {
	{ "auth required pam_sss.so use_first_pass", "auth required pam_sss.so",
	    "auth required pam_sss.so[ use_first_pass]",
	    "auth required pam_sss.so" },
	{ "id_provider = ldap", "id_provider = ad", "id_provider = [ldap]",
	    "id_provider = [ad]" },
	{ "rw,noatime,nodev", "rw,nodev", "rw,[noatime,]nodev", "rw,nodev" },
	{ "first one two last", "first three four last",
	    "first [one two] last", "first [three four] last" },
	/* No character is cut: only its second byte differs. */
	{ "name = M\xc3\xbcller", "name = M\xc3\xb6ller",
	    "name = [M\xc3\xbcller]", "name = [M\xc3\xb6ller]" },
	{ "x \xe2\x82\xac y", "x \xe2\x82\xad y", "x [\xe2\x82\xac] y",
	    "x [\xe2\x82\xad] y" },
	{ "x \xff y", "x \xfe y", "x [\xff] y", "x [\xfe] y" },
	{ "k = v", "k  =  v", "k[ ]=[ ]v", "k[  ]=[  ]v" },
	{ "completely different", "nothing alike here", "~", "~" },
	{ "same", "same", "same", "same" },
	{ "", "", "", "" },
	{ "abc", "", "[abc]", "" },
};

static void
changed_words_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		CLEANUP(drop_free) char *a = marked(pairs[i].a, pairs[i].b,
		    false);
		CLEANUP(drop_free) char *b = marked(pairs[i].a, pairs[i].b,
		    true);

		assert_string_equal(a, pairs[i].want_a);
		assert_string_equal(b, pairs[i].want_b);
	}
}

/* What is in no range of either line is the same text. */
static void
what_is_not_marked_is_the_same(void **state)
{
	static const char alphabet[] = "ab =,\t\xc3\xbc";

	(void)state;
	for (unsigned seed = 0; seed < 3000; seed++) {
		CLEANUP(drop_word_ranges) struct word_ranges x = { 0 };
		CLEANUP(drop_word_ranges) struct word_ranges y = { 0 };
		CLEANUP(drop_buf) struct buf left = { 0 };
		CLEANUP(drop_buf) struct buf right = { 0 };
		char a[24], b[24];
		unsigned state_of = seed;
		size_t n = (size_t)rand_r(&state_of) % sizeof(a);
		size_t m = (size_t)rand_r(&state_of) % sizeof(b);

		for (size_t i = 0; i < n; i++)
			a[i] = alphabet[(size_t)rand_r(&state_of) % 8];
		for (size_t i = 0; i < m; i++)
			b[i] = alphabet[(size_t)rand_r(&state_of) % 8];
		if (!words_changed(a, n, b, m, &x, &y))
			continue;
		for (size_t i = 0, k = 0; i < n; i++) {
			k += k < x.n && x.items[k].end <= i;
			if (k == x.n || i < x.items[k].start)
				buf_addc(&left, a[i]);
		}
		for (size_t i = 0, k = 0; i < m; i++) {
			k += k < y.n && y.items[k].end <= i;
			if (k == y.n || i < y.items[k].start)
				buf_addc(&right, b[i]);
		}
		assert_string_equal(buf_str(&left), buf_str(&right));
	}
}

static void
a_line_of_megabytes_is_done_at_once(void **state)
{
	CLEANUP(drop_word_ranges) struct word_ranges x = { 0 };
	CLEANUP(drop_word_ranges) struct word_ranges y = { 0 };
	CLEANUP(drop_buf) struct buf a = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	int64_t from = monotime_ms();

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		buf_addf(&a, "word%u ", i);
		buf_addf(&b, "word%u ", i % 3 != 0 ? i : i + 1);
	}
	words_changed(buf_str(&a), a.len, buf_str(&b), b.len, &x, &y);
	assert_true(monotime_ms() - from < 3000);
}

static const struct {
	const char *diff;
	enum word_style style;
	const char *want;
} diffs[] = {
	{ "--- f\n+++ f\n@@ -1 +1 @@\n-k = old\n+k = new\n", WORDS_PLAIN,
	    "--- f\n+++ f\n@@ -1 +1 @@\n-k = old\n+k = new\n" },
	{ "--- f\n+++ f\n@@ -1 +1 @@\n-k = old\n+k = new\n", WORDS_MARKED,
	    "--- f\n+++ f\n@@ -1 +1 @@\n k = [-old-]{+new+}\n" },
	{ "--- f\n+++ f\n@@ -1 +1 @@\n-k = old\n+k = new\n", WORDS_COLORED,
	    "\033[31m--- f\033[0m\n\033[32m+++ f\033[0m\n"
	    "\033[36m@@ -1 +1 @@\033[0m\n"
	    "\033[31m-k = \033[7mold\033[27m\033[0m\n"
	    "\033[32m+k = \033[7mnew\033[27m\033[0m\n" },
	/* Not as many came as went: no pairs. */
	{ "@@ -1,2 +1 @@\n-a\n-b\n+a b\n", WORDS_MARKED,
	    "@@ -1,2 +1 @@\n [-a-]\n [-b-]\n {+a b+}\n" },
	/* A line of the file that looks like a head of a diff. */
	{ "@@ -1 +1 @@\n--- path 1\n+++ path 2\n", WORDS_MARKED,
	    "@@ -1 +1 @@\n [----]{++++} path [-1-]{+2+}\n" },
	/* Two changes beside each other. */
	{ "@@ -1,2 +1,2 @@\n-x 1\n+x 2\n-y 1\n+y 2\n", WORDS_MARKED,
	    "@@ -1,2 +1,2 @@\n x [-1-]{+2+}\n y [-1-]{+2+}\n" },
};

static void
a_diff_is_written_as_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		struct buf in = { 0 };

		buf_adds(&in, diffs[i].diff);
		words_write(&out, &in, diffs[i].style);
		assert_string_equal(buf_str(&out), diffs[i].want);
		buf_done(&in);
	}
}

static void
no_style_moves_a_cursor(void **state)
{
	static const char diff[] =
	    "@@ -1 +1 @@\n-k \033[2J\rx\n+k \033[2J\ry\n";

	(void)state;
	for (int style = WORDS_PLAIN; style <= WORDS_MARKED; style++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		CLEANUP(drop_buf) struct buf in = { 0 };

		buf_adds(&in, diff);
		words_write(&out, &in, (enum word_style)style);
		assert_null(strstr(buf_str(&out), "\033[2J"));
		assert_null(strchr(buf_str(&out), '\r'));
		assert_non_null(strstr(buf_str(&out), "\\x1b"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_words_are_found),
		cmocka_unit_test(what_is_not_marked_is_the_same),
		cmocka_unit_test(a_line_of_megabytes_is_done_at_once),
		cmocka_unit_test(a_diff_is_written_as_asked),
		cmocka_unit_test(no_style_moves_a_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
