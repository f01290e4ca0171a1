/* SPDX-License-Identifier: MIT */
#include "snapshots/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/meta.h"
#include "base/path.h"
#include "base/text.h"
#include "base/vec.h"

void
manifest_done(struct manifest *m)
{
	free(m->items);
	arena_done(&m->arena);
	*m = (struct manifest){ 0 };
}

void
drop_manifest(struct manifest *m)
{
	manifest_done(m);
}

size_t
manifest_lower(const struct manifest *m, const char *path)
{
	return VEC_LOWER(m->n, i, path_cmp(m->items[i].path, path) < 0);
}

const struct entry *
manifest_find(const struct manifest *m, const char *path)
{
	size_t i = manifest_lower(m, path);

	if (i < m->n && strcmp(m->items[i].path, path) == 0)
		return &m->items[i];
	return NULL;
}

struct entry *
manifest_add(struct manifest *m)
{
	return VEC_ADD(m);
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct entry *)a)->path,
	    ((const struct entry *)b)->path);
}

void
manifest_sort(struct manifest *m)
{
	for (size_t i = 1; i < m->n; i++) {
		if (by_path(&m->items[i - 1], &m->items[i]) <= 0)
			continue;
		qsort(m->items, m->n, sizeof(*m->items), by_path);
		return;
	}
}

static void
add_word(struct buf *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_addc(out, ' ');
	buf_adds(out, key);
	text_encode(out, value, strlen(value));
}

/* Of every entry there are five: printf(3) would be most of the work. */
static void
add_number(struct buf *out, uint64_t v, unsigned base, unsigned width)
{
	char digits[24];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % base);
		v /= base;
		width -= width > 0;
	} while (v > 0 || width > 0);
	buf_add(out, digits + n, sizeof(digits) - n);
}

static void
add_owner(struct buf *out, const char *key, uint32_t id, const char *name)
{
	buf_adds(out, key);
	add_number(out, id, 10, 0);
	buf_addc(out, ':');
	if (name != NULL)
		text_encode(out, name, strlen(name));
}

const char *const manifest_content_words[] = {
	[CONTENT_STORED] = NULL,
	[CONTENT_SEALED] = "sealed",
	[CONTENT_DIGEST] = "digest",
	[CONTENT_UNREADABLE] = "unreadable",
};

static void
add_content(struct buf *out, const struct entry *en, bool with_oid)
{
	if (en->kind != ENTRY_FILE)
		return;
	add_word(out, "content=", manifest_content_words[en->content]);
	if (en->content != CONTENT_UNREADABLE &&
	    (with_oid || en->content == CONTENT_DIGEST)) {
		buf_adds(out, " oid=");
		text_hex(out, en->oid.b, OID_LEN);
	}
}

void
manifest_line(struct buf *out, const struct entry *en, const char *name,
    bool with_oid)
{
	buf_adds(out, entry_kind_name(en->kind));
	buf_addc(out, ' ');
	text_encode(out, name, strlen(name));
	buf_adds(out, " mode=");
	add_number(out, en->mode, 8, 4);
	add_owner(out, " owner=", en->uid, en->user);
	add_owner(out, " group=", en->gid, en->group);
	if (en->kind == ENTRY_FILE) {
		buf_adds(out, " size=");
		add_number(out, en->size, 10, 0);
	}
	buf_adds(out, en->mtime.tv_sec < 0 ? " mtime=-" : " mtime=");
	add_number(out, en->mtime.tv_sec < 0 ? -(uint64_t)en->mtime.tv_sec :
	    (uint64_t)en->mtime.tv_sec, 10, 0);
	buf_addc(out, '.');
	add_number(out, (uint64_t)en->mtime.tv_nsec, 10, 9);
	add_word(out, "target=", en->target);
	if (en->kind == ENTRY_BLOCK || en->kind == ENTRY_CHAR)
		buf_addf(out, " dev=%u:%u", en->major, en->minor);
	add_word(out, "acl=", en->acl);
	add_word(out, "default-acl=", en->default_acl);
	if (en->flags != 0) {
		buf_adds(out, " flags=");
		meta_flags_text(out, en->flags);
	}
	add_word(out, "hardlink=", en->hardlink);
	add_content(out, en, with_oid);
	for (uint32_t i = 0; i < en->n_xattrs; i++) {
		const struct xattr *x = &en->xattrs[i];

		buf_adds(out, " xattr:");
		/* The name ends at the first '=', so one in it is hidden. */
		for (const char *c = x->name; *c != '\0'; c++) {
			if (*c == '=')
				buf_adds(out, "\\x3d");
			else
				text_encode(out, c, 1);
		}
		buf_addc(out, '=');
		for (uint32_t k = 0; k < x->len; k++) {
			if (x->value[k] == '\0')
				buf_adds(out, "\\x00");
			else
				text_encode(out, x->value + k, 1);
		}
	}
	buf_addc(out, '\n');
}
