/* SPDX-License-Identifier: MIT */
#include "agent/preflight/debfile.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/dpkgdb.h"
#include "agent/preflight/payload.h"
#include "base/digest.h"
#include "base/pathset.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { CONTROL_MAX = 64 << 20 };

/* A package while its two archives are read. */
struct reading {
	struct incoming *in;
	const char *name;
	size_t coming;		/* index, once control was read */
	bool has_control;
	struct buf control, conffiles;
	struct dpkgdb_sums sums;
	struct scripts scripts;
	struct digest *digest;
	struct pathset paths;	/* of its files */
};

static void
drop_reading(struct reading *r)
{
	buf_done(&r->control);
	buf_done(&r->conffiles);
	free(r->scripts.items);
	pathset_done(&r->paths);
	digest_free(r->digest);
}

static bool
wants_control(void *ctx, const struct entry *en)
{
	const struct reading *r = ctx;

	return en->size <= CONTROL_MAX && incoming_has_room(r->in, en->size);
}

static int
take_control(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	static const char *const scripts[] = { "/preinst", "/postinst",
		"/prerm", "/postrm" };
	struct reading *r = ctx;
	struct arena *a = &r->in->arena;

	if (bytes == NULL)
		return en->kind != ENTRY_FILE ? 0 : err_set(e, ERR_INPUT,
		    r->name, _("a file in this package is too large"));
	r->in->kept += len;
	if (strcmp(en->path, "/control") == 0)
		buf_add(&r->control, bytes, len);
	else if (strcmp(en->path, "/conffiles") == 0)
		buf_add(&r->conffiles, bytes, len);
	else if (strcmp(en->path, "/md5sums") == 0)
		dpkgdb_sums(bytes, len, a, &r->sums);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (strcmp(en->path, scripts[i]) == 0)
			*VEC_ADD(&r->scripts) = (struct script){
				scripts[i] + 1, "/bin/sh",
				arena_memdup(a, bytes, len) };
	return 0;
}

/* control.tar comes before data.tar. */
static int
begin_data(struct reading *r, struct err *e)
{
	const char *at = buf_str(&r->control), *end = at + r->control.len;
	struct arena scratch = { 0 };
	struct dpkgdb_stanza s;
	struct coming *c;

	r->has_control = true;
	if (!dpkgdb_stanza(&at, end, &scratch, &s) || s.name == NULL) {
		arena_done(&scratch);
		return err_set(e, ERR_INPUT, r->name, _("cannot be read as a "
		    "package: its control file names none"));
	}
	c = incoming_add(r->in, &(struct package){ PACKAGE_DPKG, s.name,
	    s.version, s.arch, false }, r->name);
	c->scripts = STEAL(r->scripts);
	r->coming = r->in->coming.n - 1;
	arena_done(&scratch);
	return 0;
}

static bool
wants_data(void *ctx, const struct entry *en)
{
	const struct reading *r = ctx;

	return en->size <= r->in->max_size &&
	    incoming_has_room(r->in, en->size) &&
	    (incoming_wants(r->in, en->path) || incoming_named(r->has_control ?
	    &r->in->coming.items[r->coming].scripts : &r->scripts, en));
}

static void
take_sum(struct reading *r, const char *bytes, size_t len, struct owned *f)
{
	unsigned char sum[16];
	CLEANUP(drop_buf) struct buf hex = { 0 };

	if (digest_named_start(r->digest, "md5") != sizeof(sum))
		return;
	digest_add(r->digest, bytes, len);
	digest_end(r->digest, sum);
	text_hex(&hex, sum, sizeof(sum));
	f->algorithm = "md5";
	f->digest = arena_strdup(&r->in->arena, buf_str(&hex));
}

