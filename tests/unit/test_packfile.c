/* SPDX-License-Identifier: MIT */
#include "snapshots/packfile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/unit/scratch.h"

/* A new bare repository of git's own; its pack folder is s->dirfd. */
static void
repo_start(struct scratch *s)
{
	scratch_start(s);
	scratch_sh(s, "git init -q --bare r.git");
	s->packs = openat(s->dirfd, "r.git/objects/pack",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(s->packs >= 0);
}

static struct packfile *
pack_start(struct scratch *s)
{
	struct err e = { 0 };
	struct packfile *p = packfile_new(s->packs, "r.git/objects/pack", &e);

	assert_non_null(p);
	return p;
}

static void
put(struct packfile *p, struct packfile_worker *w, enum packed_type type,
    const void *bytes, size_t len, char hex[41])
{
	CLEANUP(drop_packed) struct packed o = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	packfile_compress(w, type, bytes, len, NULL, &o);
	assert_int_equal(packfile_add(p, &o, &e), 0);
	text_hex(&b, o.oid.b, OID_LEN);
	if (hex != NULL)
		memcpy(hex, b.bytes, 41);
}

/* A commit with one file, so that fsck has something to follow. */
static void
put_commit(struct packfile *p, struct packfile_worker *w, char hex[41])
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	char blob[41], tree[41];

	put(p, w, PACKED_BLOB, "hello\n", 6, blob);
	buf_add(&b, "100644 greeting", 16);
	assert_int_equal(text_unhex(blob, buf_reserve(&b, 20), 20), 0);
	b.len += 20;
	put(p, w, PACKED_TREE, b.bytes, b.len, tree);
	buf_reset(&b);
	buf_addf(&b, "tree %s\nauthor a <a@b> 1 +0000\n"
	    "committer a <a@b> 1 +0000\n\nfirst\n", tree);
	put(p, w, PACKED_COMMIT, b.bytes, b.len, hex);
}

static void
git_takes_the_pack_for_its_own(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	struct packfile *p;
	struct oid name;
	char commit[41];

	(void)state;
	repo_start(&s);
	p = pack_start(&s);
	put(p, w, PACKED_BLOB, "", 0, NULL);
	put_commit(p, w, commit);
	assert_int_equal(packfile_count(p), 4);
	assert_int_equal(packfile_finish(p, &name, &e), 0);
	scratch_sh(&s, "echo %s >r.git/refs/heads/live", commit);
	scratch_sh(&s, "git verify-pack -v r.git/objects/pack/*.idx >out");
	scratch_sh(&s, "git -C r.git symbolic-ref HEAD refs/heads/live && "
	    "git -C r.git fsck --strict --full >out 2>&1 && "
	    "test \"$(cat out)\" = \"dangling blob "
	    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"");
	scratch_sh(&s, "test \"$(git -C r.git show live:greeting)\" = hello");
	/* Nothing but the two files, which nobody may change. */
	scratch_sh(&s, "test $(ls -A r.git/objects/pack | wc -l) = 2");
	scratch_sh(&s, "test $(stat -c %%a r.git/objects/pack/*.pack) = 444");
	scratch_sh(&s, "test $(stat -c %%a r.git/objects/pack/*.idx) = 444");
	/* git writes the very same index. */
	scratch_sh(&s, "cp r.git/objects/pack/*.pack x.pack && "
	    "git index-pack x.pack >/dev/null && "
	    "cmp x.idx r.git/objects/pack/*.idx");
	scratch_end(&s);
}

static void
large_packs_are_hashed_after_the_count_is_known(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_free) unsigned *noise = xmalloc(3000000);
	struct packfile *p;
	struct oid name;
	unsigned x = 1;

	(void)state;
	repo_start(&s);
	for (size_t i = 0; i < 3000000 / sizeof(*noise); i++)
		noise[i] = x = x * 1664525 + 1013904223;
	p = pack_start(&s);
	/* Sizes around each step of the size in the object header. */
	for (size_t len = 1; len <= 2500000; len = len * 16 - 1 + len % 3)
		put(p, w, PACKED_BLOB, noise, len, NULL);
	for (size_t i = 0; i < 3000; i++)
		put(p, w, PACKED_BLOB, noise + i, 400, NULL);
	assert_true(packfile_size(p) > 2000000);
	assert_int_equal(packfile_finish(p, &name, &e), 0);
	scratch_sh(&s, "git verify-pack r.git/objects/pack/*.idx");
	scratch_sh(&s, "git -C r.git fsck --strict --full >out 2>&1 && "
	    "! grep -v '^dangling\\|^notice' out");
	scratch_sh(&s, "cp r.git/objects/pack/*.pack x.pack && "
	    "git index-pack x.pack >/dev/null && "
	    "cmp x.idx r.git/objects/pack/*.idx");
	scratch_end(&s);
}

