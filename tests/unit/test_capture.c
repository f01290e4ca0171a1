/* SPDX-License-Identifier: MIT */
#include "snapshots/capture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "snapshots/capturecache.h"
#include "snapshots/compare.h"
#include "snapshots/seal.h"
#include "tests/unit/scratch.h"

struct capturing {
	struct scratch s;
	char dir[96];
	struct root root;
	struct scope scope, secrets;
	struct idnames *ids;
	struct seal_key *key;
	struct capture_options o;
	size_t blobs;
	bool refuse;
};

static int
count_blob(void *ctx, const struct packed *o, struct err *e)
{
	struct capturing *c = ctx;

	assert_true(o->bytes.len > 0);
	c->blobs++;
	if (c->refuse)
		return err_set(e, ERR_SYSTEM, NULL, "no room");
	return 0;
}

/* root/ is made by a script, and all of root/etc is tracked. */
static void
start(struct capturing *c, const char *script)
{
	struct err e = { 0 };

	*c = (struct capturing){ .root = { .fd = -1 } };
	scratch_start(&c->s);
	snprintf(c->dir, sizeof(c->dir), "%s/root", c->s.dir);
	scratch_sh(&c->s, "umask 022; mkdir -p root/etc && cd root && "
	    "printf 'u:x:1234:1235::/:/bin/sh\\n' > etc/passwd && "
	    "printf 'g:x:1235:\\n' > etc/group && { %s\n}; sleep 0.05",
	    script);
	assert_int_equal(root_open(&c->root, c->dir, &e), 0);
	assert_int_equal(scope_include(&c->scope, "/etc/**", &e), 0);
	assert_int_equal(scope_include(&c->scope, "/etc/never", &e), 0);
	assert_int_equal(scope_settle(&c->scope, &c->root, &e), 0);
	assert_int_equal(scope_include(&c->secrets, "/etc/shadow", &e), 0);
	scope_prepare(&c->secrets);
	c->ids = idnames_load(&c->root, false);
	c->key = seal_key_load(c->s.dirfd, "seal.key", true, &e);
	assert_non_null(c->key);
	c->o = (struct capture_options){ .root = &c->root,
		.scope = &c->scope, .secrets = &c->secrets, .seal = c->key,
		.ids = c->ids, .max_size = 1 << 20, .threads = 2,
		.blob = count_blob, .ctx = c };
}

static void
end(struct capturing *c)
{
	idnames_free(c->ids);
	seal_key_free(c->key);
	scope_done(&c->scope);
	scope_done(&c->secrets);
	root_close(&c->root);
	scratch_end(&c->s);
}

static void
run(struct capturing *c, struct capture *out)
{
	struct err e = { 0 };

	c->blobs = 0;
	if (capture_run(&c->o, out, &e) < 0)
		fail_msg("%s: %s", e.where, e.what);
}

static const struct entry *
entry_of(const struct capture *c, const char *path)
{
	const struct entry *en = manifest_find(&c->manifest, path);

	if (en == NULL)
		fail_msg("%s was not captured", path);
	return en;
}

static unsigned
flags_of(const struct capture *c, const char *path)
{
	for (size_t i = 0; i < c->seen.n; i++)
		if (strcmp(c->seen.items[i].path, path) == 0)
			return c->seen.items[i].flags;
	fail_msg("%s was not seen", path);
	return 0;
}

