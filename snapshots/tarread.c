/* SPDX-License-Identifier: MIT */
#include "snapshots/tarread.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/archiver.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/tarnames.h"
#include "snapshots/tarseal.h"

enum { MEMBER_MAX = 1 << 30 };

struct reading {
	const char *where;
	struct archiver_reader *archive;
	struct digest *digest;
	struct tarnames names;
	struct arena arena;	/* of the member at hand */
	struct buf bytes;
	bool foreign;		/* names need not be relative */
};

static void
drop_reading(struct reading *r)
{
	drop_archiver_reader(&r->archive);
	digest_free(r->digest);
	tarnames_done(&r->names);
	arena_done(&r->arena);
	buf_done(&r->bytes);
}

static int
begin(struct reading *r, const struct tarseal_source *s, struct err *e)
{
	const struct archiver_source from = {
		.where = s->where,
		.damaged = _("damaged, or no tar archive: %s"),
		.format = ARCHIVER_TAR,
		.filters = r->foreign ? ARCHIVER_BUILT_IN : ARCHIVER_ZSTD,
		.fd = s->fd, .bytes = s->bytes, .len = s->len,
	};

	r->where = s->where;
	r->digest = digest_new();
	r->archive = archiver_open(&from, e);
	return r->archive != NULL ? 0 : -1;
}

static int
refuse(struct reading *r, const char *name, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, r->where, r->foreign ?
	    _("refused: the member '%.200s' %s [unpack it into a folder, and "
	    "name that]") : _("refused: the member '%.200s' %s"), name, why);
}

/* Without the / or ./ that other programs put before names. */
static const char *
plain_name(const struct reading *r, const char *name)
{
	size_t n;

	if (!r->foreign || name == NULL)
		return name;
	while ((n = strspn(name, "/")) > 0 || text_starts(name, "./"))
		name += n > 0 ? n : 2;
	return name[0] != '\0' ? name : ".";
}

static int
take_link(struct reading *r, const char *name, const char *link,
    struct entry *out, struct err *e)
{
	const struct tarnames_file *f = NULL;

	out->kind = ENTRY_FILE;
	out->hardlink = tarnames_path(&r->arena, link);
	if (out->hardlink != NULL)
		f = tarnames_file(&r->names, out->hardlink);
	if (f == NULL)
		return refuse(r, name, _("is a link to what is no file "
		    "before it"), e);
	out->size = f->size;
	out->oid = f->oid;
	return 0;
}

static int
take_name(struct reading *r, const struct archiver_member *m,
    struct entry *out, struct err *e)
{
	const char *name = plain_name(r, m->name);
	const char *link = plain_name(r, m->link), *wrong;

	if (name == NULL)
		return err_set(e, ERR_INPUT, r->where,
		    _("refused: a member whose name cannot be read"));
	out->path = tarnames_path(&r->arena, name);
	if (out->path == NULL)
		return refuse(r, name, _("has a name that leads elsewhere"),
		    e);
	if (link != NULL && take_link(r, name, link, out, e) < 0)
		return -1;
	/* Ours name what was reached folder by folder, however deep. */
	if (r->foreign && strlen(out->path) >= PATH_MAX)
		return refuse(r, name,
		    _("has a longer name than a path can be"), e);
	wrong = tarnames_add(&r->names, out->path,
	    out->kind == ENTRY_FILE ? TARNAMES_FILE :
	    out->kind == ENTRY_DIR ? TARNAMES_FOLDER : TARNAMES_OTHER);
	if (wrong != NULL)
		return refuse(r, name, wrong, e);
	if (link != NULL)
		tarnames_set_file(&r->names, out->path,
		    &(struct tarnames_file){ out->size, out->oid });
	return 0;
}

/* tar knows no sockets. */
static int
take_kind(struct reading *r, const struct archiver_member *m,
    struct entry *out, struct err *e)
{
	if (m->link != NULL)
		return 0;
	out->kind = m->kind;
	if (m->is_known && m->kind != ENTRY_SOCKET)
		return 0;
	return refuse(r, m->name != NULL ? m->name : "?",
	    _("is of a type unknown to driftctl"), e);
}

static int
take_content(struct reading *r, struct entry *out, struct err *e)
{
	int n = archiver_bytes(r->archive, &r->bytes, MEMBER_MAX, e);

	if (n > 0)
		return refuse(r, out->path + 1, _("is larger than 1 GiB"), e);
	if (n < 0)
		return -1;
	out->size = r->bytes.len;
	digest_object(r->digest, "blob", r->bytes.bytes, r->bytes.len,
	    &out->oid);
	tarnames_set_file(&r->names, out->path,
	    &(struct tarnames_file){ out->size, out->oid });
	return 0;
}

