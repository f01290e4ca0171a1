/* SPDX-License-Identifier: MIT */
#include "snapshots/gitfold.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitwalk.h"

/* Where a folded pack is written; what is left of one is removed first. */
#define FOLD_DIR "objects/tmp_fold"

struct pack {
	char *idx;		/* name of its index */
	uint64_t size;
};

struct packs {
	struct pack *items;
	size_t n, cap;
};

static void
drop_packs(struct packs *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->items[i].idx);
	free(l->items);
}

static int
pack_cmp(const void *a, const void *b)
{
	const struct pack *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->idx, y->idx);
}

/* "X.idx" -> "X.pack" */
static char *
pack_name(const char *idx)
{
	return xasprintf("%.*s.pack", (int)(strlen(idx) - 4), idx);
}

static DIR *
open_dir(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && d == NULL)
		close(fd);
	return d;
}

/* All packs, smallest first; temporaries of runs that were killed go. */
static int
list_packs(struct gitrepo *r, struct packs *out, struct err *e)
{
	CLEANUP(drop_dir) DIR *d = open_dir(gitrepo_pack_fd(r), ".");
	if (d == NULL)
		return err_sys(e, gitrepo_dir(r),
		    _("cannot list 'objects/pack'"));

	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		CLEANUP(drop_free) char *pack = NULL;
		struct stat st;

		if (text_starts(f->d_name, "tmp_"))
			unlinkat(dirfd(d), f->d_name, 0);
		if (!text_starts(f->d_name, "pack-") ||
		    !text_ends(f->d_name, ".idx"))
			continue;
		pack = pack_name(f->d_name);
		if (fstatat(dirfd(d), pack, &st, 0) < 0)
			return err_sys(e, gitrepo_dir(r),
			    _("the pack '%s' is missing [run 'driftctl "
			      "verify']"), pack);
		*VEC_ADD(out) = (struct pack){ xstrdup(f->d_name),
			(uint64_t)st.st_size };
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), pack_cmp);
	return 0;
}

static int
empty_fold_dir(struct gitrepo *r, struct err *e)
{
	CLEANUP(drop_dir) DIR *d = NULL;

	if (mkdirat(gitrepo_fd(r), FOLD_DIR, 0700) < 0 && errno != EEXIST)
		return err_sys(e, gitrepo_dir(r), _("cannot make '%s'"),
		    FOLD_DIR);
	d = open_dir(gitrepo_fd(r), FOLD_DIR);
	if (d == NULL)
		return err_sys(e, gitrepo_dir(r), _("cannot open '%s'"),
		    FOLD_DIR);
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (f->d_name[0] != '.' && unlinkat(dirfd(d), f->d_name,
		    0) < 0)
			return err_sys(e, gitrepo_dir(r),
			    _("cannot empty '%s'"), FOLD_DIR);
	}
	return 0;
}

static int
sync_file(struct gitrepo *r, int dirfd, const char *name, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, gitrepo_dir(r), _("cannot sync '%s'"), name);
	return 0;
}

/*
 * A pack is called by the checksum at its end, so that packs of one name are
 * the same to the byte: the library's own choice has not always been that.
 */
static int
proper_name(struct gitrepo *r, int dirfd, const char *pack, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(dirfd, pack, O_RDONLY | O_CLOEXEC);
	struct oid sum;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || pread(fd, sum.b, OID_LEN,
	    st.st_size - OID_LEN) != OID_LEN)
		return err_sys(e, gitrepo_dir(r), _("cannot read '%s'"), pack);
	buf_adds(out, "pack-");
	text_hex(out, sum.b, OID_LEN);
	return 0;
}

