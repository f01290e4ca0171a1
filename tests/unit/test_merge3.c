/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "snapshots/gitrepo.h"
#include "specs/merge3.h"
#include "specs/mergeside.h"
#include "tests/unit/git_group.h"

/* One merge by what the format says; lines are merged as the verb does it. */
struct outcome {
	struct merge3 out;
	struct err why;
	int rc;
};

static void
drop_outcome(struct outcome *o)
{
	merge3_done(&o->out);
}

static struct gitrepo_text
git_text(const char *s, const char *label)
{
	return (struct gitrepo_text){ s, strlen(s), label };
}

static void
merge(const char *view, const char *base, const char *mine,
    const char *theirs, bool with_lines, bool doubtful, struct outcome *o)
{
	struct gitrepo_text b = git_text(base != NULL ? base : "", "base");
	struct gitrepo_text m = git_text(mine, "mine");
	struct gitrepo_text t = git_text(theirs, "theirs");
	CLEANUP(drop_buf) struct buf lines = { 0 };
	struct merge3_input in = { .view = view_find(view),
		.mine = { mine, strlen(mine) },
		.theirs = { theirs, strlen(theirs) },
		.base_doubtful = doubtful,
		.mine_label = "mine", .theirs_label = "theirs",
		.base_label = "base" };
	struct err e = { 0 };

	if (base != NULL)
		in.base = (struct merge3_text){ base, strlen(base) };
	if (with_lines && gitrepo_merge(base != NULL && !doubtful ? &b : NULL,
	    &m, &t, &lines, &e) == 0)
		in.lines = (struct merge3_text){ buf_str(&lines), lines.len };
	assert_non_null(in.view);
	o->rc = merge3(&in, &o->out, &o->why);
}

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

/* A file of random keys; few names, so that sides meet. */
static void
random_file(const struct view *v, unsigned *seed, struct buf *out)
{
	int n = rand_r(seed) % 8;

	for (int i = 0; i < n; i++) {
		int what = rand_r(seed) % 6, k = rand_r(seed) % 5,
		    val = rand_r(seed) % 3;

		if (v->fields != NULL)
			buf_addf(out, what == 0 ? "# %d\n" : "r%d d%d k%d\n",
			    what == 0 ? val : i, val, k);
		else if (what == 0)
			buf_addf(out, "# %d\n", val);
		else if (what == 1 && v->sections)
			buf_addf(out, "[s%d]\n", val);
		else
			buf_addf(out, strcmp(v->name, "keyvalue") == 0 ?
			    "K%d %d\n" : "K%d=%d\n", k, val);
	}
}

static const char *const random_views[] = { "ini", "shellvars", "keyvalue",
	"postfix", "crypttab" };

enum { ROUNDS = 4000, VIEWS = sizeof(random_views) / sizeof(*random_views) };

/* Whether both texts say the same. */
static bool
alike(const char *view, const char *a, const char *b)
{
	CLEANUP(drop_mergeside) struct mergeside x = { 0 };
	CLEANUP(drop_mergeside) struct mergeside y = { 0 };
	struct err e = { 0 };

	if (mergeside_read(view_find(view), a, strlen(a), &x, &e) < 0 ||
	    mergeside_read(view_find(view), b, strlen(b), &y, &e) < 0 ||
	    x.n_groups != y.n_groups)
		return false;
	for (size_t i = 0; i < x.n_groups; i++)
		if (mergegroup_cmp(x.view, &x.groups[i], &y.groups[i]) != 0 ||
		    !mergegroup_same(&x.groups[i], &y.groups[i]))
			return false;
	return true;
}

static void
check_laws(const char *view, const char *b, const char *m, const char *t)
{
	const struct {
		const char *base, *mine, *theirs, *want;
	} laws[] = {
		{ b, m, b, m },	/* theirs did nothing: mine, to the byte */
		{ b, b, t, t },	/* mine did nothing: what theirs says */
		{ b, m, m, m },	/* both did the same: once */
	};

	for (int i = 0; i < 3; i++) {
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		merge(view, laws[i].base, laws[i].mine, laws[i].theirs, false,
		    false, &o);
		if (o.rc == 0)
			continue;
		assert_int_equal(o.out.n, 0);
		if (i != 1)
			assert_string_equal(buf_str(&o.out.text), m);
		assert_true(alike(view, buf_str(&o.out.text), laws[i].want));
	}
}

/* Merged once more with the same version nothing changes. */
static void
check_again(const char *view, const char *m, const char *t,
    const struct outcome *first)
{
	CLEANUP(drop_outcome) struct outcome o = { 0 };

	(void)m;
	merge(view, t, buf_str(&first->out.text), t, false, false, &o);
	assert_int_equal(o.rc, 1);
	assert_int_equal(o.out.n, 0);
	assert_string_equal(buf_str(&o.out.text), buf_str(&first->out.text));
}