static void
every_kind_of_object_is_recorded(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; echo hello > f; chmod 4750 f; mkdir -m 1770 d; "
	    "ln -s 'no where' l; mkfifo p; touch -d @1.5 f; python3 -c "
	    "'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'; "
	    "setfattr -n user.k -v v f 2> /dev/null; true");
	run(&c, &out);
	assert_int_equal(out.unknown.n, 0);
	assert_int_equal(entry_of(&out, "/etc/f")->kind, ENTRY_FILE);
	assert_int_equal(entry_of(&out, "/etc/f")->mode, 04750);
	assert_int_equal(entry_of(&out, "/etc/f")->size, 6);
	assert_int_equal(entry_of(&out, "/etc/f")->mtime.tv_sec, 1);
	assert_int_equal(entry_of(&out, "/etc/f")->mtime.tv_nsec, 500000000);
	assert_int_equal(entry_of(&out, "/etc/d")->mode, 01770);
	assert_int_equal(entry_of(&out, "/etc/d")->kind, ENTRY_DIR);
	assert_string_equal(entry_of(&out, "/etc/l")->target, "no where");
	assert_int_equal(entry_of(&out, "/etc/p")->kind, ENTRY_FIFO);
	assert_int_equal(entry_of(&out, "/etc/s")->kind, ENTRY_SOCKET);
	/* The name that git has for these bytes. */
	assert_memory_equal(entry_of(&out, "/etc/f")->oid.b,
	    "\xce\x01\x36\x25\x03\x0b\xa8\xdb\xa9\x06\xf7\x56\x96\x7f\x9e\x9c"
	    "\xa3\x94\x46\x4a", OID_LEN);
	assert_int_equal(flags_of(&out, "/etc/never"), SEEN_ABSENT);
	end(&c);
}

static void
owners_have_the_names_of_their_root(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;

	(void)state;
	if (geteuid() != 0) {
		print_message("# only root can give files away\n");
		skip();
	}
	start(&c, "cd etc; touch a b; chown 1234:1235 a; chown 77777:77777 b;"
	    " mknod n c 1 3; mknod k b 7 9");
	run(&c, &out);
	assert_string_equal(entry_of(&out, "/etc/a")->user, "u");
	assert_string_equal(entry_of(&out, "/etc/a")->group, "g");
	assert_int_equal(entry_of(&out, "/etc/a")->uid, 1234);
	assert_null(entry_of(&out, "/etc/b")->user);
	assert_int_equal(entry_of(&out, "/etc/b")->gid, 77777);
	assert_int_equal(entry_of(&out, "/etc/n")->kind, ENTRY_CHAR);
	assert_int_equal(entry_of(&out, "/etc/k")->major, 7);
	assert_int_equal(entry_of(&out, "/etc/k")->minor, 9);
	end(&c);
}

static void
any_name_is_a_name(void **state)
{
	static const char *const names[] = { "a b", "new\nline", "-rf",
		"\xff\xfe", "tab\t", "*", "\\x41", "\x1b[2J" };
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;

	(void)state;
	start(&c, ":");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP(drop_free) char *p = xasprintf("root/etc/%s",
		    names[i]);

		scratch_write(&c.s, p, names[i], strlen(names[i]));
	}
	run(&c, &out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP(drop_free) char *p = xasprintf("/etc/%s", names[i]);

		assert_int_equal(entry_of(&out, p)->size, strlen(names[i]));
	}
	for (size_t i = 1; i < out.manifest.n; i++)
		assert_true(strcmp(out.manifest.items[i - 1].path,
		    out.manifest.items[i].path) != 0);
	end(&c);
}

static void
hard_links_name_the_first_of_their_group(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; mkdir d; echo > b; ln b a; ln b d/z; echo > x; "
	    "ln x ../outside");
	run(&c, &out);
	assert_null(entry_of(&out, "/etc/a")->hardlink);
	assert_string_equal(entry_of(&out, "/etc/b")->hardlink, "/etc/a");
	assert_string_equal(entry_of(&out, "/etc/d/z")->hardlink, "/etc/a");
	assert_null(entry_of(&out, "/etc/x")->hardlink);
	end(&c);
}

