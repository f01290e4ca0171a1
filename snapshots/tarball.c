/* SPDX-License-Identifier: MIT */
#include "snapshots/tarball.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/posixacl.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/tarnames.h"
#include "snapshots/tarseal.h"

enum {
	TAR_BLOCK = 512,
	CHUNK = 128 * 1024,
	MEMBER_MAX = 1 << 30,
};

struct tarball {
	int dirfd, fd;
	char *name, *temp;
	enum tarball_format format;
	struct archive *archive;
	struct archive_entry *entry;
	struct digest *digest;
	uint64_t written;
	struct err e;		/* of the write callback */
	locale_t utf8;
};

/*
 * The library takes names for text in the locale's encoding and pax headers for
 * UTF-8. In a UTF-8 locale nothing is converted, and names that are no UTF-8
 * stay the bytes they are, whatever locale the user has.
 */
static locale_t
utf8_new(const char *where, struct err *e)
{
	locale_t base = duplocale(LC_GLOBAL_LOCALE), l;

	l = newlocale(LC_CTYPE_MASK, "C.UTF-8", base);
	if (l != (locale_t)0)
		return l;
	err_set(e, ERR_SYSTEM, where,
	    _("the locale C.UTF-8 is missing [install glibc's locales]"));
	freelocale(base);
	return l;
}

static void
drop_utf8(locale_t *l)
{
	if (*l != (locale_t)0)
		freelocale(*l);
}

/* For CLEANUP: the locale that was in use before. */
static void
restore_locale(locale_t *was)
{
	uselocale(*was);
}

static const mode_t file_type[ENTRY_KINDS] = {
	[ENTRY_FILE] = AE_IFREG,
	[ENTRY_DIR] = AE_IFDIR,
	[ENTRY_SYMLINK] = AE_IFLNK,
	[ENTRY_FIFO] = AE_IFIFO,
	[ENTRY_BLOCK] = AE_IFBLK,
	[ENTRY_CHAR] = AE_IFCHR,
};

/* The library's own words, which may be missing. */
static const char *
reason(struct archive *a)
{
	const char *s = archive_error_string(a);

	return s != NULL ? s : _("no reason given");
}

static int
put_bytes(struct tarball *t, const void *bytes, size_t len)
{
	if (file_write_fd(t->fd, t->name, bytes, len, &t->e) < 0)
		return -1;
	digest_add(t->digest, bytes, len);
	t->written += len;
	return 0;
}

/*
 * Never fails in the library's eyes: it leaks what it holds after a failure.
 * Each call that may have come here looks at t->e.
 */
static la_ssize_t
on_write(struct archive *a, void *ctx, const void *bytes, size_t len)
{
	struct tarball *t = ctx;

	(void)a;
	if (t->e.kind == ERR_NONE)
		put_bytes(t, bytes, len);
	return (la_ssize_t)len;
}

/* The kernel's reason where there is one, which names the real trouble. */
static int
fail_write(struct tarball *t, struct err *e)
{
	if (t->e.kind != ERR_NONE && e->kind == ERR_NONE)
		*e = t->e;
	return err_set(e, ERR_SYSTEM, t->name, _("cannot write the archive: "
	    "%s"), reason(t->archive));
}

static int
set_format(struct archive *a, enum tarball_format format)
{
	/* Padding is ours: zstd needs none. */
	if (archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK)
		return -1;
	if (format == TARBALL_GNU_PLAIN)
		return archive_write_set_format_gnutar(a);
	if (archive_write_set_format_pax(a) != ARCHIVE_OK ||
	    /* The header that GNU tar knows. */
	    archive_write_set_format_option(a, "pax", "xattrheader",
	    "SCHILY") != ARCHIVE_OK ||
	    /*
	     * Names are bytes. Without this they are taken for UTF-8, and a
	     * reader composes their accents: two names become one.
	     */
	    archive_write_set_format_option(a, "pax", "hdrcharset",
	    "BINARY") != ARCHIVE_OK ||
	    archive_write_add_filter_zstd(a) != ARCHIVE_OK ||
	    archive_write_set_filter_option(a, "zstd", "compression-level",
	    "1") != ARCHIVE_OK)
		return -1;
	return ARCHIVE_OK;
}

struct tarball *
tarball_create(int dirfd, const char *name, enum tarball_format format,
    struct err *e)
{
	CLEANUP(drop_tarball) struct tarball *t = xcalloc(1, sizeof(*t));

