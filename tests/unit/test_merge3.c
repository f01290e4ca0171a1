/* SPDX-License-Identifier: MIT */
#include "specs/merge3.h"

#include "tests/unit/merge_outcome.h"

struct clean_case {
	const char *view, *base, *mine, *theirs, *want;
};

static void
each_side_s_changes_are_in_the_result(void **state)
{
	static const struct clean_case cases[] = {
		/* A value of either side. */
		{ "ini", "[a]\nx = 1\ny = 2\n", "[a]\nx = 9\ny = 2\n",
		    "[a]\nx = 1\ny = 8\n", "[a]\nx = 9\ny = 8\n" },
		/* mine's order and comments, where theirs has another order */
		{ "ini", "[a]\nx=1\ny=2\n", "[a]\n; mine\ny=2\nx=1\n",
		    "[a]\nx=1\ny=3\n", "[a]\n; mine\ny=3\nx=1\n" },
		/* A new key goes behind the one it follows there. */
		{ "ini", "[a]\nx=1\n[b]\nz=1\n", "[a]\nx=5\n[b]\nz=1\n",
		    "[a]\nx=1\nnew=1\n[b]\nz=1\n",
		    "[a]\nx=5\nnew=1\n[b]\nz=1\n" },
		/* A new section at the end, with its keys. */
		{ "ini", "[a]\nx=1\n", "[a]\nx=5\n",
		    "[a]\nx=1\n[b]\nk=1\nl=2\n",
		    "[a]\nx=5\n\n[b]\nk=1\nl=2\n" },
		/* What the package gave up goes. */
		{ "ini", "[a]\nx=1\nold=1\n", "[a]\nx=5\nold=1\n",
		    "[a]\nx=1\n", "[a]\nx=5\n" },
		/* What the administrator took out stays out. */
		{ "postfix", "a = 1\nb = 1\n", "#a = 1\nb = 1\n",
		    "a = 1\nb = 2\n", "#a = 1\nb = 2\n" },
		/* A value of several lines. */
		{ "postfix", "a = 1\n    2\nb = 1\n", "a = 1\n    2\nb = 7\n",
		    "a = 1\n    3\nb = 1\n", "a = 1\n    3\nb = 7\n" },
		{ "systemd", "[Service]\nA=1\nB=1\n",
		    "[Service]\nA=1\nB=2\n", "[Service]\nA=3\nB=1\n",
		    "[Service]\nA=3\nB=2\n" },
		/* Given twice: each for itself. */
		{ "systemd", "[Socket]\nListenStream=1\nListenStream=2\n",
		    "[Socket]\nListenStream=9\nListenStream=2\n",
		    "[Socket]\nListenStream=1\nListenStream=8\n",
		    "[Socket]\nListenStream=9\nListenStream=8\n" },
		/* Quotes stay those of whose value it is. */
		{ "shellvars", "A=\"x y\"\nB='1'\n", "A=\"x y\"\nB='2'\n",
		    "A=\"x z\"\nB='1'\n", "A=\"x z\"\nB='2'\n" },
		{ "keyvalue", "Port 22\nX 1\n", "Port 2222\nX 1\n",
		    "Port 22\nX 2\nY 1\n", "Port 2222\nX 2\nY 1\n" },
		/* Key of another case is the same key. */
		{ "keyvalue", "Port 22\nX 1\n", "port 2222\nX 1\n",
		    "Port 22\nX 2\n", "port 2222\nX 2\n" },
		/* Behind a Match line it is another one. */
		{ "keyvalue", "X 1\nMatch User a\n X 2\n",
		    "X 5\nMatch User a\n X 2\n",
		    "X 1\nMatch User a\n X 6\n",
		    "X 5\nMatch User a\n X 6\n" },
		/* A row; of a row one field. */
		{ "crypttab", "a /dev/a none luks\nb /dev/b none luks\n",
		    "a /dev/a none luks,discard\nb /dev/b none luks\n",
		    "a /dev/a none luks\nb /dev/c none luks\n"
		    "c /dev/d none\n",
		    "a /dev/a none luks,discard\nb /dev/c none luks\n"
		    "c /dev/d none\n" },
		{ "fstab", "/dev/a / ext4 defaults 0 1\n",
		    "/dev/b / ext4 defaults 0 1\n",
		    "/dev/a / ext4 defaults,noatime 0 1\n",
		    "/dev/b / ext4 defaults,noatime 0 1\n" },
		{ "passwd", "a:x:1:1::/:/bin/sh\n",
		    "a:x:1:1::/:/bin/false\nme:x:9:9::/:/bin/sh\n",
		    "a:x:1:1:A:/:/bin/sh\nd:x:2:2::/:/bin/sh\n",
		    "a:x:1:1:A:/:/bin/false\nd:x:2:2::/:/bin/sh\n"
		    "me:x:9:9::/:/bin/sh\n" },
		{ "nsswitch", "passwd: files\nhosts: files dns\n",
		    "passwd: files sss\nhosts: files dns\n",
		    "passwd: files\nhosts: files mdns dns\n",
		    "passwd: files sss\nhosts: files mdns dns\n" },
		{ "postfix-master",
		    "smtp inet n - y - - smtpd\npickup unix n - y 60 1 pickup\n",
		    "smtp inet n - n - - smtpd\n  -o a=b\n"
		    "pickup unix n - y 60 1 pickup\n",
		    "smtp inet n - y - - smtpd\npickup unix n - y 90 1 pickup\n",
		    "smtp inet n - n - - smtpd\n  -o a=b\n"
		    "pickup unix n - y 90 1 pickup\n" },
		/* No newline at the end, on either side. */
		{ "ini", "[a]\nx=1", "[a]\nx=2", "[a]\nx=1\ny=1",
		    "[a]\nx=2\ny=1\n" },
		{ "ini", "[a]\r\nx=1\r\ny=1\r\n", "[a]\r\nx=2\r\ny=1\r\n",
		    "[a]\r\nx=1\r\ny=3\r\n", "[a]\r\nx=2\r\ny=3\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct clean_case *c = &cases[i];
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		merge(c->view, c->base, c->mine, c->theirs, false, false, &o);
		print_message("%zu %s: %s\n", i, c->view, o.why.what);
		assert_int_equal(o.rc, 1);
		assert_int_equal(o.out.n, 0);
		assert_string_equal(buf_str(&o.out.text), c->want);
	}
}

/* What each added and took out, in mine's words and order. */
static void
lists_are_merged_by_their_members(void **state)
{
	static const struct clean_case cases[] = {
		{ "postfix", "mynetworks = 127.0.0.0/8, 10.0.0.0/8\n",
		    "mynetworks = 127.0.0.0/8, 10.0.0.0/8, 192.168.7.0/24\n",
		    "mynetworks = 127.0.0.0/8, [::1]/128, 10.0.0.0/8\n",
		    "mynetworks = 127.0.0.0/8, 10.0.0.0/8, 192.168.7.0/24, "
		    "[::1]/128\n" },
		/* One goes, another comes. */
		{ "postfix", "mynetworks = a b c\n", "mynetworks = b c\n",
		    "mynetworks = a b d\n", "mynetworks = b d\n" },
		{ "postfix", "mynetworks = a b c\n", "mynetworks = a b c x\n",
		    "mynetworks = b c\n", "mynetworks = b c x\n" },
		/* On lines of their own. */
		{ "postfix", "mydestination = a,\n  b\nk = 1\n",
		    "mydestination = a,\n  b,\n  mine\nk = 1\n",
		    "mydestination = a,\n  b, theirs\nk = 2\n",
		    "mydestination = a,\n  b,\n  mine,\n  theirs\nk = 2\n" },
		{ "ini", "[sssd]\nservices = nss, pam\n",
		    "[sssd]\nservices = nss, pam, ssh\n",
		    "[sssd]\nservices = nss, pam, sudo\n",
		    "[sssd]\nservices = nss, pam, ssh, sudo\n" },
		{ "shellvars", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n",
		    "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet mitigations=auto\"\n",
		    "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\n",
		    "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet mitigations=auto "
		    "splash\"\n" },
		{ "shellvars", "GRUB_CMDLINE_LINUX=\"\"\n",
		    "GRUB_CMDLINE_LINUX=\"a\"\n",
		    "GRUB_CMDLINE_LINUX=\"b\"\n",
		    "GRUB_CMDLINE_LINUX=\"a b\"\n" },
		{ "systemd", "[Unit]\nAfter=a.target\n",
		    "[Unit]\nAfter=a.target mine.mount\n",
		    "[Unit]\nAfter=a.target b.target\n",
		    "[Unit]\nAfter=a.target mine.mount b.target\n" },
		{ "fstab", "/dev/a / ext4 defaults 0 1\n",
		    "/dev/a / ext4 defaults,noatime 0 1\n",
		    "/dev/b / ext4 defaults,nofail 0 1\n",
		    "/dev/b / ext4 defaults,noatime,nofail 0 1\n" },
		{ "crypttab", "a /dev/a none luks\n",
		    "a /dev/a none luks,discard\n",
		    "a /dev/a none luks,tries=3\n",
		    "a /dev/a none luks,discard,tries=3\n" },
		{ "group", "mail:x:12:a\n", "mail:x:12:a,me\n",
		    "mail:x:12:a,dovecot\n", "mail:x:12:a,me,dovecot\n" },
		/* Both did the same, and one more. */
		{ "postfix", "mynetworks = a b\n", "mynetworks = a x\n",
		    "mynetworks = a x y\n", "mynetworks = a x y\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct clean_case *c = &cases[i];
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		merge(c->view, c->base, c->mine, c->theirs, true, false, &o);
		print_message("%zu %s: %s\n", i, c->view, o.why.what);
		assert_int_equal(o.rc, 1);
		assert_int_equal(o.out.n, 0);
		assert_string_equal(buf_str(&o.out.text), c->want);
	}
}

static void
what_may_not_be_a_list_without_order_stays_a_conflict(void **state)
{
	static const struct {
		const char *view, *base, *mine, *theirs;
	} cases[] = {
		/* Their order is their meaning. */
		{ "nsswitch", "hosts: files dns\n", "hosts: files sss dns\n",
		    "hosts: files mdns dns\n" },
		{ "postfix", "smtpd_recipient_restrictions = a, c\n",
		    "smtpd_recipient_restrictions = a, b, c\n",
		    "smtpd_recipient_restrictions = a, d, c\n" },
		{ "postfix", "alias_maps = hash:a\n", "alias_maps = hash:a b\n",
		    "alias_maps = hash:a c\n" },
		{ "ini", "[sssd]\ndomains = a\n", "[sssd]\ndomains = a, b\n",
		    "[sssd]\ndomains = a, c\n" },
		{ "ini", "[x]\nservices = a\n", "[x]\nservices = a, b\n",
		    "[x]\nservices = a, c\n" },
		{ "postfix", "mynetworks = a b\n", "mynetworks = a b !c\n",
		    "mynetworks = a b d\n" },
		/* They contradict each other: the last one would win. */
		{ "fstab", "/dev/a / ext4 defaults 0 1\n",
		    "/dev/a / ext4 defaults,ro 0 1\n",
		    "/dev/a / ext4 defaults,rw 0 1\n" },
		{ "fstab", "/dev/a / ext4 defaults 0 1\n",
		    "/dev/a / ext4 defaults,exec 0 1\n",
		    "/dev/a / ext4 defaults,noexec 0 1\n" },
		{ "fstab", "/dev/a / ext4 defaults 0 1\n",
		    "/dev/a / ext4 defaults,noatime 0 1\n",
		    "/dev/a / ext4 defaults,relatime 0 1\n" },
		{ "shellvars", "GRUB_CMDLINE_LINUX=\"a=1\"\n",
		    "GRUB_CMDLINE_LINUX=\"a=2\"\n",
		    "GRUB_CMDLINE_LINUX=\"a=3\"\n" },
		{ "shellvars", "GRUB_CMDLINE_LINUX=\"q\"\n",
		    "GRUB_CMDLINE_LINUX=\"q console=tty0 console=ttyS0\"\n",
		    "GRUB_CMDLINE_LINUX=\"q b\"\n" },
		/* What a shell would read otherwise. */
		{ "shellvars", "GRUB_CMDLINE_LINUX=\"q\"\n",
		    "GRUB_CMDLINE_LINUX=\"q $X\"\n",
		    "GRUB_CMDLINE_LINUX=\"q b\"\n" },
		/* Nothing would be left of it. */
		{ "postfix", "mynetworks = a b\n", "mynetworks = a\n",
		    "mynetworks = b\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		print_message("%zu %s\n", i, cases[i].view);
		merge(cases[i].view, cases[i].base, cases[i].mine,
		    cases[i].theirs, true, false, &o);
		assert_int_equal(o.rc, 1);
		assert_int_equal(o.out.n, 1);
	}
}

struct conflict_case {
	const char *view, *base, *mine, *theirs;
	const char *what, *was, *is_mine, *is_theirs;
	unsigned line;
};

static void
what_both_changed_differently_is_a_conflict(void **state)
{
	static const struct conflict_case cases[] = {
		{ "ini", "[a]\nx=1\n", "[a]\nx=2\n", "[a]\nx=3\n",
		    "[a] x", "1", "2", "3", 2 },
		{ "postfix", "x = 1\n", "y = 1\n", "x = 3\n", "x", "1", NULL,
		    "3", 0 },
		{ "postfix", "x = 1\n", "x = 2\n", "\n", "x", "1", "2", NULL,
		    1 },
		{ "postfix", "", "x = 2\n", "x = 3\n", "x", NULL, "2", "3",
		    1 },
		{ "crypttab", "a d1 k1\n", "a d2 k1\n", "a d3 k1\n", "a",
		    "a d1 k1", "a d2 k1", "a d3 k1", 1 },
		{ "systemd", "[S]\nE=1\n", "[S]\nE=1\nE=2\n",
		    "[S]\nE=1\nE=3\n", "[S] E", "1", "1 2", "1 3", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct conflict_case *c = &cases[i];
		CLEANUP(drop_outcome) struct outcome o = { 0 };
		const struct merge3_conflict *x;

		merge(c->view, c->base, c->mine, c->theirs, true, false, &o);
		print_message("%zu %s: %s\n", i, c->view, o.why.what);
		assert_int_equal(o.rc, 1);
		assert_int_equal(o.out.n, 1);
		x = &o.out.items[0];
		assert_string_equal(x->what, c->what);
		assert_int_equal(x->line, c->line);
		if (c->was != NULL)
			assert_string_equal(x->base, c->was);
		else
			assert_null(x->base);
		if (c->is_mine != NULL)
			assert_string_equal(x->mine, c->is_mine);
		else
			assert_null(x->mine);
		if (c->is_theirs != NULL)
			assert_string_equal(x->theirs, c->is_theirs);
		else
			assert_null(x->theirs);
	}
}

static void
a_conflict_is_marked_where_it_is_and_the_rest_is_merged(void **state)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)state;
	merge("ini", "[a]\nx=1\ny=1\n", "# top\n[a]\nx=2\ny=1\n",
	    "[a]\nx=3\ny=5\n", true, false, &o);
	assert_int_equal(o.rc, 1);
	assert_string_equal(buf_str(&o.out.text), "# top\n[a]\n"
	    "<<<<<<< mine\nx=2\n||||||| base\nx=1\n=======\nx=3\n"
	    ">>>>>>> theirs\ny=5\n");
}

static void
without_a_base_all_that_differs_is_a_conflict(void **state)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)state;
	merge("ini", NULL, "[a]\nx=1\ny=1\nsame=1\n",
	    "[a]\nx=2\nz=1\nsame=1\n", true, false, &o);
	assert_int_equal(o.rc, 1);
	assert_int_equal(o.out.n, 3);
	assert_null(strstr(buf_str(&o.out.text), "|||||||"));
}

