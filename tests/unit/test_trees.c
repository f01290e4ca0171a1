/* SPDX-License-Identifier: MIT */
#include "snapshots/trees.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "snapshots/compare.h"
#include "snapshots/gitfiles.h"
#include "tests/unit/git_group.h"
#include "tests/unit/scratch.h"

struct stored {
	struct scratch s;
	char dir[96];
	struct gitrepo *repo;
	struct packfile *pack;
	struct packfile_worker *worker;
	struct manifest m;
	struct oid root;
};

static int
put(void *ctx, enum packed_type type, const void *bytes, size_t len,
    struct oid *out_oid, struct err *e)
{
	struct stored *t = ctx;
	CLEANUP(drop_packed) struct packed o = { 0 };

	packfile_compress(t->worker, type, bytes, len, NULL, &o);
	*out_oid = o.oid;
	return packfile_add(t->pack, &o, e);
}

static void
start(struct stored *t)
{
	struct err e = { 0 };

	*t = (struct stored){ 0 };
	scratch_start(&t->s);
	snprintf(t->dir, sizeof(t->dir), "%s/r.git", t->s.dir);
	assert_int_equal(gitfiles_init(t->dir, &e), 0);
	t->repo = gitrepo_open(t->dir, &e);
	assert_non_null(t->repo);
	t->pack = packfile_new(gitrepo_pack_fd(t->repo), t->dir, &e);
	t->worker = packfile_worker_new();
}

static void
end(struct stored *t)
{
	packfile_abandon(t->pack);
	packfile_worker_free(t->worker);
	gitrepo_close(t->repo);
	manifest_done(&t->m);
	scratch_end(&t->s);
}

static struct entry *
add(struct stored *t, enum entry_kind kind, const char *path)
{
	struct entry *en = manifest_add(&t->m);
	struct err e = { 0 };

	en->kind = kind;
	en->mode = kind == ENTRY_DIR ? 0755 : 0644;
	en->path = arena_strdup(&t->m.arena, path);
	if (kind == ENTRY_SYMLINK)
		en->target = "../else where";
	if (kind == ENTRY_FILE) {
		en->size = strlen(path);
		assert_int_equal(put(t, PACKED_BLOB, path, en->size, &en->oid,
		    &e), 0);
	}
	return en;
}

/* Trees, a commit on live, the pack; judged by git. */
static void
store(struct stored *t)
{
	CLEANUP(drop_trees) struct trees trees = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct gitcommit c = { .message = (char *)"a test" };
	struct oid commit, name;
	struct err e = { 0 };

	manifest_sort(&t->m);
	assert_int_equal(trees_build(&t->m, NULL, NULL, put, t, &trees, &e), 0);
	c.tree = t->root = trees.root;
	gitcommit_format(&b, &c, "host");
	assert_int_equal(put(t, PACKED_COMMIT, b.bytes, b.len, &commit, &e),
	    0);
	assert_int_equal(packfile_finish(STEAL(t->pack), &name, &e), 0);
	assert_int_equal(gitrepo_refresh(t->repo, &e), 0);
	assert_int_equal(gitrepo_ref_set(t->repo, GITFILES_LIVE, &commit, NULL,
	    &e), 0);
	/* A .mailmap that is a symlink is none of git's own: it reads only one
	 * at the top of a tree. */
	scratch_sh(&t->s, "git -C r.git fsck --strict --full > out 2>&1 || "
	    "{ cat out; false; } && ! grep -Ev 'dangling|mailmapSymlink' "
	    "out");
}

static void
load(struct stored *t, struct manifest *out)
{
	struct err e = { 0 };

	if (trees_load(t->repo, &t->root, out, &e) < 0)
		fail_msg("%s: %s", e.where, e.what);
}

/* What was stored is loaded as it was, in path order. */
static void
comes_back(struct stored *t)
{
	CLEANUP(drop_manifest) struct manifest back = { 0 };
	CLEANUP(drop_changes) struct changes c = { 0 };

	store(t);
	load(t, &back);
	compare_manifests(&t->m, &back, true, &c);
	if (c.n > 0)
		fail_msg("%s: %u", c.items[0].was != NULL ?
		    c.items[0].was->path : c.items[0].is->path,
		    c.items[0].differs);
	assert_int_equal(back.n, t->m.n);
	for (size_t i = 0; i < back.n; i++)
		assert_string_equal(back.items[i].path, t->m.items[i].path);
}

static const char *const names[] = {
	".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ",
	".git::$INDEX_ALLOCATION", ".g\xe2\x80\x8cit", ".gitmodules",
	".GitModules", "gitmod~1", ".gitattributes", ".gitignore", ".mailmap",
	"gi7eba~1", "entries", "entries_", "entries__", "%=x", "%=", "%",
	"%2e", ".", "..x", "...", "a b", "a\nb", "a\\x20b", "\xff\xfe",
	"\xc3\xbc", "-", "files", "meta", "con", "a:b", "\x7f", "*", "~",
	".git\\x", "\\", "x.lock",
};

