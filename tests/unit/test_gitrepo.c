/* SPDX-License-Identifier: MIT */
#include "snapshots/gitrepo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitfold.h"
#include "snapshots/gitverify.h"
#include "snapshots/gitwalk.h"
#include "snapshots/packfile.h"
#include "tests/unit/git_group.h"
#include "tests/unit/scratch.h"

struct fixture {
	struct scratch s;
	char dir[96];
	struct gitrepo *repo;
	struct err e;
};

static void
start(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	scratch_start(&f->s);
	snprintf(f->dir, sizeof(f->dir), "%s/store/repo.git", f->s.dir);
	assert_int_equal(gitfiles_init(f->dir, &f->e), 0);
	f->repo = gitrepo_open(f->dir, &f->e);
	assert_non_null(f->repo);
}

static void
end(struct fixture *f)
{
	gitrepo_close(f->repo);
	scratch_end(&f->s);
}

static void
assert_message(const struct fixture *f, const struct err *e,
    const char *message)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *rest;

	err_format(e, &text);
	rest = buf_str(&text);
	if (strncmp(rest, f->dir, strlen(f->dir)) == 0)
		rest += strlen(f->dir) + 2;
	assert_string_equal(rest, message);
}

static struct oid
add(struct packfile *p, enum packed_type type, const struct buf *b)
{
	CLEANUP(drop_packfile_worker) struct packfile_worker *w =
	    packfile_worker_new();
	CLEANUP(drop_packed) struct packed o = { 0 };
	struct err e = { 0 };

	packfile_compress(w, type, buf_str(b), b->len, NULL, &o);
	assert_int_equal(packfile_add(p, &o, &e), 0);
	return o.oid;
}

/* A snapshot of files/etc/{fstab,motd} as a child of what live is. */
static struct oid
snapshot(struct fixture *f, const char *fstab)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct packfile *p = packfile_new(gitrepo_pack_fd(f->repo), "pack",
	    &f->e);
	struct gittree_item etc[2] = { { "motd", GITTREE_FILE, { { 0 } } },
		{ "fstab", GITTREE_PROGRAM, { { 0 } } } };
	struct gittree_item item = { "etc", GITTREE_FOLDER, { { 0 } } };
	struct gitcommit c = { .time = 1500000000, .offset = 330,
		.message = (char *)"why\n\nTrigger: test" };
	struct oid oid, pack;

	buf_adds(&b, "welcome\n");
	etc[0].oid = add(p, PACKED_BLOB, &b);
	buf_reset(&b);
	buf_adds(&b, fstab);
	etc[1].oid = add(p, PACKED_BLOB, &b);
	buf_reset(&b);
	gittree_format(&b, etc, 2);
	item.oid = add(p, PACKED_TREE, &b);
	buf_reset(&b);
	gittree_format(&b, &item, 1);
	item.name = "files";
	item.oid = add(p, PACKED_TREE, &b);
	buf_reset(&b);
	gittree_format(&b, &item, 1);
	c.tree = add(p, PACKED_TREE, &b);
	c.n_parents = (unsigned)gitrepo_ref_get(f->repo, GITFILES_LIVE,
	    &c.parents[0], &f->e);
	buf_reset(&b);
	gitcommit_format(&b, &c, "mail.example.org");
	oid = add(p, PACKED_COMMIT, &b);
	assert_int_equal(packfile_finish(p, &pack, &f->e), 0);
	assert_int_equal(gitrepo_ref_set(f->repo, GITFILES_LIVE, &oid,
	    c.n_parents == 1 ? &c.parents[0] : &(struct oid){ { 0 } },
	    &f->e), 0);
	assert_int_equal(gitrepo_refresh(f->repo, &f->e), 0);
	return oid;
}

static void
git_reads_what_was_recorded(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	snapshot(&f, "one\n");
	snapshot(&f, "two\n");
	scratch_sh(&f.s, "cd store && git -C repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	scratch_sh(&f.s, "test \"$(git -C store/repo.git log "
	    "--format='%%an %%ae %%ci %%s %%(trailers)')\" = "
	    "\"$(printf 'driftctl driftctl@mail.example.org 2017-07-14 "
	    "08:10:00 +0530 why Trigger: test\\n\\n"
	    "driftctl driftctl@mail.example.org 2017-07-14 08:10:00 +0530 "
	    "why Trigger: test')\"");
	scratch_sh(&f.s, "test \"$(git -C store/repo.git show "
	    "live~1:files/etc/fstab)\" = one");
	scratch_sh(&f.s, "test $(git -C store/repo.git ls-tree -r live "
	    "| cut -c1-6 | tr '\\n' ' ' | tr -d ' ') = 100755100644");
	scratch_sh(&f.s, "test $(stat -c %%a store/repo.git) = 700 && "
	    "grep -q snapshots store/repo.git/description");
	end(&f);
}