/* mine's `b = 2` may be the administrator's own of long ago. */
static void
with_a_doubtful_base_what_mine_has_of_it_is_left_open(void **state)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)state;
	merge("postfix", "a = 1\nb = 2\nc = 3\n", "a = 5\nb = 2\nc = 3\n",
	    "a = 1\nb = 7\nc = 3\n", true, true, &o);
	assert_int_equal(o.rc, 1);
	assert_int_equal(o.out.n, 1);
	assert_string_equal(o.out.items[0].what, "b");
	assert_non_null(strstr(buf_str(&o.out.text), "a = 5\n"));
}

static void
lines_that_fit_are_taken_with_the_comments_of_both(void **state)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)state;
	merge("ini", "# old\n\n\n[a]\nx=1\n\n\ny=1\n",
	    "# old\n\n\n[a]\nx=2\n\n\ny=1\n",
	    "# new\n\n\n[a]\nx=1\n\n\ny=3\n", true, false, &o);
	assert_int_equal(o.rc, 1);
	assert_true(o.out.by_lines);
	assert_string_equal(buf_str(&o.out.text),
	    "# new\n\n\n[a]\nx=2\n\n\ny=3\n");
}

/* Both added the same key in different places: the lines fit, and the file
 * would have it twice. */
static void
lines_that_fit_but_say_something_else_are_not_taken(void **state)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)state;
	merge("ini", "[a]\nk=1\n#\n#\n#\n#\nz=1\n",
	    "[a]\nnew=1\nk=1\n#\n#\n#\n#\nz=1\n",
	    "[a]\nk=1\n#\n#\n#\n#\nz=1\nnew=1\n", true, false, &o);
	assert_int_equal(o.rc, 1);
	assert_int_equal(o.out.n, 0);
	assert_false(o.out.by_lines);
	assert_string_equal(buf_str(&o.out.text),
	    "[a]\nnew=1\nk=1\n#\n#\n#\n#\nz=1\n");
}

