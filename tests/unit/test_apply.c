/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include "restoring.h"

#define SKIP_UNLESS_ROOT()						\
	if (geteuid() != 0) {						\
		print_message("needs root: chown, mknod, chattr\n");	\
		skip();							\
	}

/* Odd objects of every type, with every kind of metadata. */
static const char odd_tree[] =
    "umask 022; mkdir -p etc/pam.d etc/empty etc/deep/er && "
    "echo imap > etc/pam.d/imap && echo smtp > etc/pam.d/smtp && "
    "ln etc/pam.d/imap etc/linked && ln etc/pam.d/imap etc/linked2 && "
    "printf 'a\\0b' > \"$(printf 'etc/new\\nline')\" && "
    "echo x > \"$(printf 'etc/\\377\\376')\" && echo y > etc/-dash && "
    "echo z > etc/$(printf '%0255d' 7) && "
    "ln -s nowhere etc/dangling && ln -s ../etc etc/loop && "
    "mkfifo etc/fifo && mknod etc/null c 1 3 && mknod etc/disk b 8 1 && "
    "setfacl -m u:1001:r etc/pam.d/smtp && "
    "setfacl -d -m g:7:rwx etc/deep && "
    "setfattr -n user.note -v 0x00ff0a etc/pam.d/smtp && "
    "setfattr -n trusted.t -v 1 etc/deep && "
    "cp /bin/true etc/ping && setcap cap_net_raw+ep etc/ping && "
    "echo s > etc/suid && chown 5:6 etc/suid && chmod 4751 etc/suid && "
    "chown -h 8:9 etc/dangling && touch -h -d @1.5 etc/dangling && "
    "touch -d @123456789.123456789 etc/pam.d/imap etc/empty && "
    "echo i > etc/immutable && chattr +i etc/immutable && "
    "mkdir etc/append && echo 1 > etc/append/x && chattr +a etc/append && "
    "touch -d @99.9 etc/deep etc/deep/er";

static void
make_odd(struct restoring *r, const char *tree)
{
	scratch_sh(&r->s, "cd %s && %s", tree, odd_tree);
}

static void
a_restore_puts_back_everything_and_undo_takes_it_away(void **state)
{
	struct restoring r;
	struct err e = { 0 };

	(void)state;
	SKIP_UNLESS_ROOT();
	restoring_start(&r);
	make_odd(&r, "want");
	scratch_sh(&r.s, "echo other > live/stays; mkdir -p live/etc/pam.d && "
	    "echo changed > live/etc/pam.d/imap && mkdir live/etc/suid && "
	    "echo in > live/etc/suid/in && echo f > live/etc/empty && "
	    "touch -d @5.000000005 live/etc live/etc/suid live/stays");
	restoring_state(&r, "want", "wanted");
	restoring_state(&r, "live", "before");
	restoring_good(restoring_apply(&r, "20260101T000000Z-a", &e), &e);
	restoring_state(&r, "live", "after");
	restoring_same(&r, "wanted", "after");
	restoring_clean(&r);
	restoring_good(restoring_undo(&r, "20260101T000000Z-a",
	    "20260101T000001Z-b", &e), &e);
	restoring_state(&r, "live", "undone");
	restoring_same(&r, "before", "undone");
	restoring_clean(&r);
	restoring_good(restoring_undo(&r, "20260101T000001Z-b",
	    "20260101T000002Z-c", &e), &e);
	restoring_state(&r, "live", "redone");
	restoring_same(&r, "wanted", "redone");
	restoring_end(&r);
}

#define ID "20260101T000000Z-a"

static void
expect_error(const struct err *e, const char *text)
{
	CLEANUP(drop_buf) struct buf got = { 0 };

	err_format(e, &got);
	if (strcmp(buf_str(&got), text) != 0)
		fail_msg("%s", buf_str(&got));
}

