/* SPDX-License-Identifier: MIT */
#include "snapshots/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tr.h"
#include "snapshots/compare.h"
#include "snapshots/gitfiles.h"
#include "snapshots/seal.h"
#include "snapshots/trees.h"

enum { POLL_NS = 50 * 1000 * 1000 };

struct store {
	char *dir, *repo_dir;
	int fd, lock_fd;
	struct gitrepo *repo;
	struct seal_key *key;
};

static const char *const folders[] = { "rollback", "journal", "answers" };

/* A folder with other people's files in it was named by mistake. */
static int
check_empty(const char *dir, int fd, struct err *e)
{
	static const char *const ours[] = { "repo.git", "rollback", "journal",
		"answers", "asked", "transactions", "packages", "verdicts",
		"lock", "statcache", "seal.key", "lost+found" };
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(fd, ".", &names) < 0)
		return err_sys(e, dir, _("cannot read the folder"));
	if (strlist_has(&names, "repo.git"))
		return 0;
	for (size_t i = 0; i < names.n; i++) {
		size_t k = 0;

		while (k < sizeof(ours) / sizeof(ours[0]) &&
		    strcmp(names.items[i], ours[k]) != 0)
			k++;
		if (k == sizeof(ours) / sizeof(ours[0]))
			return err_set(e, ERR_INPUT, dir, _("holds other files "
			    "already, such as '%s': no store is made here "
			    "[name a new or empty folder]"), names.items[i]);
	}
	return 0;
}

int
store_init(const char *dir, struct err *e)
{
	CLEANUP(drop_free) char *repo = xasprintf("%s/repo.git", dir);
	CLEANUP(drop_fd) int fd = -1;

	if (file_mkdirs(AT_FDCWD, dir, 0700, e) < 0)
		return -1;
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_sys(e, dir, _("cannot open the store"));
	if (check_empty(dir, fd, e) < 0)
		return -1;
	if (fchmod(fd, 0700) < 0)
		return err_sys(e, dir, _("cannot set the mode"));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdirat(fd, folders[i], 0700) < 0 && errno != EEXIST)
			return err_sys(e, dir, _("cannot make '%s'"),
			    folders[i]);
	return gitfiles_init(repo, e);
}

static int
check_folder(const char *dir, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, dir, _("cannot look at the store"));
	if (st.st_uid != geteuid() && geteuid() != 0)
		return err_set(e, ERR_SYSTEM, dir, _("the store belongs to "
		    "uid %u [run as that user, or name another with --store]"),
		    (unsigned)st.st_uid);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(e, ERR_SYSTEM, dir, _("the store belongs to "
		    "uid %u, who could have changed it [chown -R root: it, "
		    "if you trust what it holds]"), (unsigned)st.st_uid);
	if (st.st_mode & 022)
		return err_set(e, ERR_SYSTEM, dir,
		    _("others can write to the store [chmod 0700]"));
	return 0;
}

static int
open_repo(struct store *s, struct err *e)
{
	struct stat st;

	s->fd = open(s->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_MISSING, s->dir,
		    _("there is no store [run 'driftctl init' first]"));
	if (s->fd < 0)
		return err_sys(e, s->dir, _("cannot open the store"));
	if (check_folder(s->dir, s->fd, e) < 0)
		return -1;
	if (fstatat(s->fd, "repo.git", &st, 0) < 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING, s->dir, _("this folder is no "
		    "store of driftctl [run 'driftctl init' first, or name "
		    "another with --store]"));
	s->repo = gitrepo_open(s->repo_dir, e);
	return s->repo != NULL ? 0 : -1;
}

struct store *
store_open(const char *dir, struct err *e)
{
	struct store *s = xcalloc(1, sizeof(*s));

	s->lock_fd = -1;
	s->dir = xstrdup(dir);
	s->repo_dir = xasprintf("%s/repo.git", dir);
	if (open_repo(s, e) < 0) {
		store_close(s);
		return NULL;
	}
	return s;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	if (s->fd >= 0)
		close(s->fd);
	gitrepo_close(s->repo);
	seal_key_free(s->key);
	free(s->repo_dir);
	free(s->dir);
	free(s);
}