	t->dirfd = dirfd;
	t->name = xstrdup(name);
	t->temp = xasprintf("%s.tmp", name);
	t->format = format;
	t->digest = digest_new();
	digest_sha256_start(t->digest);
	t->archive = archive_write_new();
	t->entry = archive_entry_new();
	t->fd = openat(dirfd, t->temp,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (t->fd < 0) {
		err_sys(e, name, _("cannot create"));
		return NULL;
	}
	t->utf8 = utf8_new(name, e);
	if (t->utf8 == (locale_t)0)
		return NULL;
	if (t->archive == NULL || t->entry == NULL) {
		err_set(e, ERR_SYSTEM, name, _("out of memory"));
		return NULL;
	}
	if (set_format(t->archive, format) != ARCHIVE_OK ||
	    archive_write_open(t->archive, t, NULL, on_write,
	    NULL) != ARCHIVE_OK) {
		fail_write(t, e);
		return NULL;
	}
	return STEAL(t);
}

/* "/etc/fstab" -> "etc/fstab"; the root itself is ".". */
static const char *
member_name(const char *path)
{
	return path[1] != '\0' ? path + 1 : ".";
}

static void
set_plain(struct archive_entry *ae, const struct entry *en, size_t len)
{
	archive_entry_copy_pathname(ae, member_name(en->path));
	archive_entry_set_filetype(ae, file_type[en->kind]);
	archive_entry_set_perm(ae, (mode_t)en->mode);
	archive_entry_set_uid(ae, en->uid);
	archive_entry_set_gid(ae, en->gid);
	if (en->user != NULL)
		archive_entry_copy_uname(ae, en->user);
	if (en->group != NULL)
		archive_entry_copy_gname(ae, en->group);
	archive_entry_set_mtime(ae, en->mtime.tv_sec, en->mtime.tv_nsec);
	archive_entry_set_size(ae, 0);
	if (en->hardlink != NULL)
		archive_entry_copy_hardlink(ae, member_name(en->hardlink));
	else if (en->kind == ENTRY_FILE)
		archive_entry_set_size(ae, (la_int64_t)len);
	if (en->kind == ENTRY_SYMLINK)
		archive_entry_copy_symlink(ae, en->target);
	if (en->kind == ENTRY_BLOCK || en->kind == ENTRY_CHAR) {
		archive_entry_set_rdevmajor(ae, en->major);
		archive_entry_set_rdevminor(ae, en->minor);
	}
}

/*
 * The member's mode then has the owning group's own bits, not the mask, so
 * that a tar without ACLs gives the group no more than it had.
 */
static int
set_acl(struct archive_entry *ae, const char *text, int type)
{
	if (text == NULL)
		return ARCHIVE_OK;
	return archive_entry_acl_from_text(ae, text, type);
}

/* The library drops flags it has no word for. */
static bool
flags_are_lost(struct archive_entry *ae, unsigned long flags)
{
	struct archive_entry *copy;
	unsigned long set = 0, clear = 0;
	const char *text;

	if (flags == 0)
		return false;
	archive_entry_set_fflags(ae, flags, 0);
	text = archive_entry_fflags_text(ae);
	copy = archive_entry_new();
	if (copy != NULL && text != NULL)
		archive_entry_copy_fflags_text(copy, text);
	if (copy != NULL)
		archive_entry_fflags(copy, &set, &clear);
	archive_entry_free(copy);
	return set != flags;
}

static bool
is_utf8(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_utf8(s + at, len - at, &(uint32_t){ 0 });
		if (n == 0)
			return false;
	}
	return true;
}

/*
 * A warning means that something of the entry was left out, but for the one
 * that a name is no UTF-8: it was written as it is, and marked as binary.
 */
static int
put_header(struct tarball *t, const struct entry *en)
{
	int rc = archive_write_header(t->archive, t->entry);

	if (rc == ARCHIVE_WARN && (!is_utf8(en->path) ||
	    !is_utf8(en->target) || !is_utf8(en->hardlink) ||
	    !is_utf8(en->user) || !is_utf8(en->group)))
		return 0;
	return rc == ARCHIVE_OK ? 0 : -1;
}

