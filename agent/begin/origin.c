/* SPDX-License-Identifier: MIT */
#include "agent/begin/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/begin/otherroot.h"
#include "agent/say.h"
#include "agent/snapshotter.h"
#include "agent/tracked.h"
#include "base/path.h"
#include "base/pathset.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"
#include "snapshots/imported.h"

enum { READERS = 2 };

/* What it is made of, whichever kind of copy it is. */
struct copy {
	struct machine *m;
	struct packfile *pack;
	struct otherroot other;		/* a folder */
	struct capture captured;
	struct imported imported;	/* an archive */
	struct scope scope;		/* what of it is taken */
	bool is_archive;
	struct capture live;		/* the system as it is now */
	struct manifest all;		/* borrowed entries, in path order */
};

static void
drop_copy(struct copy *c)
{
	packfile_abandon(c->pack);
	drop_otherroot(&c->other);
	capture_done(&c->captured);
	imported_done(&c->imported);
	scope_done(&c->scope);
	capture_done(&c->live);
	manifest_done(&c->all);
}

static int
take_blob(void *ctx, const struct packed *o, struct err *e)
{
	struct copy *c = ctx;

	return store_add_blob(c->m->store, c->pack, o, e);
}

/* Nothing of what was packed so far is to be seen by anybody. */
static int
new_pack(void *ctx, struct err *e)
{
	struct copy *c = ctx;

	packfile_abandon(STEAL(c->pack));
	c->pack = store_pack(c->m->store, e);
	return c->pack == NULL ? -1 : 0;
}

static int
read_folder(struct copy *c, const char *dir, struct err *e)
{
	struct capture_options o = {
		.scope = &c->other.scope, .secrets = &c->other.secrets,
		.seal = store_key(c->m->store),
		.max_size = c->m->config.max_size, .threads = READERS,
		.blob = take_blob, .ctx = c,
	};

	if (otherroot_open(c->m, dir, &c->other, e) < 0)
		return -1;
	o.root = &c->other.m.root;
	o.ids = c->other.m.ids;
	return capture_run(&o, &c->captured, e);
}

/* Where symlinks of this system lead to, and where paths lead without: which
 * of these the older one had is not known before it is read. */
static int
archive_scope(const struct machine *m, struct scope *out, struct err *e)
{
	if (tracked_scope(&m->config, &m->catalogue, out, e) < 0)
		return -1;
	for (size_t i = 0; i < m->scope.include.n; i++)
		strlist_add(&out->include, m->scope.include.items[i]);
	for (size_t i = 0; i < m->scope.never.n; i++)
		strlist_add(&out->never, m->scope.never.items[i]);
	scope_prepare(out);
	return 0;
}

static int
read_archive(struct copy *c, int fd, const char *name, struct err *e)
{
	const struct import_options o = {
		.scope = &c->scope, .secrets = &c->m->secrets,
		.seal = store_key(c->m->store),
		.max_size = c->m->config.max_size,
		.blob = take_blob, .restart = new_pack, .ctx = c,
	};

	c->is_archive = true;
	if (archive_scope(c->m, &c->scope, e) < 0)
		return -1;
	return import_archive(fd, name, &o, &c->imported, e);
}

static int
read_copy(struct copy *c, const char *from, struct err *e)
{
	struct stat st;
	CLEANUP(drop_fd) int fd = open(from,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, from, _("cannot open"));
	if (S_ISDIR(st.st_mode))
		return read_folder(c, from, e);
	if (S_ISREG(st.st_mode))
		return read_archive(c, fd, from, e);
	return err_set(e, ERR_USAGE, from,
	    _("is neither a folder nor an archive"));
}

