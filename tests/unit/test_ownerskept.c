/* SPDX-License-Identifier: MIT */
#include "agent/pkg/ownerskept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "agent/pkg/ownerstext.h"
#include "scratch.h"

struct fixture {
	struct scratch s;
	struct root root;
	struct strlist wanted;
	int store;
};

/* Longer than a change may go unseen by its time. */
static void
settle(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 60000000 }, NULL);
}

static void
start(struct fixture *f)
{
	struct err e = { 0 };

	*f = (struct fixture){ .store = -1 };
	scratch_start(&f->s);
	scratch_sh(&f->s, "mkdir -p store etc usr/lib var/lib/dpkg/info; "
	    "ln -s usr/lib lib; cd var/lib/dpkg; for p in a b c; do "
	    "printf 'Package: %%s\\nStatus: install ok installed\\n"
	    "Architecture: all\\nVersion: 1\\n\\n' $p >> status; "
	    "printf '/etc\\n/etc/%%s\\n/lib/pam.d/%%s\\n' $p $p "
	    "> info/$p.list; "
	    "printf '60b725f10c9c85c70d97880dfe8191b3  etc/%%s\\n' $p "
	    "> info/$p.md5sums; done");
	f->store = openat(f->s.dirfd, "store",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->store >= 0);
	assert_int_equal(root_open(&f->root, f->s.dir, &e), 0);
	strlist_add(&f->wanted, "/etc");
	strlist_add(&f->wanted, "/usr/lib/pam.d");
}

static void
end(struct fixture *f)
{
	strlist_done(&f->wanted);
	root_close(&f->root);
	close(f->store);
	scratch_end(&f->s);
}

/* Whoever remembers says what one says who reads everything. */
static void
as_read_anew(struct fixture *f)
{
	CLEANUP(drop_owners) struct owners kept = { 0 }, read = { 0 };
	CLEANUP(drop_buf) struct buf one = { 0 }, two = { 0 };

	ownerskept_load(f->store, &f->root, &f->wanted, &kept);
	owners_load(&f->root, &f->wanted, NULL, &read);
	ownerstext_write(&kept, &one);
	ownerstext_write(&read, &two);
	assert_string_equal(buf_str(&one), buf_str(&two));
}

static time_t
kept_when(struct fixture *f, long *out_ns)
{
	struct stat st;

	assert_int_equal(fstatat(f->store, "packages", &st, 0), 0);
	*out_ns = st.st_mtim.tv_nsec;
	return st.st_mtim.tv_sec;
}

static void
each_change_of_a_database_is_seen(void **state)
{
	static const char *const changes[] = {
		"true",
		"sed -i '/Package: a/,/Version/s/Version: 1/Version: 2/' "
		    "status",
		"echo /etc/new >> info/b.list; echo >> status",
		"mv info/c.list info/c:all.list",
		"echo 'Package: d\nStatus: install ok installed\nVersion: 9\n'"
		    " >> status; echo /etc/d > info/d.list; touch status",
		"printf '/etc/a\\n/etc/a.of-a\\nb\\n' > diversions",
		"rm diversions info/a.md5sums; touch status",
		"rm status",
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		scratch_sh(&f.s, "cd var/lib/dpkg && %s", changes[i]);
		/* At once, when no time can be trusted, and afterwards. */
		as_read_anew(&f);
		settle();
		as_read_anew(&f);
		as_read_anew(&f);
	}
	end(&f);
}

static void
nothing_is_read_while_nothing_changes(void **state)
{
	CLEANUP(drop_pkglist) struct pkglist list = { 0 };
	struct err e = { 0 };
	struct fixture f;
	long before, after;
	time_t was;

	(void)state;
	start(&f);
	settle();
	as_read_anew(&f);
	was = kept_when(&f, &before);
	settle();
	as_read_anew(&f);
	assert_int_equal(kept_when(&f, &after), was);
	assert_int_equal(after, before);
	assert_int_equal(ownerskept_packages(f.store, &f.root, &list, &e), 0);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[2].name, "c");
	end(&f);
}

static void
a_symlink_that_came_is_followed(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	settle();
	as_read_anew(&f);
	scratch_sh(&f.s, "mkdir -p usr/lib/security; "
	    "ln -s security usr/lib/pam.d");
	as_read_anew(&f);
	end(&f);
}

static void
a_damaged_memory_is_none(void **state)
{
	static const char *const damages[] = {
		"truncate -s -3 packages", "truncate -s 20 packages",
		": > packages", "sed -i 's|/etc/a|/etc/x|' packages",
		"sed -i 's|kept 1|kept 2|' packages", "rm packages",
		"rm packages; mkdir packages",
	};
	struct fixture f;

	(void)state;
	start(&f);
	settle();
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		as_read_anew(&f);
		scratch_sh(&f.s, "cd store && %s", damages[i]);
		as_read_anew(&f);
	}
	end(&f);
}

static void
other_questions_get_other_answers(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	settle();
	as_read_anew(&f);
	strlist_done(&f.wanted);
	strlist_add(&f.wanted, "/etc/b");
	as_read_anew(&f);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_of_a_database_is_seen),
		cmocka_unit_test(nothing_is_read_while_nothing_changes),
		cmocka_unit_test(a_symlink_that_came_is_followed),
		cmocka_unit_test(a_damaged_memory_is_none),
		cmocka_unit_test(other_questions_get_other_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