int
tarball_add(struct tarball *t, const struct entry *en, const void *bytes,
    size_t len, struct err *e)
{
	bool is_file = en->kind == ENTRY_FILE && en->hardlink == NULL;
	int held = TARBALL_WHOLE;
	CLEANUP(restore_locale) locale_t was = uselocale(t->utf8);

	(void)was;
	if (en->kind == ENTRY_SOCKET)
		return TARBALL_SKIPPED;
	archive_entry_clear(t->entry);
	set_plain(t->entry, en, len);
	if (set_acl(t->entry, en->acl, ARCHIVE_ENTRY_ACL_TYPE_ACCESS) !=
	    ARCHIVE_OK || set_acl(t->entry, en->default_acl,
	    ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) != ARCHIVE_OK)
		return err_set(e, ERR_INPUT, en->path,
		    _("an ACL that no archive can hold: '%s'"),
		    en->acl != NULL ? en->acl : en->default_acl);
	for (uint32_t i = 0; i < en->n_xattrs; i++)
		archive_entry_xattr_add_entry(t->entry, en->xattrs[i].name,
		    en->xattrs[i].value, en->xattrs[i].len);
	if (t->format == TARBALL_PAX_ZSTD &&
	    flags_are_lost(t->entry, en->flags))
		held = TARBALL_PARTLY;
	if (put_header(t, en) < 0)
		return fail_write(t, e);
	if (is_file && len > 0 &&
	    archive_write_data(t->archive, bytes, len) != (la_ssize_t)len)
		return fail_write(t, e);
	if (t->e.kind != ERR_NONE)
		return fail_write(t, e);
	return held;
}

/* Appends the checksum, in plain archives so that a whole block comes out. */
static int
put_seal(struct tarball *t)
{
	unsigned char seal[TARSEAL_LEN];
	static const char zero[TAR_BLOCK];
	size_t over = (t->written + TARSEAL_LEN) % TAR_BLOCK;

	if (t->format == TARBALL_GNU_PLAIN && over > 0 &&
	    put_bytes(t, zero, TAR_BLOCK - over) < 0)
		return -1;
	tarseal_make(t->digest, seal);
	return file_write_fd(t->fd, t->name, seal, sizeof(seal), &t->e);
}

int
tarball_finish(struct tarball *t, struct err *e)
{
	CLEANUP(drop_tarball) struct tarball *own = t;

	if (archive_write_close(own->archive) != ARCHIVE_OK ||
	    own->e.kind != ERR_NONE || put_seal(own) < 0)
		return fail_write(own, e);
	if (fsync(own->fd) < 0)
		return err_sys(e, own->name, _("cannot sync"));
	if (renameat(own->dirfd, own->temp, own->dirfd, own->name) < 0)
		return err_sys(e, own->name, _("cannot rename into place"));
	free(STEAL(own->temp));
	return file_sync_dir(own->dirfd, own->name, e);
}

void
tarball_abandon(struct tarball *t)
{
	if (t == NULL)
		return;
	/* Freeing an open archive finishes it: that goes nowhere. */
	if (t->e.kind == ERR_NONE)
		t->e.kind = ERR_SYSTEM;
	archive_write_free(t->archive);
	archive_entry_free(t->entry);
	digest_free(t->digest);
	drop_utf8(&t->utf8);
	drop_fd(&t->fd);
	if (t->temp != NULL && t->fd >= 0)
		unlinkat(t->dirfd, t->temp, 0);
	free(t->temp);
	free(t->name);
	free(t);
}

void
drop_tarball(struct tarball **t)
{
	tarball_abandon(*t);
}

struct reading {
	const char *where;
	struct archive *archive;
	struct digest *digest;
	struct tarnames names;
	struct arena arena;	/* of the member at hand */
	struct buf bytes;
	bool foreign;		/* names need not be relative */
};

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
take_name(struct reading *r, struct archive_entry *ae, struct entry *out,
    struct err *e)
{
	const char *name = plain_name(r, archive_entry_pathname(ae));
	const char *link = plain_name(r, archive_entry_hardlink(ae)), *wrong;

	if (name == NULL)
		return err_set(e, ERR_INPUT, r->where,
		    _("refused: a member whose name cannot be read"));
	out->path = tarnames_path(&r->arena, name);
	if (out->path == NULL)
		return refuse(r, name, _("has a name that leads elsewhere"),
		    e);
	if (link != NULL && take_link(r, name, link, out, e) < 0)
		return -1;
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

static const char *
take_text(struct reading *r, const char *s)
{
	return s != NULL && s[0] != '\0' ? arena_strdup(&r->arena, s) : NULL;
}

static int
take_acl(struct reading *r, struct archive_entry *ae, int type,
    const char **out, const char *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_free) char *text = NULL;

