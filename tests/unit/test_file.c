/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "tests/unit/scratch.h"

static void
says(const struct err *e, const char *wanted)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	err_format(e, &b);
	assert_string_equal(buf_str(&b), wanted);
}

static void
a_file_is_read_whole_behind_what_was_there(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_write(&s, "f", "a\0b", 3);
	scratch_write(&s, "empty", "", 0);
	buf_adds(&b, "> ");
	assert_int_equal(file_read(s.dirfd, "f", 3, &b, &e), 0);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.bytes, "> a\0b", 6);
	assert_int_equal(file_read(s.dirfd, "empty", 0, &b, &e), 0);
	assert_int_equal(b.len, 5);
	/* Says it has no bytes, and has some. */
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/stat", 9999, &b, &e),
	    0);
	assert_true(b.len > 20);
	scratch_end(&s);
}

static void
what_cannot_be_read_is_told(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_write(&s, "f", "abcd", 4);
	assert_int_equal(file_read(s.dirfd, "f", 3, &b, &e), -1);
	says(&e, "f: larger than the 3 bytes allowed here");
	err_clear(&e);
	assert_int_equal(file_read(s.dirfd, "gone", 3, &b, &e), -1);
	says(&e, "gone: cannot open: No such file or directory");
	err_clear(&e);
	assert_int_equal(file_read(s.dirfd, ".", 3, &b, &e), -1);
	says(&e, ".: cannot read: Is a directory");
	scratch_end(&s);
}

static void
a_fifo_without_a_writer_is_not_waited_for(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkfifo pipe");
	assert_int_equal(file_read(s.dirfd, "pipe", 10, &b, &e), 0);
	assert_int_equal(b.len, 0);
	scratch_end(&s);
}

static void
a_file_is_replaced_in_one_step(void **state)
{
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir d; echo old > d/f; ln d/f d/other");
	assert_int_equal(file_replace(s.dirfd, "d/f", "new\n", 4, 0640, &e), 0);
	scratch_sh(&s, "test \"$(cat d/f)\" = new && "
	    "test \"$(cat d/other)\" = old && "
	    "test $(stat -c %%a d/f) = 640 && test $(ls -A d | wc -l) = 2");
	assert_int_equal(file_replace_quick(s.dirfd, "n", "x", 1, 0600, &e),
	    0);
	scratch_sh(&s, "test \"$(cat n)\" = x");
	/* A link is replaced, not written through. */
	scratch_sh(&s, "ln -sf d/f l");
	assert_int_equal(file_replace(s.dirfd, "l", "x", 1, 0600, &e), 0);
	scratch_sh(&s, "test ! -L l && test \"$(cat d/f)\" = new");
	scratch_end(&s);
}

static void
on_failure_the_old_file_stands(void **state)
{
	struct rlimit was, none;
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "echo old > f; mkdir -p full/x");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	none = was;
	none.rlim_cur = 1;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(file_replace(s.dirfd, "f", "new", 3, 0600, &e), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	says(&e, "f: cannot write: File too large");
	err_clear(&e);
	assert_int_equal(file_replace(s.dirfd, "full", "x", 1, 0600, &e), -1);
	says(&e, "full: cannot rename into place: Is a directory");
	err_clear(&e);
	assert_int_equal(file_replace(s.dirfd, "no/f", "x", 1, 0600, &e), -1);
	says(&e, "no/f: cannot create: No such file or directory");
	scratch_sh(&s, "test \"$(cat f)\" = old && test \"$(ls -A)\" = "
	    "\"$(printf 'f\\nfull')\"");
	scratch_end(&s);
}

static void
folders_are_made_on_the_way(void **state)
{
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	assert_int_equal(file_mkdirs(s.dirfd, "a/b/c", 0700, &e), 0);
	assert_int_equal(file_mkdirs(s.dirfd, "a//b/d/", 0700, &e), 0);
	scratch_sh(&s, "test -d a/b/c && test -d a/b/d && "
	    "test $(stat -c %%a a/b) = 700");
	scratch_sh(&s, "echo > a/file");
	assert_int_equal(file_mkdirs(s.dirfd, "a/file/x", 0700, &e), -1);
	says(&e, "a/file: cannot make the folder: Not a directory");
	err_clear(&e);
	/* A file where the folder should be is no folder. */
	assert_int_equal(file_mkdirs(s.dirfd, "a/file", 0700, &e), -1);
	says(&e, "a/file: cannot make the folder: Not a directory");
	scratch_end(&s);
}

static void
a_folder_is_synced_or_it_is_told(void **state)
{
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	assert_int_equal(file_sync_dir(s.dirfd, "here", &e), 0);
	assert_int_equal(file_sync_dir(-1, "here", &e), -1);
	says(&e, "here: cannot sync the folder: Bad file descriptor");
	scratch_end(&s);
}

static void
the_names_in_a_folder_are_all_listed_or_none_are(void **state)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_strlist) struct strlist none = { 0 };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "mkdir -p d/sub d/.hidden && touch d/..x && "
	    "ln -s d link && touch file");
	assert_int_equal(file_names(s.dirfd, "d", &names), 0);
	strlist_sort(&names);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.items[0], "..x");
	assert_string_equal(names.items[1], ".hidden");
	assert_string_equal(names.items[2], "sub");
	assert_int_equal(file_names(s.dirfd, "nowhere", &none), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(file_names(s.dirfd, "link", &none), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(file_names(s.dirfd, "file", &none), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(none.n, 0);
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole_behind_what_was_there),
		cmocka_unit_test(what_cannot_be_read_is_told),
		cmocka_unit_test(a_fifo_without_a_writer_is_not_waited_for),
		cmocka_unit_test(a_file_is_replaced_in_one_step),
		cmocka_unit_test(on_failure_the_old_file_stands),
		cmocka_unit_test(folders_are_made_on_the_way),
		cmocka_unit_test(
		    the_names_in_a_folder_are_all_listed_or_none_are),
		cmocka_unit_test(a_folder_is_synced_or_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
