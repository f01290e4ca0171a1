/* SPDX-License-Identifier: MIT */
#include "snapshots/packread.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/vec.h"

enum {
	FANOUT = 8,			/* offsets in an index */
	NAMES = FANOUT + 256 * 4,
	PER_OBJECT = OID_LEN + 4 + 4,
	TRAILER = OID_LEN,
	PACK_HEADER = 12,
	DEPTH_MAX = 4096,		/* git's own limit for its deltas */
	/* Bases of deltas are asked for again and again. */
	KEPT = 64, KEPT_BYTES_MAX = 64 * 1024,
	/* Larger ones are left to the library, as is a size that lies. */
	OBJECT_MAX = 256 * 1024 * 1024,
	OFS_DELTA = 6, REF_DELTA = 7,
};

struct map {
	const unsigned char *bytes;	/* NULL: nothing */
	size_t len;
};

struct pack {
	char *name;		/* "pack-….pack" */
	struct map idx, pack;
	uint32_t n;
	bool opened;
};

/* A base of a delta that was put together. */
struct kept {
	const struct pack *pack;
	uint64_t at;
	enum packed_type type;
	struct buf bytes;
};

struct packread {
	int fd;
	struct {
		struct pack *items;
		size_t n, cap;
	} packs;
	size_t last;		/* where something was found last */
	struct digest *digest;
	struct packfile_inflater *inflater;
	struct kept kept[KEPT];
};

static uint32_t
get32(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static bool
open_map(int dirfd, const char *name, struct map *out)
{
	struct stat st;
	void *bytes;
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= 0)
		return false;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	*out = (struct map){ bytes, (size_t)st.st_size };
	return true;
}

static void
close_map(struct map *m)
{
	if (m->bytes != NULL)
		munmap((void *)m->bytes, m->len);
}

/* Version 2, and all tables are in it. */
static bool
sound_index(struct pack *p)
{
	const struct map *m = &p->idx;
	uint32_t before = 0;
	size_t rest;

	if (m->len < NAMES + 2 * TRAILER ||
	    memcmp(m->bytes, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	for (size_t i = 0; i < 256; i++) {
		uint32_t n = get32(m->bytes + FANOUT + 4 * i);

		if (n < before)
			return false;
		before = n;
	}
	rest = m->len - NAMES - 2 * (size_t)TRAILER;
	p->n = before;
	return rest >= (size_t)before * PER_OBJECT &&
	    (rest - (size_t)before * PER_OBJECT) % 8 == 0;
}

static void
add_pack(struct packread *p, const char *idx)
{
	struct pack new = { 0 };

	if (!open_map(p->fd, idx, &new.idx))
		return;
	if (!sound_index(&new)) {
		close_map(&new.idx);
		return;
	}
	new.name = xasprintf("%.*s.pack", (int)(strlen(idx) - strlen(".idx")),
	    idx);
	*VEC_ADD(&p->packs) = new;
}

struct packread *
packread_new(int pack_fd)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct packread *p = xcalloc(1, sizeof(*p));

	p->fd = pack_fd;
	p->digest = digest_new();
	p->inflater = packfile_inflater_new();
	/* Where they cannot be listed there are none for us. */
	file_names(pack_fd, ".", &names);
	for (size_t i = 0; i < names.n; i++)
		if (text_ends(names.items[i], ".idx"))
			add_pack(p, names.items[i]);
	return p;
}

void
packread_free(struct packread *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->packs.n; i++) {
		close_map(&p->packs.items[i].idx);
		close_map(&p->packs.items[i].pack);
		free(p->packs.items[i].name);
	}
	free(p->packs.items);
	for (size_t i = 0; i < KEPT; i++)
		buf_done(&p->kept[i].bytes);
	packfile_inflater_free(p->inflater);
	digest_free(p->digest);
	free(p);
}

void
drop_packread(struct packread **p)
{
	packread_free(*p);
}

