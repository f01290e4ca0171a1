/* SPDX-License-Identifier: MIT */
#include "snapshots/gitverify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitrepo.h"
#include "snapshots/gitwalk.h"

enum { CHUNK = 256 * 1024 };

struct run {
	struct gitrepo *repo;
	const struct gitverify *v;
	size_t n_objects;
	int n_problems;
	struct buf bytes;
};

static void
tell(struct run *run, const char *where, const struct err *e)
{
	CLEANUP(drop_buf) struct buf what = { 0 };

	text_escape(&what, e->what, strlen(e->what));
	if (e->sys != 0)
		buf_addf(&what, ": %s", strerror(e->sys));
	run->n_problems++;
	run->v->problem(run->v->ctx, where, buf_str(&what));
}

/*
 * A pack and its index both end in the SHA-1 of what comes before. *out is
 * that of the whole file but skip bytes at its end, in that order.
 */
static int
check_sum(int fd, const char *where, struct oid *out_sum, struct err *e)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_free) char *chunk = xmalloc(CHUNK);
	struct oid sum, said;
	struct stat st;
	off_t end;

	if (fstat(fd, &st) < 0)
		return err_sys(e, where, _("cannot look at it"));
	end = st.st_size - OID_LEN;
	if (end < 0)
		return err_set(e, ERR_INPUT, where, _("damaged: cut short"));
	digest_sha1_start(d);
	for (off_t at = 0; at < end;) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(fd, chunk, want, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, where, _("cannot read"));
		digest_add(d, chunk, (size_t)n);
		at += n;
	}
	digest_end(d, sum.b);
	if (pread(fd, said.b, OID_LEN, end) != OID_LEN)
		return err_sys(e, where, _("cannot read"));
	if (!oid_equal(&sum, &said))
		return err_set(e, ERR_INPUT, where, _("damaged: its checksum "
		    "does not match its content [bring it back from a "
		    "backup]"));
	*out_sum = said;
	return 0;
}

/* An index holds its pack's checksum before its own. */
static int
check_pack(struct gitrepo *r, const char *idx, struct err *e)
{
	CLEANUP(drop_free) char *pack = xasprintf("%.*s.pack",
	    (int)(strlen(idx) - 4), idx);
	struct oid sum, named;
	off_t size;
	CLEANUP(drop_fd) int fd = openat(gitrepo_pack_fd(r), pack,
	    O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, pack, _("cannot open"));
	CLEANUP(drop_fd) int ifd = openat(gitrepo_pack_fd(r), idx,
	    O_RDONLY | O_CLOEXEC);
	if (ifd < 0)
		return err_sys(e, idx, _("cannot open"));
	if (check_sum(fd, pack, &sum, e) < 0 ||
	    check_sum(ifd, idx, &named, e) < 0)
		return -1;
	size = lseek(ifd, 0, SEEK_END);
	if (size < 2 * OID_LEN || pread(ifd, named.b, OID_LEN,
	    size - 2 * OID_LEN) != OID_LEN)
		return err_set(e, ERR_INPUT, idx, _("damaged: cut short"));
	if (!oid_equal(&sum, &named))
		return err_set(e, ERR_INPUT, idx,
		    _("damaged: it is the index of another pack"));
	return 0;
}

static int
check_packs(struct run *run, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int fd = openat(gitrepo_pack_fd(run->repo), ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(drop_dir) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL)
		return err_sys(e, gitrepo_dir(run->repo),
		    _("cannot list 'objects/pack'"));
	fd = -1;
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (text_ends(f->d_name, ".idx"))
			strlist_add(&names, f->d_name);
	}
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		struct err pe = { 0 };

		if (check_pack(run->repo, names.items[i], &pe) < 0) {
			CLEANUP(drop_free) char *where = xasprintf(
			    "%s/objects/pack/%s", gitrepo_dir(run->repo),
			    pe.where);

			tell(run, where, &pe);
		}
	}
	return 0;
}

static void
place_text(struct buf *out, const struct gitwalk_object *o)
{
	buf_adds(out, _("snapshot "));
	text_hex(out, o->commit->b, 5);
	if (o->path[0] != '\0') {
		buf_adds(out, ": ");
		text_escape(out, o->path, strlen(o->path));
	}
}

static int
object_failed(void *ctx, const struct gitwalk_object *o, struct err *e)
{
	struct run *run = ctx;
	CLEANUP(drop_buf) struct buf where = { 0 };

	place_text(&where, o);
	tell(run, buf_str(&where), e);
	return 0;
}

/* Commits and trees are read by the walk itself, which checks their hash. */
static int
object_seen(void *ctx, const struct gitwalk_object *o, struct err *e)
{
	struct run *run = ctx;
	struct err oe = { 0 };

	(void)e;
	buf_reset(&run->bytes);
	if (strcmp(o->type, "blob") == 0 && gitrepo_read(run->repo, &o->oid,
	    "blob", &run->bytes, &oe) < 0)
		object_failed(run, o, &oe);
	run->n_objects++;
	if (run->v->progress != NULL)
		run->v->progress(run->v->ctx, run->n_objects);
	return 0;
}

static int
check_refs(struct run *run, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist refs = { 0 };
	CLEANUP(drop_oidset) struct oidset seen = { 0 };
	struct gitwalk_visitor v = { object_seen, object_failed, run };

	if (gitrepo_refs(run->repo, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct err re = { 0 };
		struct oid tip;
		int rc = gitrepo_ref_get(run->repo, refs.items[i], &tip, &re);

		if (rc < 0)
			tell(run, refs.items[i], &re);
		if (rc > 0 && gitwalk_reachable(run->repo, &tip, NULL, &seen,
		    &v, e) < 0)
			return -1;
	}
	return 0;
}

int
gitverify_run(struct gitrepo *r, const struct gitverify *v, struct err *e)
{
	struct run run = { .repo = r, .v = v };
	int rc;

	if (gitrepo_refresh(r, e) < 0)
		return -1;
	rc = check_packs(&run, e);
	if (rc == 0)
		rc = check_refs(&run, e);
	buf_done(&run.bytes);
	return rc < 0 ? -1 : run.n_problems;
}
