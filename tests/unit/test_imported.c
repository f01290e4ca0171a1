/* SPDX-License-Identifier: MIT */
#include "snapshots/imported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "snapshots/seal.h"
#include "tests/unit/scratch.h"

struct fixture {
	struct scratch s;
	struct scope scope, secrets;
	struct seal_key *key;
	struct import_options o;
	size_t blobs, restarts;
};

static int
keep(void *ctx, const struct packed *o, struct err *e)
{
	struct fixture *f = ctx;

	(void)e;
	assert_true(o->bytes.len > 0);
	f->blobs++;
	return 0;
}

static int
restart(void *ctx, struct err *e)
{
	struct fixture *f = ctx;

	(void)e;
	f->blobs = 0;
	f->restarts++;
	return 0;
}

/* in/ is made by a script; all of /etc is tracked. */
static void
start(struct fixture *f, const char *script)
{
	struct err e = { 0 };

	*f = (struct fixture){ 0 };
	scratch_start(&f->s);
	scratch_sh(&f->s, "umask 022; mkdir -p in/etc && cd in && { %s\n}",
	    script);
	assert_int_equal(scope_include(&f->scope, "/etc/**", &e), 0);
	assert_int_equal(scope_ignore(&f->scope, "*.tmp", &e), 0);
	scope_prepare(&f->scope);
	assert_int_equal(scope_include(&f->secrets, "/etc/shadow", &e), 0);
	scope_prepare(&f->secrets);
	f->key = seal_key_load(f->s.dirfd, "seal.key", true, &e);
	assert_non_null(f->key);
	f->o = (struct import_options){ .scope = &f->scope,
		.secrets = &f->secrets, .seal = f->key, .max_size = 1 << 16,
		.blob = keep, .restart = restart, .ctx = f };
}

static void
end(struct fixture *f)
{
	seal_key_free(f->key);
	scope_done(&f->scope);
	scope_done(&f->secrets);
	scratch_end(&f->s);
}

/* What tar(1) makes of these members, in this order. */
static int
import(struct fixture *f, const char *members, struct imported *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = -1;

	scratch_sh(&f->s, "cd in && tar --no-recursion -cf ../x.tar %s",
	    members);
	fd = openat(f->s.dirfd, "x.tar", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return import_archive(fd, "x.tar", &f->o, out, e);
}

static const struct entry *
entry_of(const struct imported *i, const char *path)
{
	const struct entry *en = manifest_find(&i->manifest, path);

	if (en == NULL)
		fail_msg("%s is missing", path);
	return en;
}

static void
what_is_tracked_is_taken_with_the_folders_on_the_way(void **state)
{
	CLEANUP(drop_imported) struct imported out = { 0 };
	struct err e = { 0 };
	struct fixture f;

	(void)state;
	start(&f, "mkdir usr etc/d; echo 1 > etc/d/z; echo 2 > etc/a; "
	    "echo 3 > etc/b.tmp; echo 4 > usr/no; chmod 640 etc/a; "
	    "ln -s a etc/l; head -c 70000 /dev/zero > etc/large");
	assert_int_equal(import(&f, "usr usr/no etc/l etc/large etc etc/d "
	    "etc/d/z etc/b.tmp etc/a", &out, &e), 0);
	assert_int_equal(out.manifest.n, 6);
	for (size_t i = 1; i < out.manifest.n; i++)
		assert_true(strcmp(out.manifest.items[i - 1].path,
		    out.manifest.items[i].path) < 0);
	assert_int_equal(entry_of(&out, "/etc/a")->mode, 0640);
	assert_int_equal(entry_of(&out, "/etc/a")->content, CONTENT_STORED);
	assert_string_equal(entry_of(&out, "/etc/l")->target, "a");
	assert_int_equal(entry_of(&out, "/etc/large")->content,
	    CONTENT_DIGEST);
	assert_null(manifest_find(&out.manifest, "/etc/b.tmp"));
	assert_null(manifest_find(&out.manifest, "/usr/no"));
	assert_int_equal(f.blobs, 2);
	assert_int_equal(f.restarts, 0);
	assert_int_equal(out.members, 9);
	assert_true(out.no_xattrs && out.no_acls && out.no_flags);
	end(&f);
}

static void
what_a_folder_of_the_archive_lacks_is_gone_elsewhere_it_is_not(void **state)
{
	CLEANUP(drop_imported) struct imported out = { 0 };
	struct err e = { 0 };
	struct fixture f;

	(void)state;
	start(&f, "mkdir etc/d; echo 1 > etc/d/a; echo 2 > etc/a");
	assert_int_equal(import(&f, "etc/d etc/d/a etc/a", &out, &e), 0);
	assert_true(imported_covers(&out, "/etc/d/gone"));
	/* It has a file of that folder, not the folder. */
	assert_false(imported_covers(&out, "/etc/gone"));
	assert_false(imported_covers(&out, "/etc/d/deeper/gone"));
	end(&f);
}

static void
every_name_of_a_secret_is_sealed_whatever_came_first(void **state)
{
	static const char *const orders[] = { "etc/aside etc/shadow etc/zzz",
		"etc/shadow etc/aside etc/zzz", "etc/zzz etc/aside etc/shadow" };

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		CLEANUP(drop_imported) struct imported out = { 0 };
		struct err e = { 0 };
		struct fixture f;

		start(&f, "echo xyzzy > etc/shadow; ln etc/shadow etc/aside; "
		    "ln etc/shadow etc/zzz");
		assert_int_equal(import(&f, orders[i], &out, &e), 0);
		assert_int_equal(out.manifest.n, 3);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(out.manifest.items[k].content,
			    CONTENT_SEALED);
		assert_null(entry_of(&out, "/etc/aside")->hardlink);
		assert_string_equal(entry_of(&out, "/etc/shadow")->hardlink,
		    "/etc/aside");
		assert_string_equal(entry_of(&out, "/etc/zzz")->hardlink,
		    "/etc/aside");
		assert_int_equal(f.blobs, 1);
		assert_int_equal(f.restarts, strncmp(orders[i], "etc/shadow",
		    10) != 0);
		end(&f);
	}
}