	if (archive_entry_acl_count(ae, type) == 0)
		return 0;
	text = archive_entry_acl_to_text(ae, NULL, type |
	    ARCHIVE_ENTRY_ACL_STYLE_SEPARATOR_COMMA);
	if (text == NULL || posixacl_normal(text, &b) < 0)
		return refuse(r, name, _("has an ACL that is none"), e);
	*out = arena_strdup(&r->arena, buf_str(&b));
	return 0;
}

/* The mask is what stat(2) shows in the place of the group's own bits. */
static void
take_mask(struct archive_entry *ae, struct entry *out)
{
	int type, perm, tag, id;
	const char *name;

	archive_entry_acl_reset(ae, ARCHIVE_ENTRY_ACL_TYPE_ACCESS);
	while (archive_entry_acl_next(ae, ARCHIVE_ENTRY_ACL_TYPE_ACCESS,
	    &type, &perm, &tag, &id, &name) == ARCHIVE_OK) {
		if (tag == ARCHIVE_ENTRY_ACL_MASK)
			out->mode = (out->mode & ~070u) |
			    ((unsigned)perm & 7) << 3;
	}
}

static int
xattr_cmp(const void *a, const void *b)
{
	return strcmp(((const struct xattr *)a)->name,
	    ((const struct xattr *)b)->name);
}

/* Names go in with % and a few others as %XX, as tar(1) does with '='. */
static const char *
xattr_name(struct reading *r, const char *name)
{
	char *out = arena_strdup(&r->arena, name), *to = out, byte;

	for (; *name != '\0'; name++) {
		char hex[3] = "";

		if (name[0] == '%' && name[1] != '\0') {
			hex[0] = (char)tolower((unsigned char)name[1]);
			hex[1] = (char)tolower((unsigned char)name[2]);
		}
		if (hex[0] == '\0' || text_unhex(hex, &byte, 1) < 0 ||
		    byte == '\0') {
			*to++ = *name;
			continue;
		}
		*to++ = byte;
		name += 2;
	}
	*to = '\0';
	return out;
}

static void
take_xattrs(struct reading *r, struct archive_entry *ae, struct entry *out)
{
	int n = archive_entry_xattr_reset(ae);
	struct xattr *x;
	const void *value;
	const char *name;
	size_t len;

	if (n <= 0)
		return;
	x = arena_alloc(&r->arena, (size_t)n * sizeof(*x));
	while (out->n_xattrs < (uint32_t)n &&
	    archive_entry_xattr_next(ae, &name, &value, &len) == ARCHIVE_OK)
		x[out->n_xattrs++] = (struct xattr){
			xattr_name(r, name),
			arena_memdup(&r->arena, value, len), (uint32_t)len };
	qsort(x, out->n_xattrs, sizeof(*x), xattr_cmp);
	out->xattrs = x;
}

static int
take_kind(struct reading *r, struct archive_entry *ae, struct entry *out,
    struct err *e)
{
	const char *name = archive_entry_pathname(ae);
	mode_t type = archive_entry_filetype(ae);

	if (archive_entry_hardlink(ae) != NULL)
		return 0;
	for (int k = 0; k < ENTRY_KINDS; k++) {
		if (k != ENTRY_SOCKET && file_type[k] == type) {
			out->kind = (enum entry_kind)k;
			return 0;
		}
	}
	return refuse(r, name != NULL ? name : "?", _("is of a type unknown "
	    "to driftctl"), e);
}

static int
take_metadata(struct reading *r, struct archive_entry *ae, struct entry *out,
    struct err *e)
{
	const char *name = out->path + 1;
	unsigned long set, clear;

	out->mode = (uint32_t)archive_entry_perm(ae);
	out->uid = (uint32_t)archive_entry_uid(ae);
	out->gid = (uint32_t)archive_entry_gid(ae);
	out->user = take_text(r, archive_entry_uname(ae));
	out->group = take_text(r, archive_entry_gname(ae));
	out->mtime.tv_sec = archive_entry_mtime(ae);
	out->mtime.tv_nsec = archive_entry_mtime_nsec(ae);
	if (out->kind == ENTRY_BLOCK || out->kind == ENTRY_CHAR) {
		out->major = (uint32_t)archive_entry_rdevmajor(ae);
		out->minor = (uint32_t)archive_entry_rdevminor(ae);
	}
	if (out->kind == ENTRY_SYMLINK) {
		out->target = take_text(r, archive_entry_symlink(ae));
		if (out->target == NULL)
			return refuse(r, name, _("is a symlink to nothing"),
			    e);
	}
	archive_entry_fflags(ae, &set, &clear);
	out->flags = (uint32_t)set;
	take_xattrs(r, ae, out);
	if (take_acl(r, ae, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, &out->acl, name,
	    e) < 0 || take_acl(r, ae, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT,
	    &out->default_acl, name, e) < 0)
		return -1;
	take_mask(ae, out);
	return 0;
}