/* All but its name and kind, which are in en, to each. */
static int
hand_out(struct reading *r, struct entry *en, tarread_each *each, void *ctx,
    struct err *e)
{
	archiver_facts(r->archive, &r->arena, en);
	if (en->kind == ENTRY_SYMLINK && en->target == NULL)
		return refuse(r, en->path + 1, _("is a symlink to nothing"),
		    e);
	if (archiver_extras(r->archive, &r->arena, en) < 0)
		return refuse(r, en->path + 1, _("has an ACL that is none"),
		    e);
	if (en->kind != ENTRY_FILE || en->hardlink != NULL)
		return each(ctx, en, NULL, 0, e);
	if (take_content(r, en, e) < 0)
		return -1;
	return each(ctx, en, buf_str(&r->bytes), r->bytes.len, e);
}

/* A warning means that something of the member was lost. */
static int
read_member(struct reading *r, const struct archiver_member *m, bool warned,
    tarread_each *each, void *ctx, struct err *e)
{
	struct entry en = { .content = CONTENT_STORED };

	arena_done(&r->arena);
	if (warned)
		return archiver_damaged(r->archive, e);
	if (take_kind(r, m, &en, e) < 0 || take_name(r, m, &en, e) < 0)
		return -1;
	return hand_out(r, &en, each, ctx, e);
}

/* Of another's archive: one that is not wanted is only looked at by name. */
static int
read_foreign(struct reading *r, const struct archiver_member *m, bool warned,
    const struct tarread_wanted *w, struct err *e)
{
	struct entry en = { .content = CONTENT_STORED };
	struct err unknown = { 0 };

	arena_done(&r->arena);
	if (take_kind(r, m, &en, &unknown) < 0)
		en.kind = ENTRY_SOCKET;
	if (take_name(r, m, &en, e) < 0)
		return -1;
	if (!w->wants(w->ctx, en.path, en.kind))
		return 0;
	if (unknown.kind != ERR_NONE) {
		*e = unknown;
		return -1;
	}
	if (warned)
		return archiver_damaged(r->archive, e);
	return hand_out(r, &en, w->each, w->ctx, e);
}

static int
read_foreign_source(const struct tarseal_source *s,
    const struct tarread_wanted *w, struct err *e)
{
	CLEANUP(drop_reading) struct reading r = { .foreign = true };
	struct archiver_member m;
	int n, rc;

	if (begin(&r, s, e) < 0)
		return -1;
	while ((n = archiver_next(r.archive, &m, e)) > 0) {
		rc = read_foreign(&r, &m, n == ARCHIVER_WARNED, w, e);
		if (rc != 0)
			return rc;
	}
	return n;
}

int
tarread_foreign(int fd, const char *where, const struct tarread_wanted *w,
    struct err *e)
{
	const struct tarseal_source s = { .where = where, .fd = fd };

	return read_foreign_source(&s, w, e);
}

int
tarread_parse_foreign(const char *where, const void *bytes, size_t len,
    const struct tarread_wanted *w, struct err *e)
{
	const struct tarseal_source s = { where, -1, bytes, len };

	return read_foreign_source(&s, w, e);
}

static int
read_source(const struct tarseal_source *s, tarread_each *each, void *ctx,
    struct err *e)
{
	CLEANUP(drop_reading) struct reading r = { 0 };
	struct archiver_member m;
	int is_sealed = tarseal_check(s, e), n, rc;

	if (is_sealed < 0 || begin(&r, s, e) < 0)
		return -1;
	while ((n = archiver_next(r.archive, &m, e)) > 0) {
		rc = read_member(&r, &m, n == ARCHIVER_WARNED, each, ctx, e);
		if (rc != 0)
			return rc;
	}
	if (n == 0 && !is_sealed)
		return err_set(e, ERR_INPUT, s->where, _("its checksum is "
		    "missing: cut short, or not written by driftctl [unpack "
		    "it by hand with tar]"));
	return n;
}

int
tarread_file(int dirfd, const char *name, tarread_each *each, void *ctx,
    struct err *e)
{
	struct tarseal_source s = { .where = name };
	struct stat st;
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, name, _("cannot open"));
	if (fstat(fd, &st) < 0)
		return err_sys(e, name, _("cannot look at it"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, name, _("is no file"));
	s.fd = fd;
	s.len = (uint64_t)st.st_size;
	return read_source(&s, each, ctx, e);
}

int
tarread_parse(const char *where, const void *bytes, size_t len,
    tarread_each *each, void *ctx, struct err *e)
{
	const struct tarseal_source s = { where, -1, bytes, len };

	return read_source(&s, each, ctx, e);
}
