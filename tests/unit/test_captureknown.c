/* SPDX-License-Identifier: MIT */
#include "snapshots/captureknown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/path.h"
#include "snapshots/capturecache.h"
#include "snapshots/compare.h"
#include "snapshots/seal.h"
#include "snapshots/statlook.h"
#include "tests/unit/scratch.h"

/* The cache says that this snapshot is as the first capture was. */
static const struct oid commit = { "\x07" };

struct watched {
	struct scratch s;
	struct root root;
	struct scope scope, secrets;
	struct idnames *ids;
	struct seal_key *key;
	struct capture_options o;
	struct capture then;
	size_t blobs;
};

static int
count_blob(void *ctx, const struct packed *o, struct err *e)
{
	(void)o;
	(void)e;
	((struct watched *)ctx)->blobs++;
	return 0;
}

static void
keep(struct watched *w, const struct capture *c, bool stored,
    enum statcache_as as)
{
	struct err e = { 0 };
	uint64_t sum;

	assert_int_equal(capturecache_write(c, w->s.dirfd, "cache",
	    &(struct capturecache_keep){ capture_key(&w->o), &commit, stored,
	    as }, &sum, &e), 0);
}

/* A capture that knows all folders, as a snapshot or as a mere look. */
static void
look(struct watched *w, bool store, struct capture *out)
{
	uint64_t key = capture_key(&w->o);
	struct capture_options o = w->o;
	struct err e = { 0 };

	o.blob = store ? count_blob : NULL;
	o.cache = statcache_open(w->s.dirfd, "cache", &key);
	assert_non_null(o.cache);
	o.cache_names = true;
	o.last = &commit;
	w->blobs = 0;
	assert_int_equal(capture_run(&o, out, &e), 0);
	out->cache = o.cache;
}

static void
start(struct watched *w)
{
	char dir[96];
	struct err e = { 0 };

	*w = (struct watched){ .root = { .fd = -1 } };
	scratch_start(&w->s);
	scratch_sh(&w->s, "mkdir -p root/etc/d/sub root/etc/e && cd root && "
	    "echo 'u:x:0:0::/:' > etc/passwd; for i in 1 2 3; do "
	    "echo $i > etc/d/$i; echo $i > etc/e/$i; done; echo s > "
	    "etc/d/sub/f; echo k > etc/shadow; echo h > etc/h1; "
	    "ln etc/h1 etc/e/h2; ln -s d etc/l; sleep 0.05");
	snprintf(dir, sizeof(dir), "%s/root", w->s.dir);
	assert_int_equal(root_open(&w->root, dir, &e), 0);
	assert_int_equal(scope_include(&w->scope, "/etc", &e), 0);
	assert_int_equal(scope_include(&w->scope, "/etc/**", &e), 0);
	assert_int_equal(scope_include(&w->scope, "/opt/x", &e), 0);
	assert_int_equal(scope_settle(&w->scope, &w->root, &e), 0);
	assert_int_equal(scope_include(&w->secrets, "/etc/shadow", &e), 0);
	scope_prepare(&w->secrets);
	w->ids = idnames_load(&w->root, false);
	w->key = seal_key_load(w->s.dirfd, "seal.key", true, &e);
	assert_non_null(w->key);
	w->o = (struct capture_options){ .root = &w->root,
		.scope = &w->scope, .secrets = &w->secrets, .seal = w->key,
		.ids = w->ids, .max_size = 1 << 20, .threads = 2, .ctx = w };
	assert_int_equal(capture_run(&w->o, &w->then, &e), 0);
	keep(w, &w->then, true, STATCACHE_SAME);
}

static void
end(struct watched *w)
{
	capture_done(&w->then);
	idnames_free(w->ids);
	seal_key_free(w->key);
	scope_done(&w->scope);
	scope_done(&w->secrets);
	root_close(&w->root);
	scratch_end(&w->s);
}

/* Where it is said that nothing in a folder differs from the snapshot. */
static void
said_same_is_same(const char *how, const struct capture *then,
    const struct capture *now)
{
	for (size_t i = 0; now->same != NULL && i < now->manifest.n; i++) {
		const char *folder = now->manifest.items[i].path;
		size_t k = manifest_lower(&then->manifest, folder);

		for (size_t n = i; n < now->same[i]; n++, k++)
			if (k == then->manifest.n ||
			    strcmp(now->manifest.items[n].path,
			    then->manifest.items[k].path) != 0 ||
			    entry_differs(&now->manifest.items[n],
			    &then->manifest.items[k]) != 0)
				fail_msg("%s: %s is not the same", how,
				    now->manifest.items[n].path);
		if (now->same[i] > 0 && k < then->manifest.n &&
		    path_is_under(then->manifest.items[k].path, folder))
			fail_msg("%s: %s is gone", how,
			    then->manifest.items[k].path);
	}
}

static void
all_is_seen(const char *how, struct watched *w, const struct capture *now)
{
	CLEANUP(drop_capture) struct capture fresh = { 0 };
	CLEANUP(drop_changes) struct changes ch = { 0 };
	struct err e = { 0 };

	assert_int_equal(capture_run(&w->o, &fresh, &e), 0);
	compare_manifests(&fresh.manifest, &now->manifest, true, &ch);
	if (ch.n > 0)
		fail_msg("%s: %s was not seen", how, ch.items[0].was != NULL ?
		    ch.items[0].was->path : ch.items[0].is->path);
	said_same_is_same(how, &w->then, now);
}