static void
a_file_is_as_secret_as_any_name_of_it(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 }, part = { 0 };
	struct scope scope = { 0 };
	struct err e = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; echo xyzzy > shadow; ln shadow a; ln shadow z; "
	    "echo > b; ln b c");
	run(&c, &out);
	assert_int_equal(entry_of(&out, "/etc/a")->content, CONTENT_SEALED);
	assert_int_equal(entry_of(&out, "/etc/shadow")->content,
	    CONTENT_SEALED);
	assert_int_equal(entry_of(&out, "/etc/z")->content, CONTENT_SEALED);
	assert_int_equal(entry_of(&out, "/etc/c")->content, CONTENT_STORED);
	/* Where only one of the names is asked for, as well. */
	assert_int_equal(scope_include(&scope, "/etc/z", &e), 0);
	assert_int_equal(scope_settle(&scope, &c.root, &e), 0);
	c.o.scope = &scope;
	c.o.whole = &c.scope;
	run(&c, &part);
	assert_int_equal(entry_of(&part, "/etc/z")->content, CONTENT_SEALED);
	assert_null(manifest_find(&part.manifest, "/etc/shadow"));
	scope_done(&scope);
	end(&c);
}

static void
large_files_are_known_by_digest_only(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; head -c 1048576 /dev/zero > fits; "
	    "head -c 1048577 /dev/zero > large");
	run(&c, &out);
	assert_int_equal(entry_of(&out, "/etc/fits")->content,
	    CONTENT_STORED);
	assert_int_equal(entry_of(&out, "/etc/large")->content,
	    CONTENT_DIGEST);
	/* As git hash-object has it. */
	scratch_sh(&c.s, "git hash-object root/etc/large > oid");
	scratch_sh(&c.s, "test $(cat oid) = "
	    "%02x%02x%02x$(cut -c 7- oid)",
	    entry_of(&out, "/etc/large")->oid.b[0],
	    entry_of(&out, "/etc/large")->oid.b[1],
	    entry_of(&out, "/etc/large")->oid.b[2]);
	/* passwd, group and what fits. */
	assert_int_equal(c.blobs, 3);
	end(&c);
}

static void
secrets_are_sealed_or_not_recorded(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	CLEANUP(drop_capture) struct capture without = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "echo secret > etc/shadow");
	run(&c, &out);
	assert_int_equal(entry_of(&out, "/etc/shadow")->content,
	    CONTENT_SEALED);
	c.o.seal = NULL;
	run(&c, &without);
	assert_int_equal(entry_of(&without, "/etc/shadow")->content,
	    CONTENT_UNREADABLE);
	assert_int_equal(c.blobs, 2);
	end(&c);
}

/* Captures once more with the cache of the capture before. */
static void
run_cached(struct capturing *c, const struct capture *before, bool stored,
    struct capture *out)
{
	const struct oid commit = { "c" };
	const uint64_t key = capture_key(&c->o);
	CLEANUP(drop_statcache) struct statcache *cache = NULL;
	uint64_t sum;
	struct err e = { 0 };

	assert_int_equal(capturecache_write(before, c->s.dirfd, "cache",
	    &(struct capturecache_keep){ key, &commit, stored,
	    before->as }, &sum,
	    &e), 0);
	cache = statcache_open(c->s.dirfd, "cache", &key);
	assert_non_null(cache);
	c->o.cache = cache;
	c->o.last = &commit;
	run(c, out);
	out->cache = STEAL(cache);
	c->o.cache = NULL;
	c->o.last = NULL;
}

static void
same(const struct capture *a, const struct capture *b)
{
	CLEANUP(drop_changes) struct changes ch = { 0 };

	compare_manifests(&a->manifest, &b->manifest, true, &ch);
	if (ch.n > 0)
		fail_msg("%s", ch.items[0].was != NULL ?
		    ch.items[0].was->path : ch.items[0].is->path);
}

