/* SPDX-License-Identifier: MIT */
#include "base/archiver.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/posixacl.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/utf8locale.h"

enum { CHUNK = 128 * 1024 };

static const mode_t file_type[ENTRY_KINDS] = {
	[ENTRY_FILE] = AE_IFREG,
	[ENTRY_DIR] = AE_IFDIR,
	[ENTRY_SYMLINK] = AE_IFLNK,
	[ENTRY_FIFO] = AE_IFIFO,
	[ENTRY_SOCKET] = AE_IFSOCK,
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

struct archiver_reader {
	struct archiver_source from;
	struct archive *archive;
	struct archive_entry *entry;	/* the library's, of the member */
	locale_t utf8;
	char chunk[CHUNK];		/* of the outer archive's member */
};

int
archiver_damaged(struct archiver_reader *r, struct err *e)
{
	return err_set(e, ERR_INPUT, r->from.where, r->from.damaged,
	    reason(r->archive));
}

static la_ssize_t
read_outer(struct archive *a, void *ctx, const void **out)
{
	struct archiver_reader *r = ctx;
	struct archive *outer = r->from.outer->archive;
	la_ssize_t n = archive_read_data(outer, r->chunk, CHUNK);

	*out = r->chunk;
	if (n < 0)
		archive_set_error(a, EIO, "%s", reason(outer));
	return n;
}

/* Those that the library knows itself: it would start lrzip(1) and others for
 * whoever writes their magic number into an archive. */
static int (*const filters[][9])(struct archive *) = {
	[ARCHIVER_ZSTD] = { archive_read_support_filter_zstd },
	[ARCHIVER_BUILT_IN] = { archive_read_support_filter_gzip,
	    archive_read_support_filter_bzip2, archive_read_support_filter_xz,
	    archive_read_support_filter_lzma, archive_read_support_filter_zstd,
	    archive_read_support_filter_lz4, archive_read_support_filter_lzip,
	    archive_read_support_filter_compress },
	[ARCHIVER_PACKAGED] = { archive_read_support_filter_gzip,
	    archive_read_support_filter_bzip2, archive_read_support_filter_xz,
	    archive_read_support_filter_lzma, archive_read_support_filter_zstd,
	    archive_read_support_filter_rpm },
};

static int (*const formats[])(struct archive *) = {
	[ARCHIVER_TAR] = archive_read_support_format_tar,
	[ARCHIVER_CPIO] = archive_read_support_format_cpio,
	[ARCHIVER_AR] = archive_read_support_format_ar,
};

static int
open_source(struct archiver_reader *r)
{
	const struct archiver_source *from = &r->from;
	struct archive *a = r->archive;

	for (size_t i = 0; filters[from->filters][i] != NULL; i++)
		if (filters[from->filters][i](a) != ARCHIVE_OK &&
		    from->filters == ARCHIVER_ZSTD)
			return ARCHIVE_FATAL;
	if (formats[from->format](a) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	if (from->outer != NULL)
		return archive_read_open(a, r, NULL, read_outer, NULL);
	if (from->fd >= 0)
		return archive_read_open_fd(a, from->fd, CHUNK);
	return archive_read_open_memory(a, from->bytes, from->len);
}

struct archiver_reader *
archiver_open(const struct archiver_source *from, struct err *e)
{
	CLEANUP(drop_archiver_reader) struct archiver_reader *r =
	    xcalloc(1, sizeof(*r));

	r->from = *from;
	r->utf8 = utf8locale_new();
	UTF8LOCALE_HERE(r->utf8);

	if (r->utf8 == (locale_t)0 && !from->any_locale)
		utf8locale_missing(from->where, e);
	else if ((r->archive = archive_read_new()) == NULL)
		err_set(e, ERR_SYSTEM, from->where, _("out of memory"));
	else if (open_source(r) != ARCHIVE_OK)
		archiver_damaged(r, e);
	else
		return STEAL(r);
	return NULL;
}

void
drop_archiver_reader(struct archiver_reader **pr)
{
	struct archiver_reader *r = STEAL(*pr);

	if (r == NULL)
		return;
	archive_read_free(r->archive);
	utf8locale_free(r->utf8);
	free(r);
}

int
archiver_next(struct archiver_reader *r, struct archiver_member *out,
    struct err *e)
{
	mode_t type;
	int rc;
	UTF8LOCALE_HERE(r->utf8);

	rc = archive_read_next_header(r->archive, &r->entry);
	if (rc == ARCHIVE_EOF)
		return ARCHIVER_END;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return archiver_damaged(r, e);
	*out = (struct archiver_member){
		.name = archive_entry_pathname(r->entry),
		.link = archive_entry_hardlink(r->entry),
		.size = (uint64_t)archive_entry_size(r->entry),
	};
	type = archive_entry_filetype(r->entry);
	for (int k = 0; k < ENTRY_KINDS; k++) {
		if (file_type[k] == type) {
			out->is_known = true;
			out->kind = (enum entry_kind)k;
		}
	}
	return rc == ARCHIVE_OK ? ARCHIVER_MEMBER : ARCHIVER_WARNED;
}

static const char *
take_text(struct arena *a, const char *s)
{
	return s != NULL && s[0] != '\0' ? arena_strdup(a, s) : NULL;
}

void
archiver_facts(struct archiver_reader *r, struct arena *a, struct entry *out)
{
	struct archive_entry *ae = r->entry;
	UTF8LOCALE_HERE(r->utf8);

	out->mode = (uint32_t)archive_entry_perm(ae);
	out->uid = (uint32_t)archive_entry_uid(ae);
	out->gid = (uint32_t)archive_entry_gid(ae);
	out->user = take_text(a, archive_entry_uname(ae));
	out->group = take_text(a, archive_entry_gname(ae));
	out->mtime.tv_sec = archive_entry_mtime(ae);
	out->mtime.tv_nsec = archive_entry_mtime_nsec(ae);
	if (out->kind == ENTRY_BLOCK || out->kind == ENTRY_CHAR) {
		out->major = (uint32_t)archive_entry_rdevmajor(ae);
		out->minor = (uint32_t)archive_entry_rdevminor(ae);
	}
	if (out->kind == ENTRY_SYMLINK)
		out->target = take_text(a, archive_entry_symlink(ae));
}

static int
take_acl(struct archive_entry *ae, int type, struct arena *a, const char **out)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_free) char *text = NULL;

	if (archive_entry_acl_count(ae, type) == 0)
		return 0;
	text = archive_entry_acl_to_text(ae, NULL, type |
	    ARCHIVE_ENTRY_ACL_STYLE_SEPARATOR_COMMA);
	if (text == NULL || posixacl_normal(text, &b) < 0)
		return -1;
	*out = arena_strdup(a, buf_str(&b));
	return 0;
}

