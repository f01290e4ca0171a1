/* SPDX-License-Identifier: MIT */
#include "snapshots/manifest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/meta.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
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
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_cmp(m->items[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
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

	while (v > 0 || width > 0 || n == sizeof(digits)) {
		digits[--n] = (char)('0' + v % base);
		v /= base;
		width -= width > 0;
	}
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

static const char *const content_word[] = {
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
	add_word(out, "content=", content_word[en->content]);
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

/* One line being read: words are cut off its front. */
struct line {
	const char *at, *end;
	struct arena *arena;
	struct entry *en;
	struct {
		struct xattr *items;
		size_t n, cap;
	} xattrs;
	unsigned seen;		/* bits of words[] */
};

/* Without out_len it is a text, in which there is no NUL. */
static int
decode(struct line *l, const char *word, size_t len, const char **out,
    size_t *out_len)
{
	struct buf b = { 0 };

	if (memchr(word, '\\', len) == NULL) {
		*out = arena_memdup(l->arena, word, len);
		if (out_len != NULL)
			*out_len = len;
		return out_len != NULL || strlen(*out) == len ? 0 : -1;
	}
	if (text_decode(&b, word, len) < 0 || (out_len == NULL &&
	    strlen(buf_str(&b)) != b.len)) {
		buf_done(&b);
		return -1;
	}
	*out = arena_memdup(l->arena, b.bytes, b.len);
	if (out_len != NULL)
		*out_len = b.len;
	buf_done(&b);
	return 0;
}

static int
number(const char **at, const char *end, unsigned base, uint64_t max,
    uint64_t *out)
{
	uint64_t v = 0;
	const char *p = *at;

	for (; p < end && *p >= '0' && *p < (char)('0' + base); p++) {
		v = v * base + (uint64_t)(*p - '0');
		if (v > max)
			return -1;
	}
	if (p == *at)
		return -1;
	*at = p;
	*out = v;
	return 0;
}

static int
word_mode(struct line *l, const char *v, const char *end)
{
	uint64_t n;

	if (number(&v, end, 8, 07777, &n) < 0 || v != end)
		return -1;
	l->en->mode = (uint32_t)n;
	return 0;
}

static const char root[] = "root";

static int
owner(struct line *l, const char *v, const char *end, uint32_t *id,
    const char **name)
{
	uint64_t n;

	if (number(&v, end, 10, UINT32_MAX, &n) < 0 || v == end || *v != ':')
		return -1;
	*id = (uint32_t)n;
	if (v + 1 == end)
		return 0;
	/* Nearly all is root's: that needs no copy for each entry. */
	if (end - v == sizeof(root) && memcmp(v + 1, root,
	    sizeof(root) - 1) == 0) {
		*name = root;
		return 0;
	}
	return decode(l, v + 1, (size_t)(end - v - 1), name, NULL);
}

static int
word_owner(struct line *l, const char *v, const char *end)
{
	return owner(l, v, end, &l->en->uid, &l->en->user);
}

static int
word_group(struct line *l, const char *v, const char *end)
{
	return owner(l, v, end, &l->en->gid, &l->en->group);
}

static int
word_size(struct line *l, const char *v, const char *end)
{
	return number(&v, end, 10, UINT64_MAX / 20, &l->en->size) < 0 ||
	    v != end ? -1 : 0;
}

static int
word_mtime(struct line *l, const char *v, const char *end)
{
	uint64_t sec, nsec;
	bool negative = v < end && *v == '-';

	v += negative;
	if (number(&v, end, 10, INT64_MAX / 20, &sec) < 0 || v == end ||
	    *v++ != '.' || number(&v, end, 10, 999999999, &nsec) < 0 ||
	    v != end)
		return -1;
	l->en->mtime.tv_sec = negative ? -(time_t)sec : (time_t)sec;
	l->en->mtime.tv_nsec = (long)nsec;
	return 0;
}

static int
word_dev(struct line *l, const char *v, const char *end)
{
	uint64_t hi, lo;

	if (number(&v, end, 10, UINT32_MAX, &hi) < 0 || v == end ||
	    *v++ != ':' || number(&v, end, 10, UINT32_MAX, &lo) < 0 ||
	    v != end)
		return -1;
	l->en->major = (uint32_t)hi;
	l->en->minor = (uint32_t)lo;
	return 0;
}

#define WORD_TEXT(name, member)						\
	static int							\
	word_##name(struct line *l, const char *v, const char *end)	\
	{								\
		return decode(l, v, (size_t)(end - v), &l->en->member,	\
		    NULL);						\
	}
WORD_TEXT(target, target)
WORD_TEXT(acl, acl)
WORD_TEXT(default_acl, default_acl)
WORD_TEXT(hardlink, hardlink)

static int
word_flags(struct line *l, const char *v, const char *end)
{
	char letters[64];
	size_t n = (size_t)(end - v);

	if (n >= sizeof(letters))
		return -1;
	memcpy(letters, v, n);
	letters[n] = '\0';
	return meta_flags_from(letters, &l->en->flags);
}

static int
word_content(struct line *l, const char *v, const char *end)
{
	size_t n = (size_t)(end - v);

	for (int c = CONTENT_SEALED; c <= CONTENT_UNREADABLE; c++) {
		if (strlen(content_word[c]) == n &&
		    memcmp(content_word[c], v, n) == 0) {
			l->en->content = (enum entry_content)c;
			return 0;
		}
	}
	return -1;
}

static int
word_oid(struct line *l, const char *v, const char *end)
{
	return end - v == 2 * OID_LEN ?
	    text_unhex(v, l->en->oid.b, OID_LEN) : -1;
}

/* Words that entries of these kinds must have, as bits of 1 << kind. */
enum {
	ALL_KINDS = (1 << ENTRY_KINDS) - 1,
	DEVICES = 1 << ENTRY_BLOCK | 1 << ENTRY_CHAR,
};

#define KEY(key)	key, sizeof(key) - 1

static const struct {
	const char *key;
	size_t len;
	int (*read)(struct line *l, const char *v, const char *end);
	int needed_by;
} words[] = {
	{ KEY("mode="), word_mode, ALL_KINDS },
	{ KEY("owner="), word_owner, ALL_KINDS },
	{ KEY("group="), word_group, ALL_KINDS },
	{ KEY("size="), word_size, 1 << ENTRY_FILE },
	{ KEY("mtime="), word_mtime, ALL_KINDS },
	{ KEY("target="), word_target, 1 << ENTRY_SYMLINK },
	{ KEY("dev="), word_dev, DEVICES },
	{ KEY("acl="), word_acl, 0 },
	{ KEY("default-acl="), word_default_acl, 0 },
	{ KEY("flags="), word_flags, 0 },
	{ KEY("hardlink="), word_hardlink, 0 },
	{ KEY("content="), word_content, 0 },
	{ KEY("oid="), word_oid, 0 },
};
/* Those that some kind needs come first. */
enum { N_WORDS = sizeof(words) / sizeof(words[0]), N_NEEDED = 7 };

static int
word_xattr(struct line *l, const char *v, const char *end)
{
	const char *eq = memchr(v, '=', (size_t)(end - v));
	struct xattr *x;
	size_t len;

	if (eq == NULL || eq == v)
		return -1;
	x = VEC_ADD(&l->xattrs);
	if (decode(l, v, (size_t)(eq - v), &x->name, NULL) < 0 ||
	    decode(l, eq + 1, (size_t)(end - eq - 1), &x->value, &len) < 0)
		return -1;
	x->len = (uint32_t)len;
	return 0;
}

static int
read_word(struct line *l, const char *w, const char *end)
{
	for (int i = 0; i < N_WORDS; i++) {
		size_t n;

		if (w == end || words[i].key[0] != w[0])
			continue;
		n = words[i].len;
		if ((size_t)(end - w) < n || memcmp(w, words[i].key, n) != 0)
			continue;
		if (l->seen & 1u << i)
			return -1;
		l->seen |= 1u << i;
		return words[i].read(l, w + n, end);
	}
	if (end - w > 6 && memcmp(w, "xattr:", 6) == 0)
		return word_xattr(l, w + 6, end);
	return -1;
}

/* The next word; NULL at the end of the line. */
static const char *
next_word(struct line *l, const char **out_end)
{
	const char *w = l->at, *blank;

	if (w >= l->end)
		return NULL;
	blank = memchr(w, ' ', (size_t)(l->end - w));
	*out_end = blank != NULL ? blank : l->end;
	l->at = blank != NULL ? blank + 1 : l->end;
	return w;
}

static int
read_line(struct line *l, const char **out_name)
{
	char kind[16];
	const char *w, *end;

	if ((w = next_word(l, &end)) == NULL ||
	    (size_t)(end - w) >= sizeof(kind))
		return -1;
	memcpy(kind, w, (size_t)(end - w));
	kind[end - w] = '\0';
	if (entry_kind_from(kind, &l->en->kind) < 0 ||
	    (w = next_word(l, &end)) == NULL || w == end || (out_name !=
	    NULL && decode(l, w, (size_t)(end - w), out_name, NULL) < 0))
		return -1;
	while ((w = next_word(l, &end)) != NULL)
		if (read_word(l, w, end) < 0)
			return -1;
	for (int i = 0; i < N_NEEDED; i++)
		if ((words[i].needed_by & 1 << l->en->kind) &&
		    !(l->seen & 1u << i))
			return -1;
	if (l->xattrs.n > 0) {
		l->en->xattrs = (const struct xattr *)arena_memdup(l->arena,
		    l->xattrs.items, l->xattrs.n * sizeof(struct xattr));
		l->en->n_xattrs = (uint32_t)l->xattrs.n;
	}
	return 0;
}

int
manifest_parse_line(const char *line, size_t len, struct arena *a,
    struct entry *out, const char **out_name, const char *where,
    unsigned lineno, struct err *e)
{
	struct entry en = { 0 };
	struct line l = { .at = line, .end = line + len, .arena = a,
		.en = &en };
	int n = read_line(&l, out_name);

	free(l.xattrs.items);
	if (n < 0)
		return err_at(e, where, lineno, 0,
		    _("damaged metadata [run 'driftctl verify']"));
	*out = en;
	return 0;
}

int
manifest_parse(const char *where, const char *bytes, size_t len,
    const char *folder, struct manifest *m, struct err *e)
{
	const size_t head = strlen(MANIFEST_HEADER);
	const char *end = bytes + len;
	CLEANUP(drop_buf) struct buf path = { 0 };
	unsigned lineno = 2;

	if (len < head || memcmp(bytes, MANIFEST_HEADER, head) != 0)
		return err_at(e, where, 1, 0, _("no metadata of this version "
		    "[written by a newer driftctl?]"));
	for (const char *p = bytes + head; p < end; lineno++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *name;
		struct entry en;

		if (nl == NULL)
			return err_at(e, where, lineno, 0,
			    _("metadata cut short [run 'driftctl verify']"));
		if (manifest_parse_line(p, (size_t)(nl - p), &m->arena, &en,
		    &name, where, lineno, e) < 0)
			return -1;
		if (folder != NULL) {
			if (strchr(name, '/') != NULL ||
			    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
				return err_at(e, where, lineno, 0,
				    _("'%s' is no name of a file"), name);
			path_join(&path, folder, name);
			name = arena_memdup(&m->arena, path.bytes, path.len);
		}
		en.path = name;
		*manifest_add(m) = en;
		p = nl + 1;
	}
	return 0;
}
