/* SPDX-License-Identifier: MIT */
#include "agent/spectest/casefiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "agent/spectest/caseids.h"
#include "base/file.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/filecaps.h"

enum { FILE_MAX = 32 << 20, ENTRIES_MAX = 100 * 1000, DEPTH_MAX = 64 };

void
casefiles_done(struct casefiles *f)
{
	manifest_done(&f->manifest);
	free(f->contents.items);
	strlist_done(&f->closed);
}

const struct case_content *
casefiles_content(const struct casefiles *f, const struct entry *en)
{
	const struct case_content *c =
	    &f->contents.items[en - f->manifest.items];

	return c->bytes != NULL ? c : NULL;
}

const struct entry *
casefiles_follow(const struct casefiles *f, const char *path)
{
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	CLEANUP(drop_buf) struct buf real = { 0 };

	entrypaths_resolve(&f->manifest, whole, &real);
	return manifest_find(&f->manifest, buf_str(&real));
}

static void
remove_range(struct casefiles *f, size_t from, size_t to)
{
	struct manifest *m = &f->manifest;

	memmove(&m->items[from], &m->items[to],
	    (m->n - to) * sizeof(*m->items));
	memmove(&f->contents.items[from], &f->contents.items[to],
	    (m->n - to) * sizeof(*f->contents.items));
	m->n -= to - from;
	f->contents.n = m->n;
}

/* With all below it. */
static void
take_out(struct casefiles *f, const char *path)
{
	size_t from = manifest_lower(&f->manifest, path), to = from;

	while (to < f->manifest.n &&
	    path_is_under(f->manifest.items[to].path, path))
		to++;
	if (to > from)
		remove_range(f, from, to);
}

/* The entry at path, made where there is none; a file, until it is said to be
 * something else. */
static size_t
put(struct casefiles *f, const char *path)
{
	struct manifest *m = &f->manifest;
	size_t i = manifest_lower(m, path);

	if (i < m->n && strcmp(m->items[i].path, path) == 0)
		return i;
	manifest_add(m);
	VEC_ADD(&f->contents);
	memmove(&m->items[i + 1], &m->items[i],
	    (m->n - 1 - i) * sizeof(*m->items));
	memmove(&f->contents.items[i + 1], &f->contents.items[i],
	    (m->n - 1 - i) * sizeof(*f->contents.items));
	f->contents.items[i] = (struct case_content){ 0 };
	m->items[i] = (struct entry){ .path = arena_strdup(&m->arena, path),
		.user = "root", .group = "root", .mode = 0644,
		.mtime.tv_sec = f->now };
	return i;
}

/* Bytes become content, and content is known by its name in git. */
static void
set_content(struct casefiles *f, size_t i, const char *bytes, size_t len)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	struct entry *en = &f->manifest.items[i];

	f->contents.items[i] = (struct case_content){
		arena_memdup(&f->manifest.arena, bytes, len), len };
	en->size = len;
	digest_object(d, "blob", bytes, len, &en->oid);
}

static void
set_kind(struct casefiles *f, size_t i, enum entry_kind kind)
{
	static const uint32_t modes[ENTRY_KINDS] = {
		[ENTRY_FILE] = 0644, [ENTRY_DIR] = 0755,
		[ENTRY_SYMLINK] = 0777, [ENTRY_FIFO] = 0644,
		[ENTRY_SOCKET] = 0644, [ENTRY_BLOCK] = 0600,
		[ENTRY_CHAR] = 0600,
	};

	f->manifest.items[i].kind = kind;
	f->manifest.items[i].mode = modes[kind];
	f->manifest.items[i].target = kind == ENTRY_SYMLINK ? "" : NULL;
	if (kind == ENTRY_FILE)
		set_content(f, i, "", 0);
	else
		f->contents.items[i] = (struct case_content){ 0 };
}

static void scan(struct casefiles *f, int dirfd, const char *name,
    const char *path, struct place at, int depth);

static void
trouble(struct casefiles *f, struct place at, const char *path, int sys)
{
	diagnostics_add(f->diags, at, _("'%s' of the root cannot be read: %s"),
	    path, strerror(sys));
}

static void
scan_file(struct casefiles *f, int dirfd, const char *name, size_t i,
    struct place at)
{
	const char *path = f->manifest.items[i].path;
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err e = { 0 };
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		trouble(f, at, path, errno);
	else if (file_read_fd(fd, path, FILE_MAX, &bytes, &e) < 0)
		diagnostics_add(f->diags, at, "'%s': %s", path, e.what);
	else
		set_content(f, i, buf_str(&bytes), bytes.len);
}

static void
scan_link(struct casefiles *f, int dirfd, const char *name, size_t i)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n >= 0)
		f->manifest.items[i].target = arena_memdup(
		    &f->manifest.arena, target, (size_t)n);
	else
		f->manifest.items[i].target = "";
}