/* Its place in the index; n where it is not there. */
static uint32_t
find_in(const struct pack *p, const struct oid *oid)
{
	const unsigned char *fanout = p->idx.bytes + FANOUT;
	const unsigned char *names = p->idx.bytes + NAMES;
	uint32_t lo = oid->b[0] == 0 ? 0 :
	    get32(fanout + 4 * ((size_t)oid->b[0] - 1));
	uint32_t hi = get32(fanout + 4 * (size_t)oid->b[0]);

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int n = memcmp(names + (size_t)mid * OID_LEN, oid->b, OID_LEN);

		if (n == 0)
			return mid;
		if (n < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return p->n;
}

static bool
offset_of(const struct pack *p, uint32_t i, uint64_t *out)
{
	const unsigned char *at = p->idx.bytes + NAMES +
	    (size_t)p->n * (OID_LEN + 4);
	const unsigned char *large = at + (size_t)p->n * 4;
	const unsigned char *end = p->idx.bytes + p->idx.len - 2 * TRAILER;
	uint32_t n = get32(at + (size_t)i * 4);

	*out = n;
	if ((n & 1u << 31) == 0)
		return true;
	n &= ~(1u << 31);
	if (n >= (size_t)(end - large) / 8)
		return false;
	large += (size_t)n * 8;
	*out = (uint64_t)get32(large) << 32 | get32(large + 4);
	return true;
}

static bool
open_pack(struct packread *p, struct pack *k)
{
	if (!k->opened) {
		k->opened = true;
		open_map(p->fd, k->name, &k->pack);
	}
	return k->pack.len >= PACK_HEADER + TRAILER &&
	    memcmp(k->pack.bytes, "PACK\0\0\0\2", 8) == 0;
}

static struct pack *
find(struct packread *p, const struct oid *oid, uint32_t *out)
{
	for (size_t i = 0; i < p->packs.n; i++) {
		size_t k = (p->last + i) % p->packs.n;
		struct pack *pack = &p->packs.items[k];

		*out = find_in(pack, oid);
		if (*out < pack->n) {
			p->last = k;
			return pack;
		}
	}
	return NULL;
}

bool
packread_has(struct packread *p, const struct oid *oid)
{
	uint32_t i;

	return find(p, oid, &i) != NULL;
}

/* An object as it stands in a pack. */
struct piece {
	unsigned type;
	uint64_t size;		/* inflated */
	uint64_t at, data;	/* where it begins, and its zlib stream */
	uint64_t base;		/* of a delta */
};

struct cursor {
	const struct map *m;
	uint64_t at, end;
};

static bool
next_byte(struct cursor *c, unsigned *out)
{
	if (c->at >= c->end)
		return false;
	*out = c->m->bytes[c->at++];
	return true;
}

static bool
read_head(struct cursor *c, struct piece *out)
{
	unsigned b, shift = 4;

	out->at = c->at;
	if (!next_byte(c, &b))
		return false;
	out->type = b >> 4 & 7;
	out->size = b & 15;
	for (; (b & 0x80) != 0; shift += 7) {
		if (shift > 56 || !next_byte(c, &b))
			return false;
		out->size |= (uint64_t)(b & 0x7f) << shift;
	}
	return true;
}

static bool
read_base(const struct pack *k, struct cursor *c, struct piece *out)
{
	struct oid oid;
	uint64_t back;
	unsigned b;

	if (out->type == REF_DELTA) {
		uint32_t i;

		if (c->end - c->at < OID_LEN)
			return false;
		memcpy(oid.b, c->m->bytes + c->at, OID_LEN);
		c->at += OID_LEN;
		i = find_in(k, &oid);
		return i < k->n && offset_of(k, i, &out->base);
	}
	if (!next_byte(c, &b))
		return false;
	for (back = b & 0x7f; (b & 0x80) != 0;) {
		if (back >> 48 != 0 || !next_byte(c, &b))
			return false;
		back = (back + 1) << 7 | (b & 0x7f);
	}
	out->base = out->at - back;
	return back > 0 && back < out->at;
}

static bool
read_piece(const struct pack *k, uint64_t at, struct piece *out)
{
	struct cursor c = { &k->pack, at, k->pack.len - TRAILER };

	if (at < PACK_HEADER || !read_head(&c, out))
		return false;
	if ((out->type == OFS_DELTA || out->type == REF_DELTA) ?
	    !read_base(k, &c, out) : out->type < PACKED_COMMIT ||
	    out->type > PACKED_BLOB)
		return false;
	out->data = c.at;
	return c.at < c.end && out->size <= OBJECT_MAX;
}

static bool
inflate_piece(struct packread *p, const struct pack *k, const struct piece *x,
    struct buf *out)
{
	return packfile_inflate(p->inflater, k->pack.bytes + x->data,
	    k->pack.len - TRAILER - x->data, (size_t)x->size, out);
}

static uint64_t
delta_size(const unsigned char **at, const unsigned char *end)
{
	uint64_t n = 0;

	for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
		unsigned char b = *(*at)++;

		n |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return n;
	}
	return UINT64_MAX;
}