/* Whether the copy would have path if the old system had had it. */
static bool
covers(const struct copy *c, const char *path)
{
	CLEANUP(drop_free) char *top = NULL;
	struct stat st;

	if (c->is_archive)
		return imported_covers(&c->imported, path);
	if (capture_hides(&c->captured, path) != NULL)
		return false;
	top = xmemdup(path + 1, strcspn(path + 1, "/"));
	return fstatat(c->other.m.root.fd, top[0] != '\0' ? top : ".", &st,
	    AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* What the archive was written without is taken to be as it is. */
static void
fill_in(const struct copy *c, const struct entry *now, struct entry *was)
{
	const struct imported *i = &c->imported;

	if (!c->is_archive || now->kind != was->kind)
		return;
	if (i->no_xattrs) {
		was->xattrs = now->xattrs;
		was->n_xattrs = now->n_xattrs;
	}
	/* With an ACL the group's bits are its mask. */
	if (i->no_acls) {
		was->acl = now->acl;
		was->default_acl = now->default_acl;
		if (now->acl != NULL)
			was->mode = now->mode;
	}
	if (i->no_flags)
		was->flags = now->flags;
}

static void
join(struct copy *c, struct origin *out)
{
	const struct manifest *old = c->is_archive ? &c->imported.manifest :
	    &c->captured.manifest;
	const struct manifest *now = &c->live.manifest;
	size_t i = 0, k = 0;

	while (i < old->n || k < now->n) {
		int order = i == old->n ? 1 : k == now->n ? -1 :
		    path_cmp(old->items[i].path, now->items[k].path);

		if (order <= 0) {
			struct entry *en = manifest_add(&c->all);

			*en = old->items[i++];
			out->entries++;
			if (order == 0)
				fill_in(c, &now->items[k++], en);
		} else {
			if (!covers(c, now->items[k].path)) {
				*manifest_add(&c->all) = now->items[k];
				out->assumed++;
			}
			k++;
		}
	}
}

/* A file that an archive has without its folders lay in some all the same. */
static void
add_folders(struct copy *c)
{
	struct pathset known = { 0 };
	size_t n = c->all.n;

	for (size_t i = 0; i < n; i++)
		pathset_add(&known, c->all.items[i].path, i);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(drop_buf) struct buf up = { 0 };

		buf_adds(&up, c->all.items[i].path);
		for (;;) {
			struct entry *en;

			buf_truncate(&up, (size_t)(strrchr(up.bytes, '/') -
			    up.bytes));
			if (up.len == 0 || pathset_has(&known, up.bytes))
				break;
			pathset_add(&known, up.bytes, 0);
			en = manifest_add(&c->all);
			en->path = arena_strdup(&c->all.arena, up.bytes);
			en->kind = ENTRY_DIR;
			en->mode = 0755;
		}
	}
	if (c->all.n > n)
		manifest_sort(&c->all);
	pathset_done(&known);
}

static void
add_message(const struct copy *c, const char *from, struct buf *out)
{
	const char *os = c->is_archive ? NULL :
	    facts_os_name(c->other.m.facts);

	buf_adds(out, "state of an older system\n\nTrigger: init\nFrom: ");
	text_escape(out, from, strlen(from));
	buf_addc(out, '\n');
	if (os != NULL) {
		buf_adds(out, "Os-Release: ");
		text_escape(out, os, strlen(os));
		buf_addc(out, '\n');
	}
	buf_adds(out, "Driftctl-Version: " VERSION "\n");
}

static int
save(struct copy *c, const char *from, struct origin *out, struct err *e)
{
	const struct store_state state = { &c->all, NULL };
	CLEANUP(drop_buf) struct buf message = { 0 };

	add_message(c, from, &message);
	if (store_save(c->m->store, &state, STEAL(c->pack),
	    &(struct store_commit){ .ref = GITFILES_LIVE,
	    .message = buf_str(&message), .even_if_same = true },
	    &out->commit, e) < 0)
		return -1;
	return gitrepo_ref_set(store_repo(c->m->store), GITFILES_BASELINE,
	    &out->commit, NULL, e);
}

int
origin_record(struct machine *m, const char *from, struct origin *out,
    struct err *e)
{
	CLEANUP(drop_copy) struct copy c = { .m = m,
		.other.m.root.fd = -1 };
	const struct capture *old = &c.captured;

	*out = (struct origin){ 0 };
	if (new_pack(&c, e) < 0 || read_copy(&c, from, e) < 0 ||
	    machine_capture(m, &(struct machine_capture){ .pack = c.pack },
	    &c.live, e) < 0)
		return -1;
	for (size_t i = 0; i < old->unknown.n; i++)
		say_note("%s%s: %s", from, old->unknown.items[i].path,
		    old->unknown.items[i].why);
	join(&c, out);
	add_folders(&c);
	if (out->entries == 0)
		return err_set(e, ERR_INPUT, from, _("has nothing of what is "
		    "tracked here [name the copy of the whole system: the "
		    "folder or the archive that has etc in it]"));
	out->unknown = old->unknown.n;
	out->members = c.imported.members;
	out->no_xattrs = c.is_archive && c.imported.no_xattrs;
	out->no_acls = c.is_archive && c.imported.no_acls;
	return save(&c, from, out, e);
}