static void
init_leaves_what_is_there(void **state)
{
	struct fixture f;
	struct oid oid, got;

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	scratch_sh(&f.s, "rm -r store/repo.git/info");
	assert_int_equal(gitfiles_init(f.dir, &f.e), 0);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_LIVE, &got, &f.e),
	    1);
	assert_true(oid_equal(&oid, &got));
	scratch_sh(&f.s, "test -d store/repo.git/info");
	end(&f);
}

static void
objects_come_back_as_they_went(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct gittree_item item;
	struct fixture f;
	struct oid oid;

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	assert_true(gitrepo_has(f.repo, &oid));
	assert_int_equal(gitrepo_commit(f.repo, &oid, &c, &f.e), 0);
	assert_int_equal(c.time, 1500000000);
	assert_int_equal(c.offset, 330);
	assert_int_equal(c.n_parents, 0);
	assert_string_equal(c.message, "why\n\nTrigger: test\n");
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fstab",
	    &item, &f.e), 1);
	assert_int_equal(item.mode, GITTREE_PROGRAM);
	assert_string_equal(item.name, "fstab");
	assert_int_equal(gitrepo_read(f.repo, &item.oid, "blob", &b, &f.e),
	    0);
	assert_string_equal(buf_str(&b), "one\n");
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fst",
	    &item, &f.e), 0);
	assert_int_equal(gitwalk_find(f.repo, &c.tree, "files/etc/fstab/x",
	    &item, &f.e), 0);
	end(&f);
}

static void
reading_says_what_is_missing_or_of_another_type(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct fixture f;
	struct oid oid, none = { { 0xab } };
	struct err e = { 0 };
	char want[200], hex[41] = "";

	(void)state;
	start(&f);
	oid = snapshot(&f, "one\n");
	assert_false(gitrepo_has(f.repo, &none));
	assert_int_equal(gitrepo_read(f.repo, &none, "blob", &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_message(&f, &e, "the blob "
	    "ab00000000000000000000000000000000000000 is missing "
	    "[run 'driftctl verify']");
	assert_int_equal(gitrepo_read(f.repo, &oid, "tree", &b, &f.e), -1);
	text_hex(&b, oid.b, OID_LEN);
	memcpy(hex, buf_str(&b), 40);
	snprintf(want, sizeof(want), "%s is a commit where a tree should be",
	    hex);
	assert_message(&f, &f.e, want);
	end(&f);
}

static void
a_folder_that_is_no_repository_is_refused(void **state)
{
	static const struct {
		const char *make, *message;
	} cases[] = {
		{ "true", "there is no store [make one with "
		    "'driftctl init']" },
		{ "mkdir -p store/repo.git",
		    "damaged, or no git repository: " },
		{ "mkdir -p store; touch store/repo.git",
		    "cannot open the store: Not a directory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct fixture f = { 0 };

		scratch_start(&f.s);
		snprintf(f.dir, sizeof(f.dir), "%s/store/repo.git",
		    f.s.dir);
		scratch_sh(&f.s, "%s", cases[i].make);
		assert_null(gitrepo_open(f.dir, &f.e));
		err_format(&f.e, &text);
		assert_true(text_starts(buf_str(&text) + strlen(f.dir) + 2,
		    cases[i].message));
		scratch_end(&f.s);
	}
}

static void
a_store_of_another_user_is_refused(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	if (chown(f.dir, 12345, (gid_t)-1) < 0) {
		print_message("needs root to give the store away\n");
		end(&f);
		skip();
	}
	assert_null(gitrepo_open(f.dir, &f.e));
	assert_message(&f, &f.e, "the store belongs to user 12345, not to "
	    "user 0 who runs driftctl [run it as that user, or chown the "
	    "store]");
	end(&f);
}

static void
configuration_of_users_changes_nothing(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	scratch_sh(&f.s, "printf '[core]\\n\\tbad bad bad\\n' >.gitconfig");
	gitrepo_close(f.repo);
	setenv("HOME", f.s.dir, 1);
	setenv("XDG_CONFIG_HOME", f.s.dir, 1);
	f.repo = gitrepo_open(f.dir, &f.e);
	assert_non_null(f.repo);
	snapshot(&f, "one\n");
	end(&f);
}

static void
a_ref_moves_only_from_where_it_was_expected(void **state)
{
	struct fixture f;
	struct oid a, b, got;

	(void)state;
	start(&f);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_BASELINE, &got,
	    &f.e), 0);
	a = snapshot(&f, "one\n");
	b = snapshot(&f, "two\n");
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &a, NULL,
	    &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b, &a,
	    &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b, &a,
	    &f.e), -1);
	assert_int_equal(f.e.kind, ERR_BUSY);
	assert_true(text_starts(f.e.what, "'refs/driftctl/baseline' was moved "
	    "by another run meanwhile, or is locked: "));
	err_clear(&f.e);
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &b,
	    &(struct oid){ { 0 } }, &f.e), -1);
	assert_int_equal(f.e.kind, ERR_BUSY);
	err_clear(&f.e);
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_BASELINE, &got,
	    &f.e), 1);
	assert_true(oid_equal(&got, &b));
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/x",
	    &(struct oid){ { 9 } }, NULL, &f.e), -1);
	assert_true(text_starts(f.e.what, "cannot move 'refs/heads/x': "));
	end(&f);
}

