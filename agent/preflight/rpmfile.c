/* SPDX-License-Identifier: MIT */
#include "agent/preflight/rpmfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pkg/ownerstext.h"
#include "agent/pkg/rpmdb.h"
#include "agent/pkg/rpmplan.h"
#include "agent/preflight/payload.h"
#include "base/digest.h"
#include "base/pathset.h"
#include "base/tr.h"
#include "base/vec.h"

/* All packages while they are read. */
struct reading {
	struct incoming *in;
	struct idnames *ids;
	struct owners listed;
	size_t first;		/* of coming */
	size_t comes;		/* how many of them the plan named */
	struct scripts *scripts;	/* of the package above */
	struct digest *digest;
	/* Of the package whose payload is read. */
	size_t files, files_end, coming;
	struct pathset paths;
};

static void
drop_reading(struct reading *r)
{
	owners_done(&r->listed);
	pathset_done(&r->paths);
	digest_free(r->digest);
}

/* Of owners that were parsed, not settled: files are those of their package,
 * one package after another. */
static void
add_file(struct reading *r, const struct owned *f)
{
	struct arena *a = &r->in->arena;
	struct coming_file *c = incoming_add_file(r->in);

	c->owned = *f;
	c->owned.package = r->first + f->package;
	c->owned.path = arena_strdup(a, f->path);
	if (f->has_mode) {
		c->owned.user = arena_strdup(a, f->user);
		c->owned.group = arena_strdup(a, f->group);
	}
	if (f->target != NULL)
		c->owned.target = arena_strdup(a, f->target);
	if (f->digest != NULL)
		c->owned.digest = arena_strdup(a, f->digest);
	c->entry = (struct entry){ .path = c->owned.path,
		.kind = (f->flags & OWNED_DIR) != 0 ? ENTRY_DIR :
		    f->target != NULL ? ENTRY_SYMLINK : ENTRY_FILE,
		.mode = f->has_mode ? f->mode : 0777,
		.target = c->owned.target,
		.user = f->has_mode ? c->owned.user : "root",
		.group = f->has_mode ? c->owned.group : "root" };
	/* Who is not here yet is made by the package's own script. */
	if (idnames_uid(r->ids, c->entry.user, &c->entry.uid) == 0)
		c->entry.uid = UINT32_MAX;
	if (idnames_gid(r->ids, c->entry.group, &c->entry.gid) == 0)
		c->entry.gid = UINT32_MAX;
	if (strcmp(c->entry.user, "root") == 0)
		c->entry.uid = 0;
	if (strcmp(c->entry.group, "root") == 0)
		c->entry.gid = 0;
}

static void
take_comes(void *ctx, const char *file, bool beside)
{
	struct reading *r = ctx;
	size_t i = r->first + r->comes++;

	r->scripts = NULL;
	if (i >= r->in->coming.n)
		return;
	r->in->coming.items[i].file = arena_strdup(&r->in->arena, file);
	r->in->coming.items[i].besides = beside;
	r->scripts = &r->in->coming.items[i].scripts;
}

static void
take_leaves(void *ctx, const struct package *p, const char *by)
{
	struct reading *r = ctx;
	struct leaving *l = incoming_add_leaving(r->in, p);

	l->replaced = by != NULL && strcmp(by, p->name) == 0;
	r->scripts = &l->scripts;
}

static void
take_script(void *ctx, const char *name, const char *program,
    const char *body)
{
	struct reading *r = ctx;
	struct arena *a = &r->in->arena;

	if (r->scripts != NULL)
		*VEC_ADD(r->scripts) = (struct script){ arena_strdup(a, name),
			arena_strdup(a, program), arena_strdup(a, body) };
}

static struct coming_file *
find(const struct reading *r, const char *path)
{
	size_t i;

	return pathset_find(&r->paths, path, &i) ? &r->in->files.items[i] :
	    NULL;
}

static bool
wants(void *ctx, const struct entry *en)
{
	const struct reading *r = ctx;

	return en->size <= r->in->max_size &&
	    incoming_has_room(r->in, en->size) &&
	    (incoming_wants(r->in, en->path) || incoming_named(
	    &r->in->coming.items[r->coming].scripts, en));
}

