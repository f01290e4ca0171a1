/* SPDX-License-Identifier: MIT */
#include "snapshots/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OID "0123456789abcdef0123456789abcdef01234567"
#define REST " mode=0644 owner=0:root group=0:root size=1 mtime=1.000000002"

static void
parse_line(const char *line, struct arena *a, struct entry *out,
    const char **out_name)
{
	struct err e = { 0 };

	if (manifest_parse_line(line, strlen(line), a, out, out_name, "t", 1,
	    &e) < 0)
		fail_msg("%s: %s", line, e.what);
}

/* What is written is read as it was, and written again the same. */
static void
comes_back(const struct entry *en, const char *name)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	CLEANUP(drop_buf) struct buf again = { 0 };
	struct arena a = { 0 };
	struct entry back;
	const char *back_name;

	manifest_line(&line, en, name, true);
	assert_null(memchr(line.bytes, '\n', line.len - 1));
	line.bytes[line.len - 1] = '\0';
	parse_line(line.bytes, &a, &back, &back_name);
	assert_string_equal(back_name, name);
	/* What could not be read is never known to be the same. */
	assert_int_equal(entry_differs(en, &back),
	    en->content == CONTENT_UNREADABLE ? DIFF_UNKNOWN : 0);
	assert_int_equal(back.content, en->content);
	assert_int_equal(back.mode, en->mode);
	manifest_line(&again, &back, back_name, true);
	line.bytes[line.len - 1] = '\n';
	assert_string_equal(buf_str(&again), line.bytes);
	arena_done(&a);
}

static void
one_line_is_written_in_the_order_of_the_format(void **state)
{
	static const struct xattr xattrs[] = {
		{ "user.a=b c", "v\0 \n", 4 }, { "user.none", "", 0 } };
	const struct entry en = {
		.kind = ENTRY_FILE, .mode = 04755, .uid = 7, .gid = 8,
		.user = "u", .size = 12, .mtime = { 1, 2 }, .acl = "user::rw-",
		.hardlink = "/etc/a b", .content = CONTENT_SEALED,
		.xattrs = xattrs, .n_xattrs = 2,
	};
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	manifest_line(&b, &en, "im ap", false);
	assert_string_equal(buf_str(&b), "file im\\x20ap mode=4755 owner=7:u "
	    "group=8: size=12 mtime=1.000000002 acl=user::rw- "
	    "hardlink=/etc/a\\x20b content=sealed "
	    "xattr:user.a\\x3db\\x20c=v\\x00\\x20\\x0a xattr:user.none=\n");
	comes_back(&en, "im ap");
}

