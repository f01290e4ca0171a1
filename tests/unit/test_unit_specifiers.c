/* SPDX-License-Identifier: MIT */
#include "specs/unit_specifiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "scratch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
expect(const char *id, const char *value, const char *expected)
{
	struct arena a = { 0 };

	assert_string_equal(unit_specifiers(&a, id, value), expected);
	arena_done(&a);
}

static void
a_name_and_the_folders_of_the_system_are_put_in(void **state)
{
	(void)state;
	expect("a.service", "no percent", "no percent");
	expect("a-b@x-y\\x2dz.service", "%i %I %p %P %j %J",
	    "x-y\\x2dz x/y-z a-b a/b b b");
	expect("a-b@x-y\\x2dz.service", "%n %N %f",
	    "a-b@x-y\\x2dz.service a-b@x-y\\x2dz /x/y-z");
	expect("a-b.service", "%f,%i,%I,%t,%S,%C,%L,%E",
	    "/a/b,,,/run,/var/lib,/var/cache,/var/log,/etc");
	expect("-.mount", "%N %f", "- //");
	expect("a.service", "%T %V %h %u %U %g %G",
	    "/tmp /var/tmp /root root 0 root 0");
}

static void
what_cannot_be_told_stays(void **state)
{
	(void)state;
	expect("a.service", "%H %b %m %v %s 20% %% %q", "%H %b %m %v %s 20% % %q");
	/* A template has no instance yet. */
	expect("a-b@.service", "%i %I %n %p %j", "%i %I %n a-b b");
	expect("a@\\xzz\\x00.service", "%I", "\\xzz\\x00");
	expect("a@\\x2.service", "%I", "\\x2");
}

/* The dump of systemd-analyze escapes for C, in quotes. */
static void
plain_line(const char *s, struct buf *out)
{
	for (; *s != '\0' && *s != '\n'; s++) {
		if (*s == '"')
			continue;
		if (s[0] == '\\' && s[1] == '\\')
			s++;
		buf_addc(out, *s);
	}
}

/* Both with names that are not the instance's alone. */
static void
they_are_what_systemd_makes_of_them(void **state)
{
	/* Of the judge's own user they tell only where that is root. */
	const char *said = getuid() == 0 ?
	    "x%i x%I x%n x%N x%p x%P x%j x%J x%f %% x%t x%S x%C x%L x%E x%T "
	    "x%V x%h x%u x%U x%g x%G" :
	    "x%i x%I x%n x%N x%p x%P x%j x%J x%f %% x%E x%T x%V";
	static const struct { const char *file, *name; } cases[] = {
		{ "a-b\\x2dc@.service", "a-b\\x2dc@x-y\\x2dz.service" },
		{ "plain.service", "plain.service" },
		{ "a-b-c.service", "a-b-c.service" },
		{ "one@.service", "one@dev-sda.service" },
		{ "\\x41b.service", "\\x41b.service" },
	};
	struct scratch s;

	(void)state;
	scratch_start(&s);
	if (scratch_try(&s, "command -v systemd-analyze > /dev/null") != 0) {
		scratch_end(&s);
		print_message("systemd-analyze is not here to judge by\n");
		skip();
	}
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		CLEANUP(drop_buf) struct buf theirs = { 0 };
		CLEANUP(drop_buf) struct buf ours = { 0 };
		struct arena a = { 0 };

		buf_addf(&text, "[Service]\nExecStart=/bin/echo %s\n", said);
		scratch_write(&s, cases[i].file, text.bytes, text.len);
		scratch_try(&s, "unset TMPDIR TEMP TMP; HOME=/root "
		    "SYSTEMD_UNIT_PATH=$PWD SYSTEMD_LOG_LEVEL=debug "
		    "systemd-analyze verify --man=no --generators=no '%s' "
		    "2>&1 | sed -n 's/.*Command Line: .bin.echo //p' | "
		    "head -n 1 > told", cases[i].name);
		buf_reset(&text);
		assert_int_equal(file_read(s.dirfd, "told", 1 << 20, &text,
		    &(struct err){ 0 }), 0);
		plain_line(buf_str(&text), &theirs);
		buf_adds(&ours, unit_specifiers(&a, cases[i].name, said));
		assert_string_equal(buf_str(&ours), buf_str(&theirs));
		arena_done(&a);
	}
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_name_and_the_folders_of_the_system_are_put_in),
		cmocka_unit_test(what_cannot_be_told_stays),
		cmocka_unit_test(they_are_what_systemd_makes_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
