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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_restore_puts_back_everything_and_undo_takes_it_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