static void
entries_of_each_kind_come_back(void **state)
{
	static const struct entry entries[] = {
		{ .kind = ENTRY_FILE, .size = UINT64_MAX },
		{ .kind = ENTRY_DIR, .mode = 01777, .default_acl = "d" },
		{ .kind = ENTRY_SYMLINK, .mode = 0777, .target = "../x y" },
		{ .kind = ENTRY_SYMLINK, .target = "" },
		{ .kind = ENTRY_FIFO }, { .kind = ENTRY_SOCKET },
		{ .kind = ENTRY_BLOCK, .major = 254, .minor = 3 },
		{ .kind = ENTRY_CHAR, .major = UINT32_MAX, .minor = 0 },
		{ .kind = ENTRY_FILE, .content = CONTENT_DIGEST,
		    .oid = { "\x01\xff" } },
		{ .kind = ENTRY_FILE, .content = CONTENT_UNREADABLE },
		{ .kind = ENTRY_FILE, .flags = 0x10, .mtime = { -5, 7 } },
		{ .kind = ENTRY_FILE, .uid = UINT32_MAX, .gid = UINT32_MAX,
		    .user = "DOM\\user name", .group = "\xc3\xbc:=" },
		{ .kind = ENTRY_FILE, .mtime = { 253402300799, 999999999 } },
		{ .kind = ENTRY_FILE, .mtime = { INT64_MAX, 999999999 } },
		{ .kind = ENTRY_FILE, .mtime = { INT64_MIN, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		comes_back(&entries[i], "n");
}

static void
any_bytes_are_names_and_targets(void **state)
{
	struct entry en = { .kind = ENTRY_SYMLINK };
	struct xattr x = { "user.x", NULL, 256 };
	char all[256], bytes[256], name[2] = "";

	(void)state;
	for (int c = 1; c < 256; c++) {
		all[c - 1] = (char)c;
		name[0] = (char)c;
		en.target = name;
		comes_back(&en, name);
	}
	all[255] = '\0';
	en.target = en.hardlink = en.acl = all;
	for (int c = 0; c < 256; c++)
		bytes[c] = (char)(255 - c);
	x.value = bytes;
	x.name = all;
	en.xattrs = &x;
	en.n_xattrs = 1;
	comes_back(&en, all);
	/* What looks like the format's own words. */
	comes_back(&en, "mode=0644");
	comes_back(&en, "\\x41");
	comes_back(&en, "xattr:a=b");
}

static void
damaged_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "file", "file ", "file  mode=0644", "pipe x" REST,
		"a-kind-with-a-name-too-long x" REST,
		"file x\\" REST, "file x\\x4" REST, "file x\\y" REST,
		/* A name that ends early would be another name. */
		"file x\\x00y" REST,
		"file x mode=0644 owner=0: group=0: size=1",
		"file x owner=0: group=0: size=1 mtime=1.0",
		"file x mode=0644 group=0: size=1 mtime=1.0",
		"file x mode=0644 owner=0: size=1 mtime=1.0",
		"file x mode=0644 owner=0: group=0: mtime=1.0",
		"symlink x mode=0777 owner=0: group=0: mtime=1.0",
		"char x mode=0644 owner=0: group=0: mtime=1.0",
		"file x" REST " mode=0600", "file x" REST "  acl=a", "file x" REST " unknown=1",
		"file x" REST " mode", "file x" REST " acl",
		"file x mode=8 owner=0: group=0: size=1 mtime=1.0",
		"file x mode=10000 owner=0: group=0: size=1 mtime=1.0",
		"file x mode= owner=0: group=0: size=1 mtime=1.0",
		"file x mode=0644 owner=0 group=0: size=1 mtime=1.0",
		"file x mode=0644 owner=-1: group=0: size=1 mtime=1.0",
		"file x mode=0644 owner=4294967296: group=0: size=1 mtime=1.0",
		"file x mode=0644 owner=0: group=0: size=-1 mtime=1.0",
		"file x mode=0644 owner=0: group=0: size=99999999999999999999 "
		    "mtime=1.0",
		"file x mode=0644 owner=0: group=0: size=18446744073709551616 "
		    "mtime=1.0",
		"file x mode=0644 owner=0: group=0: size=1 "
		    "mtime=9223372036854775808.0",
		"file x mode=0644 owner=0: group=0: size=1 "
		    "mtime=-9223372036854775809.0",
		"file x mode=0644 owner=0: group=0: size=1 mtime=1",
		"file x mode=0644 owner=0: group=0: size=1 mtime=1.",
		"file x mode=0644 owner=0: group=0: size=1 mtime=--1.0",
		"file x mode=0644 owner=0: group=0: size=1 mtime=1.1000000000",
		"file x mode=0644 owner=0: group=0: size=1 mtime=1.0x",
		"char x" REST " dev=1", "char x" REST " dev=1:",
		"char x" REST " dev=:1", "file x" REST " dev=1:1:1",
		"file x" REST " content=stored", "file x" REST " content=",
		"file x" REST " oid=" OID "00", "file x" REST " oid=0",
		"file x" REST " oid=0123456789abcdef0123456789abcdef0123456z",
		"file x" REST " flags=?", "file x" REST " xattr:user.a",
		"file x" REST " xattr:=v", "file x" REST " xattr:a\\x00=v",
		"file x" REST " acl=\\x00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct arena a = { 0 };
		struct entry en;
		const char *name;
		struct err e = { 0 };

		if (manifest_parse_line(bad[i], strlen(bad[i]), &a, &en, &name,
		    "/etc", 3, &e) == 0)
			fail_msg("taken for good: '%s'", bad[i]);
		err_format(&e, &b);
		assert_string_equal(buf_str(&b), "/etc:3: damaged metadata "
		    "[run 'driftctl verify']");
		arena_done(&a);
	}
}

static void
refused(const char *bytes, const char *says)
{
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(manifest_parse("m", bytes, strlen(bytes), "/etc", &m,
	    &e), -1);
	err_format(&e, &b);
	assert_string_equal(buf_str(&b), says);
}

static void
a_damaged_text_is_refused_where_it_stands(void **state)
{
	static const char newer[] =
	    "m:1: no metadata of this version [written by a newer driftctl?]";

	(void)state;
	refused("", newer);
	refused("driftctl-meta 2\n", newer);
	refused("driftctl-meta 1", newer);
	refused(MANIFEST_HEADER "file x" REST "\nfile y" REST,
	    "m:3: metadata cut short [run 'driftctl verify']");
	refused(MANIFEST_HEADER "file x" REST "\nrubbish\n",
	    "m:3: damaged metadata [run 'driftctl verify']");
	refused(MANIFEST_HEADER "file a/b" REST "\n",
	    "m:2: 'a/b' is no name of a file");
	refused(MANIFEST_HEADER "file .." REST "\n",
	    "m:2: '..' is no name of a file");
	refused(MANIFEST_HEADER "file ." REST "\n",
	    "m:2: '.' is no name of a file");
}

static void
a_byte_that_ends_texts_is_in_none(void **state)
{
	static const char name[] = MANIFEST_HEADER "file a\0b" REST "\n";
	static const char xattr[] = MANIFEST_HEADER "file a" REST
	    " xattr:\0=v\n";
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(manifest_parse("m", name, sizeof(name) - 1, "/etc",
	    &m, &e), -1);
	assert_int_equal(manifest_parse("m", xattr, sizeof(xattr) - 1, "/etc",
	    &m, &e), -1);
	assert_int_equal(m.n, 0);
}

static void
names_stand_in_their_folder(void **state)
{
	static const char text[] = MANIFEST_HEADER "file a" REST "\n"
	    "file \\x20" REST "\n";
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(manifest_parse("m", text, strlen(text), "/etc", &m,
	    &e), 0);
	assert_int_equal(m.n, 2);
	assert_string_equal(m.items[0].path, "/etc/a");
	assert_string_equal(m.items[1].path, "/etc/ ");
	assert_int_equal(manifest_parse("m", MANIFEST_HEADER,
	    strlen(MANIFEST_HEADER), "/", &m, &e), 0);
	assert_int_equal(m.n, 2);
}

static void
entries_are_found_in_path_order(void **state)
{
	static const char *const paths[] = { "/b", "/a.d", "/a/z", "/a" };
	CLEANUP(drop_manifest) struct manifest m = { 0 };

	(void)state;
	assert_null(manifest_find(&m, "/a"));
	for (size_t i = 0; i < 4; i++)
		manifest_add(&m)->path = paths[i];
	manifest_sort(&m);
	assert_string_equal(m.items[1].path, "/a/z");
	assert_string_equal(m.items[2].path, "/a.d");
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(manifest_find(&m, paths[i])->path,
		    paths[i]);
	assert_null(manifest_find(&m, "/a/"));
	assert_null(manifest_find(&m, "/c"));
	assert_int_equal(manifest_lower(&m, "/a/zz"), 2);
	assert_int_equal(manifest_lower(&m, "/zz"), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    one_line_is_written_in_the_order_of_the_format),
		cmocka_unit_test(entries_of_each_kind_come_back),
		cmocka_unit_test(any_bytes_are_names_and_targets),
		cmocka_unit_test(damaged_lines_are_refused),
		cmocka_unit_test(a_damaged_text_is_refused_where_it_stands),
		cmocka_unit_test(a_byte_that_ends_texts_is_in_none),
		cmocka_unit_test(names_stand_in_their_folder),
		cmocka_unit_test(entries_are_found_in_path_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