/* The archive is believed where the header's digest says so. */
static int
take_member(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	struct reading *r = ctx;
	struct coming_file *f;

	(void)e;
	if (en->kind != ENTRY_FILE || !wants(ctx, en))
		return 0;
	f = find(r, en->path);
	if (f == NULL || bytes == NULL || f->entry.kind != ENTRY_FILE)
		return 0;
	f->entry.size = len;
	f->entry.mtime = en->mtime;
	if (owned_pristine(&f->owned, &f->entry, bytes, len) != PRISTINE_YES)
		return 0;
	f->has_bytes = true;
	f->bytes = incoming_keep(r->in, bytes, len);
	f->len = len;
	digest_object(r->digest, "blob", bytes, len, &f->entry.oid);
	return 0;
}

/* Whether there is anything in it that is asked for. */
static bool
is_asked_for(struct reading *r)
{
	for (size_t i = r->files; i < r->files_end; i++) {
		const struct coming_file *f = &r->in->files.items[i];

		if (f->entry.kind == ENTRY_FILE &&
		    (f->owned.flags & OWNED_GHOST) == 0 &&
		    wants(r, &f->entry))
			return true;
	}
	return false;
}

/* A kind of archive that is not known leaves what the header says. */
static void
tell_unread(struct reading *r, const char *file, int n, const struct err *e)
{
	CLEANUP(drop_buf) struct buf why = { 0 };

	if (n == 0)
		return;
	err_format(e, &why);
	incoming_lacks(r->in, file, arena_printf(&r->in->arena,
	    _("its lists are known, its contents are not: %s"),
	    buf_str(&why)));
}

static void
take_own(struct reading *r, size_t package)
{
	const struct coming_file *f = r->in->files.items;
	size_t i = r->files_end;

	pathset_done(&r->paths);
	for (r->files = i; i < r->in->files.n && f[i].owned.package == package;
	    i++)
		pathset_add(&r->paths, f[i].owned.path, i);
	r->files_end = i;
	r->coming = package;
}

/* Without its payload the digests of the header are all that is known. */
static int
read_payloads(struct reading *r, const struct strlist *files, struct err *e)
{
	const struct payload to = { r, wants, take_member };

	r->files_end = r->files;
	for (size_t i = 0; i < files->n; i++) {
		CLEANUP(drop_fd) int fd = -1;
		struct err unread = { 0 };

		take_own(r, r->first + i);
		if (!is_asked_for(r))
			continue;
		fd = open(files->items[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_sys(e, files->items[i], _("cannot open"));
		tell_unread(r, files->items[i],
		    payload_rpm(fd, files->items[i], &to, &unread), &unread);
	}
	return 0;
}

int
rpmfile_read(const struct root *root, const struct strlist *files,
    struct idnames *ids, struct incoming *in, struct err *e)
{
	CLEANUP(drop_reading) struct reading r = { .in = in, .ids = ids,
		.first = in->coming.n, .files = in->files.n,
		.digest = digest_new() };
	CLEANUP(drop_buf) struct buf text = { 0 };
	const struct rpmplan_reader to = { &r, take_comes, take_leaves,
		take_script };

	if (rpmdb_packages(root, files, &text, e) < 0 ||
	    ownerstext_parse("driftctl-rpm", buf_str(&text), text.len,
	    &r.listed, e) < 0)
		return -1;
	if (r.listed.packages.n != files->n)
		return err_set(e, ERR_INPUT, "driftctl-rpm",
		    _("this is no plan of packages"));
	for (size_t i = 0; i < r.listed.packages.n; i++)
		incoming_add(in, &r.listed.packages.items[i],
		    files->items[i]);
	for (size_t i = 0; i < r.listed.files.n; i++)
		add_file(&r, &r.listed.files.items[i]);
	if (rpmplan_parse("driftctl-rpm", buf_str(&text), text.len, &to,
	    e) < 0)
		return -1;
	return read_payloads(&r, files, e);
}