static const struct happening {
	const char *what;
	bool edits;		/* no more than that */
} changes[] = {
	{ "true", true },
	{ "echo more >> root/etc/d/2", true },
	{ "echo more >> root/etc/d/sub/f; : > root/etc/e/3", true },
	{ "chmod 600 root/etc/passwd", true },
	{ "touch -d @5 root/etc/d/1", true },
	{ "echo new > root/etc/new", false },
	{ "rm root/etc/h1", false },
	{ "echo x > root/etc/d/2.tmp; mv root/etc/d/2.tmp root/etc/d/2",
	    false },
	{ "rm root/etc/d/3", false },
	{ "echo more >> root/etc/e/h2", false },
	{ "rm root/etc/e/h2", false },
	{ "ln root/etc/shadow root/etc/e/shadow", false },
	{ "rm root/etc/e/1; mkdir root/etc/e/1", false },
	{ "ln -sfn e root/etc/l", false },
	{ "chmod 700 root/etc/e", false },
	{ "mkdir root/opt; echo x > root/opt/x", false },
	{ "rm -rf root/opt root/etc/e/2", false },
	{ "mv root/etc/d/sub root/etc/e/sub", false },
	{ "rm -r root/etc/d", false },
};
enum { CHANGES = sizeof(changes) / sizeof(changes[0]) };

static void
apply(struct watched *w, const struct happening *c)
{
	scratch_sh(&w->s, "%s; sleep 0.05", c->what);
}

static bool
only_edited(struct watched *w)
{
	CLEANUP(drop_statcache) struct statcache *cache =
	    statcache_open(w->s.dirfd, "cache", NULL);
	CLEANUP(drop_statlook_edits) struct statlook_edits edits = { 0 };

	return statlook_edits(cache, &w->root, &edits);
}

static void
each_change_is_seen_by_whoever_knows_what_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHANGES; i++) {
		CLEANUP(drop_capture) struct capture now = { 0 };
		struct watched w;

		start(&w);
		apply(&w, &changes[i]);
		if (changes[i].edits != only_edited(&w))
			fail_msg("%s: is taken for something else",
			    changes[i].what);
		look(&w, false, &now);
		all_is_seen(changes[i].what, &w, &now);
		end(&w);
	}
}

static void
one_change_after_the_other_is_seen(void **state)
{
	struct watched w;

	(void)state;
	start(&w);
	for (size_t i = 0; i < CHANGES; i++) {
		CLEANUP(drop_capture) struct capture now = { 0 };
		CLEANUP(drop_capture) struct capture again = { 0 };

		apply(&w, &changes[i]);
		look(&w, false, &now);
		all_is_seen(changes[i].what, &w, &now);
		keep(&w, &now, false, now.as);
		/* What differs from the snapshot does so still. */
		look(&w, false, &again);
		all_is_seen(changes[i].what, &w, &again);
		keep(&w, &again, false, again.as);
		if (i > 0)
			assert_int_not_equal(again.as, STATCACHE_SAME);
	}
	end(&w);
}

static void
only_what_was_edited_is_read_and_handed_over(void **state)
{
	CLEANUP(drop_capture) struct capture looked = { 0 };
	CLEANUP(drop_capture) struct capture stored = { 0 };
	struct watched w;

	(void)state;
	start(&w);
	scratch_sh(&w.s, "echo more >> root/etc/d/2; echo l >> root/etc/shadow;"
	    " sleep 0.05");
	look(&w, false, &looked);
	assert_int_equal(looked.files_read, 2);
	assert_int_equal(looked.as, STATCACHE_PARTLY);
	keep(&w, &looked, false, looked.as);
	/* Known by now, but not stored. */
	look(&w, true, &stored);
	assert_int_equal(stored.files_read, 2);
	assert_int_equal(w.blobs, 2);
	assert_int_equal(manifest_find(&stored.manifest,
	    "/etc/shadow")->content, CONTENT_SEALED);
	assert_int_equal(stored.same[manifest_lower(&stored.manifest,
	    "/etc")], 0);
	assert_int_not_equal(stored.same[manifest_lower(&stored.manifest,
	    "/etc/e")], 0);
	all_is_seen("stored", &w, &stored);
	end(&w);
}

/* What a second name makes a secret must not be stored in the clear because it
 * was not stored so far. */
static void
names_are_asked_for_where_files_have_several(void **state)
{
	CLEANUP(drop_capture) struct capture looked = { 0 };
	CLEANUP(drop_capture) struct capture stored = { 0 };
	struct watched w;

	(void)state;
	start(&w);
	scratch_sh(&w.s, "ln root/etc/shadow root/etc/e/open; sleep 0.05");
	look(&w, false, &looked);
	keep(&w, &looked, false, looked.as);
	look(&w, true, &stored);
	assert_int_equal(manifest_find(&stored.manifest,
	    "/etc/e/open")->content, CONTENT_SEALED);
	all_is_seen("another name", &w, &stored);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_seen_by_whoever_knows_what_was),
		cmocka_unit_test(one_change_after_the_other_is_seen),
		cmocka_unit_test(only_what_was_edited_is_read_and_handed_over),
		cmocka_unit_test(names_are_asked_for_where_files_have_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