/* Which bytes of offset and size are there is what the bits of the code say. */
static bool
copy_words(const unsigned char **at, const unsigned char *end, unsigned code,
    uint64_t *from, uint64_t *len)
{
	*from = *len = 0;
	for (unsigned i = 0; i < 7; i++) {
		uint64_t *word = i < 4 ? from : len;

		if ((code & 1u << i) == 0)
			continue;
		if (*at == end)
			return false;
		*word |= (uint64_t)*(*at)++ << (i < 4 ? 8 * i : 8 * (i - 4));
	}
	if (*len == 0)
		*len = 0x10000;
	return true;
}

bool
packread_delta(const void *base, size_t base_len, const void *delta,
    size_t len, struct buf *out)
{
	const unsigned char *at = delta, *end = at + len;
	uint64_t was = delta_size(&at, end), is = delta_size(&at, end);
	size_t start = out->len;

	if (was != base_len || is == UINT64_MAX || is > UINT32_MAX)
		return false;
	while (at < end) {
		unsigned code = *at++;
		uint64_t from, n = code;
		const unsigned char *bytes = at;

		if (code == 0)
			return false;
		if ((code & 0x80) != 0) {
			if (!copy_words(&at, end, code, &from, &n) ||
			    from > base_len || n > base_len - from)
				return false;
			bytes = (const unsigned char *)base + from;
		} else if (n > (size_t)(end - at)) {
			return false;
		} else {
			at += n;
		}
		if (n > is - (out->len - start))
			return false;
		buf_add(out, bytes, (size_t)n);
	}
	return out->len - start == is;
}

static struct kept *
kept_at(struct packread *p, const struct pack *k, uint64_t at)
{
	return &p->kept[(at * 0x9e3779b97f4a7c15u ^ (uintptr_t)k >> 4) >> 16 &
	    (KEPT - 1)];
}

static void
keep(struct packread *p, const struct pack *k, uint64_t at,
    enum packed_type type, const struct buf *bytes)
{
	struct kept *x = kept_at(p, k, at);

	if (bytes->len > KEPT_BYTES_MAX)
		return;
	x->pack = k;
	x->at = at;
	x->type = type;
	buf_reset(&x->bytes);
	buf_add(&x->bytes, bytes->bytes, bytes->len);
}

/* The pieces that an object is put together from, itself first. */
struct chain {
	struct piece *items;
	size_t n, cap;
	const struct kept *base;	/* what the last one is a delta of */
};

static bool
find_chain(struct packread *p, const struct pack *k, uint64_t at,
    struct chain *out)
{
	while (out->n < DEPTH_MAX) {
		const struct kept *x = kept_at(p, k, at);
		struct piece *piece;

		if (out->n > 0 && x->pack == k && x->at == at) {
			out->base = x;
			return true;
		}
		piece = VEC_ADD(out);
		if (!read_piece(k, at, piece))
			return false;
		if (piece->type <= PACKED_BLOB)
			return true;
		at = piece->base;
	}
	return false;
}

static bool
put_together(struct packread *p, const struct pack *k,
    const struct chain *c, enum packed_type *out_type, struct buf *out)
{
	CLEANUP(drop_buf) struct buf delta = { 0 };
	CLEANUP(drop_buf) struct buf next = { 0 };
	size_t i = c->n;

	if (c->base != NULL) {
		*out_type = c->base->type;
		buf_add(out, c->base->bytes.bytes, c->base->bytes.len);
	} else {
		*out_type = (enum packed_type)c->items[--i].type;
		if (!inflate_piece(p, k, &c->items[i], out))
			return false;
	}
	while (i-- > 0) {
		/* What is below is the base that was just made. */
		keep(p, k, c->items[i].base, *out_type, out);
		buf_reset(&delta);
		buf_reset(&next);
		if (!inflate_piece(p, k, &c->items[i], &delta) ||
		    !packread_delta(buf_str(out), out->len, buf_str(&delta),
		    delta.len, &next))
			return false;
		buf_reset(out);
		buf_add(out, next.bytes, next.len);
	}
	return true;
}

bool
packread_object(struct packread *p, const struct oid *oid,
    enum packed_type *out_type, struct buf *out)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct chain c = { 0 };
	enum packed_type type;
	struct oid is;
	uint64_t at;
	uint32_t i;
	struct pack *k = find(p, oid, &i);
	bool ok = k != NULL && open_pack(p, k) && offset_of(k, i, &at) &&
	    at < k->pack.len && find_chain(p, k, at, &c) &&
	    put_together(p, k, &c, &type, &bytes);

	free(c.items);
	if (!ok)
		return false;
	digest_object(p->digest, packed_word(type), buf_str(&bytes), bytes.len,
	    &is);
	if (!oid_equal(&is, oid))
		return false;
	*out_type = type;
	buf_add(out, bytes.bytes, bytes.len);
	return true;
}
