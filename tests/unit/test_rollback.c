/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include "restoring.h"

#define ID "20260101T000000Z-a"

/*
 * What was there is rich in metadata and names, and gets replaced, changed and
 * removed in every way there is.
 */
static void
make_before(struct restoring *r)
{
	bool root = geteuid() == 0;

	scratch_sh(&r->s, "cd live && umask 022 && mkdir -p etc/dir/sub && "
	    "echo one > etc/one && echo two > etc/two && "
	    "ln etc/one etc/one-more && ln etc/two etc/two-stays && "
	    "echo same > etc/same && chmod 640 etc/same && "
	    "echo in > etc/dir/in && echo sub > etc/dir/sub/file && "
	    "ln -s /nowhere/at/all etc/link && mkfifo etc/fifo && "
	    "ln -s ../../../up etc/up && "
	    "echo quote > \"etc/it's \\\"q\\\" \\$x \\`y\\`\" && "
	    "printf nl > \"$(printf 'etc/new\\nline ')\" && "
	    "printf by > \"$(printf 'etc/\\201\\377\\210')\" && "
	    "echo d > etc/-n && echo w > 'etc/sp  ace' && "
	    "setfattr -n user.x -v 'a b' etc/one && "
	    "touch -d @1000000000.123456789 etc/one etc/dir/sub && "
	    "touch -h -d @77.7 etc/link");
	if (root)
		scratch_sh(&r->s, "cd live/etc && chown 12:34 one && "
		    "chown -h 3:4 link && chown 9:9 same && setfacl -m u:5:rw same && "
		    "setfacl -d -m u:6:rwx dir && mknod null c 1 3 && "
		    "cp /bin/true ping && setcap cap_net_raw+ep ping && "
		    "chmod 6755 two && chattr +i two dir/in && "
		    "chattr +a dir/sub");
	/* The restore touches all of it, and adds. */
	scratch_sh(&r->s, "cd want && umask 022 && mkdir -p etc/new/deep && "
	    "echo ONE > etc/one && echo n > etc/new/deep/n && "
	    "echo same > etc/same && chmod 600 etc/same && "
	    "touch -r ../live/etc/same etc/same && "
	    "echo two > etc/two-stays && touch -r ../live/etc/two-stays "
	    "etc/two-stays && mkdir etc/fifo && echo q > etc/fifo/q && "
	    "echo file > etc/dir");
	if (root)
		scratch_sh(&r->s, "chattr +i want/etc/new/deep/n; "
		    "chmod --reference live/etc/two-stays want/etc/two-stays");
	restoring_state(r, "live", "before");
}

static void
restore(struct restoring *r)
{
	struct err e = { 0 };

	restoring_good(restoring_apply(r, ID, &e), &e);
	restoring_state(r, "live", "after");
	scratch_sh(&r->s, "! cmp -s before after");
}

static void
the_script_brings_back_every_byte_and_all_metadata(void **state)
{
	struct restoring r;

	(void)state;
	restoring_start(&r);
	make_before(&r);
	restore(&r);
	scratch_sh(&r.s, "sh store/rollback/" ID ".sh live 2>said; "
	    "cat said >&2; test ! -s said");
	restoring_state(&r, "live", "back");
	restoring_same(&r, "before", "back");
	restoring_end(&r);
}

/* Only what the simplest tools can set and tell. */
static void
plain_state(const struct restoring *r, const char *file)
{
	scratch_sh(&r->s, "cd live && {\n"
	    "find . -type d -printf '%%p %%y %%m %%U %%G %%Ts\\n' | sort\n"
	    "find . ! -type d -printf "
	    "'%%p %%y %%m %%U %%G %%Ts %%s %%l %%n\\n' | sort\n"
	    "find . -type f -print0 | sort -z | xargs -0 -r sha256sum\n"
	    "} > ../%s", file);
}

static void
busybox_alone_brings_back_what_it_can_and_says_the_rest(void **state)
{
	struct restoring r;

	(void)state;
	if (system("command -v busybox >/dev/null") != 0) {
		print_message("needs busybox\n");
		skip();
	}
	restoring_start(&r);
	make_before(&r);
	plain_state(&r, "plain-before");
	restore(&r);
	/* A rescue system finds nothing immutable: no chattr in busybox. */
	if (geteuid() == 0)
		scratch_sh(&r.s, "chattr -R -f -ia live; true");
	scratch_sh(&r.s, "mkdir bin && b=$(command -v busybox) && "
	    "for a in $($b --list); do ln -s $b bin/$a; done");
	scratch_sh(&r.s, "env -i PATH=$PWD/bin $PWD/bin/sh "
	    "store/rollback/" ID ".sh live 2>said; test $? = 1");
	plain_state(&r, "plain-back");
	restoring_same(&r, "plain-before", "plain-back");
	scratch_sh(&r.s, "grep -q '^/etc/one: attribute user.x not put back: "
	    "no setfattr$' said && grep -q '^/etc/one: time set to the second "
	    "only' said && ! grep -av '^/' said >&2");
	if (geteuid() == 0)
		scratch_sh(&r.s, "grep -q '^/etc/same: ACL not put back: no "
		    "setfacl$' said && grep -q '^/etc/two: inode flags not put "
		    "back: no chattr$' said");
	restoring_end(&r);
}