static void
names_that_git_acts_upon_are_stored_all_the_same(void **state)
{
	static const enum entry_kind kinds[] = { ENTRY_FILE, ENTRY_SYMLINK,
		ENTRY_DIR };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct stored t;

		start(&t);
		add(&t, ENTRY_DIR, "/etc");
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			CLEANUP(drop_free) char *path =
			    xasprintf("/etc/%s", names[i]);
			CLEANUP(drop_free) char *below =
			    xasprintf("/etc/%s/%s", names[i], names[i]);

			if (strcmp(names[i], ".") == 0)
				continue;
			add(&t, kinds[k], path);
			if (kinds[k] == ENTRY_DIR)
				add(&t, ENTRY_FILE, below);
		}
		comes_back(&t);
		end(&t);
	}
}

static void
every_kind_of_entry_comes_back(void **state)
{
	struct stored t;
	struct entry *en;

	(void)state;
	start(&t);
	add(&t, ENTRY_DIR, "/etc");
	add(&t, ENTRY_DIR, "/etc/empty");
	add(&t, ENTRY_DIR, "/etc/only-folders");
	add(&t, ENTRY_DIR, "/etc/only-folders/in-it");
	add(&t, ENTRY_FIFO, "/etc/fifo");
	add(&t, ENTRY_SOCKET, "/etc/socket");
	en = add(&t, ENTRY_CHAR, "/etc/null");
	en->major = 1;
	en->minor = 3;
	en = add(&t, ENTRY_FILE, "/etc/program");
	en->mode = 04755;
	en = add(&t, ENTRY_FILE, "/etc/secret");
	en->content = CONTENT_SEALED;
	en = add(&t, ENTRY_FILE, "/etc/large");
	en->content = CONTENT_DIGEST;
	add(&t, ENTRY_SYMLINK, "/etc/link");
	comes_back(&t);
	/* Plain git shows contents and symlinks at their own path. */
	scratch_sh(&t.s, "cd r.git && test \"$(git show "
	    "live:files/etc/program)\" = /etc/program && test \"$(git ls-tree "
	    "live files/etc/program | cut -c 1-6)\" = 100755 && "
	    "test \"$(git show live:files/etc/link)\" = '../else where' && "
	    "test \"$(git show live:meta/etc/entries | head -n 1)\" = "
	    "'driftctl-meta 1' && ! git rev-parse -q --verify "
	    "live:files/etc/large");
	end(&t);
}

static void
nothing_tracked_is_a_snapshot_too(void **state)
{
	struct stored t;

	(void)state;
	start(&t);
	comes_back(&t);
	end(&t);
}

static void
neighbours_with_names_around_the_slash_come_back(void **state)
{
	struct stored t;

	(void)state;
	start(&t);
	add(&t, ENTRY_DIR, "/a");
	add(&t, ENTRY_DIR, "/a/b");
	add(&t, ENTRY_FILE, "/a/b/c");
	add(&t, ENTRY_FILE, "/a b");
	add(&t, ENTRY_DIR, "/a.d");
	add(&t, ENTRY_FILE, "/a.d/x");
	add(&t, ENTRY_FILE, "/a-");
	add(&t, ENTRY_FILE, "/a0");
	comes_back(&t);
	end(&t);
}

static void
a_tree_as_deep_as_paths_go_comes_back(void **state)
{
	CLEANUP(drop_buf) struct buf path = { 0 };
	struct stored t;

	(void)state;
	start(&t);
	for (int i = 0; i < 1200; i++) {
		buf_adds(&path, "/d");
		add(&t, ENTRY_DIR, buf_str(&path));
	}
	buf_adds(&path, "/f");
	add(&t, ENTRY_FILE, buf_str(&path));
	comes_back(&t);
	end(&t);
}

static void
unchanged_folders_share_their_objects(void **state)
{
	struct stored t;
	uint32_t before;
	CLEANUP(drop_trees) struct trees one = { 0 };
	CLEANUP(drop_trees) struct trees two = { 0 };
	struct err e = { 0 };

	(void)state;
	start(&t);
	for (int i = 0; i < 20; i++) {
		CLEANUP(drop_free) char *dir = xasprintf("/d%02d", i);
		CLEANUP(drop_free) char *file = xasprintf("/d%02d/f", i);

		add(&t, ENTRY_DIR, dir);
		add(&t, ENTRY_FILE, file);
	}
	assert_int_equal(trees_build(&t.m, NULL, NULL, put, &t, &one, &e), 0);
	before = packfile_count(t.pack);
	t.m.items[7].mode = 0600;
	assert_int_equal(trees_build(&t.m, NULL, NULL, put, &t, &two, &e), 0);
	assert_false(oid_equal(&one.root, &two.root));
	/* One blob of metadata, its folder's tree, meta's and the root. */
	assert_int_equal(packfile_count(t.pack), before + 4);
	end(&t);
}