static void
what_has_not_changed_is_not_read_again(void **state)
{
	CLEANUP(drop_capture) struct capture first = { 0 };
	CLEANUP(drop_capture) struct capture second = { 0 };
	CLEANUP(drop_capture) struct capture third = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; mkdir d; for i in 1 2 3 4 5 6 7 8 9; do "
	    "echo $i > d/$i; done; ln d/1 d/one; ln -s x l; "
	    "head -c 2000000 /dev/zero > large; echo s > shadow");
	run(&c, &first);
	assert_int_equal(first.files_read, 14);
	run_cached(&c, &first, true, &second);
	assert_int_equal(second.files_read, 0);
	assert_int_equal(c.blobs, 0);
	same(&first, &second);
	scratch_sh(&c.s, "echo 55 > root/etc/d/5; rm root/etc/d/7; "
	    "echo n > root/etc/new");
	run_cached(&c, &second, true, &third);
	assert_int_equal(third.files_read, 2);
	assert_int_equal(c.blobs, 2);
	assert_int_equal(entry_of(&third, "/etc/d/5")->size, 3);
	assert_null(manifest_find(&third.manifest, "/etc/d/7"));
	/* Just written, so not trusted until the clock has moved on. */
	assert_true(flags_of(&third, "/etc/d/5") & SEEN_UNTRUSTED);
	assert_false(flags_of(&third, "/etc/d/6") & SEEN_UNTRUSTED);
	end(&c);
}

static void
what_is_not_stored_yet_is_read_for_storing(void **state)
{
	CLEANUP(drop_capture) struct capture first = { 0 };
	CLEANUP(drop_capture) struct capture looked = { 0 };
	CLEANUP(drop_capture) struct capture stored = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "echo a > etc/a; head -c 2000000 /dev/zero > etc/large");
	c.o.blob = NULL;
	run(&c, &first);
	run_cached(&c, &first, false, &looked);
	assert_int_equal(looked.files_read, 0);
	c.o.blob = count_blob;
	run_cached(&c, &looked, false, &stored);
	/* The digest of what is too large is known. */
	assert_int_equal(stored.files_read, 3);
	assert_int_equal(c.blobs, 3);
	same(&first, &stored);
	end(&c);
}

static void
one_thread_and_many_see_the_same(void **state)
{
	CLEANUP(drop_capture) struct capture many = { 0 };
	CLEANUP(drop_capture) struct capture one = { 0 };
	struct capturing c;

	(void)state;
	start(&c, "cd etc; i=0; while [ $i -lt 300 ]; do mkdir d$i; "
	    "echo $i > d$i/f; i=$((i + 1)); done");
	c.o.threads = 4;
	run(&c, &many);
	c.o.threads = 0;
	run(&c, &one);
	assert_int_equal(many.manifest.n, 603);
	same(&many, &one);
	end(&c);
}

static void
what_cannot_be_read_is_told_with_its_reason(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	bool is_root = geteuid() == 0;
	struct capturing c;

	(void)state;
	start(&c, "cd etc; echo s > shut; chmod 0 shut; mkdir -m 0 folder; "
	    "echo o > open; chmod 755 ../.. .. .");
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	run(&c, &out);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(out.unknown.n, 2);
	assert_string_equal(out.unknown.items[0].path, "/etc/folder");
	assert_string_equal(out.unknown.items[0].why,
	    "cannot read the folder: Permission denied");
	assert_string_equal(out.unknown.items[1].path, "/etc/shut");
	assert_string_equal(out.unknown.items[1].why,
	    "cannot open: Permission denied");
	assert_int_equal(entry_of(&out, "/etc/shut")->content,
	    CONTENT_UNREADABLE);
	assert_int_equal(entry_of(&out, "/etc/shut")->size, 2);
	assert_int_equal(entry_of(&out, "/etc/open")->content,
	    CONTENT_STORED);
	assert_true(flags_of(&out, "/etc/shut") & SEEN_UNTRUSTED);
	assert_int_equal(flags_of(&out, "/etc/folder"),
	    SEEN_ENTRY | SEEN_UNTRUSTED);
	for (size_t i = 1; i < out.seen.n; i++)
		assert_string_not_equal(out.seen.items[i - 1].path,
		    out.seen.items[i].path);
	scratch_sh(&c.s, "chmod 700 root/etc/folder");
	end(&c);
}

