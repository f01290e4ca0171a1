/* SPDX-License-Identifier: MIT */
#ifndef UNIT_RESTORING_H
#define UNIT_RESTORING_H

/*
 * Two trees, `want` and `live`, and a store, in a scratch folder; included
 * after cmocka.h and scratch.h.
 */

#include <string.h>
#include <sys/stat.h>

#include "agent/apply/apply.h"
#include "agent/apply/plan.h"
#include "agent/apply/undo.h"
#include "base/path.h"
#include "base/vec.h"
#include "snapshots/rollback.h"

struct restoring {
	struct scratch s;
	struct root live, want;
	int store;
	char live_dir[96], want_dir[96];
};

static inline int
restoring_by_path(const void *a, const void *b)
{
	return path_cmp(*(char *const *)a, *(char *const *)b);
}

static inline void
restoring_good(int rc, const struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (rc >= 0)
		return;
	err_format(e, &text);
	fail_msg("%s", buf_str(&text));
}

static inline void
restoring_start(struct restoring *r)
{
	struct err e = { 0 };

	scratch_start(&r->s);
	scratch_sh(&r->s, "mkdir live want store");
	snprintf(r->live_dir, sizeof(r->live_dir), "%s/live", r->s.dir);
	snprintf(r->want_dir, sizeof(r->want_dir), "%s/want", r->s.dir);
	restoring_good(root_open(&r->live, r->live_dir, &e), &e);
	restoring_good(root_open(&r->want, r->want_dir, &e), &e);
	r->store = openat(r->s.dirfd, "store", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	assert_true(r->store >= 0);
}

static inline void
restoring_end(struct restoring *r)
{
	root_close(&r->live);
	root_close(&r->want);
	close(r->store);
	if (geteuid() == 0)
		scratch_sh(&r->s, "chattr -R -f -ia live want; true");
	scratch_end(&r->s);
}

/* Everything in a tree, its root included. */
static inline void
restoring_read(const struct restoring *r, const struct root *root,
    const char *dir, struct manifest *out)
{
	struct rollback rb = { 0 };
	CLEANUP(drop_buf) struct buf names = { 0 };
	struct err e = { 0 };
	FILE *f;
	char command[256], chunk[4096];
	size_t n;

	snprintf(command, sizeof(command), "cd %s && find . -print0",
	    dir);
	f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&names, chunk, n);
	assert_int_equal(pclose(f), 0);
	for (size_t i = 0; i < names.len;
	    i += strlen(names.bytes + i) + 1)
		strlist_add(&rb.added, names.bytes[i + 1] != '\0' ?
		    names.bytes + i + 1 : "/");
	qsort(rb.added.items, rb.added.n, sizeof(char *),
	    restoring_by_path);
	restoring_good(undo_live(root, &rb, out, &e), &e);
	strlist_done(&rb.added);
	(void)r;
}

/* The bytes of the wanted tree. */
static inline int
restoring_content(void *ctx, const struct entry *want, struct buf *out,
    struct err *e)
{
	struct restoring *r = ctx;
	CLEANUP(drop_fd) int fd = root_open_at(&r->want, want->path, O_RDONLY);
	struct stat st;
	char *at;

	(void)e;
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	at = buf_reserve(out, (size_t)st.st_size);
	assert_int_equal(read(fd, at, (size_t)st.st_size), st.st_size);
	out->len += (size_t)st.st_size;
	return 0;
}

/* Wishes that make live as want is, to the last name. */
static inline void
restoring_wish_all(const struct manifest *have, const struct manifest *want,
    struct wishes *out)
{
	for (size_t i = 0; i < want->n; i++)
		*VEC_ADD(out) = (struct wish){ .path = want->items[i].path,
			.want = &want->items[i] };
	for (size_t i = 0; i < have->n; i++)
		if (manifest_find(want, have->items[i].path) == NULL)
			*VEC_ADD(out) = (struct wish){
				.path = have->items[i].path };
}

static inline int
restoring_apply(struct restoring *r, const char *id, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_manifest) struct manifest want = { 0 };
	CLEANUP(drop_wishes) struct wishes wishes = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };
	struct apply_options o = { .root = &r->live, .store_fd = r->store,
		.id = id, .title = "a test", .have = &have,
		.content = restoring_content, .ctx = r };

	restoring_read(r, &r->live, r->live_dir, &have);
	restoring_read(r, &r->want, r->want_dir, &want);
	restoring_wish_all(&have, &want, &wishes);
	if (plan_make(&have, &want, &wishes, &plan, e) < 0)
		return -1;
	return apply_plan(&o, &plan, e);
}

static inline int
restoring_undo(struct restoring *r, const char *id, const char *new_id,
    struct err *e)
{
	CLEANUP(drop_rollback) struct rollback rb = { 0 };
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_wishes) struct wishes wishes = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };
	struct apply_options o = { .root = &r->live, .store_fd = r->store,
		.id = new_id, .title = "an undo", .have = &have,
		.content = rollback_content, .ctx = &rb };

	if (rollback_read(r->store, id, &rb, e) < 0 ||
	    undo_live(&r->live, &rb, &have, e) < 0)
		return -1;
	rollback_wishes(&rb, &wishes);
	if (plan_make(&have, &rb.manifest, &wishes, &plan, e) < 0)
		return -1;
	return apply_plan(&o, &plan, e);
}

/*
 * Everything other tools can tell of a tree into a file. The size of a folder
 * is left out: it never shrinks.
 */
static inline void
restoring_state(const struct restoring *r, const char *tree, const char *file)
{
	scratch_sh(&r->s, "cd %s && {\n"
	    "find . -type d -printf '%%p %%y %%m %%U %%G %%T@\\n' | sort\n"
	    "find . ! -type d -printf "
	    "'%%p %%y %%m %%U %%G %%T@ %%s %%l %%n\\n' | sort\n"
	    "find . -type f -print0 | sort -z | xargs -0 -r sha256sum\n"
	    "find . \\( -type b -o -type c \\) -print0 | sort -z | "
	    "xargs -0 -r stat -c '%%n %%t %%T'\n"
	    "find . -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -e hex "
	    "--\n"
	    "find . \\( -type d -o -type f \\) -print0 | sort -z | "
	    "xargs -0 -r getfacl -n -p --\n"
	    "find . \\( -type d -o -type f \\) -print0 | sort -z | "
	    "xargs -0 -r lsattr -d --\n"
	    "} > ../%s 2>/dev/null", tree, file);
}

#define restoring_same(r, a, b)						\
	scratch_sh(&(r)->s, "diff -a %s %s >&2", a, b)

/* No temporary of ours is left anywhere in the tree. */
static inline void
restoring_clean(const struct restoring *r)
{
	scratch_sh(&r->s, "! find live -name '.driftctl-*' | grep .; "
	    "test -z \"$(ls store/journal 2>/dev/null)\"");
}

#endif
