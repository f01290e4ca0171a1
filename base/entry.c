/* SPDX-License-Identifier: MIT */
#include "base/entry.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tr.h"

const char *const entry_kind_words[ENTRY_KINDS + 1] = {
	[ENTRY_FILE] = "file",
	[ENTRY_DIR] = "directory",
	[ENTRY_SYMLINK] = "symlink",
	[ENTRY_FIFO] = "fifo",
	[ENTRY_SOCKET] = "socket",
	[ENTRY_BLOCK] = "block",
	[ENTRY_CHAR] = "char",
};

static bool
same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static bool
same_xattrs(const struct entry *a, const struct entry *b)
{
	if (a->n_xattrs != b->n_xattrs)
		return false;
	for (uint32_t i = 0; i < a->n_xattrs; i++) {
		const struct xattr *x = &a->xattrs[i], *y = &b->xattrs[i];

		if (x->len != y->len || strcmp(x->name, y->name) != 0 ||
		    memcmp(x->value, y->value, x->len) != 0)
			return false;
	}
	return true;
}

static unsigned
content_differs(const struct entry *a, const struct entry *b)
{
	switch (a->kind) {
	case ENTRY_SYMLINK:
		return same_text(a->target, b->target) ? 0 : DIFF_CONTENT;
	case ENTRY_BLOCK:
	case ENTRY_CHAR:
		return a->major == b->major && a->minor == b->minor ? 0 :
		    DIFF_CONTENT;
	case ENTRY_FILE:
		if (a->content == CONTENT_UNREADABLE ||
		    b->content == CONTENT_UNREADABLE)
			return DIFF_UNKNOWN |
			    (a->size != b->size ? DIFF_CONTENT : 0);
		return a->size == b->size && oid_equal(&a->oid, &b->oid) ? 0 :
		    DIFF_CONTENT;
	default:
		return 0;
	}
}

unsigned
entry_differs(const struct entry *a, const struct entry *b)
{
	unsigned d = 0;

	if (a->kind != b->kind)
		return DIFF_KIND;
	d |= content_differs(a, b);
	/* The kernel keeps no mode for symlinks: it always says 0777. */
	if (a->mode != b->mode && a->kind != ENTRY_SYMLINK)
		d |= DIFF_MODE;
	if (a->uid != b->uid)
		d |= DIFF_OWNER;
	if (a->gid != b->gid)
		d |= DIFF_GROUP;
	if (!same_text(a->acl, b->acl) ||
	    !same_text(a->default_acl, b->default_acl))
		d |= DIFF_ACL;
	if (!same_xattrs(a, b))
		d |= DIFF_XATTR;
	if (a->flags != b->flags)
		d |= DIFF_FLAGS;
	if (!same_text(a->hardlink, b->hardlink))
		d |= DIFF_HARDLINK;
	if (a->mtime.tv_sec != b->mtime.tv_sec ||
	    a->mtime.tv_nsec != b->mtime.tv_nsec)
		d |= DIFF_MTIME;
	return d;
}

const char *
entry_kind_name(enum entry_kind k)
{
	return entry_kind_words[k];
}

const char *
entry_kind_shown(enum entry_kind k)
{
	static const char *const words[ENTRY_KINDS] = {
		[ENTRY_FILE] = NC_("kind", "file"),
		[ENTRY_DIR] = NC_("kind", "directory"),
		[ENTRY_SYMLINK] = NC_("kind", "symlink"),
		[ENTRY_FIFO] = NC_("kind", "fifo"),
		[ENTRY_SOCKET] = NC_("kind", "socket"),
		[ENTRY_CHAR] = NC_("kind", "char"),
		[ENTRY_BLOCK] = NC_("kind", "block"),
	};

	return tr_in(words[k], strchr(words[k], '\004') + 1);
}

int
entry_kind_from(const char *name, enum entry_kind *out)
{
	for (int k = 0; k < ENTRY_KINDS; k++) {
		if (strcmp(name, entry_kind_words[k]) == 0) {
			*out = (enum entry_kind)k;
			return 0;
		}
	}
	return -1;
}

void
entry_difference_text(struct buf *out, unsigned diff)
{
	static const char *const word[] = {
		N_("type"), N_("content"), N_("mode"), N_("owner"),
		N_("group"), N_("ACL"), N_("extended attributes"),
		N_("inode flags"), N_("hard links"), N_("mtime"),
		N_("not readable"),
	};
	size_t start = out->len;

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		if ((diff & 1u << i) == 0)
			continue;
		if (out->len > start)
			buf_adds(out, ", ");
		buf_adds(out, _(word[i]));
	}
}

static const char *
dup_text(struct arena *a, const char *s)
{
	return s != NULL ? arena_strdup(a, s) : NULL;
}

struct entry
entry_dup(struct arena *a, const struct entry *e)
{
	struct entry c = *e;
	struct xattr *x;

	c.path = dup_text(a, e->path);
	c.user = dup_text(a, e->user);
	c.group = dup_text(a, e->group);
	c.target = dup_text(a, e->target);
	c.acl = dup_text(a, e->acl);
	c.default_acl = dup_text(a, e->default_acl);
	c.hardlink = dup_text(a, e->hardlink);
	if (e->n_xattrs == 0)
		return c;
	x = arena_alloc(a, e->n_xattrs * sizeof(*x));
	for (uint32_t i = 0; i < e->n_xattrs; i++) {
		x[i].name = arena_strdup(a, e->xattrs[i].name);
		x[i].value = arena_memdup(a, e->xattrs[i].value,
		    e->xattrs[i].len);
		x[i].len = e->xattrs[i].len;
	}
	c.xattrs = x;
	return c;
}