/* Moves what was written into objects/pack; *out_idx is its index there. */
static int
put_in_place(struct gitrepo *r, char **out_idx, struct err *e)
{
	CLEANUP(drop_buf) struct buf name = { 0 };
	CLEANUP(drop_strlist) struct strlist idx = { 0 };
	CLEANUP(drop_free) char *pack = NULL, *to_pack = NULL, *to_idx = NULL;
	CLEANUP(drop_dir) DIR *d = open_dir(gitrepo_fd(r), FOLD_DIR);
	if (d == NULL)
		return err_sys(e, gitrepo_dir(r), _("cannot open '%s'"),
		    FOLD_DIR);

	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (text_ends(f->d_name, ".idx"))
			strlist_add(&idx, f->d_name);
	}
	if (idx.n != 1)
		return err_set(e, ERR_SYSTEM, gitrepo_dir(r),
		    _("folding its packs gave none"));
	pack = pack_name(idx.items[0]);
	if (sync_file(r, dirfd(d), pack, e) < 0 ||
	    sync_file(r, dirfd(d), idx.items[0], e) < 0 ||
	    proper_name(r, dirfd(d), pack, &name, e) < 0)
		return -1;
	to_pack = xasprintf("%s.pack", buf_str(&name));
	to_idx = xasprintf("%s.idx", buf_str(&name));
	if (renameat(dirfd(d), pack, gitrepo_pack_fd(r), to_pack) < 0 ||
	    renameat(dirfd(d), idx.items[0], gitrepo_pack_fd(r), to_idx) < 0)
		return err_sys(e, gitrepo_dir(r),
		    _("cannot put '%s' in place"), to_pack);
	*out_idx = STEAL(to_idx);
	return file_sync_dir(gitrepo_pack_fd(r), gitrepo_dir(r), e);
}

/* Every object that was to be in the new pack is; else nothing may go. */
static int
check_new(struct gitrepo *r, const char *idx, const struct oidlist *want,
    struct err *e)
{
	CLEANUP(drop_oidlist) struct oidlist got = { 0 };
	CLEANUP(drop_oidset) struct oidset set = { 0 };

	if (gitrepo_pack_list(r, idx, &got, e) < 0)
		return -1;
	for (size_t i = 0; i < got.n; i++)
		oidset_add(&set, &got.items[i]);
	for (size_t i = 0; i < want->n; i++) {
		if (!oidset_has(&set, &want->items[i]))
			return err_set(e, ERR_SYSTEM, gitrepo_dir(r),
			    _("the folded pack lacks objects; the old packs "
			      "were kept"));
	}
	return 0;
}

/* The index goes first: a pack without one is no pack to git. */
static int
remove_old(struct gitrepo *r, const struct pack *packs, size_t n,
    const char *keep_idx, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(drop_free) char *pack = pack_name(packs[i].idx);

		if (keep_idx != NULL && strcmp(packs[i].idx, keep_idx) == 0)
			continue;
		if (unlinkat(gitrepo_pack_fd(r), packs[i].idx, 0) < 0 ||
		    unlinkat(gitrepo_pack_fd(r), pack, 0) < 0)
			return err_sys(e, gitrepo_dir(r),
			    _("cannot remove the old pack '%s'"), pack);
	}
	return file_sync_dir(gitrepo_pack_fd(r), gitrepo_dir(r), e);
}

/* One pack of these objects instead of the first n packs. */
static int
replace(struct gitrepo *r, const struct oidlist *oids, char *const *names,
    const struct pack *packs, size_t n, struct err *e)
{
	CLEANUP(drop_free) char *idx = NULL;

	if (empty_fold_dir(r, e) < 0 ||
	    gitrepo_pack_write(r, oids, names, FOLD_DIR, e) < 0 ||
	    put_in_place(r, &idx, e) < 0 ||
	    check_new(r, idx, oids, e) < 0 ||
	    remove_old(r, packs, n, idx, e) < 0)
		return -1;
	unlinkat(gitrepo_fd(r), FOLD_DIR, AT_REMOVEDIR);
	return gitrepo_refresh(r, e);
}

/*
 * The sizes stay a geometric row: a pack less than twice as large as all
 * before it is folded as well, so each object is rewritten only when its pack
 * at least half doubles.
 */
static size_t
how_many(const struct packs *l, size_t max_packs)
{
	uint64_t sum = 0;
	size_t n = 0;

	if (l->n <= max_packs)
		return 0;
	while (n < l->n && (l->n - n >= max_packs / 2 + 1 || n < 2 ||
	    l->items[n].size < 2 * sum))
		sum += l->items[n++].size;
	return n;
}

int
gitfold_small(struct gitrepo *r, size_t max_packs, struct err *e)
{
	CLEANUP(drop_packs) struct packs packs = { 0 };
	CLEANUP(drop_oidlist) struct oidlist oids = { 0 };
	size_t n;

	if (list_packs(r, &packs, e) < 0)
		return -1;
	n = how_many(&packs, max_packs);
	if (n < 2)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (gitrepo_pack_list(r, packs.items[i].idx, &oids, e) < 0)
			return -1;
	}
	if (replace(r, &oids, NULL, packs.items, n, e) < 0)
		return -1;
	return (int)n;
}