static int
xattr_cmp(const void *a, const void *b)
{
	return strcmp(((const struct xattr *)a)->name,
	    ((const struct xattr *)b)->name);
}

static void
take_xattrs(struct archive_entry *ae, struct arena *a, struct entry *out)
{
	int n = archive_entry_xattr_reset(ae);
	struct xattr *x;
	const void *value;
	const char *name;
	size_t len;

	if (n <= 0)
		return;
	x = arena_alloc(a, (size_t)n * sizeof(*x));
	while (out->n_xattrs < (uint32_t)n &&
	    archive_entry_xattr_next(ae, &name, &value, &len) == ARCHIVE_OK) {
		char *own = arena_strdup(a, name);

		/* The library writes % and a few others as %XX. */
		text_unpercent(own);
		x[out->n_xattrs++] = (struct xattr){ own,
			arena_memdup(a, value, len), (uint32_t)len };
	}
	qsort(x, out->n_xattrs, sizeof(*x), xattr_cmp);
	out->xattrs = x;
}

int
archiver_extras(struct archiver_reader *r, struct arena *a, struct entry *out)
{
	struct archive_entry *ae = r->entry;
	unsigned long set, clear;
	int mask;
	UTF8LOCALE_HERE(r->utf8);

	archive_entry_fflags(ae, &set, &clear);
	out->flags = (uint32_t)set;
	take_xattrs(ae, a, out);
	if (take_acl(ae, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, a, &out->acl) < 0 ||
	    take_acl(ae, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, a,
	    &out->default_acl) < 0)
		return -1;
	/* The mask is what stat(2) shows in the place of the group's bits. */
	mask = out->acl != NULL ? posixacl_mask(out->acl) : -1;
	if (mask >= 0)
		out->mode = (out->mode & ~070u) | (unsigned)mask << 3;
	return 0;
}

int
archiver_bytes(struct archiver_reader *r, struct buf *out, size_t max,
    struct err *e)
{
	UTF8LOCALE_HERE(r->utf8);

	buf_reset(out);
	for (;;) {
		la_ssize_t n = archive_read_data(r->archive,
		    buf_reserve(out, CHUNK), CHUNK);

		if (n < 0)
			return archiver_damaged(r, e);
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len > max)
			return 1;
	}
	buf_reserve(out, 0)[0] = '\0';
	return 0;
}

struct archiver_writer {
	const char *where;
	enum archiver_output output;
	archiver_sink *sink;
	void *ctx;
	struct archive *archive;
	struct archive_entry *entry;
	struct err e;			/* of sink */
	locale_t utf8;
};

/*
 * Never fails in the library's eyes: it leaks what it holds after a failure.
 * Each call that may have come here looks at w->e.
 */