static void
an_object_is_in_a_pack_once(void **state)
{
	struct scratch s;
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_packfile) struct packfile *p = NULL;
	CLEANUP(drop_packed) struct packed o = { 0 };
	struct err e = { 0 };

	(void)state;
	repo_start(&s);
	p = pack_start(&s);
	packfile_compress(w, PACKED_BLOB, "x", 1, NULL, &o);
	assert_false(packfile_has(p, &o.oid));
	assert_int_equal(packfile_add(p, &o, &e), 0);
	assert_int_equal(packfile_add(p, &o, &e), 0);
	assert_true(packfile_has(p, &o.oid));
	assert_int_equal(packfile_count(p), 1);
	scratch_end(&s);
}

static void
a_pack_without_objects_leaves_nothing(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	struct oid name;

	(void)state;
	repo_start(&s);
	assert_int_equal(packfile_finish(pack_start(&s), &name, &e), 0);
	assert_true(oid_is_zero(&name));
	scratch_sh(&s, "test -z \"$(ls -A r.git/objects/pack)\"");
	scratch_end(&s);
}

static void
an_abandoned_pack_leaves_nothing(void **state)
{
	struct scratch s;
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_free) char *noise = xcalloc(1, 4 << 20);
	struct packfile *p;

	(void)state;
	repo_start(&s);
	for (size_t i = 0, x = 1; i < 4 << 20; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 16);
	p = pack_start(&s);
	put(p, w, PACKED_BLOB, noise, 2 << 20, NULL);
	put(p, w, PACKED_BLOB, noise, 4 << 20, NULL);
	scratch_sh(&s, "test -n \"$(ls -A r.git/objects/pack)\"");
	packfile_abandon(p);
	packfile_abandon(NULL);
	scratch_sh(&s, "test -z \"$(ls -A r.git/objects/pack)\"");
	scratch_end(&s);
}

/* Fails where the file would pass limit bytes, 0: amid the checksum. */
static void
write_past(struct scratch *s, rlim_t limit, struct err *e)
{
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_free) char *noise = xmalloc(1500000);
	struct rlimit was, now;
	struct packfile *p = pack_start(s);
	struct oid name;
	int r = 0;

	for (size_t i = 0, x = 1; i < 1500000; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 16);
	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ limit, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	if (limit > 0)
		setrlimit(RLIMIT_FSIZE, &now);
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(drop_packed) struct packed o = { 0 };

		packfile_compress(w, PACKED_BLOB, noise + i, 1400000, NULL,
		    &o);
		if (r == 0)
			r = packfile_add(p, &o, e);
	}
	if (limit == 0) {
		now.rlim_cur = packfile_size(p) + 10;
		setrlimit(RLIMIT_FSIZE, &now);
	}
	if (r == 0)
		r = packfile_finish(p, &name, e);
	else
		packfile_abandon(p);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(r, -1);
}

static void
a_failed_write_is_told_and_leaves_nothing(void **state)
{
	/* In add, in finish before and at the checksum. */
	static const rlim_t limit[] = { 1000, 1400500, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct scratch s;
		struct err e = { 0 };

		repo_start(&s);
		write_past(&s, limit[i], &e);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text),
		    "r.git/objects/pack: cannot write: File too large");
		scratch_sh(&s, "test -z \"$(ls -A r.git/objects/pack)\"");
		scratch_end(&s);
	}
}

static void
a_full_disk_is_told_and_leaves_nothing(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_free) char *noise = xmalloc(1500000);
	CLEANUP(drop_packed) struct packed o = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct packfile *p;
	struct oid name;

	(void)state;
	scratch_start(&s);
	if (scratch_try(&s, "mkdir full && "
	    "mount -t tmpfs -o size=512k none full") != 0) {
		print_message("needs root to mount a small file system\n");
		scratch_end(&s);
		skip();
	}
	s.packs = openat(s.dirfd, "full", O_RDONLY | O_DIRECTORY);
	for (size_t i = 0, x = 1; i < 1500000; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 16);
	p = pack_start(&s);
	packfile_compress(w, PACKED_BLOB, noise, 1500000, NULL, &o);
	assert_int_equal(packfile_add(p, &o, &e), 0);
	assert_int_equal(packfile_finish(p, &name, &e), -1);
	assert_int_equal(e.sys, ENOSPC);
	err_format(&e, &text);
	assert_string_equal(buf_str(&text), "r.git/objects/pack: "
	    "cannot write: No space left on device");
	scratch_sh(&s, "test -z \"$(ls -A full)\"");
	close(s.packs);
	s.packs = -1;
	scratch_sh(&s, "umount full");
	scratch_end(&s);
}