/* A value of mine is in the result, or its key is among the conflicts, or
 * the package has changed or dropped it and mine had not. */
static void
check_nothing_lost(const char *view, const char *b, const char *m,
    const char *t, const struct outcome *o)
{
	const struct view *v = view_find(view);
	CLEANUP(drop_mergeside) struct mergeside base = { 0 };
	CLEANUP(drop_mergeside) struct mergeside mine = { 0 };
	CLEANUP(drop_mergeside) struct mergeside theirs = { 0 };
	CLEANUP(drop_mergeside) struct mergeside result = { 0 };
	const char *text = buf_str(&o->out.text);
	struct err e = { 0 };

	assert_int_equal(mergeside_read(v, b, strlen(b), &base, &e), 0);
	assert_int_equal(mergeside_read(v, m, strlen(m), &mine, &e), 0);
	assert_int_equal(mergeside_read(v, t, strlen(t), &theirs, &e), 0);
	assert_int_equal(mergeside_read(v, text, strlen(text), &result, &e),
	    0);
	for (size_t i = 0; i < mine.n_groups; i++) {
		const struct mergegroup *g = &mine.groups[i];
		const struct mergegroup *was = mergeside_find(&base, g);
		const struct mergegroup *is = mergeside_find(&result, g);
		const struct mergegroup *their = mergeside_find(&theirs, g);

		if (mergegroup_same(was, their))
			assert_true(mergegroup_same(is, g));
		else if (mergegroup_same(was, g))
			assert_true(mergegroup_same(is, their));
		else if (mergegroup_same(g, their))
			assert_true(mergegroup_same(is, g));
		else
			assert_non_null(is);	/* value by value */
	}
}

static void
any_three_files_obey_the_laws_of_merging(void **state)
{
	unsigned seed = 1, clean = 0, conflicts = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		const char *view = random_views[i % VIEWS];
		const struct view *v = view_find(view);
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf m = { 0 };
		CLEANUP(drop_buf) struct buf t = { 0 };
		CLEANUP(drop_outcome) struct outcome o = { 0 };

		random_file(v, &seed, &b);
		random_file(v, &seed, &m);
		random_file(v, &seed, &t);
		check_laws(view, buf_str(&b), buf_str(&m), buf_str(&t));
		merge(view, buf_str(&b), buf_str(&m), buf_str(&t), i % 2,
		    false, &o);
		if (o.rc == 0)
			continue;
		conflicts += o.out.n > 0;
		clean += o.out.n == 0;
		if (o.out.n > 0)
			continue;
		check_again(view, buf_str(&m), buf_str(&t), &o);
		check_nothing_lost(view, buf_str(&b), buf_str(&m),
		    buf_str(&t), &o);
	}
	assert_true(clean > ROUNDS / 20 && conflicts > ROUNDS / 20);
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

static void
lines_obey_the_laws_of_merging(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 500; i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf m = { 0 };
		struct buf out[3] = { 0 };
		struct gitrepo_text base, mine;
		struct err e = { 0 };

		random_file(view_find("ini"), &seed, &b);
		random_file(view_find("ini"), &seed, &m);
		base = git_text(buf_str(&b), "base");
		mine = git_text(buf_str(&m), "mine");
		assert_int_equal(gitrepo_merge(&base, &mine, &base, &out[0],
		    &e), 0);
		assert_int_equal(gitrepo_merge(&base, &base, &mine, &out[1],
		    &e), 0);
		assert_int_equal(gitrepo_merge(&base, &mine, &mine, &out[2],
		    &e), 0);
		for (int k = 0; k < 3; k++) {
			assert_string_equal(buf_str(&out[k]), buf_str(&m));
			buf_done(&out[k]);
		}
	}
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
		cmocka_unit_test(
		    without_a_base_all_that_differs_is_a_conflict),
		cmocka_unit_test(
		    with_a_doubtful_base_what_mine_has_of_it_is_left_open),
		cmocka_unit_test(
		    lines_that_fit_are_taken_with_the_comments_of_both),
		cmocka_unit_test(
		    lines_that_fit_but_say_something_else_are_not_taken),
		cmocka_unit_test(what_keys_cannot_settle_is_left_to_the_lines),
		cmocka_unit_test(any_three_files_obey_the_laws_of_merging),
		cmocka_unit_test(
		    lines_merge_with_markers_where_both_changed_them),
		cmocka_unit_test(lines_obey_the_laws_of_merging),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