static int
fail_read(struct reading *r, struct err *e)
{
	return err_set(e, ERR_INPUT, r->where, _("damaged, or no tar archive: "
	    "%s"), reason(r->archive));
}

static int
take_content(struct reading *r, struct entry *out, struct err *e)
{
	buf_reset(&r->bytes);
	for (;;) {
		la_ssize_t n = archive_read_data(r->archive,
		    buf_reserve(&r->bytes, CHUNK), CHUNK);

		if (n < 0)
			return fail_read(r, e);
		if (n == 0)
			break;
		r->bytes.len += (size_t)n;
		if (r->bytes.len > MEMBER_MAX)
			return refuse(r, out->path + 1,
			    _("is larger than 1 GiB"), e);
	}
	buf_reserve(&r->bytes, 0)[0] = '\0';
	out->size = r->bytes.len;
	digest_object(r->digest, "blob", r->bytes.bytes, r->bytes.len,
	    &out->oid);
	return 0;
}

static int
read_member(struct reading *r, struct archive_entry *ae, tarball_each *each,
    void *ctx, struct err *e)
{
	struct entry en = { .content = CONTENT_STORED };
	bool has_bytes;

	arena_done(&r->arena);
	if (take_kind(r, ae, &en, e) < 0 || take_name(r, ae, &en, e) < 0 ||
	    take_metadata(r, ae, &en, e) < 0)
		return -1;
	has_bytes = en.kind == ENTRY_FILE && en.hardlink == NULL;
	if (has_bytes && take_content(r, &en, e) < 0)
		return -1;
	if (has_bytes)
		tarnames_set_file(&r->names, en.path,
		    &(struct tarnames_file){ en.size, en.oid });
	if (!has_bytes)
		return each(ctx, &en, NULL, 0, e);
	return each(ctx, &en, buf_str(&r->bytes), r->bytes.len, e);
}

/* Of another's archive: one that is not wanted is only looked at by name. */
static int
read_foreign(struct reading *r, struct archive_entry *ae, bool warned,
    const struct tarball_wanted *w, struct err *e)
{
	struct entry en = { .content = CONTENT_STORED };
	struct err unknown = { 0 };
	bool has_bytes;

	arena_done(&r->arena);
	if (take_kind(r, ae, &en, &unknown) < 0)
		en.kind = ENTRY_SOCKET;
	if (take_name(r, ae, &en, e) < 0)
		return -1;
	if (!w->wants(w->ctx, en.path, en.kind))
		return 0;
	if (unknown.kind != ERR_NONE) {
		*e = unknown;
		return -1;
	}
	if (warned)
		return fail_read(r, e);
	if (take_metadata(r, ae, &en, e) < 0)
		return -1;
	has_bytes = en.kind == ENTRY_FILE && en.hardlink == NULL;
	if (!has_bytes)
		return w->each(w->ctx, &en, NULL, 0, e);
	if (take_content(r, &en, e) < 0)
		return -1;
	tarnames_set_file(&r->names, en.path,
	    &(struct tarnames_file){ en.size, en.oid });
	return w->each(w->ctx, &en, buf_str(&r->bytes), r->bytes.len, e);
}

/* Those that the library knows itself: other programs are not started. */
static int (*const filters[])(struct archive *) = {
	archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
	archive_read_support_filter_xz, archive_read_support_filter_lzma,
	archive_read_support_filter_zstd, archive_read_support_filter_lz4,
	archive_read_support_filter_lzip,
	archive_read_support_filter_compress,
};

