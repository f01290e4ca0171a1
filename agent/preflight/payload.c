/* SPDX-License-Identifier: MIT */
#include "agent/preflight/payload.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	CHUNK = 128 * 1024,
	MEMBERS_MAX = 2000000,
	FILE_MAX = 256 << 20,
};

static void
drop_archive(struct archive **a)
{
	if (*a != NULL)
		archive_read_free(*a);
}

/* Names are bytes: in a UTF-8 locale the library leaves them as they are. */
static locale_t
utf8_new(void)
{
	locale_t base = duplocale(LC_GLOBAL_LOCALE);
	locale_t l = newlocale(LC_CTYPE_MASK, "C.UTF-8", base);

	return l != (locale_t)0 ? l : base;
}

static void
leave_utf8(locale_t *was)
{
	locale_t now = uselocale(*was);

	if (now != LC_GLOBAL_LOCALE)
		freelocale(now);
}

static int
damaged(struct archive *a, const char *name, struct err *e)
{
	const char *why = a != NULL ? archive_error_string(a) : NULL;

	return err_set(e, ERR_INPUT, name, _("cannot be read as a package: "
	    "%s [download it anew]"), why != NULL ? why :
	    _("no reason given"));
}

/* "./etc/x", "etc/x/", "/etc/x" -> "/etc/x"; false where it leads elsewhere. */
static bool
absolute(struct buf *out, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, "/");

		if (n == 2 && name[0] == '.' && name[1] == '.')
			return false;
		if (n > 0 && !(n == 1 && name[0] == '.')) {
			buf_addc(out, '/');
			buf_add(out, name, n);
		}
		name += n;
		name += strspn(name, "/");
	}
	if (out->len == 0)
		buf_addc(out, '/');
	return true;
}

/* What is read from, while one archive is walked. */
struct unpacking {
	struct archive *archive;
	const char *name;
	const struct payload *to;
	struct buf bytes;
	struct arena arena;	/* of one member */
};

static int
take_bytes(struct unpacking *w, struct err *e)
{
	buf_reset(&w->bytes);
	for (;;) {
		la_ssize_t n = archive_read_data(w->archive,
		    buf_reserve(&w->bytes, CHUNK), CHUNK);

		if (n < 0)
			return damaged(w->archive, w->name, e);
		if (n == 0)
			break;
		w->bytes.len += (size_t)n;
		if (w->bytes.len > FILE_MAX)
			return err_set(e, ERR_INPUT, w->name,
			    _("a file in this package is too large"));
	}
	buf_reserve(&w->bytes, 1)[0] = '\0';
	return 0;
}

static int
take_kind(struct archive_entry *ae, enum entry_kind *out)
{
	static const struct {
		mode_t type;
		enum entry_kind kind;
	} table[] = {
		{ AE_IFREG, ENTRY_FILE }, { AE_IFDIR, ENTRY_DIR },
		{ AE_IFLNK, ENTRY_SYMLINK }, { AE_IFIFO, ENTRY_FIFO },
		{ AE_IFBLK, ENTRY_BLOCK }, { AE_IFCHR, ENTRY_CHAR },
		{ AE_IFSOCK, ENTRY_SOCKET },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (archive_entry_filetype(ae) == table[i].type) {
			*out = table[i].kind;
			return 0;
		}
	}
	/* A hard link of a tar archive has no type of its own. */
	*out = ENTRY_FILE;
	return archive_entry_hardlink(ae) != NULL ? 0 : -1;
}

static const char *
path_of(struct unpacking *w, const char *name)
{
	CLEANUP(drop_buf) struct buf path = { 0 };

	/* No package manager could put a longer one anywhere. */
	return name != NULL && strnlen(name, PATH_MAX) < PATH_MAX &&
	    absolute(&path, name) ?
	    arena_strdup(&w->arena, buf_str(&path)) : NULL;
}

static const char *
text_of(struct unpacking *w, const char *s)
{
	return s != NULL && s[0] != '\0' ? arena_strdup(&w->arena, s) : NULL;
}