static void
a_link_to_what_is_not_tracked_becomes_the_file(void **state)
{
	CLEANUP(drop_imported) struct imported out = { 0 };
	struct err e = { 0 };
	struct fixture f;

	(void)state;
	start(&f, "mkdir srv; echo 1 > srv/a; ln srv/a etc/b; "
	    "ln srv/a etc/c");
	assert_int_equal(import(&f, "srv/a etc/b etc/c", &out, &e), 0);
	assert_int_equal(out.manifest.n, 2);
	assert_int_equal(f.restarts, 1);
	assert_int_equal(entry_of(&out, "/etc/b")->size, 2);
	assert_null(entry_of(&out, "/etc/b")->hardlink);
	assert_string_equal(entry_of(&out, "/etc/c")->hardlink, "/etc/b");
	end(&f);
}

static void
a_secret_without_a_key_and_a_torn_archive_are_refused(void **state)
{
	CLEANUP(drop_imported) struct imported out = { 0 };
	struct err e = { 0 };
	struct fixture f;
	int fd;

	(void)state;
	start(&f, "echo xyzzy > etc/shadow; head -c 60000 /dev/urandom "
	    "> etc/a");
	f.o.seal = NULL;
	assert_int_equal(import(&f, "etc/shadow", &out, &e), -1);
	assert_string_equal(e.where, "/etc/shadow");
	assert_int_equal(out.manifest.n, 0);
	err_clear(&e);
	f.o.seal = f.key;
	assert_int_equal(import(&f, "etc/shadow etc/a", &out, &e), 0);
	imported_done(&out);
	scratch_sh(&f.s, "truncate -s 30000 x.tar");
	fd = openat(f.s.dirfd, "x.tar", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(import_archive(fd, "x.tar", &f.o, &out, &e), -1);
	assert_string_equal(e.where, "x.tar");
	assert_int_equal(out.manifest.n, 0);
	close(fd);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_is_tracked_is_taken_with_the_folders_on_the_way),
		cmocka_unit_test(
		    what_a_folder_of_the_archive_lacks_is_gone_elsewhere_it_is_not),
		cmocka_unit_test(
		    every_name_of_a_secret_is_sealed_whatever_came_first),
		cmocka_unit_test(
		    a_link_to_what_is_not_tracked_becomes_the_file),
		cmocka_unit_test(
		    a_secret_without_a_key_and_a_torn_archive_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
