/* SPDX-License-Identifier: MIT */
#include "agent/preflight/payload.h"

#include <limits.h>
#include <string.h>

#include "base/archiver.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

enum {
	MEMBERS_MAX = 2000000,
	FILE_MAX = 256 << 20,
};

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
	struct archiver_reader *archive;
	const char *name;
	const struct payload *to;
	struct buf bytes;
	struct arena arena;	/* of one member */
};

static void
drop_unpacking(struct unpacking *w)
{
	buf_done(&w->bytes);
	arena_done(&w->arena);
}

static struct archiver_reader *
open_archive(struct archiver_source from, const char *name, struct err *e)
{
	from.where = name;
	from.damaged = _("cannot be read as a package: %s [download it anew]");
	from.any_locale = true;
	return archiver_open(&from, e);
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

static int
take_bytes(struct unpacking *w, struct err *e)
{
	int n = archiver_bytes(w->archive, &w->bytes, FILE_MAX, e);

	return n <= 0 ? n : err_set(e, ERR_INPUT, w->name,
	    _("a file in this package is too large"));
}

static int
take_member(struct unpacking *w, const struct archiver_member *m,
    struct err *e)
{
	struct entry en = { .content = CONTENT_STORED, .kind = m->kind };
	bool wants;

	en.path = path_of(w, m->name);
	/* A hard link of a tar archive has no type of its own. */
	if (en.path == NULL || (!m->is_known && m->link == NULL))
		return err_set(e, ERR_INPUT, w->name, _("has a file with a "
		    "name or type that no package has: %.100s"),
		    m->name != NULL ? m->name : "?");
	en.hardlink = m->link != NULL ? path_of(w, m->link) : NULL;
	en.size = en.kind == ENTRY_FILE ? m->size : 0;
	archiver_facts(w->archive, &w->arena, &en);
	wants = en.kind == ENTRY_FILE && w->to->wants(w->to->ctx, &en);
	if (wants && take_bytes(w, e) < 0)
		return -1;
	return w->to->member(w->to->ctx, &en, wants ? buf_str(&w->bytes) :
	    NULL, wants ? w->bytes.len : 0, e);
}

static int
walk_members(struct archiver_reader *a, const char *name,
    const struct payload *to, struct err *e)
{
	CLEANUP(drop_unpacking) struct unpacking w = { .archive = a,
		.name = name, .to = to };
	struct archiver_member m;
	size_t members = 0;
	int n;

	while ((n = archiver_next(a, &m, e)) > 0) {
		if (++members > MEMBERS_MAX)
			return err_set(e, ERR_INPUT, name,
			    _("has too many files"));
		n = take_member(&w, &m, e);
		if (n != 0)
			return n;
		arena_done(&w.arena);
	}
	return n;
}

int
payload_rpm(int fd, const char *name, const struct payload *to, struct err *e)
{
	CLEANUP(drop_archiver_reader) struct archiver_reader *a =
	    open_archive((struct archiver_source){ .format = ARCHIVER_CPIO,
	    .filters = ARCHIVER_PACKAGED, .fd = fd }, name, e);

	return a != NULL ? walk_members(a, name, to, e) : -1;
}

static int
walk_inner(struct archiver_reader *outer, const char *name,
    const struct payload *to, struct err *e)
{
	CLEANUP(drop_archiver_reader) struct archiver_reader *a =
	    open_archive((struct archiver_source){ .format = ARCHIVER_TAR,
	    .filters = ARCHIVER_PACKAGED, .outer = outer }, name, e);

	return a != NULL ? walk_members(a, name, to, e) : -1;
}

int
payload_deb(int fd, const char *name, const struct payload *control,
    const struct payload *data, struct err *e)
{
	CLEANUP(drop_archiver_reader) struct archiver_reader *a =
	    open_archive((struct archiver_source){ .format = ARCHIVER_AR,
	    .fd = fd }, name, e);
	struct archiver_member m;
	bool has_control = false, has_data = false;
	int n;

	if (a == NULL)
		return -1;
	while (!has_data) {
		n = archiver_next(a, &m, e);
		if (n == ARCHIVER_END)
			return err_set(e, ERR_INPUT, name, _("cannot be read "
			    "as a package: it has no control.tar with a "
			    "data.tar behind it [download it anew]"));
		if (n == ARCHIVER_WARNED)
			return archiver_damaged(a, e);
		if (n < 0)
			return -1;
		if (m.name == NULL)
			continue;
		if (!has_control && text_starts(m.name, "control.tar"))
			has_control = true;
		else if (has_control && text_starts(m.name, "data.tar"))
			has_data = true;
		else
			continue;
		if (walk_inner(a, name, has_data ? data : control, e) < 0)
			return -1;
	}
	return 0;
}
