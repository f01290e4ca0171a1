/* SPDX-License-Identifier: MIT */
#include "base/root.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rootmemo.h"
#include "base/rootwalk.h"
#include "tests/unit/scratch.h"

static const char *const paths[] = {
	"/", "/a", "/a/b", "/a/b/f", "/a/missing", "/a/missing/f", "/f",
	"/f/x", "/l", "/l/b", "/l/b/f", "/abs", "/abs/f", "/up/a/b/f",
	"/dangling", "/dangling/x", "/loop", "/loop/x", "/x1", "/fl",
	"/fl/x", "/a/./b", "/a//b/f", "/a/b/../b/f", "/../../a/b/f",
	"/a/out", "/a/out/b/f", "/shut/f", "/a/fifo", "/a/b/same",
};

static const int how[] = {
	O_PATH, O_RDONLY | O_NONBLOCK, O_PATH | O_DIRECTORY,
	O_RDONLY | O_DIRECTORY, O_PATH | O_NOFOLLOW,
	O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
};

static void
tree(struct scratch *s, struct root *r)
{
	struct err e = { 0 };
	char dir[96];

	scratch_start(s);
	scratch_sh(s, "mkdir -p root/a/b root/shut; echo o > out; cd root; "
	    "echo > a/b/f; echo > f; ln -s a l; ln -s /a/b abs; "
	    "ln -s ../../.. up; ln -s nowhere dangling; ln -s loop loop; "
	    "ln -s abs/f x1; ln -s f fl; ln -s ../../../../../ a/out; "
	    "ln -s /x1 a/b/same; mkfifo a/fifo; echo > shut/f; chmod 0 shut; "
	    "chmod 755 . ..");
	scratch_sh(s, "i=0; ln -s f root/n0; while [ $i -lt 45 ]; do "
	    "ln -s n$i root/n$((i + 1)); i=$((i + 1)); done");
	snprintf(dir, sizeof(dir), "%s/root", s->dir);
	assert_int_equal(root_open(r, dir, &e), 0);
}

/* One is what the other is: the same object, or the same error. */
static void
agree(const char *what, const char *path, int flags, int a, int a_errno,
    int b, int b_errno)
{
	struct stat sa, sb;

	if ((a < 0) != (b < 0) || (a < 0 && a_errno != b_errno))
		fail_msg("%s %s %#o: %s, and %s", what, path, (unsigned)flags,
		    a < 0 ? strerror(a_errno) : "opened",
		    b < 0 ? strerror(b_errno) : "opened");
	if (a < 0)
		return;
	assert_int_equal(fstat(a, &sa), 0);
	assert_int_equal(fstat(b, &sb), 0);
	if (sa.st_ino != sb.st_ino || sa.st_dev != sb.st_dev)
		fail_msg("%s %s %#o: another object", what, path,
		    (unsigned)flags);
	close(a);
	close(b);
}

static void
both_ways(const struct root *r, const char *path, int flags)
{
	const char *below = path[1] != '\0' ? path + 1 : ".";
	int a = root_open_in(r, path, flags), a_errno = errno;
	int b = rootwalk_in(r, path, flags), b_errno = errno;

	agree("in", path, flags, a, a_errno, b, b_errno);
	if (strstr(path, "..") != NULL)
		return;
	a = root_open_at(r, path, flags);
	a_errno = errno;
	b = rootwalk_at(r->fd, below, flags);
	b_errno = errno;
	agree("at", path, flags, a, a_errno, b, b_errno);
}

static void
with_openat2_and_without_the_same_is_found(void **state)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	bool is_root = geteuid() == 0;
	struct scratch s;
	char name[16];

	(void)state;
	tree(&s, &r);
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		for (size_t k = 0; k < sizeof(how) / sizeof(how[0]); k++)
			both_ways(&r, paths[i], how[k]);
	/* path_resolution(7): at most 40 symlinks. */
	for (int i = 36; i <= 45; i++) {
		snprintf(name, sizeof(name), "/n%d", i);
		both_ways(&r, name, O_PATH);
	}
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	scratch_sh(&s, "chmod 755 root/shut");
	scratch_end(&s);
}

static void
without_openat2_nothing_leads_out(void **state)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct scratch s;

	(void)state;
	tree(&s, &r);
	assert_int_equal(rootwalk_at(r.fd, "../out", O_RDONLY), -1);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(rootwalk_at(r.fd, "a/../../out", O_RDONLY), -1);
	assert_int_equal(rootwalk_at(r.fd, "a/..", O_RDONLY), -1);
	assert_int_equal(rootwalk_at(r.fd, "l/b", O_RDONLY), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(rootwalk_in(&r, "/../out", O_RDONLY), -1);
	assert_int_equal(rootwalk_in(&r, "/up/out", O_RDONLY), -1);
	assert_int_equal(errno, ENOENT);
	scratch_sh(&s, "chmod 755 root/shut");
	scratch_end(&s);
}

/* In any order: what is known of one path says nothing wrong of another. */
static void
whoever_remembers_folders_resolves_the_same(void **state)
{
	const size_t n = sizeof(paths) / sizeof(paths[0]);
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct scratch s;

	(void)state;
	tree(&s, &r);
	for (size_t from = 0; from < n; from++) {
		CLEANUP(drop_rootmemo) struct rootmemo memo = { 0 };
		CLEANUP(drop_strlist) struct strlist met = { 0 }, all = { 0 };

		for (size_t i = 0; i < n; i++) {
			const char *path = paths[(from + i * 7) % n];
			CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 };
			struct err ea = { 0 }, eb = { 0 };

			assert_int_equal(root_resolve(&r, path, &a, &all,
			    &ea), rootmemo_resolve(&memo, &r, path, &b, &met,
			    &eb));
			assert_string_equal(buf_str(&a), buf_str(&b));
		}
		strlist_sort(&met);
		strlist_sort(&all);
		assert_int_equal(met.n, all.n);
		for (size_t i = 0; i < all.n; i++)
			assert_string_equal(met.items[i], all.items[i]);
	}
	scratch_sh(&s, "chmod 755 root/shut");
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_openat2_and_without_the_same_is_found),
		cmocka_unit_test(without_openat2_nothing_leads_out),
		cmocka_unit_test(whoever_remembers_folders_resolves_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