static void
scan_one(struct casefiles *f, int dirfd, const char *name, const char *path,
    struct place at, int depth)
{
	enum entry_kind kind;
	struct stat st;
	size_t i;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    meta_kind(st.st_mode, &kind) < 0) {
		trouble(f, at, path, errno);
		return;
	}
	i = put(f, path);
	if (f->manifest.items[i].kind != kind || kind != ENTRY_DIR) {
		take_out(f, path);
		i = put(f, path);
		set_kind(f, i, kind);
	}
	if (kind == ENTRY_FILE)
		scan_file(f, dirfd, name, i, at);
	if (kind == ENTRY_FILE && (st.st_mode & S_IXUSR) != 0)
		f->manifest.items[i].mode = 0755;
	if (kind == ENTRY_SYMLINK)
		scan_link(f, dirfd, name, i);
	if (kind == ENTRY_DIR)
		scan(f, dirfd, name, path, at, depth + 1);
}

/* Folder of a root; only what git keeps is there: no owners, no modes. */
static void
scan(struct casefiles *f, int dirfd, const char *name, const char *path,
    struct place at, int depth)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_buf) struct buf sub = { 0 };
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || file_names(fd, ".", &names) < 0) {
		trouble(f, at, path, errno);
		return;
	}
	if (depth > DEPTH_MAX || f->manifest.n > ENTRIES_MAX) {
		diagnostics_add(f->diags, at, _("'%s': the root is too large "
		    "for a test [%d entries, %d levels]"), path, ENTRIES_MAX,
		    DEPTH_MAX);
		return;
	}
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		/* Git keeps no empty folder without something in it. */
		if (strcmp(names.items[i], ".gitkeep") == 0)
			continue;
		path_join(&sub, path, names.items[i]);
		scan_one(f, fd, names.items[i], buf_str(&sub), at, depth);
	}
}

/* A file named in a case lies beside it, unless the name is absolute. */
static char *
beside(const char *file, const char *name)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	const char *slash = strrchr(file, '/');

	if (name[0] == '/' || slash == NULL)
		return xstrdup(name);
	buf_add(&folder, file, (size_t)(slash - file));
	return xasprintf("%s/%s", buf_str(&folder), name);
}

static void
scan_root(struct casefiles *f, const struct spec_case *c, const char *name)
{
	CLEANUP(drop_free) char *dir = beside(c->file, name);
	struct stat st;

	if (stat(dir, &st) < 0)
		diagnostics_add(f->diags, c->root_at,
		    _("cannot look at the root '%s': %s"), dir,
		    strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		diagnostics_add(f->diags, c->root_at,
		    _("the root '%s' is no folder"), dir);
	else
		scan(f, AT_FDCWD, dir, "/", c->root_at, 0);
}

/* Folders on the way, and whether there is a way. */
static bool
make_parents(struct casefiles *f, const char *path, struct place at)
{
	for (size_t n = 1; path[n] != '\0'; n++) {
		CLEANUP(drop_free) char *up = xmemdup(path, n);
		const struct entry *en;

		if (path[n] != '/')
			continue;
		en = manifest_find(&f->manifest, up);
		if (en == NULL) {
			size_t i = put(f, up);

			set_kind(f, i, ENTRY_DIR);
		} else if (en->kind != ENTRY_DIR) {
			diagnostics_add(f->diags, at, _("'%s' is a %s: "
			    "nothing lies below it"), up,
			    entry_kind_shown(en->kind));
			return false;
		}
	}
	return true;
}

static void
copy_content(struct casefiles *f, const struct spec_case *c,
    const struct case_file *x, size_t i)
{
	CLEANUP(drop_free) char *name = beside(c->file, x->copy);
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err e = { 0 };

	if (file_read(AT_FDCWD, name, FILE_MAX, &bytes, &e) == 0)
		set_content(f, i, buf_str(&bytes), bytes.len);
	else if (e.sys != 0)
		diagnostics_add(f->diags, x->at, "'%s': %s: %s", name, e.what,
		    strerror(e.sys));
	else
		diagnostics_add(f->diags, x->at, "'%s': %s", name, e.what);
}

/* VFS_CAP_REVISION_2 of <linux/capability.h>: a flag that they are effective,
 * then permitted and inheritable bits in two pieces of 32. */
static const char *
capability_value(struct arena *a, const char *text, uint32_t *out_len)
{
	unsigned char v[20] = { 0, 0, 0, 2 };
	struct filecaps caps = { 0 };

	filecaps_parse(text, &caps);
	for (size_t i = 0; i < FILECAPS_MAX; i++) {
		unsigned char bit = (unsigned char)(1 << i % 8);
		size_t at = 4 + i / 32 * 8 + i % 32 / 8;

		if (caps.bits[i] & FILECAPS_E)
			v[0] = 1;
		if (caps.bits[i] & FILECAPS_P)
			v[at] |= bit;
		if (caps.bits[i] & FILECAPS_I)
			v[at + 4] |= bit;
	}
	*out_len = sizeof(v);
	return arena_memdup(a, v, sizeof(v));
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct xattr *)a)->name,
	    ((const struct xattr *)b)->name);
}