int
store_fd(const struct store *s)
{
	return s->fd;
}

const char *
store_dir(const struct store *s)
{
	return s->dir;
}

struct gitrepo *
store_repo(const struct store *s)
{
	return s->repo;
}

static void
read_holder(int fd, struct buf *out)
{
	char who[32] = "";
	ssize_t n = pread(fd, who, sizeof(who) - 1, 0);

	who[n > 0 ? n : 0] = '\0';
	who[strcspn(who, "\n")] = '\0';
	buf_adds(out, who[0] != '\0' ? who : "?");
}

static int
busy(const struct store *s, int fd, unsigned seconds, struct err *e)
{
	CLEANUP(drop_buf) struct buf who = { 0 };

	read_holder(fd, &who);
	return err_set(e, ERR_BUSY, s->dir, _("another driftctl (process %s) "
	    "is at work here; waited %u s [try again when it is done]"),
	    buf_str(&who), seconds);
}

bool
store_locked(const struct store *s, struct buf *out_who)
{
	CLEANUP(drop_fd) int fd = openat(s->fd, "lock",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (s->lock_fd >= 0 || fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 ||
	    errno != EWOULDBLOCK)
		return false;
	read_holder(fd, out_who);
	return true;
}

/*
 * git's own locks on the refs that only we write are left behind by a run that
 * was killed, and git never takes them away. Whoever has the store's lock
 * knows that nobody holds them.
 */
static void
drop_dead_locks(const struct store *s)
{
	static const char *const refs[] = { GITFILES_LIVE, GITFILES_BASELINE,
		GITFILES_VENDOR };

	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		CLEANUP(drop_free) char *name = xasprintf("repo.git/%s.lock",
		    refs[i]);

		unlinkat(s->fd, name, 0);
	}
}

int
store_lock(struct store *s, unsigned seconds, struct err *e)
{
	const struct timespec nap = { .tv_nsec = POLL_NS };
	unsigned long tries = seconds * (1000000000ul / POLL_NS);
	char who[32];
	CLEANUP(drop_fd) int fd = -1;

	if (s->lock_fd >= 0)
		return 0;
	fd = openat(s->fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return err_sys(e, s->dir, _("cannot open the lock"));
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_sys(e, s->dir, _("cannot lock the store"));
		if (tries-- == 0)
			return busy(s, fd, seconds, e);
		nanosleep(&nap, NULL);
	}
	snprintf(who, sizeof(who), "%ld\n", (long)getpid());
	/* Who holds it is a courtesy: a full disk must not stop the work. */
	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, who, strlen(who), 0);
	s->lock_fd = fd_steal(&fd);
	drop_dead_locks(s);
	/* Whoever had the lock before may have moved things. */
	return gitrepo_refresh(s->repo, e);
}

int
store_load_key(struct store *s, int dirfd, const char *path, bool make,
    struct err *e)
{
	seal_key_free(s->key);
	s->key = seal_key_load(dirfd, path, make, e);
	return s->key != NULL ? 0 : -1;
}

const struct seal_key *
store_key(const struct store *s)
{
	return s->key;
}

static int
tree_of(struct store *s, const struct oid *commit, struct oid *out,
    struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };

	if (gitrepo_commit(s->repo, commit, &c, e) < 0)
		return -1;
	*out = c.tree;
	return 0;
}

int
store_entry(struct store *s, const struct oid *commit, const char *path,
    struct arena *a, struct entry *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct oid tree, oid;
	const char *name;
	int n;

	if (tree_of(s, commit, &tree, e) < 0)
		return -1;
	n = trees_path_state(s->repo, &tree, path, &line, &oid, e);
	if (n <= 0)
		return n;
	if (manifest_parse_line(line.bytes, line.len, a, out, &name, path, 0,
	    e) < 0)
		return -1;
	out->path = arena_strdup(a, path);
	if (!oid_is_zero(&oid))
		out->oid = oid;
	return 1;
}