static void
what_keys_cannot_settle_is_left_to_the_lines(void **state)
{
	static const struct {
		const char *view, *base, *mine, *theirs, *why;
	} cases[] = {
		{ "pam", "auth required a.so\n", "auth required b.so\n",
		    "auth required c.so\n", "its order matters" },
		{ "ini", "[a]\nx=1\n", "junk\n", "[a]\nx=2\n",
		    "neither 'key = value' nor a [section]" },
		{ "hosts", "::1 a\n::1 b\n", "::1 a\n::1 c\n", "::1 d\n",
		    "a second row for '::1'" },
		{ "shellvars", "A=1\nrun x\n", "A=2\nrun x\n",
		    "A=1\nrun y\n", "there is more in it than keys" },
		{ "shellvars", "A=1; B=1\nC=1\n", "A=1; B=1\nC=2\n",
		    "A=1\nC=1\n", "several keys share a line" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		merge(cases[i].view, cases[i].base, cases[i].mine,
		    cases[i].theirs, false, false, &o);
		assert_int_equal(o.rc, 0);
		assert_string_equal(o.why.what, cases[i].why);
	}
}

static void
lines_merge_with_markers_where_both_changed_them(void **state)
{
	struct gitrepo_text base = git_text("a\nb\nc\n", "base");
	struct gitrepo_text mine = git_text("a\nB\nc\n", "mine");
	struct gitrepo_text theirs = git_text("a\nx\nc\n", "theirs");
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_buf) struct buf two = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(gitrepo_merge(&base, &mine, &theirs, &out, &e), 1);
	assert_string_equal(buf_str(&out), "a\n<<<<<<< mine\nB\n"
	    "||||||| base\nb\n=======\nx\n>>>>>>> theirs\nc\n");
	assert_int_equal(gitrepo_merge(NULL, &mine, &theirs, &two, &e), 1);
	assert_string_equal(buf_str(&two), "a\n<<<<<<< mine\nB\n=======\nx\n"
	    ">>>>>>> theirs\nc\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_side_s_changes_are_in_the_result),
		cmocka_unit_test(lists_are_merged_by_their_members),
		cmocka_unit_test(
		    what_may_not_be_a_list_without_order_stays_a_conflict),
		cmocka_unit_test(what_both_changed_differently_is_a_conflict),
		cmocka_unit_test(
		    a_conflict_is_marked_where_it_is_and_the_rest_is_merged),
		cmocka_unit_test(without_a_base_all_that_differs_is_a_conflict),
		cmocka_unit_test(
		    with_a_doubtful_base_what_mine_has_of_it_is_left_open),
		cmocka_unit_test(
		    lines_that_fit_are_taken_with_the_comments_of_both),
		cmocka_unit_test(
		    lines_that_fit_but_say_something_else_are_not_taken),
		cmocka_unit_test(what_keys_cannot_settle_is_left_to_the_lines),
		cmocka_unit_test(
		    lines_merge_with_markers_where_both_changed_them),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