static void
a_damaged_ref_is_told(void **state)
{
	struct fixture f;
	struct oid oid;

	(void)state;
	start(&f);
	snapshot(&f, "one\n");
	scratch_sh(&f.s, "echo zzz >store/repo.git/refs/heads/live");
	assert_int_equal(gitrepo_ref_get(f.repo, GITFILES_LIVE, &oid, &f.e),
	    -1);
	assert_true(text_starts(f.e.what, "'refs/heads/live' is damaged: "));
	end(&f);
}

static void
snapshots_have_names_that_people_use(void **state)
{
	struct fixture f;
	struct oid c[3], got;
	char hex[41];
	static const struct {
		const char *spec, *message;
	} wrong[] = {
		{ "nonsense", "nonsense: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "", "no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "vendor", "vendor: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "abc", "abc: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "live~3", "live~3: there are only 2 snapshots before "
		    "'live'" },
		{ "live~x", "live~x: no way to name a snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "live~99999999999999999999", "live~99999999999999999999: "
		    "no way to name a snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
	};

	(void)state;
	start(&f);
	c[0] = snapshot(&f, "one\n");
	c[1] = snapshot(&f, "two\n");
	c[2] = snapshot(&f, "three\n");
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &c[0],
	    NULL, &f.e), 0);
	for (size_t n = 4; n <= 40; n += 4) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		text_hex(&b, c[1].b, OID_LEN);
		snprintf(hex, sizeof(hex), "%.*s", (int)n, buf_str(&b));
		assert_int_equal(gitwalk_resolve(f.repo, hex, &got, &f.e),
		    0);
		assert_true(oid_equal(&got, &c[1]));
	}
#define IS(spec, want) do {						\
	assert_int_equal(gitwalk_resolve(f.repo, spec, &got, &f.e), 0);	\
	assert_true(oid_equal(&got, &(want)));				\
} while (0)
	IS("live", c[2]);
	IS("live~0", c[2]);
	IS("live~", c[1]);
	IS("live^", c[1]);
	IS("live~1^", c[0]);
	IS("live~2", c[0]);
	IS("baseline", c[0]);
	IS("refs/heads/live", c[2]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };

		assert_int_equal(gitwalk_resolve(f.repo, wrong[i].spec, &got,
		    &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), wrong[i].message);
	}
	end(&f);
}