int
store_load(struct store *s, const struct oid *commit, struct manifest *m,
    struct err *e)
{
	struct oid tree;

	if (tree_of(s, commit, &tree, e) < 0)
		return -1;
	return trees_load(s->repo, &tree, m, e);
}

int
store_content(struct store *s, const struct entry *en, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf sealed = { 0 };

	switch (en->content) {
	case CONTENT_DIGEST:
		return err_set(e, ERR_MISSING, en->path, _("too large when it "
		    "was recorded: only its digest is known [raise max-size "
		    "for the next time]"));
	case CONTENT_UNREADABLE:
		return err_set(e, ERR_MISSING, en->path,
		    _("could not be read when it was recorded"));
	case CONTENT_STORED:
		return gitrepo_read(s->repo, &en->oid, "blob", out, e);
	case CONTENT_SEALED:
		break;
	}
	if (s->key == NULL)
		return err_set(e, ERR_MISSING, en->path, _("its content is "
		    "sealed and there is no key [put seal.key back]"));
	if (gitrepo_read(s->repo, &en->oid, "blob", &sealed, e) < 0)
		return -1;
	return seal_open(s->key, en->path, sealed.bytes, sealed.len, out, e);
}

static void
drop_doubles(struct manifest *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++)
		if (kept == 0 || strcmp(m->items[i].path,
		    m->items[kept - 1].path) != 0)
			m->items[kept++] = m->items[i];
	m->n = kept;
}

int
store_load_paths(struct store *s, const struct oid *commit,
    const struct strlist *paths, struct manifest *m, struct err *e)
{
	struct oid tree;

	if (tree_of(s, commit, &tree, e) < 0)
		return -1;
	for (size_t i = 0; i < paths->n; i++)
		if (trees_load_path(s->repo, &tree, paths->items[i], m, e) < 0)
			return -1;
	manifest_sort(m);
	drop_doubles(m);
	return 0;
}

struct packfile *
store_pack(struct store *s, struct err *e)
{
	return packfile_new(gitrepo_pack_fd(s->repo), s->repo_dir, e);
}

int
store_add_blob(struct store *s, struct packfile *p, const struct packed *o,
    struct err *e)
{
	if (gitrepo_has(s->repo, &o->oid))
		return 0;
	return packfile_add(p, o, e);
}

/* Where the objects of a snapshot's trees go. */
struct sink {
	struct store *s;
	struct packfile *pack;
	struct packfile_worker *packer;
	struct digest *digest;
};

static int
put(struct sink *k, enum packed_type type, const char *name,
    const void *bytes, size_t len, struct oid *out, struct err *e)
{
	CLEANUP(drop_packed) struct packed o = { 0 };

	digest_object(k->digest, name, bytes, len, out);
	if (packfile_has(k->pack, out) || gitrepo_has(k->s->repo, out))
		return 0;
	packfile_compress(k->packer, type, bytes, len, out, &o);
	return packfile_add(k->pack, &o, e);
}

static int
sink_object(void *ctx, enum packed_type type, const void *bytes, size_t len,
    struct oid *out, struct err *e)
{
	return put(ctx, type, type == PACKED_TREE ? "tree" : "blob", bytes,
	    len, out, e);
}

static int
put_commit(struct sink *k, const struct oid *tree,
    const struct store_commit *how, struct oid *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct gitcommit c = { .tree = *tree, .time = time(NULL) };
	char host[256] = "";
	struct tm tm;

	gethostname(host, sizeof(host) - 1);
	if (how->parent != NULL)
		c.parents[c.n_parents++] = *how->parent;
	if (localtime_r((const time_t[]){ c.time }, &tm) != NULL)
		c.offset = (int)(tm.tm_gmtoff / 60);
	c.message = (char *)how->message;
	gitcommit_format(&bytes, &c, host);
	return put(k, PACKED_COMMIT, "commit", bytes.bytes, bytes.len, out, e);
}