/* A plan for one wish, a change behind its back, and then the attempt. */
static void
late_change(struct restoring *r, const struct wish *w, const char *change,
    const char *error)
{
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };
	struct wish own = *w;
	struct wishes wishes = { &own, 1, 1 };
	struct apply_options o = { .root = &r->live, .store_fd = r->store,
		.id = ID, .title = "late", .have = &have,
		.content = restoring_content, .ctx = r };
	struct err e = { 0 };

	restoring_read(r, &r->live, r->live_dir, &have);
	restoring_good(plan_make(&have, NULL, &wishes, &plan, &e), &e);
	scratch_sh(&r->s, "%s", change);
	restoring_state(r, "live", "before");
	assert_int_equal(apply_plan(&o, &plan, &e), -1);
	expect_error(&e, error);
	restoring_state(r, "live", "after");
	restoring_same(r, "before", "after");
	restoring_clean(r);
	scratch_sh(&r->s, "test -z \"$(ls store/rollback 2>/dev/null)\"");
}

static void
what_changed_since_the_plan_is_left_alone(void **state)
{
	static const struct { const char *change, *error; } cases[] = {
		{ "echo later > live/f", "/f: changed since the plan was made, "
		    "nothing was done [run again]" },
		{ "rm live/f", "/f: changed since the plan was made, nothing "
		    "was done [run again]" },
		{ "chmod 600 live/f", "/f: changed since the plan was made, "
		    "nothing was done [run again]" },
		{ "rm live/f && mkdir live/f", "/f: changed since the plan was "
		    "made, nothing was done [run again]" },
	};
	struct entry want = { .path = "/f", .mode = 0644, .size = 4 };
	struct wish w = { .path = "/f", .want = &want };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct restoring r;

		restoring_start(&r);
		scratch_sh(&r.s, "echo new > want/f; echo old > live/f");
		late_change(&r, &w, cases[i].change, cases[i].error);
		restoring_end(&r);
	}
}

static void
what_appeared_since_the_plan_is_not_lost(void **state)
{
	struct entry want = { .path = "/f", .mode = 0644, .size = 4 };
	struct wish w = { .path = "/f", .want = &want };
	struct restoring r;

	(void)state;
	restoring_start(&r);
	scratch_sh(&r.s, "echo new > want/f");
	late_change(&r, &w, "echo other > live/f", "/f: changed since the plan "
	    "was made, nothing was done [run again]");
	restoring_end(&r);
}

static void
a_symlink_on_the_way_never_redirects_a_write(void **state)
{
	struct entry want = { .path = "/d/f", .mode = 0644, .size = 4 };
	struct wish w = { .path = "/d/f", .want = &want };
	struct restoring r;

	(void)state;
	restoring_start(&r);
	scratch_sh(&r.s, "mkdir want/d live/d outside && echo new > want/d/f");
	late_change(&r, &w, "rmdir live/d && ln -s ../outside live/d",
	    "/d/f: '/d' on the way to it is no folder any more, a symlink "
	    "perhaps [restore it, too]");
	scratch_sh(&r.s, "test -z \"$(ls outside)\"");
	restoring_end(&r);
}

static void
a_folder_with_strangers_is_not_removed(void **state)
{
	struct wish w = { .path = "/d" };
	struct restoring r;

	(void)state;
	restoring_start(&r);
	scratch_sh(&r.s, "mkdir live/d && echo 1 > live/d/known");
	late_change(&r, &w, "echo 2 > live/d/stranger", "/d: cannot be "
	    "removed: 'stranger' in it is not tracked [move it away and run "
	    "again]");
	restoring_end(&r);
}

