/* SPDX-License-Identifier: MIT */
#include "base/archiver.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* cpio's oldest text form: six octal digits a field, eleven for two. */
static const char cpio[] =
    "070707" "000001" "000001" "100640" "000007" "000011" "000001" "000000"
    "00000000005" "000004" "00000000003" "a/b\0" "xyz"
    "070707" "000001" "000002" "000000" "000000" "000000" "000001" "000000"
    "00000000000" "000013" "00000000000" "TRAILER!!!\0";

static int
collect(void *ctx, const void *bytes, size_t len, struct err *e)
{
	(void)e;
	buf_add(ctx, bytes, len);
	return 0;
}

static int
refuse(void *ctx, const void *bytes, size_t len, struct err *e)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return err_set(e, ERR_SYSTEM, "x", "no room");
}

static void
tar_of_one(struct buf *out, const char *path, const char *text)
{
	const struct entry en = { .path = path, .mode = 0604, .uid = 3,
		.user = "u", .mtime = { 1600000000, 0 } };
	struct err e = { 0 };
	struct archiver_writer *w = archiver_create("x", ARCHIVER_GNU_PLAIN,
	    collect, out, &e);

	assert_non_null(w);
	assert_int_equal(archiver_add(w, &en, text, strlen(text), &e), 0);
	assert_int_equal(archiver_finish(w, &e), 0);
	archiver_free(w);
}

static struct archiver_reader *
reader(enum archiver_format format, const void *bytes, size_t len,
    struct err *e)
{
	return archiver_open(&(struct archiver_source){ .where = "x",
	    .damaged = "damaged: %s", .format = format,
	    .filters = ARCHIVER_PACKAGED, .fd = -1, .bytes = bytes, .len = len },
	    e);
}

static void
a_member_of_an_archive_is_an_archive_itself(void **state)
{
	CLEANUP(drop_buf) struct buf inner = { 0 };
	CLEANUP(drop_buf) struct buf outer = { 0 };
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_archiver_reader) struct archiver_reader *a = NULL;
	CLEANUP(drop_archiver_reader) struct archiver_reader *in = NULL;
	struct archiver_member m;
	struct arena arena = { 0 };
	struct entry en = { 0 };
	struct err e = { 0 };

	(void)state;
	tar_of_one(&inner, "/d/\xe4", "text");
	buf_addf(&outer, "!<arch>\n%-16s%-12d%-6d%-6d%-8s%-10zu`\n",
	    "data.tar/", 0, 0, 0, "100644", inner.len);
	buf_add(&outer, inner.bytes, inner.len);
	a = reader(ARCHIVER_AR, outer.bytes, outer.len, &e);
	assert_non_null(a);
	assert_int_equal(archiver_next(a, &m, &e), ARCHIVER_MEMBER);
	assert_string_equal(m.name, "data.tar");
	in = archiver_open(&(struct archiver_source){ .where = "x",
	    .damaged = "damaged: %s", .outer = a }, &e);
	assert_non_null(in);
	assert_int_equal(archiver_next(in, &m, &e), ARCHIVER_MEMBER);
	assert_string_equal(m.name, "d/\xe4");
	assert_true(m.is_known && m.kind == ENTRY_FILE && m.link == NULL);
	assert_int_equal(m.size, 4);
	archiver_facts(in, &arena, &en);
	assert_int_equal(en.mode, 0604);
	assert_int_equal(en.uid, 3);
	assert_string_equal(en.user, "u");
	assert_null(en.group);
	assert_int_equal(archiver_bytes(in, &bytes, 4, &e), 0);
	assert_string_equal(buf_str(&bytes), "text");
	assert_int_equal(archiver_next(in, &m, &e), ARCHIVER_END);
	assert_int_equal(archiver_next(a, &m, &e), ARCHIVER_END);
	arena_done(&arena);
}

static void
more_bytes_than_were_asked_for_are_told(void **state)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_archiver_reader) struct archiver_reader *a = NULL;
	struct archiver_member m;
	struct err e = { 0 };

	(void)state;
	a = reader(ARCHIVER_CPIO, cpio, sizeof(cpio), &e);
	assert_non_null(a);
	assert_int_equal(archiver_next(a, &m, &e), ARCHIVER_MEMBER);
	assert_string_equal(m.name, "a/b");
	assert_int_equal(m.size, 3);
	assert_int_equal(archiver_bytes(a, &bytes, 2, &e), 1);
	assert_int_equal(e.kind, ERR_NONE);
}

static void
what_is_cut_short_is_damaged(void **state)
{
	CLEANUP(drop_archiver_reader) struct archiver_reader *a = NULL;
	struct archiver_member m;
	struct err e = { 0 };
	int n;

	(void)state;
	a = reader(ARCHIVER_CPIO, cpio, 80, &e);
	assert_non_null(a);
	while ((n = archiver_next(a, &m, &e)) > 0)
		;
	assert_int_equal(n, -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.where, "x");
	assert_memory_equal(e.what, "damaged: ", strlen("damaged: "));
}

static void
the_reason_of_who_takes_the_bytes_is_given(void **state)
{
	const struct entry en = { .path = "/f", .mode = 0600 };
	static char much[1 << 20];
	struct err e = { 0 };
	struct archiver_writer *w = archiver_create("x", ARCHIVER_GNU_PLAIN,
	    refuse, NULL, &e);

	(void)state;
	assert_non_null(w);
	assert_int_equal(archiver_add(w, &en, much, sizeof(much), &e), -1);
	assert_string_equal(e.what, "no room");
	archiver_free(w);
	archiver_free(NULL);
}

static void
the_locale_of_the_caller_stays(void **state)
{
	CLEANUP(drop_buf) struct buf tar = { 0 };
	CLEANUP(drop_archiver_reader) struct archiver_reader *a = NULL;
	struct archiver_member m;
	struct err e = { 0 };
	locale_t was = uselocale((locale_t)0);

	(void)state;
	tar_of_one(&tar, "/x", "");
	a = reader(ARCHIVER_TAR, tar.bytes, tar.len, &e);
	assert_int_equal(archiver_next(a, &m, &e), ARCHIVER_MEMBER);
	assert_ptr_equal(uselocale((locale_t)0), was);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_of_an_archive_is_an_archive_itself),
		cmocka_unit_test(more_bytes_than_were_asked_for_are_told),
		cmocka_unit_test(what_is_cut_short_is_damaged),
		cmocka_unit_test(the_reason_of_who_takes_the_bytes_is_given),
		cmocka_unit_test(the_locale_of_the_caller_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