static int
name_object(void *ctx, enum packed_type type, const void *bytes, size_t len,
    struct oid *out, struct err *e)
{
	(void)e;
	digest_object(ctx, type == PACKED_TREE ? "tree" : "blob", bytes, len,
	    out);
	return 0;
}

/* What of a state need not be built, as the last snapshot has it already. */
static struct trees_base
base_of(struct store *s, const struct store_state *state)
{
	struct trees_base base = { .repo = s->repo };
	struct err ignored = { 0 };

	if (state->last != NULL && state->same != NULL &&
	    tree_of(s, state->last, &base.root, &ignored) == 0)
		base.same = state->same;
	return base;
}

static bool
is_all(const struct oid *commit, const struct store_state *state)
{
	return state->all && state->last != NULL && commit != NULL &&
	    oid_equal(commit, state->last);
}

int
store_compare(struct store *s, const struct oid *commit,
    const struct store_state *state, struct manifest *was,
    struct manifest *now, struct err *e)
{
	CLEANUP(drop_digest) struct digest *digest = NULL;
	CLEANUP(drop_trees) struct trees built = { 0 };
	struct trees_base base;
	struct oid tree;

	if (tree_of(s, commit, &tree, e) < 0)
		return -1;
	if (is_all(commit, state))
		return 0;
	digest = digest_new();
	base = base_of(s, state);
	if (trees_build(state->manifest, state->lines, &base, name_object,
	    digest, &built, e) < 0)
		return -1;
	return trees_differ(s->repo, &tree, &built, state->manifest, was, now,
	    e);
}

/* 1 when something besides times differs from the parent. */
static int
worth_it(struct store *s, const struct oid *tree, const struct trees *built,
    const struct manifest *m, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest was = { 0 };
	CLEANUP(drop_manifest) struct manifest now = { 0 };
	CLEANUP(drop_changes) struct changes c = { 0 };

	if (trees_differ(s->repo, tree, built, m, &was, &now, e) < 0)
		return -1;
	compare_manifests(&was, &now, false, &c);
	return c.n > 0;
}

/* 1 when there is a commit to write, whose objects are all in the pack. */
static int
fill_pack(struct sink *k, const struct store_state *state,
    const struct store_commit *how, struct oid *out, struct err *e)
{
	CLEANUP(drop_trees) struct trees built = { 0 };
	struct oid tree = { 0 };
	struct trees_base base;
	int n = 1;

	if (how->parent != NULL && tree_of(k->s, how->parent, &tree, e) < 0)
		return -1;
	if (!how->even_if_same && is_all(how->parent, state))
		return 0;
	base = base_of(k->s, state);
	if (trees_build(state->manifest, state->lines, &base, sink_object, k,
	    &built, e) < 0)
		return -1;
	if (how->parent != NULL && !how->even_if_same)
		n = worth_it(k->s, &tree, &built, state->manifest, e);
	if (n <= 0)
		return n;
	return put_commit(k, &built.root, how, out, e) < 0 ? -1 : 1;
}

int
store_save(struct store *s, const struct store_state *state,
    struct packfile *pack, const struct store_commit *how,
    struct oid *out_commit, struct err *e)
{
	CLEANUP(drop_digest) struct digest *digest = digest_new();
	CLEANUP(drop_packfile_worker) struct packfile_worker *packer =
	    packfile_worker_new();
	CLEANUP(drop_packfile) struct packfile *owned = pack;
	struct sink k = { s, pack, packer, digest };
	struct oid commit, name;
	int n = fill_pack(&k, state, how, &commit, e);

	if (n <= 0)
		return n;
	if (packfile_finish(STEAL(owned), &name, e) < 0 ||
	    gitrepo_refresh(s->repo, e) < 0 ||
	    gitrepo_ref_set(s->repo, how->ref, &commit, NULL, e) < 0)
		return -1;
	*out_commit = commit;
	return 1;
}
