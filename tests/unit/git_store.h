/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GIT_STORE_H
#define TESTS_UNIT_GIT_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "snapshots/gitfiles.h"
#include "snapshots/packfile.h"
#include "tests/unit/git_group.h"
#include "tests/unit/scratch.h"

/* A repository in a scratch folder, and snapshots in it. */
struct fixture {
	struct scratch s;
	char dir[96];
	struct gitrepo *repo;
	struct err e;
};

static inline void
start(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	scratch_start(&f->s);
	snprintf(f->dir, sizeof(f->dir), "%s/store/repo.git", f->s.dir);
	assert_int_equal(gitfiles_init(f->dir, &f->e), 0);
	f->repo = gitrepo_open(f->dir, &f->e);
	assert_non_null(f->repo);
}

static inline void
end(struct fixture *f)
{
	gitrepo_close(f->repo);
	scratch_end(&f->s);
}

static inline void
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

static inline struct oid
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
static inline struct oid
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

#endif