static void
a_dry_run_of_the_script_changes_nothing(void **state)
{
	struct restoring r;

	(void)state;
	restoring_start(&r);
	make_before(&r);
	restore(&r);
	scratch_sh(&r.s, "sh store/rollback/" ID ".sh -n >said && "
	    "grep -q '^would remove /etc/new/deep/n$' said && "
	    "grep -q '^would put back /etc/new?line $' said && "
	    "grep -q '^would set metadata of /etc/same$' said");
	restoring_state(&r, "live", "dry");
	restoring_same(&r, "after", "dry");
	scratch_sh(&r.s, "sh store/rollback/" ID ".sh /no/such 2>said; "
	    "test $? = 2 && grep -q 'no such root' said");
	restoring_end(&r);
}

static void
a_damaged_rollback_is_refused_and_changes_nothing(void **state)
{
	static const struct { const char *damage, *error; } cases[] = {
		{ "truncate -s -10 $r.tar.zst", ID ".tar.zst: " },
		{ "truncate -s 100 $r.meta", ID ".meta: damaged or cut short" },
		{ "sed -i s/mode=0/mode=4/ $r.meta",
		    ID ".meta: damaged or cut short" },
		{ "echo ../x > $r.list", ID ".list:1: refused: the path "
		    "'../x'" },
		{ "echo /a/../x > $r.list", ID ".list:1: refused: the path "
		    "'/a/../x'" },
		{ ": > $r.list", ID ".list: damaged or edited" },
		{ "rm $r.list", ID ".list: cannot open: " },
		{ "rm $r.tar.zst", ID ".tar.zst: cannot open: " },
		{ "mkdir -p t/etc && echo x > t/etc/one && cd t && "
		    "tar cf - etc/one | zstd -q -f -o ../$r.tar.zst",
		    ID ".tar.zst: damaged: the content of '/etc/one' is "
		    "another" },
		{ "mkdir t; echo x > x; cd t; tar -P -cf - ../x | "
		    "zstd -q -f -o ../$r.tar.zst", ID ".tar.zst: refused: the "
		    "member '../x' has a name that leads elsewhere" },
		{ "rm $r.meta", ID ": there is no such rollback [see "
		    "'driftctl log']" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };
		struct restoring r;

		restoring_start(&r);
		make_before(&r);
		restore(&r);
		scratch_sh(&r.s, "r=store/rollback/" ID "; %s",
		    cases[i].damage);
		if (restoring_undo(&r, ID, "20260101T000001Z-b", &e) == 0)
			fail_msg("not seen: %s", cases[i].damage);
		err_format(&e, &text);
		if (strncmp(buf_str(&text), cases[i].error,
		    strlen(cases[i].error)) != 0)
			fail_msg("%s:\n%s", cases[i].damage, buf_str(&text));
		restoring_state(&r, "live", "left");
		restoring_same(&r, "after", "left");
		restoring_end(&r);
	}
}

static void
only_whole_rollbacks_are_listed_and_the_rest_is_swept(void **state)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	struct restoring r;
	struct err e = { 0 };

	(void)state;
	restoring_start(&r);
	make_before(&r);
	restore(&r);
	scratch_sh(&r.s, "cd store/rollback && touch 2025-x.tar.zst.tmp "
	    "2025-x.list " ID ".meta.tmp.7 && cp " ID ".meta 2024-y.meta");
	restoring_good(rollback_ids(r.store, &ids, &e), &e);
	assert_int_equal(ids.n, 2);
	assert_string_equal(ids.items[0], "2024-y");
	assert_string_equal(ids.items[1], ID);
	restoring_good(rollback_sweep(r.store, &e), &e);
	scratch_sh(&r.s, "test $(ls store/rollback | wc -l) = 5 && "
	    "test $(stat -c %%a store/rollback/" ID ".sh) = 700 && "
	    "test $(stat -c %%a store/rollback/" ID ".tar.zst) = 600");
	assert_false(rollback_undone(r.store, ID));
	restoring_good(rollback_mark_undone(r.store, ID, &e), &e);
	assert_true(rollback_undone(r.store, ID));
	restoring_good(rollback_remove(r.store, ID, &e), &e);
	scratch_sh(&r.s, "test $(ls store/rollback) = 2024-y.meta");
	restoring_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_script_brings_back_every_byte_and_all_metadata),
		cmocka_unit_test(
		    busybox_alone_brings_back_what_it_can_and_says_the_rest),
		cmocka_unit_test(
		    a_damaged_rollback_is_refused_and_changes_nothing),
		cmocka_unit_test(
		    only_whole_rollbacks_are_listed_and_the_rest_is_swept),
		cmocka_unit_test(a_dry_run_of_the_script_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
