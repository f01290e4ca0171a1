/* SPDX-License-Identifier: MIT */
#include "snapshots/imported.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/pathset.h"
#include "base/secrets.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/reader.h"
#include "snapshots/seal.h"
#include "snapshots/tarread.h"

/* Links to links to links: no tar(1) writes more than one. */
enum { PASSES_MAX = 8 };

struct importing {
	const struct import_options *o;
	struct imported *out;
	struct packfile_worker *packer;
	struct digest *digest;
	struct pathset taken;	/* which entry each path is */
	/* Not tracked, but what a tracked name is a link to; and files that are
	 * secret as another of their names is. */
	struct pathset also, sealed;
	bool again;
};

static bool
wants(void *ctx, const char *path, enum entry_kind kind)
{
	struct importing *x = ctx;

	x->out->members++;
	/* Of folders it is known in the end which lead to something. */
	if (kind == ENTRY_DIR) {
		strlist_add(&x->out->folders, path);
		return strcmp(path, "/") != 0 &&
		    !scope_excludes(x->o->scope, path);
	}
	return (scope_tracks(x->o->scope, path) &&
	    !scope_excludes(x->o->scope, path)) || pathset_has(&x->also, path);
}

static bool
is_secret(const struct importing *x, const char *path)
{
	return (x->o->secrets != NULL && secrets_has(x->o->secrets, path)) ||
	    pathset_has(&x->sealed, path);
}

static int
keep_blob(struct importing *x, struct entry *en, const struct buf *bytes,
    struct err *e)
{
	CLEANUP(drop_packed) struct packed packed = { 0 };
	CLEANUP(drop_buf) struct buf sealed = { 0 };
	const struct buf *b = bytes;

	if (is_secret(x, en->path) || reader_finds_secret(bytes)) {
		if (x->o->seal == NULL)
			return err_set(e, ERR_MISSING, en->path,
			    _("secret, and there is no key to seal it with "
			    "[put seal.key back]"));
		seal_bytes(x->o->seal, buf_str(bytes), bytes->len, &sealed);
		b = &sealed;
		en->content = CONTENT_SEALED;
		digest_object(x->digest, "blob", buf_str(b), b->len,
		    &en->oid);
	}
	packfile_compress(x->packer, PACKED_BLOB, buf_str(b), b->len,
	    &en->oid, &packed);
	return x->o->blob(x->o->ctx, &packed, e);
}

static void
take_link(struct importing *x, struct entry *en)
{
	const struct entry *first;
	size_t i;

	if (!pathset_find(&x->taken, en->hardlink, &i)) {
		pathset_add(&x->also, en->hardlink, 0);
		x->again = true;
		return;
	}
	first = &x->out->manifest.items[i];
	if (is_secret(x, en->path) &&
	    first->content == CONTENT_STORED) {
		pathset_add(&x->sealed, first->hardlink != NULL ?
		    first->hardlink : first->path, 0);
		x->again = true;
	} else {
		struct entry name = *en;

		/* One inode: what is said with its first name counts. */
		*en = *first;
		en->path = name.path;
		/* All names lead to the first one. */
		if (first->hardlink == NULL)
			en->hardlink = name.hardlink;
	}
}

/* ACLs are told apart; GNU tar writes them both ways. */
static void
drop_acl_xattrs(struct entry *en, struct arena *a)
{
	struct xattr *x = arena_alloc(a, (en->n_xattrs + 1) * sizeof(*x));
	uint32_t kept = 0;

	for (uint32_t i = 0; i < en->n_xattrs; i++)
		if (!text_starts(en->xattrs[i].name, "system.posix_acl_"))
			x[kept++] = en->xattrs[i];
	en->xattrs = x;
	en->n_xattrs = kept;
}

static int
take(void *ctx, const struct entry *member, const char *bytes, size_t len,
    struct err *e)
{
	struct importing *x = ctx;
	struct imported *out = x->out;
	struct entry en = entry_dup(&out->manifest.arena, member);
	struct buf b = { (char *)bytes, len, len };

	drop_acl_xattrs(&en, &out->manifest.arena);
	out->no_xattrs &= en.n_xattrs == 0;
	out->no_acls &= en.acl == NULL && en.default_acl == NULL;
	out->no_flags &= en.flags == 0;
	if (en.hardlink != NULL)
		take_link(x, &en);
	else if (en.kind == ENTRY_FILE && len > x->o->max_size)
		en.content = CONTENT_DIGEST;
	else if (en.kind == ENTRY_FILE && keep_blob(x, &en, &b, e) < 0)
		return -1;
	pathset_add(&x->taken, en.path, out->manifest.n);
	*manifest_add(&out->manifest) = en;
	return 0;
}