static void
set_xattrs(struct casefiles *f, const struct case_file *x, struct entry *en)
{
	struct arena *a = &f->manifest.arena;
	uint32_t n = 0;
	struct xattr *all;

	if (x->xattr.n == 0 && x->capabilities == NULL)
		return;
	all = arena_alloc(a, (x->xattr.n + 1) * sizeof(*all));
	for (size_t i = 0; i < x->xattr.n; i++) {
		const char *s = x->xattr.items[i];
		size_t k = strcspn(s, "=");

		all[n].name = arena_memdup(a, s, k);
		all[n].value = s[k] == '=' ? s + k + 1 : "";
		all[n].len = (uint32_t)strlen(all[n].value);
		n++;
	}
	if (x->capabilities != NULL) {
		all[n].name = "security.capability";
		all[n].value = capability_value(a, x->capabilities,
		    &all[n].len);
		n++;
	}
	qsort(all, n, sizeof(*all), by_name);
	en->xattrs = all;
	en->n_xattrs = n;
}

static void
set_metadata(struct casefiles *f, const struct case_file *x, struct entry *en)
{
	if (x->mode >= 0)
		en->mode = (uint32_t)x->mode;
	if (x->owner != NULL)
		en->user = x->owner;
	if (x->group != NULL)
		en->group = x->group;
	if (x->age >= 0)
		en->mtime.tv_sec = (time_t)(f->now - x->age);
	if (x->acl != NULL)
		en->acl = x->acl;
	if (x->default_acl != NULL)
		en->default_acl = x->default_acl;
	if (x->flags != NULL)
		meta_flags_from(x->flags, &en->flags);
	set_xattrs(f, x, en);
}

/* Content that cannot be read hides nothing else of it; a folder hides all
 * that is in it. */
static void
close_file(struct casefiles *f, const char *path)
{
	size_t i = put(f, path);
	struct entry *en = &f->manifest.items[i];

	if (en->kind == ENTRY_FILE) {
		en->content = CONTENT_UNREADABLE;
		f->contents.items[i] = (struct case_content){ 0 };
		return;
	}
	strlist_add(&f->closed, path);
	i++;
	while (i < f->manifest.n &&
	    path_is_under(f->manifest.items[i].path, path))
		remove_range(f, i, i + 1);
}

static void
lay(struct casefiles *f, const struct spec_case *c,
    const struct case_file *x)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct entry *old;
	bool content = x->text != NULL || x->copy != NULL;
	int kind = x->kind < 0 && content ? (int)ENTRY_FILE : x->kind;
	size_t i;

	entrypaths_resolve(&f->manifest, x->path, &real);
	old = manifest_find(&f->manifest, buf_str(&real));
	if (x->absent && old != NULL)
		take_out(f, buf_str(&real));
	if (x->absent || !make_parents(f, buf_str(&real), x->at))
		return;
	if (old == NULL && kind < 0) {
		diagnostics_add(f->diags, x->at, _("'%s' is not in the root "
		    "[say what it is: text, copy, link or directory]"),
		    x->path);
		return;
	}
	old = manifest_find(&f->manifest, buf_str(&real));
	if (kind >= 0 && (old == NULL || (int)old->kind != kind || content)) {
		/* A folder that stays one keeps what it holds. */
		take_out(f, buf_str(&real));
		set_kind(f, put(f, buf_str(&real)), (enum entry_kind)kind);
	}
	i = put(f, buf_str(&real));
	if (x->text != NULL)
		set_content(f, i, x->text, strlen(x->text));
	if (x->copy != NULL)
		copy_content(f, c, x, i);
	if (x->target != NULL)
		f->manifest.items[i].target = x->target;
	set_metadata(f, x, &f->manifest.items[i]);
	if (x->unreadable)
		close_file(f, buf_str(&real));
}

void
casefiles_make(const struct spec_case *c, const struct case_files *over,
    int64_t now, struct casefiles *out, struct diagnostics *diags)
{
	out->diags = diags;
	out->now = now;
	set_kind(out, put(out, "/"), ENTRY_DIR);
	for (size_t i = 0; i < c->roots.n; i++)
		scan_root(out, c, c->roots.items[i]);
	for (size_t i = 0; i < over->n; i++)
		lay(out, c, &over->items[i]);
	caseids_settle(out);
}
