/* SPDX-License-Identifier: MIT */
#include "agent/changetext.h"

#include <string.h>

#include "agent/json.h"
#include "agent/rewritten.h"
#include "base/meta.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitrepo.h"

/* A line takes a hundred bytes while it is compared, however short it is. */
enum { CONTEXT = 3, KIND_COLUMNS = 9, LINES_MAX = 2000000 };

static const char *
word(const struct change *c)
{
	return c->was == NULL ? "added" : c->is == NULL ? "removed" :
	    "changed";
}

/* Another root's passwd(5) can have anything for a name. */
static void
add_id(struct buf *out, uint32_t id, const char *name)
{
	buf_addf(out, " %u", id);
	if (name == NULL)
		return;
	buf_addc(out, '(');
	text_escape(out, name, strlen(name));
	buf_addc(out, ')');
}

static void
add_owner(struct buf *out, const char *label, uint32_t a, const char *an,
    uint32_t b, const char *bn)
{
	buf_addf(out, ", %s", label);
	add_id(out, a, an);
	buf_adds(out, " ->");
	add_id(out, b, bn);
}

static void
add_text_pair(struct buf *out, const char *label, const char *a,
    const char *b)
{
	buf_addf(out, ", %s ", label);
	text_escape(out, a != NULL ? a : "-", a != NULL ? strlen(a) : 1);
	buf_adds(out, " -> ");
	text_escape(out, b != NULL ? b : "-", b != NULL ? strlen(b) : 1);
}

static void
add_flags(struct buf *out, uint32_t a, uint32_t b)
{
	buf_addf(out, ", %s +", _("flags"));
	meta_flags_text(out, b & ~a);
	buf_adds(out, " -");
	meta_flags_text(out, a & ~b);
}

/* Each difference with its two values; starts with ", ". */
static void
add_details(struct buf *out, const struct entry *a, const struct entry *b,
    unsigned d)
{
	if (d & DIFF_KIND)
		buf_addf(out, ", %s %s -> %s", _("type"),
		    entry_kind_shown(a->kind), entry_kind_shown(b->kind));
	if (d & DIFF_CONTENT && a->kind == ENTRY_SYMLINK)
		add_text_pair(out, _("target"), a->target, b->target);
	else if (d & DIFF_CONTENT)
		buf_addf(out, ", %s", _("content"));
	if (d & DIFF_UNKNOWN)
		buf_addf(out, ", %s", _("content not readable"));
	if (d & DIFF_MODE)
		buf_addf(out, ", %s %04o -> %04o", _("mode"), a->mode,
		    b->mode);
	if (d & DIFF_OWNER)
		add_owner(out, _("owner"), a->uid, a->user, b->uid, b->user);
	if (d & DIFF_GROUP)
		add_owner(out, _("group"), a->gid, a->group, b->gid, b->group);
	if (d & DIFF_ACL) {
		add_text_pair(out, _("ACL"), a->acl, b->acl);
		if (a->kind == ENTRY_DIR)
			add_text_pair(out, _("default ACL"), a->default_acl,
			    b->default_acl);
	}
	if (d & DIFF_XATTR)
		buf_addf(out, ", %s", _("extended attributes"));
	if (d & DIFF_FLAGS)
		add_flags(out, a->flags, b->flags);
	if (d & DIFF_HARDLINK)
		add_text_pair(out, _("hard link to"), a->hardlink,
		    b->hardlink);
	if (d & DIFF_MTIME && (d & ~(unsigned)DIFF_MTIME) == 0)
		buf_addf(out, ", %s", _("time only"));
}

void
change_line(struct buf *out, const struct change *c)
{
	const struct entry *en = c->was != NULL ? c->was : c->is;
	CLEANUP(drop_buf) struct buf details = { 0 };

	text_pad(out, c->was == NULL ? _("added") :
	    c->is == NULL ? _("removed") : _("changed"), KIND_COLUMNS);
	text_escape(out, en->path, strlen(en->path));
	if (c->was != NULL && c->is != NULL)
		add_details(&details, c->was, c->is, c->differs);
	else
		buf_addf(&details, "  %s", entry_kind_shown(en->kind));
	if (details.len > 2)
		buf_addf(out, ": %s", buf_str(&details) + 2);
	buf_addc(out, '\n');
}

static bool
has_text(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE;
}

bool
change_is_secret(const struct change *c)
{
	return (c->was != NULL && c->was->content == CONTENT_SEALED) ||
	    (c->is != NULL && c->is->content == CONTENT_SEALED);
}

static bool
no_bytes(const struct entry *en)
{
	return has_text(en) && (en->content == CONTENT_DIGEST ||
	    en->content == CONTENT_UNREADABLE);
}

int
change_has_diff(const struct change *c, struct buf *out)
{
	if ((!has_text(c->was) && !has_text(c->is)) ||
	    (c->differs != 0 && !(c->differs & (DIFF_CONTENT | DIFF_KIND))))
		return 0;
	if (change_is_secret(c)) {
		buf_adds(out, _("  (secret: its content is not shown)\n"));
		return 0;
	}
	if (no_bytes(c->was) || no_bytes(c->is)) {
		buf_adds(out, _("  (only its digest is known)\n"));
		return 0;
	}
	return 1;
}

static size_t
lines_of(const struct buf *text)
{
	const char *at = buf_str(text), *end = at + text->len;
	size_t n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) !=
	    NULL) {
		at++;
		n++;
	}
	return n;
}

int
change_diff_texts(const char *path, const struct buf *was,
    const struct buf *is, enum word_style style, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf diff = { 0 };

	if (lines_of(was) + lines_of(is) > LINES_MAX) {
		buf_adds(out, _("  (too many lines to be compared one by "
		    "one)\n"));
		return 0;
	}
	if (gitrepo_diff(&(struct gitrepo_text){ buf_str(was), was->len,
	    path }, &(struct gitrepo_text){ buf_str(is), is->len, path },
	    CONTEXT, &diff, e) < 0)
		return -1;
	words_write(out, &diff, style);
	return 0;
}

int
change_diff(const struct change *c, const struct change_content *from,
    enum word_style style, struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	const char *path = c->was != NULL ? c->was->path : c->is->path;

	change_line(out, c);
	if (change_has_diff(c, out) == 0)
		return 0;
	if ((has_text(c->was) && from->was(from->ctx, c->was, &was, e) < 0) ||
	    (has_text(c->is) && from->is(from->ctx, c->is, &is, e) < 0) ||
	    change_diff_texts(path, &was, &is, style, out, e) < 0)
		return -1;
	if (has_text(c->was) && has_text(c->is) &&
	    rewritten_same(path, &was, &is))
		buf_adds(out, _("  (written otherwise, but it says the "
		    "same)\n"));
	return 0;
}

void
change_json(struct json *j, const struct change *c)
{
	const struct entry *en = c->was != NULL ? c->was : c->is;
	CLEANUP(drop_buf) struct buf details = { 0 };

	json_text(j, "change", word(c));
	json_text(j, "path", en->path);
	json_text(j, "type", entry_kind_shown(en->kind));
	json_bool(j, "secret", change_is_secret(c));
	if (c->was != NULL && c->is != NULL)
		add_details(&details, c->was, c->is, c->differs);
	json_text(j, "details", details.len > 2 ? buf_str(&details) + 2 :
	    NULL);
}