static int
by_file(const void *a, const void *b)
{
	const struct entry *const *x = a, *const *y = b;
	const char *f = (*x)->hardlink != NULL ? (*x)->hardlink : (*x)->path;
	const char *g = (*y)->hardlink != NULL ? (*y)->hardlink : (*y)->path;
	int n = strcmp(f, g);

	return n != 0 ? n : path_cmp((*x)->path, (*y)->path);
}

/* The first name in path order is what the others are links to, among those
 * that are tracked. */
static void
settle_links(struct manifest *m)
{
	CLEANUP(drop_free) struct entry **all =
	    xcalloc(m->n + 1, sizeof(struct entry *));
	const char *file = NULL;
	struct entry *first = NULL;

	for (size_t i = 0; i < m->n; i++)
		all[i] = &m->items[i];
	qsort(all, m->n, sizeof(struct entry *), by_file);
	for (size_t i = 0; i < m->n; i++) {
		const char *of = all[i]->hardlink != NULL ?
		    all[i]->hardlink : all[i]->path;

		if (file == NULL || strcmp(of, file) != 0) {
			file = of;
			first = all[i];
			first->hardlink = NULL;
		} else {
			all[i]->hardlink = first->path;
		}
	}
}

/* All folders that path lies in. */
static void
add_way(struct pathset *way, const char *path)
{
	CLEANUP(drop_free) char *up = xstrdup(path);
	char *slash;

	while ((slash = strrchr(up, '/')) != up) {
		*slash = '\0';
		if (pathset_has(way, up))
			return;
		pathset_add(way, up, 0);
	}
}

/* What is tracked, and the folders on the way to it. */
static void
keep_tracked(struct importing *x)
{
	struct manifest *m = &x->out->manifest;
	struct pathset way = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++)
		if (scope_tracks(x->o->scope, m->items[i].path))
			add_way(&way, m->items[i].path);
	/* As capture_run has it: what a pattern names without a wildcard is
	 * told, though nothing is in it. */
	for (size_t i = 0; i < x->o->scope->include.n; i++) {
		const char *p = x->o->scope->include.items[i];
		CLEANUP(drop_free) char *literal = xmemdup(p,
		    strcspn(p, "*?[\\"));

		if (literal[0] == '/')
			add_way(&way, literal);
	}
	for (size_t i = 0; i < m->n; i++)
		if (scope_tracks(x->o->scope, m->items[i].path) ||
		    (m->items[i].kind == ENTRY_DIR &&
		    pathset_has(&way, m->items[i].path)))
			m->items[kept++] = m->items[i];
	m->n = kept;
	pathset_done(&way);
}

static void
settle(struct importing *x)
{
	keep_tracked(x);
	settle_links(&x->out->manifest);
	manifest_sort(&x->out->manifest);
	strlist_sort(&x->out->folders);
}

static void
start(struct importing *x)
{
	struct imported *out = x->out;

	x->again = false;
	pathset_done(&x->taken);
	imported_done(out);
	out->no_xattrs = out->no_acls = out->no_flags = true;
}

int
import_archive(int fd, const char *where, const struct import_options *o,
    struct imported *out, struct err *e)
{
	struct importing x = { .o = o, .out = out };
	const struct tarread_wanted wanted = { wants, take, &x };
	int n, passes = 0;

	x.packer = packfile_worker_new();
	x.digest = digest_new();
	do {
		start(&x);
		n = tarread_foreign(fd, where, &wanted, e);
		if (n == 0 && x.again && lseek(fd, 0, SEEK_SET) < 0)
			n = err_sys(e, where, _("cannot be read a second "
			    "time, for the hard links in it"));
		else if (n == 0 && x.again && ++passes == PASSES_MAX)
			n = err_set(e, ERR_INPUT, where, _("refused: hard "
			    "links to links to links"));
		if (n == 0 && x.again)
			n = o->restart(o->ctx, e);
	} while (n == 0 && x.again);
	if (n == 0)
		settle(&x);
	packfile_worker_free(x.packer);
	digest_free(x.digest);
	pathset_done(&x.taken);
	pathset_done(&x.also);
	pathset_done(&x.sealed);
	if (n < 0)
		imported_done(out);
	return n;
}

void
imported_done(struct imported *i)
{
	manifest_done(&i->manifest);
	strlist_done(&i->folders);
	*i = (struct imported){ 0 };
}

void
drop_imported(struct imported *i)
{
	imported_done(i);
}

bool
imported_covers(const struct imported *i, const char *path)
{
	CLEANUP(drop_buf) struct buf up = { 0 };
	const char *key;

	path_parent(&up, path);
	key = buf_str(&up);
	return i->folders.n > 0 && bsearch(&key, i->folders.items,
	    i->folders.n, sizeof(char *), strlist_cmp) != NULL;
}
