/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scratch.h"
#include "snapshots/gitfiles.h"
#include "snapshots/vendor.h"

struct vendored {
	struct scratch s;
	struct store *store;
};

static int
start(void **state)
{
	static struct vendored v;
	char dir[96];
	struct err e = { 0 };

	if (gitrepo_start(&e) < 0)
		return -1;
	scratch_start(&v.s);
	snprintf(dir, sizeof(dir), "%s/store", v.s.dir);
	if (store_init(dir, &e) < 0 ||
	    (v.store = store_open(dir, &e)) == NULL ||
	    store_load_key(v.store, store_fd(v.store), "seal.key", true,
	    &e) < 0)
		return -1;
	*state = &v;
	return 0;
}

static int
stop(void **state)
{
	struct vendored *v = *state;

	store_close(v->store);
	scratch_end(&v->s);
	gitrepo_stop();
	return 0;
}

static int
record(struct vendored *v, const char *path, const char *text,
    enum entry_content content)
{
	struct entry en = { .path = path, .kind = ENTRY_FILE, .mode = 0644,
		.content = content, .hardlink = "/etc/other" };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct vendor_new new = { &en, &b };
	struct err e = { 0 };
	int n;

	buf_adds(&b, text);
	n = vendor_record(v->store, &new, 1, NULL, "what packages shipped",
	    &e);
	if (n < 0)
		fail_msg("%s", e.what);
	return n;
}

static int
add_version(void *ctx, const struct vendor_version *v,
    const struct buf *bytes, struct err *e)
{
	struct buf *out = ctx;

	(void)e;
	assert_null(v->entry.hardlink);
	buf_addf(out, "%s;", buf_str(bytes));
	return 0;
}

static void
assert_versions(struct vendored *v, const char *path, const char *want)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	assert_int_equal(vendor_walk(v->store, GITFILES_VENDOR, path, &a,
	    add_version, &out, &e), 0);
	assert_string_equal(buf_str(&out), want);
	arena_done(&a);
}

static void
versions_of_a_path_are_kept_newest_first(void **state)
{
	struct vendored *v = *state;

	assert_versions(v, "/etc/a", "");
	assert_int_equal(record(v, "/etc/a", "one", CONTENT_STORED), 1);
	assert_int_equal(record(v, "/etc/b", "other", CONTENT_STORED), 1);
	assert_int_equal(record(v, "/etc/a", "two", CONTENT_STORED), 1);
	assert_versions(v, "/etc/a", "two;one;");
	assert_versions(v, "/etc/b", "other;");
	assert_versions(v, "/etc/c", "");
}

static void
the_same_again_is_no_version(void **state)
{
	struct vendored *v = *state;

	assert_int_equal(record(v, "/etc/d", "x", CONTENT_STORED), 1);
	assert_int_equal(record(v, "/etc/d", "x", CONTENT_STORED), 0);
	assert_versions(v, "/etc/d", "x;");
}

static void
what_is_secret_is_sealed_and_comes_back_plain(void **state)
{
	struct vendored *v = *state;

	assert_int_equal(record(v, "/etc/s", "geheim", CONTENT_SEALED), 1);
	assert_versions(v, "/etc/s", "geheim;");
	scratch_sh(&v->s, "! git --git-dir store/repo.git cat-file "
	    "--batch-all-objects --batch | grep -qa geheim");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_of_a_path_are_kept_newest_first),
		cmocka_unit_test(the_same_again_is_no_version),
		cmocka_unit_test(
		    what_is_secret_is_sealed_and_comes_back_plain),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