static int
read_foreigners(struct reading *r, const struct tarseal_source *s,
    const struct tarball_wanted *w, struct err *e)
{
	struct archive_entry *ae;
	int rc;

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		filters[i](r->archive);
	if (archive_read_support_format_tar(r->archive) != ARCHIVE_OK ||
	    (s->fd >= 0 ? archive_read_open_fd(r->archive, s->fd, CHUNK) :
	    archive_read_open_memory(r->archive, s->bytes, s->len)) !=
	    ARCHIVE_OK)
		return fail_read(r, e);
	while ((rc = archive_read_next_header(r->archive, &ae)) ==
	    ARCHIVE_OK || rc == ARCHIVE_WARN) {
		rc = read_foreign(r, ae, rc == ARCHIVE_WARN, w, e);
		if (rc != 0)
			return rc;
	}
	return rc == ARCHIVE_EOF ? 0 : fail_read(r, e);
}

static int
read_foreign_source(const struct tarseal_source *s,
    const struct tarball_wanted *w, struct err *e)
{
	struct reading r = { .where = s->where, .foreign = true };
	int rc;
	CLEANUP(drop_utf8) locale_t utf8 = utf8_new(s->where, e);
	if (utf8 == (locale_t)0)
		return -1;
	CLEANUP(restore_locale) locale_t was = uselocale(utf8);

	(void)was;
	r.archive = archive_read_new();
	if (r.archive == NULL)
		return err_set(e, ERR_SYSTEM, s->where, _("out of memory"));
	r.digest = digest_new();
	rc = read_foreigners(&r, s, w, e);
	archive_read_free(r.archive);
	digest_free(r.digest);
	tarnames_done(&r.names);
	arena_done(&r.arena);
	buf_done(&r.bytes);
	return rc;
}

int
tarball_read_foreign(int fd, const char *where,
    const struct tarball_wanted *w, struct err *e)
{
	const struct tarseal_source s = { .where = where, .fd = fd };

	return read_foreign_source(&s, w, e);
}

int
tarball_parse_foreign(const char *where, const void *bytes, size_t len,
    const struct tarball_wanted *w, struct err *e)
{
	const struct tarseal_source s = { where, -1, bytes, len };

	return read_foreign_source(&s, w, e);
}

static int
read_members(struct reading *r, const struct tarseal_source *s,
    tarball_each *each, void *ctx, struct err *e)
{
	struct archive_entry *ae;
	int rc;

	if (archive_read_support_filter_zstd(r->archive) != ARCHIVE_OK ||
	    archive_read_support_format_tar(r->archive) != ARCHIVE_OK)
		return fail_read(r, e);
	if ((s->fd >= 0 ? archive_read_open_fd(r->archive, s->fd, CHUNK) :
	    archive_read_open_memory(r->archive, s->bytes, s->len)) !=
	    ARCHIVE_OK)
		return fail_read(r, e);
	while ((rc = archive_read_next_header(r->archive, &ae)) ==
	    ARCHIVE_OK) {
		rc = read_member(r, ae, each, ctx, e);
		if (rc != 0)
			return rc;
	}
	/* A warning means that something of the member was lost. */
	return rc == ARCHIVE_EOF ? 0 : fail_read(r, e);
}

static int
read_source(const struct tarseal_source *s, tarball_each *each, void *ctx,
    struct err *e)
{
	struct reading r = { .where = s->where };
	int is_sealed = tarseal_check(s, e), rc;
	CLEANUP(drop_utf8) locale_t utf8 = utf8_new(s->where, e);
	if (is_sealed < 0 || utf8 == (locale_t)0)
		return -1;
	CLEANUP(restore_locale) locale_t was = uselocale(utf8);

	(void)was;
	r.archive = archive_read_new();
	if (r.archive == NULL)
		return err_set(e, ERR_SYSTEM, s->where, _("out of memory"));
	r.digest = digest_new();
	rc = read_members(&r, s, each, ctx, e);
	archive_read_free(r.archive);
	digest_free(r.digest);
	tarnames_done(&r.names);
	arena_done(&r.arena);
	buf_done(&r.bytes);
	if (rc == 0 && !is_sealed)
		return err_set(e, ERR_INPUT, s->where, _("its checksum is "
		    "missing: cut short, or not written by driftctl [unpack "
		    "it by hand with tar]"));
	return rc;
}

int
tarball_read(int dirfd, const char *name, tarball_each *each, void *ctx,
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
tarball_parse(const char *where, const void *bytes, size_t len,
    tarball_each *each, void *ctx, struct err *e)
{
	struct tarseal_source s = { where, -1, bytes, len };

	return read_source(&s, each, ctx, e);
}
