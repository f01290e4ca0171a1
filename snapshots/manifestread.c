/* SPDX-License-Identifier: MIT */
/* The other half of manifest.h: from lines of text back to entries. */
#include "snapshots/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/meta.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

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
		uint64_t digit = (uint64_t)(*p - '0');

		if (v > (max - digit) / base)
			return -1;
		v = v * base + digit;
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
	return number(&v, end, 10, UINT64_MAX, &l->en->size) < 0 ||
	    v != end ? -1 : 0;
}

/* All that a file system can hold: tmpfs and btrfs take any 64 bits. */
static int
word_mtime(struct line *l, const char *v, const char *end)
{
	uint64_t sec, nsec;
	bool negative = v < end && *v == '-';

	v += negative;
	if (number(&v, end, 10, (uint64_t)INT64_MAX + negative, &sec) < 0 ||
	    v == end ||
	    *v++ != '.' || number(&v, end, 10, 999999999, &nsec) < 0 ||
	    v != end)
		return -1;
	l->en->mtime.tv_sec = (time_t)(negative ? 0 - sec : sec);
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
		if (strlen(manifest_content_words[c]) == n &&
		    memcmp(manifest_content_words[c], v, n) == 0) {
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