static void
strangers_below_a_folder_in_the_way_are_in_the_rollback(void **state)
{
	struct restoring r;
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };
	struct entry want = { .path = "/d", .mode = 0644, .size = 4,
		.mtime.tv_sec = 9 };
	struct wish w = { .path = "/d", .want = &want };
	struct wishes wishes = { &w, 1, 1 };
	struct apply_options o = { .store_fd = -1, .id = ID, .title = "s",
		.have = &have, .content = restoring_content, .ctx = &r };
	struct err e = { 0 };

	(void)state;
	restoring_start(&r);
	o.root = &r.live;
	o.store_fd = r.store;
	scratch_sh(&r.s, "echo new > want/d; mkdir live/d");
	restoring_read(&r, &r.live, r.live_dir, &have);
	restoring_good(plan_make(&have, NULL, &wishes, &plan, &e), &e);
	scratch_sh(&r.s, "mkdir -p live/d/x/y && echo s > live/d/x/y/stranger "
	    "&& touch -d @5 live/d/x");
	restoring_state(&r, "live", "before");
	restoring_good(apply_plan(&o, &plan, &e), &e);
	scratch_sh(&r.s, "test -f live/d");
	restoring_good(restoring_undo(&r, ID, "20260101T000001Z-b", &e), &e);
	restoring_state(&r, "live", "after");
	restoring_same(&r, "before", "after");
	restoring_end(&r);
}

static void
paths_longer_than_any_call_takes_are_restored(void **state)
{
	struct restoring r;
	struct err e = { 0 };

	(void)state;
	restoring_start(&r);
	scratch_sh(&r.s, "n=$(printf '%%0250d' 1) && cd want && "
	    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
	    "mkdir $n && cd -P $n || exit 1; done; echo deep > deep");
	restoring_good(restoring_apply(&r, ID, &e), &e);
	{
		CLEANUP(drop_manifest) struct manifest a = { 0 };
		CLEANUP(drop_manifest) struct manifest b = { 0 };

		restoring_read(&r, &r.want, r.want_dir, &a);
		restoring_read(&r, &r.live, r.live_dir, &b);
		assert_int_equal(a.n, 22);
		assert_int_equal(a.n, b.n);
		for (size_t i = 0; i < a.n; i++)
			assert_int_equal(entry_differs(&a.items[i],
			    &b.items[i]), 0);
	}
	restoring_good(restoring_undo(&r, ID, "20260101T000001Z-b", &e), &e);
	scratch_sh(&r.s, "test -z \"$(ls live)\"");
	restoring_end(&r);
}

static void
without_room_everything_is_taken_back(void **state)
{
	struct restoring r;
	struct err e = { 0 };

	(void)state;
	SKIP_UNLESS_ROOT();
	restoring_start(&r);
	if (scratch_try(&r.s, "mount -t tmpfs -o size=256k none live "
	    "2>/dev/null") != 0) {
		print_message("needs to mount a tmpfs\n");
		restoring_end(&r);
		skip();
	}
	root_close(&r.live);
	restoring_good(root_open(&r.live, r.live_dir, &e), &e);
	scratch_sh(&r.s, "mkdir want/d live/d && echo old > live/d/a && "
	    "echo new > want/d/a && "
	    "head -c 300000 /dev/zero > want/d/too-large");
	restoring_state(&r, "live", "before");
	assert_int_equal(restoring_apply(&r, ID, &e), -1);
	expect_error(&e, "/d/too-large: cannot make the new one [make room "
	    "there; nothing was changed]: No space left on device");
	restoring_state(&r, "live", "after");
	root_close(&r.live);
	scratch_sh(&r.s, "umount live");
	restoring_good(root_open(&r.live, r.live_dir, &e), &e);
	restoring_same(&r, "before", "after");
	restoring_clean(&r);
	restoring_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_restore_puts_back_everything_and_undo_takes_it_away),
		cmocka_unit_test(what_changed_since_the_plan_is_left_alone),
		cmocka_unit_test(what_appeared_since_the_plan_is_not_lost),
		cmocka_unit_test(a_symlink_on_the_way_never_redirects_a_write),
		cmocka_unit_test(a_folder_with_strangers_is_not_removed),
		cmocka_unit_test(
		    strangers_below_a_folder_in_the_way_are_in_the_rollback),
		cmocka_unit_test(paths_longer_than_any_call_takes_are_restored),
		cmocka_unit_test(without_room_everything_is_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