/* Somebody who works in root/etc without a pause. */
static pid_t
somebody(const struct capturing *c, const char *script)
{
	pid_t pid;

	/* What the shell leaves behind when it is killed comes to us. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setpgid(0, 0);
		/* Whoever waits for our output does not wait for this. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		if (fchdir(c->s.dirfd) < 0 || chdir("root/etc") < 0)
			_exit(1);
		execlp("sh", "sh", "-c", script, NULL);
		_exit(1);
	}
	setpgid(pid, pid);
	return pid;
}

/* Ends the shell and the program that it was just running, which would
 * otherwise make another file in the folder that is being removed. */
static void
send_away(pid_t pid)
{
	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0)
		;
}

static void
files_that_move_while_they_are_read_do_no_harm(void **state)
{
	static const char *const work[] = {
		/* come and go, change their type, grow, are renamed */
		"while :; do echo x > a; echo y > z; ln z z2; rm a z z2; done",
		("while :; do rm -rf a; mkdir a; echo > a/b; rm -rf a; "
		    "ln -s b a; done"),
		"while :; do echo more >> a; : > z; echo and >> z; done",
		"while :; do echo x > t; mv t a; mv a z; done",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(work) / sizeof(work[0]); i++) {
		struct capturing c;
		pid_t pid;

		start(&c, "cd etc; for i in 1 2 3 4 5 6 7 8 9; do "
		    "echo $i > n$i; done");
		pid = somebody(&c, work[i]);
		for (int k = 0; k < 60; k++) {
			CLEANUP(drop_capture) struct capture out = { 0 };

			run(&c, &out);
			for (size_t u = 0; u < out.unknown.n; u++)
				assert_string_equal(out.unknown.items[u].why,
				    "changed its type while it was read");
			assert_int_equal(entry_of(&out, "/etc/n5")->size, 2);
			for (size_t m = 0; m < out.manifest.n; m++)
				assert_non_null(out.manifest.items[m].path);
		}
		send_away(pid);
		end(&c);
	}
}

static void
who_cannot_take_a_blob_ends_the_capture(void **state)
{
	CLEANUP(drop_capture) struct capture out = { 0 };
	struct capturing c;
	struct err e = { 0 };

	(void)state;
	start(&c, "cd etc; for i in 1 2 3 4; do echo $i > $i; done");
	c.refuse = true;
	assert_int_equal(capture_run(&c.o, &out, &e), -1);
	assert_string_equal(e.what, "no room");
	end(&c);
}

static void
another_scope_is_another_cache(void **state)
{
	struct capturing c;
	struct err e = { 0 };
	uint64_t key;

	(void)state;
	start(&c, ":");
	key = capture_key(&c.o);
	assert_true(key == capture_key(&c.o));
	c.o.max_size++;
	assert_true(key != capture_key(&c.o));
	c.o.max_size--;
	c.o.seal = NULL;
	assert_true(key != capture_key(&c.o));
	c.o.seal = c.key;
	assert_int_equal(scope_ignore(&c.scope, "*.x", &e), 0);
	assert_true(key != capture_key(&c.o));
	end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_object_is_recorded),
		cmocka_unit_test(owners_have_the_names_of_their_root),
		cmocka_unit_test(any_name_is_a_name),
		cmocka_unit_test(hard_links_name_the_first_of_their_group),
		cmocka_unit_test(a_file_is_as_secret_as_any_name_of_it),
		cmocka_unit_test(large_files_are_known_by_digest_only),
		cmocka_unit_test(secrets_are_sealed_or_not_recorded),
		cmocka_unit_test(what_has_not_changed_is_not_read_again),
		cmocka_unit_test(what_is_not_stored_yet_is_read_for_storing),
		cmocka_unit_test(one_thread_and_many_see_the_same),
		cmocka_unit_test(what_cannot_be_read_is_told_with_its_reason),
		cmocka_unit_test(
		    files_that_move_while_they_are_read_do_no_harm),
		cmocka_unit_test(who_cannot_take_a_blob_ends_the_capture),
		cmocka_unit_test(another_scope_is_another_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