/* What the list of the package says where its bytes were not asked for. */
static void
find_sum(const struct reading *r, struct owned *f)
{
	for (size_t lo = 0, hi = r->sums.n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int n = strcmp(r->sums.items[mid].path, f->path);

		if (n == 0) {
			f->algorithm = "md5";
			f->digest = r->sums.items[mid].md5;
			return;
		}
		if (n < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
}

static struct coming_file *
own_file(const struct reading *r, const char *path)
{
	size_t i;

	return pathset_find(&r->paths, path, &i) ? &r->in->files.items[i] :
	    NULL;
}

static struct coming_file *
add_file(struct reading *r, const char *path)
{
	pathset_add(&r->paths, path, r->in->files.n);
	return incoming_add_file(r->in);
}

/* The first of a group of hard links has the bytes. */
static void
copy_link(struct reading *r, const char *to, struct coming_file *f)
{
	const struct coming_file *g = own_file(r, to);

	if (g == NULL || g == f)
		return;
	f->has_bytes = g->has_bytes;
	f->bytes = g->bytes;
	f->len = g->len;
	f->entry.size = g->entry.size;
	f->entry.oid = g->entry.oid;
	f->owned.algorithm = g->owned.algorithm;
	f->owned.digest = g->owned.digest;
}

static int
take_data(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	struct reading *r = ctx;
	struct arena *a = &r->in->arena;
	struct coming_file *f;

	if (!r->has_control && begin_data(r, e) < 0)
		return -1;
	if (strcmp(en->path, "/") == 0)
		return 0;
	f = add_file(r, en->path);
	f->entry = entry_dup(a, en);
	f->entry.hardlink = NULL;
	/* Not all who write such archives write names. */
	if (en->user == NULL && en->uid == 0)
		f->entry.user = "root";
	if (en->group == NULL && en->gid == 0)
		f->entry.group = "root";
	f->owned = (struct owned){ .path = f->entry.path,
		.package = r->coming, .has_mode = en->kind != ENTRY_SYMLINK,
		.mode = en->mode, .target = f->entry.target,
		.user = f->entry.user != NULL ? f->entry.user : "",
		.group = f->entry.group != NULL ? f->entry.group : "" };
	if (en->kind == ENTRY_DIR)
		f->owned.flags |= OWNED_DIR;
	if (bytes != NULL) {
		f->has_bytes = true;
		f->bytes = incoming_keep(r->in, bytes, len);
		f->len = len;
		digest_object(r->digest, "blob", bytes, len, &f->entry.oid);
		take_sum(r, bytes, len, &f->owned);
	} else if (en->hardlink != NULL) {
		copy_link(r, en->hardlink, f);
	} else if (en->kind == ENTRY_FILE) {
		find_sum(r, &f->owned);
	}
	return 0;
}

/* deb-conffiles(5): a path a line, "remove-on-upgrade" before some. */
static void
take_conffiles(struct reading *r)
{
	static const char gone[] = "remove-on-upgrade ";
	char *save = NULL, *text = r->conffiles.bytes;

	for (char *line = text != NULL ? strtok_r(text, "\n", &save) : NULL;
	    line != NULL; line = strtok_r(NULL, "\n", &save)) {
		bool remove = text_starts(line, gone);
		const char *path = remove ? line + strlen(gone) : line;
		struct coming_file *f;

		for (size_t n = strlen(line); n > 0 && line[n - 1] == ' ';)
			line[--n] = '\0';
		if (path[0] != '/')
			continue;
		f = own_file(r, path);
		if (f == NULL && !remove)
			continue;
		if (f == NULL) {
			f = add_file(r, path);
			f->owned.path = arena_strdup(&r->in->arena, path);
			f->owned.package = r->coming;
			f->entry.path = f->owned.path;
		}
		f->remove_on_upgrade = remove;
		f->owned.flags |= OWNED_CONFIG | OWNED_CONFFILE;
	}
}

int
debfile_read(int fd, const char *name, struct incoming *in, struct err *e)
{
	CLEANUP(drop_reading) struct reading r = { .in = in, .name = name,
		.digest = digest_new() };
	const struct payload control = { &r, wants_control, take_control };
	const struct payload data = { &r, wants_data, take_data };

	if (payload_deb(fd, name, &control, &data, e) < 0)
		return -1;
	/* A package without any file has its control file all the same. */
	if (!r.has_control && begin_data(&r, e) < 0)
		return -1;
	take_conffiles(&r);
	return 0;
}