static void
digits_of_many_objects_may_still_name_one_snapshot(void **state)
{
	struct fixture f;
	struct packfile *p;
	struct oid c, got, name;
	CLEANUP(drop_buf) struct buf b = { 0 };
	char four[5];
	struct packed fake = { .type = PACKED_BLOB };

	(void)state;
	start(&f);
	c = snapshot(&f, "one\n");
	/* Names that begin alike, under which no object of that hash is. */
	p = packfile_new(gitrepo_pack_fd(f.repo), "pack", &f.e);
	fake.oid = c;
	fake.oid.b[19] ^= 1;
	buf_add(&fake.bytes, "\x30\x78\x9c\x03\x00\x00\x00\x00\x01", 9);
	assert_int_equal(packfile_add(p, &fake, &f.e), 0);
	assert_int_equal(packfile_finish(p, &name, &f.e), 0);
	packed_done(&fake);
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), 0);
	text_hex(&b, c.b, OID_LEN);
	snprintf(four, sizeof(four), "%.4s", buf_str(&b));
	assert_int_equal(gitrepo_prefix(f.repo, four, &got, &f.e), 2);
	assert_int_equal(gitwalk_resolve(f.repo, four, &got, &f.e), 0);
	assert_true(oid_equal(&got, &c));
	end(&f);
}

/*
 * Two commits whose names begin alike, found among those that differ by their
 * time only, on two refs.
 */
static void
digits_of_several_snapshots_are_refused(void **state)
{
	enum { MANY = 2000 };
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_free) struct oid *made = xcalloc(MANY, sizeof(*made));
	struct gitcommit c = { .message = (char *)"x" };
	struct fixture f;
	struct packfile *p;
	struct oid live, name, got;
	int a = 0, b = 0;
	char four[5];

	(void)state;
	start(&f);
	live = snapshot(&f, "one\n");
	assert_int_equal(gitrepo_commit(f.repo, &live, &c, &f.e), 0);
	for (int i = 0; i < MANY && b == 0; i++) {
		CLEANUP(drop_buf) struct buf bytes = { 0 };

		c.time = i;
		gitcommit_format(&bytes, &c, "h");
		digest_object(d, "commit", bytes.bytes, bytes.len, &made[i]);
		for (int j = 0; j < i && b == 0; j++) {
			if (memcmp(made[i].b, made[j].b, 2) == 0) {
				a = j;
				b = i;
			}
		}
	}
	assert_true(b > 0);
	p = packfile_new(gitrepo_pack_fd(f.repo), "pack", &f.e);
	for (int i = 0; i < 2; i++) {
		CLEANUP(drop_buf) struct buf bytes = { 0 };

		c.time = i == 0 ? a : b;
		gitcommit_format(&bytes, &c, "h");
		add(p, PACKED_COMMIT, &bytes);
	}
	gitcommit_done(&c);
	assert_int_equal(packfile_finish(p, &name, &f.e), 0);
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/a", &made[a],
	    NULL, &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/b", &made[b],
	    NULL, &f.e), 0);
	snprintf(four, sizeof(four), "%02x%02x", made[a].b[0], made[a].b[1]);
	assert_int_equal(gitwalk_resolve(f.repo, four, &got, &f.e), -1);
	assert_int_equal(f.e.kind, ERR_USAGE);
	assert_string_equal(f.e.what, "more than one snapshot begins "
	    "with these digits [give more of them]");
	end(&f);
}

static int
count(void *ctx, const struct gitcommit *c, struct err *e)
{
	(void)c;
	(void)e;
	++*(int *)ctx;
	return 0;
}

static int
count_history(struct fixture *f)
{
	struct oid live;
	int n = 0;

	assert_int_equal(gitrepo_ref_get(f->repo, GITFILES_LIVE, &live,
	    &f->e), 1);
	assert_int_equal(gitwalk_history(f->repo, &live, count, &n, &f->e),
	    0);
	return n;
}