static void
a_folder_that_is_gone_is_told_at_once(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	struct packfile *p;
	struct oid name;

	(void)state;
	repo_start(&s);
	p = pack_start(&s);
	put(p, w, PACKED_BLOB, "x", 1, NULL);
	scratch_sh(&s, "rmdir r.git/objects/pack");
	assert_int_equal(packfile_finish(p, &name, &e), -1);
	assert_true(text_starts(e.what, "cannot create 'tmp_pack_"));
	assert_int_equal(e.sys, ENOENT);
	scratch_end(&s);
}

static void
a_folder_one_cannot_write_in_is_told_at_once(void **state)
{
	struct err e = { 0 };
	CLEANUP(drop_fd) int proc = open("/proc/self/fdinfo",
	    O_RDONLY | O_DIRECTORY);
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)state;
	assert_true(proc >= 0);
	if (faccessat(proc, ".", W_OK, AT_EACCESS) == 0) {
		CLEANUP(drop_packfile) struct packfile *p =
		    packfile_new(proc, "fdinfo", &e);
		struct oid name;
		CLEANUP(drop_packed) struct packed o = { 0 };
		CLEANUP(drop_packfile_worker) struct packfile_worker *w =
		    packfile_worker_new();

		/* Root may write anywhere; making a file fails all the same. */
		packfile_compress(w, PACKED_BLOB, "x", 1, NULL, &o);
		assert_int_equal(packfile_add(p, &o, &e), 0);
		assert_int_equal(packfile_finish(STEAL(p), &name, &e), -1);
		assert_true(text_starts(e.what, "cannot create 'tmp_pack_"));
		return;
	}
	assert_null(packfile_new(proc, "fdinfo", &e));
	err_format(&e, &text);
	assert_string_equal(buf_str(&text),
	    "fdinfo: cannot write in the folder: Permission denied");
}

/* git show-index reads offsets past 2 GiB out of the table of large ones. */
static void
offsets_past_two_gigabytes_are_in_the_index(void **state)
{
	struct scratch s;
	CLEANUP(drop_buf) struct buf idx = { 0 };
	struct packfile_place places[] = {
		{ .oid = { { 0xff, 1 } }, .crc = 1, .offset = 12 },
		{ .oid = { { 0x03, 1 } }, .crc = 2, .offset = 0x7fffffff },
		{ .oid = { { 0x02, 1 } }, .crc = 3, .offset = 0x80000000 },
		{ .oid = { { 0x01, 1 } }, .crc = 4,
		    .offset = 0x123456789aULL },
	};
	struct oid name = { { 7 } };

	(void)state;
	scratch_start(&s);
	packfile_index(places, 4, &name, &idx);
	scratch_write(&s, "idx", idx.bytes, idx.len);
	scratch_sh(&s, "git show-index <idx | cut -c1-20 >got && "
	    "printf '78187493530 0101000\\n2147483648 02010000\\n"
	    "2147483647 03010000\\n12 ff01000000000000\\n' >want && "
	    "cut -c1-19 got >g && cut -c1-19 want >w && cmp g w");
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(git_takes_the_pack_for_its_own),
		cmocka_unit_test(
		    large_packs_are_hashed_after_the_count_is_known),
		cmocka_unit_test(an_object_is_in_a_pack_once),
		cmocka_unit_test(a_pack_without_objects_leaves_nothing),
		cmocka_unit_test(an_abandoned_pack_leaves_nothing),
		cmocka_unit_test(a_failed_write_is_told_and_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_told_and_leaves_nothing),
		cmocka_unit_test(a_folder_that_is_gone_is_told_at_once),
		cmocka_unit_test(
		    a_folder_one_cannot_write_in_is_told_at_once),
		cmocka_unit_test(
		    offsets_past_two_gigabytes_are_in_the_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