static la_ssize_t
on_write(struct archive *a, void *ctx, const void *bytes, size_t len)
{
	struct archiver_writer *w = ctx;

	(void)a;
	if (w->e.kind == ERR_NONE)
		w->sink(w->ctx, bytes, len, &w->e);
	return (la_ssize_t)len;
}

/* The kernel's reason where there is one, which names the real trouble. */
static int
fail_write(struct archiver_writer *w, struct err *e)
{
	if (w->e.kind != ERR_NONE && e->kind == ERR_NONE)
		*e = w->e;
	return err_set(e, ERR_SYSTEM, w->where, _("cannot write the archive: "
	    "%s"), reason(w->archive));
}

static int
set_output(struct archive *a, enum archiver_output output)
{
	/* Padding is ours: zstd needs none. */
	if (archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK)
		return -1;
	if (output == ARCHIVER_GNU_PLAIN)
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

struct archiver_writer *
archiver_create(const char *where, enum archiver_output output,
    archiver_sink *sink, void *ctx, struct err *e)
{
	struct archiver_writer *w = xcalloc(1, sizeof(*w));

	*w = (struct archiver_writer){ .where = where, .output = output,
		.sink = sink, .ctx = ctx, .archive = archive_write_new(),
		.entry = archive_entry_new(), .utf8 = utf8locale_new() };
	if (w->utf8 == (locale_t)0)
		utf8locale_missing(where, e);
	else if (w->archive == NULL || w->entry == NULL)
		err_set(e, ERR_SYSTEM, where, _("out of memory"));
	else if (set_output(w->archive, output) != ARCHIVE_OK ||
	    archive_write_open(w->archive, w, NULL, on_write,
	    NULL) != ARCHIVE_OK)
		fail_write(w, e);
	else
		return w;
	archiver_free(w);
	return NULL;
}

/* "/etc/fstab" -> "etc/fstab"; the root itself is ".". */
static const char *
member_name(const char *path)
{
	return path[1] != '\0' ? path + 1 : ".";
}

static void
set_facts(struct archive_entry *ae, const struct entry *en, size_t len)
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
	return text == NULL ? ARCHIVE_OK :
	    archive_entry_acl_from_text(ae, text, type);
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

/*
 * A warning means that something of the entry was left out, but for the one
 * that a name is no UTF-8: it was written as it is, and marked as binary.
 */
static int
put_header(struct archiver_writer *w, const struct entry *en)
{
	int rc = archive_write_header(w->archive, w->entry);

	if (rc == ARCHIVE_WARN && (!text_is_utf8(en->path) ||
	    !text_is_utf8(en->target) || !text_is_utf8(en->hardlink) ||
	    !text_is_utf8(en->user) || !text_is_utf8(en->group)))
		return 0;
	return rc == ARCHIVE_OK ? 0 : -1;
}

int
archiver_add(struct archiver_writer *w, const struct entry *en,
    const void *bytes, size_t len, struct err *e)
{
	bool is_file = en->kind == ENTRY_FILE && en->hardlink == NULL, lost;
	UTF8LOCALE_HERE(w->utf8);

	archive_entry_clear(w->entry);
	set_facts(w->entry, en, len);
	if (set_acl(w->entry, en->acl, ARCHIVE_ENTRY_ACL_TYPE_ACCESS) !=
	    ARCHIVE_OK || set_acl(w->entry, en->default_acl,
	    ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) != ARCHIVE_OK)
		return err_set(e, ERR_INPUT, en->path,
		    _("an ACL that no archive can hold: '%s'"),
		    en->acl != NULL ? en->acl : en->default_acl);
	for (uint32_t i = 0; i < en->n_xattrs; i++)
		archive_entry_xattr_add_entry(w->entry, en->xattrs[i].name,
		    en->xattrs[i].value, en->xattrs[i].len);
	lost = w->output == ARCHIVER_PAX_ZSTD &&
	    flags_are_lost(w->entry, en->flags);
	if (put_header(w, en) < 0 || (is_file && len > 0 &&
	    archive_write_data(w->archive, bytes, len) != (la_ssize_t)len) ||
	    w->e.kind != ERR_NONE)
		return fail_write(w, e);
	return lost ? 1 : 0;
}

int
archiver_finish(struct archiver_writer *w, struct err *e)
{
	return archive_write_close(w->archive) != ARCHIVE_OK ||
	    w->e.kind != ERR_NONE ? fail_write(w, e) : 0;
}

void
archiver_free(struct archiver_writer *w)
{
	if (w == NULL)
		return;
	/* Freeing an open archive finishes it: that goes nowhere. */
	if (w->e.kind == ERR_NONE)
		w->e.kind = ERR_SYSTEM;
	archive_write_free(w->archive);
	archive_entry_free(w->entry);
	utf8locale_free(w->utf8);
	free(w);
}