static void
many_packs_are_folded_into_few(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	for (int i = 0; i < 30; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d\n", i);
		snapshot(&f, text);
	}
	assert_int_equal(gitfold_small(f.repo, 40, &f.e), 0);
	scratch_sh(&f.s, "touch store/repo.git/objects/pack/tmp_pack_1_0");
	assert_int_equal(gitfold_small(f.repo, 10, &f.e), 30);
	scratch_sh(&f.s, "test $(ls store/repo.git/objects/pack | wc -l) = 2");
	scratch_sh(&f.s, "test ! -e store/repo.git/objects/tmp_fold");
	scratch_sh(&f.s, "git -C store/repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	assert_int_equal(count_history(&f), 30);
	assert_int_equal(gitfold_small(f.repo, 10, &f.e), 0);
	end(&f);
}

static void
history_can_be_cut(void **state)
{
	struct fixture f;
	struct oid c[6], none;
	struct oidset cut = { 0 };
	struct oidlist keep = { 0 };

	(void)state;
	start(&f);
	for (int i = 0; i < 6; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d\n", i);
		c[i] = snapshot(&f, text);
	}
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &c[1],
	    NULL, &f.e), 0);
	oidset_add(&cut, &c[4]);
	oidset_add(&cut, &c[1]);
	oidset_add(&cut, &(struct oid){ { 7 } });
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), 0);
	assert_int_equal(count_history(&f), 2);
	assert_true(gitrepo_has(f.repo, &c[1]));
	assert_false(gitrepo_has(f.repo, &c[0]));
	assert_false(gitrepo_has(f.repo, &c[2]));
	assert_int_equal(gitwalk_resolve(f.repo, "live~2", &none, &f.e), -1);
	scratch_sh(&f.s, "test $(wc -l <store/repo.git/shallow) = 2");
	scratch_sh(&f.s, "git -C store/repo.git fsck --strict --full "
	    ">out 2>&1 && test ! -s out");
	scratch_sh(&f.s, "test $(git -C store/repo.git log --format=%%H "
	    "live | wc -l) = 2");
	scratch_sh(&f.s, "test $(git -C store/repo.git cat-file "
	    "--batch-all-objects --batch-check | wc -l) = 16");
	/* A cut stays a cut. */
	err_clear(&f.e);
	assert_int_equal(gitfold_prune(f.repo, &keep, NULL, &f.e) < 0 ? -1 :
	    count_history(&f), 2);
	oidset_done(&cut);
	end(&f);
}

static void
nothing_goes_where_something_cannot_be_read(void **state)
{
	struct fixture f;
	struct oidlist keep = { 0 };
	struct oidset cut = { 0 };

	(void)state;
	start(&f);
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_message(&f, &f.e, "nothing would be left of it");
	err_clear(&f.e);
	snapshot(&f, "one\n");
	scratch_sh(&f.s, "mkdir kept && mv store/repo.git/objects/pack/* kept");
	snapshot(&f, "two\n");
	gitrepo_close(f.repo);
	f.repo = gitrepo_open(f.dir, &f.e);
	assert_non_null(f.repo);
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_true(text_ends(f.e.what, "is missing [run 'driftctl verify']"));
	scratch_sh(&f.s, "test $(ls store/repo.git/objects/pack | wc -l) = 2");
	err_clear(&f.e);
	scratch_sh(&f.s, "mv kept/* store/repo.git/objects/pack && "
	    "echo zzz >store/repo.git/refs/heads/other");
	assert_int_equal(gitfold_prune(f.repo, &keep, &cut, &f.e), -1);
	assert_true(text_starts(f.e.what, "'refs/heads/other' is damaged: "));
	scratch_sh(&f.s, "test ! -e store/repo.git/shallow");
	end(&f);
}

struct problems {
	struct buf text;
	size_t n_objects;
};

static void
problem(void *ctx, const char *where, const char *what)
{
	buf_addf(&((struct problems *)ctx)->text, "%s: %s\n", where, what);
}

static void
progress(void *ctx, size_t n)
{
	((struct problems *)ctx)->n_objects = n;
}

static int
verify(struct fixture *f, struct problems *p)
{
	struct gitverify v = { problem, progress, p };

	gitrepo_close(f->repo);
	f->repo = gitrepo_open(f->dir, &f->e);
	assert_non_null(f->repo);
	return gitverify_run(f->repo, &v, &f->e);
}