struct kept {
	struct oidlist oids;
	struct strlist names;
};

static void
drop_kept(struct kept *k)
{
	free(k->oids.items);
	strlist_done(&k->names);
}

static int
keep_object(void *ctx, const struct gitwalk_object *o, struct err *e)
{
	struct kept *k = ctx;

	(void)e;
	*VEC_ADD(&k->oids) = o->oid;
	strlist_add(&k->names, o->path);
	return 0;
}

/* What cannot be read must not be the reason to remove the rest. */
static int
stop(void *ctx, const struct gitwalk_object *o, struct err *e)
{
	(void)ctx;
	(void)o;
	(void)e;
	return -1;
}

static int
walk_refs(struct gitrepo *r, const struct oidset *cut, struct oidset *seen,
    const struct gitwalk_visitor *v, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist refs = { 0 };

	if (gitrepo_refs(r, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct oid tip;

		if (gitrepo_ref_get(r, refs.items[i], &tip, e) < 0 ||
		    gitwalk_reachable(r, &tip, cut, seen, v, e) < 0)
			return -1;
	}
	return 0;
}

/* Only commits that stay may be in the shallow file: git follows it. */
static void
cut_that_stays(struct gitrepo *r, const struct oidset *cut,
    const struct oidset *seen, struct oidset *out)
{
	const struct oidset *from[] = { cut, gitrepo_shallow(r) };

	for (size_t s = 0; s < 2; s++) {
		size_t cap = from[s] != NULL ? from[s]->cap : 0;

		for (size_t i = 0; i < cap; i++) {
			const struct oid *oid = &from[s]->slots[i];

			if (!oid_is_zero(oid) && oidset_has(seen, oid))
				oidset_add(out, oid);
		}
	}
}

/* Loose objects are in the new pack or not wanted any more. */
static int
remove_loose(struct gitrepo *r, struct err *e)
{
	static const char digit[] = "0123456789abcdef";

	for (unsigned i = 0; i < 256; i++) {
		char name[] = { 'o', 'b', 'j', 'e', 'c', 't', 's', '/',
			digit[i >> 4], digit[i & 15], '\0' };
		CLEANUP(drop_dir) DIR *d = open_dir(gitrepo_fd(r), name);
		if (d == NULL && errno == ENOENT)
			continue;
		if (d == NULL)
			return err_sys(e, gitrepo_dir(r),
			    _("cannot open '%s'"), name);
		for (struct dirent *f; (f = readdir(d)) != NULL;) {
			if (f->d_name[0] != '.' &&
			    unlinkat(dirfd(d), f->d_name, 0) < 0)
				return err_sys(e, gitrepo_dir(r),
				    _("cannot remove '%s/%s'"), name,
				    f->d_name);
		}
		unlinkat(gitrepo_fd(r), name, AT_REMOVEDIR);
	}
	return 0;
}

int
gitfold_prune(struct gitrepo *r, const struct oidlist *keep,
    const struct oidset *cut, struct err *e)
{
	CLEANUP(drop_packs) struct packs packs = { 0 };
	CLEANUP(drop_kept) struct kept kept = { 0 };
	CLEANUP(drop_oidset) struct oidset seen = { 0 };
	CLEANUP(drop_oidset) struct oidset stays = { 0 };
	struct gitwalk_visitor v = { keep_object, stop, &kept };

	if (list_packs(r, &packs, e) < 0 ||
	    walk_refs(r, cut, &seen, &v, e) < 0)
		return -1;
	for (size_t i = 0; i < keep->n; i++) {
		if (gitwalk_reachable(r, &keep->items[i], cut, &seen, &v,
		    e) < 0)
			return -1;
	}
	if (kept.oids.n == 0)
		return err_set(e, ERR_USAGE, gitrepo_dir(r),
		    _("nothing would be left of it"));
	cut_that_stays(r, cut, &seen, &stays);
	/* History is cut before its objects go: it never leads nowhere. */
	if (gitfiles_write_shallow(gitrepo_fd(r), gitrepo_dir(r), &stays,
	    e) < 0 ||
	    replace(r, &kept.oids, kept.names.items, packs.items, packs.n,
	    e) < 0)
		return -1;
	return remove_loose(r, e);
}