static int
take_member(struct unpacking *w, struct archive_entry *ae, struct err *e)
{
	const char *name = archive_entry_pathname(ae);
	const char *link = archive_entry_hardlink(ae);
	struct entry en = { .content = CONTENT_STORED };
	bool wants;

	en.path = path_of(w, name);
	if (en.path == NULL || take_kind(ae, &en.kind) < 0)
		return err_set(e, ERR_INPUT, w->name, _("has a file with a "
		    "name or type that no package has: %.100s"),
		    name != NULL ? name : "?");
	en.hardlink = link != NULL ? path_of(w, link) : NULL;
	en.mode = (uint32_t)archive_entry_perm(ae);
	en.uid = (uint32_t)archive_entry_uid(ae);
	en.gid = (uint32_t)archive_entry_gid(ae);
	en.user = text_of(w, archive_entry_uname(ae));
	en.group = text_of(w, archive_entry_gname(ae));
	en.size = en.kind == ENTRY_FILE ? (uint64_t)archive_entry_size(ae) : 0;
	en.mtime.tv_sec = archive_entry_mtime(ae);
	if (en.kind == ENTRY_SYMLINK)
		en.target = text_of(w, archive_entry_symlink(ae));
	wants = en.kind == ENTRY_FILE && w->to->wants(w->to->ctx, &en);
	if (wants && take_bytes(w, e) < 0)
		return -1;
	return w->to->member(w->to->ctx, &en, wants ? buf_str(&w->bytes) :
	    NULL, wants ? w->bytes.len : 0, e);
}

static int
walk_members(struct archive *a, const char *name, const struct payload *to,
    struct err *e)
{
	struct unpacking w = { .archive = a, .name = name, .to = to };
	struct archive_entry *ae;
	size_t members = 0;
	int rc, n = 0;

	while (n == 0 && (rc = archive_read_next_header(a, &ae)) !=
	    ARCHIVE_EOF) {
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			n = damaged(a, name, e);
		else if (++members > MEMBERS_MAX)
			n = err_set(e, ERR_INPUT, name,
			    _("has too many files"));
		else
			n = take_member(&w, ae, e);
		arena_done(&w.arena);
	}
	buf_done(&w.bytes);
	return n;
}

/* Those that the library knows itself: it would start lrzip(1) and others for
 * whoever writes their magic number into a package. */
static int (*const filters[])(struct archive *) = {
	archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
	archive_read_support_filter_xz, archive_read_support_filter_lzma,
	archive_read_support_filter_zstd, archive_read_support_filter_rpm,
};

static int
open_filters(struct archive *a)
{
	if (a == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		filters[i](a);
	return 0;
}

int
payload_rpm(int fd, const char *name, const struct payload *to, struct err *e)
{
	CLEANUP(drop_archive) struct archive *a = archive_read_new();
	CLEANUP(leave_utf8) locale_t was = uselocale(utf8_new());

	(void)was;
	if (open_filters(a) < 0 ||
	    archive_read_support_format_cpio(a) != ARCHIVE_OK ||
	    archive_read_open_fd(a, fd, CHUNK) != ARCHIVE_OK)
		return damaged(a, name, e);
	return walk_members(a, name, to, e);
}

/* An archive within an archive, read as it comes. */
struct inner {
	struct archive *outer;
	char chunk[CHUNK];
};

static la_ssize_t
read_inner(struct archive *a, void *ctx, const void **out)
{
	struct inner *in = ctx;
	la_ssize_t n = archive_read_data(in->outer, in->chunk, CHUNK);

	*out = in->chunk;
	if (n < 0)
		archive_set_error(a, EIO, "%s",
		    archive_error_string(in->outer));
	return n;
}

static int
walk_inner(struct archive *outer, const char *name, const struct payload *to,
    struct err *e)
{
	CLEANUP(drop_free) struct inner *in = xcalloc(1, sizeof(*in));
	CLEANUP(drop_archive) struct archive *a = archive_read_new();

	in->outer = outer;
	if (open_filters(a) < 0 ||
	    archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    archive_read_open(a, in, NULL, read_inner, NULL) != ARCHIVE_OK)
		return damaged(a, name, e);
	return walk_members(a, name, to, e);
}

int
payload_deb(int fd, const char *name, const struct payload *control,
    const struct payload *data, struct err *e)
{
	CLEANUP(drop_archive) struct archive *a = archive_read_new();
	CLEANUP(leave_utf8) locale_t was = uselocale(utf8_new());
	struct archive_entry *ae;
	bool has_control = false, has_data = false;
	int rc = ARCHIVE_OK;

	(void)was;
	if (a == NULL || archive_read_support_format_ar(a) != ARCHIVE_OK ||
	    archive_read_open_fd(a, fd, CHUNK) != ARCHIVE_OK)
		return damaged(a, name, e);
	while (!has_data &&
	    (rc = archive_read_next_header(a, &ae)) == ARCHIVE_OK) {
		const char *member = archive_entry_pathname(ae);

		if (member == NULL)
			continue;
		if (!has_control && text_starts(member, "control.tar"))
			has_control = true;
		else if (has_control && text_starts(member, "data.tar"))
			has_data = true;
		else
			continue;
		if (walk_inner(a, name, has_data ? data : control, e) < 0)
			return -1;
	}
	if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF)
		return damaged(a, name, e);
	return has_data ? 0 : err_set(e, ERR_INPUT, name, _("cannot be read as "
	    "a package: it has no control.tar with a data.tar behind it "
	    "[download it anew]"));
}