static void
verify_names_what_is_damaged(void **state)
{
	static const struct {
		const char *damage, *told[3];
	} cases[] = {
		{ "true", { NULL } },
		{ "printf x | dd of=$(ls *.pack | head -1) bs=1 seek=40 "
		    "conv=notrunc 2>/dev/null",
		    { ".pack: damaged: its checksum does not match its "
		      "content [bring it back from a backup]\n",
		      "snapshot " } },
		{ "printf x | dd of=$(ls *.idx | head -1) bs=1 seek=1100 "
		    "conv=notrunc 2>/dev/null",
		    { ".idx: damaged: its checksum does not match its "
		      "content [bring it back from a backup]\n" } },
		{ "truncate -s 10 $(ls *.pack | head -1)",
		    { ".pack: damaged: cut short\n", "snapshot " } },
		{ "a=$(ls *.pack | head -1); b=$(ls *.pack | tail -1); "
		    "cp -f $a $b", { ".idx: damaged: it is the index of "
		    "another pack\n" } },
		{ "rm -f $(ls *.pack | head -1)",
		    { ".pack: cannot open: No such file or directory\n" } },
		{ "rm -f *", { "snapshot ", "is missing" } },
		{ "echo zzz >../../refs/heads/live",
		    { "refs/heads/live: 'refs/heads/live' is damaged: " } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct problems p = { 0 };
		int n;

		start(&f);
		snapshot(&f, "one\n");
		snapshot(&f, "two\n");
		scratch_sh(&f.s, "cd store/repo.git/objects/pack && "
		    "chmod 644 * && %s", cases[i].damage);
		n = verify(&f, &p);
		if (cases[i].told[0] == NULL) {
			assert_int_equal(n, 0);
			assert_int_equal(p.n_objects, 11);
		} else {
			if (n <= 0)
				fail_msg("case %zu: nothing told", i);
		}
		for (size_t t = 0; t < 3 && cases[i].told[t] != NULL; t++) {
			if (strstr(buf_str(&p.text), cases[i].told[t]) == NULL)
				fail_msg("case %zu: not told: %s\nbut: %s", i,
				    cases[i].told[t], buf_str(&p.text));
		}
		buf_done(&p.text);
		end(&f);
	}
}

static void
a_damaged_shallow_file_is_told(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	scratch_sh(&f.s, "echo nonsense >store/repo.git/shallow");
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), -1);
	assert_message(&f, &f.e,
	    "hallow:1:1: damaged: 'nonsense' is no name of a snapshot");
	end(&f);
}

static void
a_diff_is_one_that_patch_takes(void **state)
{
	static const struct {
		const char *a, *b, *want;
		int rc;
	} cases[] = {
		{ "a\nb\n", "a\nb\n", "", 0 },
		{ "a\nb\nc\nd\n", "a\nb\nX\nd\n", "--- old\n+++ new\\x1b\n"
		    "@@ -2,3 +2,3 @@ a\n b\n-c\n+X\n d\n", 1 },
		{ "a", "b", "--- old\n+++ new\\x1b\n@@ -1 +1 @@\n-a\n"
		    "\\ No newline at end of file\n+b\n"
		    "\\ No newline at end of file\n", 1 },
		{ "", "a\n", "--- old\n+++ new\\x1b\n@@ -0,0 +1 @@\n+a\n",
		    1 },
		{ "a\001\n", "b\n", "--- old\n+++ new\\x1b\n@@ -1 +1 @@\n"
		    "-a\001\n+b\n", 1 },
	};
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gitrepo_text a = { cases[i].a, strlen(cases[i].a),
			"old" };
		struct gitrepo_text b = { cases[i].b, strlen(cases[i].b),
			"new\033" };

		buf_reset(&out);
		assert_int_equal(gitrepo_diff(&a, &b, 1, &out, &e),
		    cases[i].rc);
		assert_string_equal(buf_str(&out), cases[i].want);
	}
	buf_reset(&out);
	assert_int_equal(gitrepo_diff(
	    &(struct gitrepo_text){ "a\0b", 3, "old" },
	    &(struct gitrepo_text){ "a\0c", 3, "new" }, 3, &out, &e), 1);
	assert_string_equal(buf_str(&out), "binary files differ: old, new\n");
}