static void
one_path_is_found_without_the_rest(void **state)
{
	static const struct { const char *path; int found; } cases[] = {
		{ "/etc", 1 }, { "/etc/.git", 1 }, { "/etc/.git/config", 1 },
		{ "/etc/entries", 1 }, { "/etc/entries/a b", 1 },
		{ "/etc/gone", 0 }, { "/etc/.git/gone", 0 }, { "/no/x", 0 },
		{ "/etc/a", 0 },
	};
	struct stored t;

	(void)state;
	start(&t);
	add(&t, ENTRY_DIR, "/etc");
	add(&t, ENTRY_DIR, "/etc/.git");
	add(&t, ENTRY_FILE, "/etc/.git/config");
	add(&t, ENTRY_DIR, "/etc/entries");
	add(&t, ENTRY_FILE, "/etc/entries/a b");
	store(&t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct entry *en = manifest_find(&t.m, cases[i].path);
		CLEANUP(drop_buf) struct buf line = { 0 };
		struct oid oid;
		struct err e = { 0 };

		assert_int_equal(trees_path_state(t.repo, &t.root,
		    cases[i].path, &line, &oid, &e), cases[i].found);
		if (cases[i].found == 0)
			continue;
		assert_true(text_starts(buf_str(&line),
		    entry_kind_name(en->kind)));
		assert_true(oid_equal(&oid, &en->oid));
	}
	end(&t);
}

/* A commit whose tree says something that driftctl never writes. */
static void
refused(const char *script, const char *says)
{
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct stored t;
	struct oid root;
	struct err e = { 0 };

	start(&t);
	scratch_sh(&t.s, "export GIT_DIR=$PWD/r.git; H='driftctl-meta 1'; "
	    "blob() { git hash-object -w --stdin; }; "
	    "tree() { git mktree; }; %s > oid", script);
	assert_int_equal(file_read(t.s.dirfd, "oid", 100, &b, &e), 0);
	assert_int_equal(text_unhex(buf_str(&b), root.b, OID_LEN), 0);
	assert_int_equal(gitrepo_refresh(t.repo, &e), 0);
	assert_int_equal(trees_load(t.repo, &root, &m, &e), -1);
	err_format(&e, &said);
	if (strstr(buf_str(&said), says) == NULL)
		fail_msg("'%s' is not in '%s'", says, buf_str(&said));
	end(&t);
}

static void
what_is_no_snapshot_is_refused(void **state)
{
	(void)state;
	refused("tree < /dev/null",
	    "a commit in it is no snapshot of driftctl "
	    "[run 'driftctl verify']");
	refused("t=$(tree < /dev/null); printf '040000 tree %s\\tfiles\\n"
	    "040000 tree %s\\tmeta\\n' $t $t | tree",
	    "/: the snapshot has no metadata of this folder "
	    "[run 'driftctl verify']");
	refused("t=$(tree < /dev/null); b=$(printf '%s\\nfile x mode=0644 "
	    "owner=0: group=0: size=1 mtime=1.0\\n' \"$H\" | blob); "
	    "m=$(printf '100644 blob %s\\tentries\\n' $b | tree); "
	    "printf '040000 tree %s\\tfiles\\n040000 tree %s\\tmeta\\n' "
	    "$t $m | tree", "/x: the snapshot has no content of it "
	    "[run 'driftctl verify']");
	refused("t=$(tree < /dev/null); b=$(printf '%s\\nfile ../x mode=0644 "
	    "owner=0: group=0: size=1 mtime=1.0\\n' \"$H\" | blob); "
	    "m=$(printf '100644 blob %s\\tentries\\n' $b | tree); "
	    "printf '040000 tree %s\\tfiles\\n040000 tree %s\\tmeta\\n' "
	    "$t $m | tree", "'../x' is no name of a file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    names_that_git_acts_upon_are_stored_all_the_same),
		cmocka_unit_test(every_kind_of_entry_comes_back),
		cmocka_unit_test(nothing_tracked_is_a_snapshot_too),
		cmocka_unit_test(
		    neighbours_with_names_around_the_slash_come_back),
		cmocka_unit_test(a_tree_as_deep_as_paths_go_comes_back),
		cmocka_unit_test(unchanged_folders_share_their_objects),
		cmocka_unit_test(one_path_is_found_without_the_rest),
		cmocka_unit_test(what_is_no_snapshot_is_refused),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