static void
names_that_git_acts_upon_are_not_for_trees(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", ".git",
		".GIT", ".gitmodules", ".gitattributes", "git~1", "GIT~1",
		".git.", ".git ", ".git::$INDEX_ALLOCATION", "a\\.git",
		".g\xe2\x80\x8cit", "gitmod~1", "GI7EBA~1", ".Gitignore" };
	static const char *const good[] = { "git", "gitconfig", "passwd~",
		"a.git", "...", "..a", ".config", "\xff\xfe", "a\nb", "a b",
		"dev-disk-by\\x2duuid.swap", "gif", "-" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gittree_name_ok(bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(gittree_name_ok(good[i]));
}

static int
never(void *ctx, const struct gittree_item *item, struct err *e)
{
	(void)item;
	(void)e;
	++*(int *)ctx;
	return 0;
}

static void
hostile_trees_are_refused(void **state)
{
#define OID20 "\0aaaaaaaaaaaaaaaaaaaa"
	static const struct {
		const char *bytes;
		size_t len;
		const char *message;
	} cases[] = {
		{ "100644 .." OID20, 30, "t: unsafe name '..' in the tree" },
		{ "100644 a/b" OID20, 31, "t: unsafe name 'a/b' in the tree" },
		{ "100644 " OID20, 28, "t: unsafe name '' in the tree" },
		{ "160000 sub" OID20, 31, "t: 'sub' in the tree is nothing "
		    "that driftctl records" },
		{ "100644 a\0aaaa", 13, "t: damaged: the tree ends in the "
		    "middle" },
		{ "100644", 6, "t: damaged: the tree ends in the middle" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };
		int n = 0;

		assert_int_equal(gittree_parse("t", cases[i].bytes,
		    cases[i].len, never, &n, &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), cases[i].message);
		assert_int_equal(n, 0);
	}
}

static void
damaged_commits_are_refused(void **state)
{
#define TREE "tree 0123456789012345678901234567890123456789\n"
#define PARENT "parent 0123456789012345678901234567890123456789\n"
#define P4 PARENT PARENT PARENT PARENT
	static const struct {
		const char *bytes, *message;
	} cases[] = {
		{ "", "c: damaged: the commit names no tree" },
		{ "tree 01\n", "c: damaged: the commit names no tree" },
		{ TREE "parent xx\n", "c: damaged: a parent of the commit "
		    "has no proper name" },
		{ TREE P4 P4 PARENT, "c: a commit with more than 8 parents" },
		{ TREE "author a <b> 1 +0000\n\nx\n", "c: damaged: the commit "
		    "does not say when it was made" },
		{ TREE "author a\ncommitter a <b> x +0000\n\nx\n",
		    "c: damaged: the commit does not say when it was made" },
		{ TREE "author a\ncommitter a <b> 1 +99999\n\nx\n",
		    "c: damaged: the commit does not say when it was made" },
	};
	static const char fine[] = TREE PARENT "author a <b> 5 +0000\n"
	    "committer a <b> 7 -0130\nencoding latin1\n\nm\n\nn";
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	struct err fe = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };

		assert_int_equal(gitcommit_parse("c", cases[i].bytes,
		    strlen(cases[i].bytes), &c, &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), cases[i].message);
	}
	assert_int_equal(gitcommit_parse("c", fine, sizeof(fine) - 1, &c,
	    &fe), 0);
	assert_int_equal(c.time, 7);
	assert_int_equal(c.offset, -90);
	assert_int_equal(c.n_parents, 1);
	assert_string_equal(c.message, "m\n\nn");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(git_reads_what_was_recorded),
		cmocka_unit_test(init_leaves_what_is_there),
		cmocka_unit_test(objects_come_back_as_they_went),
		cmocka_unit_test(
		    reading_says_what_is_missing_or_of_another_type),
		cmocka_unit_test(a_folder_that_is_no_repository_is_refused),
		cmocka_unit_test(a_store_of_another_user_is_refused),
		cmocka_unit_test(configuration_of_users_changes_nothing),
		cmocka_unit_test(a_ref_moves_only_from_where_it_was_expected),
		cmocka_unit_test(a_damaged_ref_is_told),
		cmocka_unit_test(snapshots_have_names_that_people_use),
		cmocka_unit_test(
		    digits_of_many_objects_may_still_name_one_snapshot),
		cmocka_unit_test(digits_of_several_snapshots_are_refused),
		cmocka_unit_test(many_packs_are_folded_into_few),
		cmocka_unit_test(history_can_be_cut),
		cmocka_unit_test(nothing_goes_where_something_cannot_be_read),
		cmocka_unit_test(verify_names_what_is_damaged),
		cmocka_unit_test(a_damaged_shallow_file_is_told),
		cmocka_unit_test(a_diff_is_one_that_patch_takes),
		cmocka_unit_test(names_that_git_acts_upon_are_not_for_trees),
		cmocka_unit_test(hostile_trees_are_refused),
		cmocka_unit_test(damaged_commits_are_refused),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
