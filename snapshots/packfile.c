/* SPDX-License-Identifier: MIT */
#include "snapshots/packfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libdeflate.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/oidset.h"

enum {
	PACK_HEADER = 12,
	TEMP_NAME = 64,
	BUFFER = 1024 * 1024,
	/* Level 1 is where the disk, not the compressor, sets the pace. */
	LEVEL = 1,
};

struct packfile_worker {
	struct libdeflate_compressor *deflate;
	struct digest *digest;
	struct buf scratch;
};

struct packfile {
	int dirfd, fd;		/* fd is -1 until the buffer was full once */
	char *where;
	char temp[TEMP_NAME], temp_idx[TEMP_NAME];	/* empty: not there */
	struct buf pending;	/* the end of the pack, not written yet */
	uint64_t written;
	struct oidset seen;
	struct {
		struct packfile_place *items;
		size_t n, cap;
	} places;
};

static const char *const type_name[] = {
	[PACKED_COMMIT] = "commit",
	[PACKED_TREE] = "tree",
	[PACKED_BLOB] = "blob",
};

const char *
packed_word(enum packed_type type)
{
	return type_name[type];
}

void
packed_done(struct packed *o)
{
	buf_done(&o->bytes);
}

void
drop_packed(struct packed *o)
{
	packed_done(o);
}

struct packfile_worker *
packfile_worker_new(void)
{
	struct packfile_worker *w = xcalloc(1, sizeof(*w));

	w->digest = digest_new();
	w->deflate = libdeflate_alloc_compressor(LEVEL);
	/* It fails for want of memory only, so end as all allocations do. */
	if (w->deflate == NULL)
		xmalloc(SIZE_MAX);
	return w;
}

void
packfile_worker_free(struct packfile_worker *w)
{
	if (w == NULL)
		return;
	libdeflate_free_compressor(w->deflate);
	digest_free(w->digest);
	buf_done(&w->scratch);
	free(w);
}

void
drop_packfile_worker(struct packfile_worker **w)
{
	packfile_worker_free(*w);
}

/* Type and size: four bits of the size first, then seven a byte. */
static size_t
object_header(char head[16], enum packed_type type, uint64_t size)
{
	size_t n = 0;
	unsigned char c = (unsigned char)((unsigned)type << 4 | (size & 15));

	for (size >>= 4; size > 0; size >>= 7) {
		head[n++] = (char)(c | 0x80);
		c = (unsigned char)(size & 0x7f);
	}
	head[n++] = (char)c;
	return n;
}

void
packfile_compress(struct packfile_worker *w, enum packed_type type,
    const void *bytes, size_t len, const struct oid *oid, struct packed *out)
{
	size_t bound = libdeflate_zlib_compress_bound(w->deflate, len), n;
	char head[16];

	*out = (struct packed){ .type = type, .size = len };
	if (oid != NULL)
		out->oid = *oid;
	else
		digest_object(w->digest, type_name[type], bytes, len,
		    &out->oid);
	buf_reset(&w->scratch);
	buf_add(&w->scratch, head, object_header(head, type, len));
	n = libdeflate_zlib_compress(w->deflate, bytes, len,
	    buf_reserve(&w->scratch, bound), bound);
	w->scratch.len += n;
	/* Copied, so that what waits to be written is no larger than it is. */
	buf_add(&out->bytes, w->scratch.bytes, w->scratch.len);
	out->crc = libdeflate_crc32(0, out->bytes.bytes, out->bytes.len);
}

struct packfile_inflater *
packfile_inflater_new(void)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

	if (d == NULL)
		xmalloc(SIZE_MAX);
	return (struct packfile_inflater *)d;
}

void
packfile_inflater_free(struct packfile_inflater *i)
{
	libdeflate_free_decompressor((struct libdeflate_decompressor *)i);
}

bool
packfile_inflate(struct packfile_inflater *i, const void *bytes, size_t len,
    size_t size, struct buf *out)
{
	size_t used;

	if (libdeflate_zlib_decompress_ex((struct libdeflate_decompressor *)i,
	    bytes, len, buf_reserve(out, size), size, &used, NULL) !=
	    LIBDEFLATE_SUCCESS)
		return false;
	out->len += size;
	out->bytes[out->len] = '\0';
	return true;
}

static void
put32(struct buf *b, uint32_t v)
{
	const unsigned char c[4] = { (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	buf_add(b, c, sizeof(c));
}

struct packfile *
packfile_new(int dirfd, const char *where, struct err *e)
{
	struct packfile *p;

	/* Fail now rather than after all the compressing. */
	if (faccessat(dirfd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
		err_sys(e, where, _("cannot write in the folder"));
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->dirfd = dirfd;
	p->fd = -1;
	p->where = xstrdup(where);
	buf_adds(&p->pending, "PACK");
	put32(&p->pending, 2);
	put32(&p->pending, 0);	/* the count, known at the end */
	return p;
}

bool
packfile_has(const struct packfile *p, const struct oid *oid)
{
	return oidset_has(&p->seen, oid);
}

uint32_t
packfile_count(const struct packfile *p)
{
	return (uint32_t)p->places.n;
}

uint64_t
packfile_size(const struct packfile *p)
{
	return p->written + p->pending.len;
}

/*
 * Makes a temporary that nobody else has and leaves its name in temp. git
 * prune takes names that begin with tmp_ for leftovers, as they are after a
 * kill.
 */
static int
create(const struct packfile *p, const char *kind, char temp[TEMP_NAME],
    struct err *e)
{
	for (unsigned i = 0; i < 10000; i++) {
		int fd;

		snprintf(temp, TEMP_NAME, "tmp_%s_%ld_%u", kind,
		    (long)getpid(), i);
		fd = openat(p->dirfd, temp,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			break;
	}
	err_sys(e, p->where, _("cannot create '%s'"), temp);
	temp[0] = '\0';
	return -1;
}

static int
flush(struct packfile *p, struct err *e)
{
	if (p->fd < 0)
		p->fd = create(p, "pack", p->temp, e);
	if (p->fd < 0)
		return -1;
	if (file_write_fd(p->fd, p->where, p->pending.bytes, p->pending.len,
	    e) < 0)
		return -1;
	p->written += p->pending.len;
	buf_reset(&p->pending);
	return 0;
}

int
packfile_add(struct packfile *p, const struct packed *o, struct err *e)
{
	if (oidset_has(&p->seen, &o->oid))
		return 0;
	if (p->places.n == UINT32_MAX)
		return err_set(e, ERR_USAGE, p->where,
		    _("more than 4294967295 objects for one pack"));
	if (p->pending.len > 0 && p->pending.len + o->bytes.len > BUFFER &&
	    flush(p, e) < 0)
		return -1;
	*VEC_ADD(&p->places) = (struct packfile_place){
		.oid = o->oid,
		.crc = o->crc,
		.offset = packfile_size(p),
	};
	oidset_add(&p->seen, &o->oid);
	buf_add(&p->pending, o->bytes.bytes, o->bytes.len);
	return 0;
}

static int
place_cmp(const void *a, const void *b)
{
	const struct packfile_place *x = a, *y = b;

	return memcmp(x->oid.b, y->oid.b, OID_LEN);
}

static void
add_offsets(const struct packfile_place *places, uint32_t n, struct buf *out)
{
	uint32_t n_large = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = places[i].offset;

		put32(out, at > INT32_MAX ? 1u << 31 | n_large++ :
		    (uint32_t)at);
	}
	for (uint32_t i = 0; i < n && n_large > 0; i++) {
		uint64_t at = places[i].offset;

		if (at > INT32_MAX) {
			put32(out, (uint32_t)(at >> 32));
			put32(out, (uint32_t)at);
		}
	}
}

void
packfile_index(struct packfile_place *places, uint32_t n,
    const struct oid *name, struct buf *out)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	size_t start = out->len;
	struct oid sum;
	uint32_t i = 0;

	qsort(places, n, sizeof(*places), place_cmp);
	buf_reserve(out, 8 + 256 * 4 + (size_t)n * (OID_LEN + 8) + 40);
	buf_add(out, "\377tOc", 4);
	put32(out, 2);
	for (unsigned first = 0; first < 256; first++) {
		while (i < n && places[i].oid.b[0] == first)
			i++;
		put32(out, i);
	}
	for (i = 0; i < n; i++)
		buf_add(out, places[i].oid.b, OID_LEN);
	for (i = 0; i < n; i++)
		put32(out, places[i].crc);
	add_offsets(places, n, out);
	buf_add(out, name->b, OID_LEN);
	digest_sha1_start(d);
	digest_add(d, out->bytes + start, out->len - start);
	digest_end(d, sum.b);
	buf_add(out, sum.b, OID_LEN);
}

/* Hashes what was flushed, which the page cache still has. */
static int
hash_written(struct packfile *p, struct digest *d, struct err *e)
{
	char *bytes = buf_reserve(&p->pending, BUFFER);

	for (uint64_t at = 0; at < p->written;) {
		ssize_t n = pread(p->fd, bytes, BUFFER, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, p->where, _("cannot read '%s'"),
			    p->temp);
		if (n == 0)
			return err_set(e, ERR_INPUT, p->where,
			    _("'%s' became shorter while it was written"),
			    p->temp);
		digest_add(d, bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

/*
 * The checksum at the end covers the count at the beginning, which only now is
 * known: a small pack is still in memory whole; a large one is hashed once
 * here, and therefore not while it was written.
 */
static int
seal_pack(struct packfile *p, struct oid *out_name, struct err *e)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_buf) struct buf count = { 0 };

	put32(&count, packfile_count(p));
	digest_sha1_start(d);
	if (p->fd < 0) {
		memcpy(p->pending.bytes + PACK_HEADER - 4, count.bytes, 4);
		digest_add(d, p->pending.bytes, p->pending.len);
	} else {
		if (flush(p, e) < 0)
			return -1;
		if (pwrite(p->fd, count.bytes, 4, PACK_HEADER - 4) != 4)
			return err_sys(e, p->where, _("cannot write"));
		if (hash_written(p, d, e) < 0)
			return -1;
	}
	digest_end(d, out_name->b);
	buf_add(&p->pending, out_name->b, OID_LEN);
	if (flush(p, e) < 0)
		return -1;
	if (fchmod(p->fd, 0444) < 0 || fsync(p->fd) < 0)
		return err_sys(e, p->where, _("cannot sync '%s'"), p->temp);
	return 0;
}

static int
write_index(struct packfile *p, const struct oid *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf idx = { 0 };
	CLEANUP(drop_fd) int fd = create(p, "idx", p->temp_idx, e);
	if (fd < 0)
		return -1;

	packfile_index(p->places.items, packfile_count(p), name, &idx);
	if (file_write_fd(fd, p->where, idx.bytes, idx.len, e) < 0)
		return -1;
	if (fchmod(fd, 0444) < 0 || fsync(fd) < 0)
		return err_sys(e, p->where, _("cannot sync '%s'"),
		    p->temp_idx);
	return 0;
}

/* The pack goes first: git looks for packs by their indexes. */
static int
put_in_place(struct packfile *p, const struct oid *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	char pack[TEMP_NAME], idx[TEMP_NAME];

	text_hex(&hex, name->b, OID_LEN);
	snprintf(pack, sizeof(pack), "pack-%s.pack", buf_str(&hex));
	snprintf(idx, sizeof(idx), "pack-%s.idx", buf_str(&hex));
	if (renameat(p->dirfd, p->temp, p->dirfd, pack) < 0)
		return err_sys(e, p->where, _("cannot put '%s' in place"),
		    pack);
	p->temp[0] = '\0';
	if (renameat(p->dirfd, p->temp_idx, p->dirfd, idx) < 0)
		return err_sys(e, p->where, _("cannot put '%s' in place"),
		    idx);
	p->temp_idx[0] = '\0';
	return file_sync_dir(p->dirfd, p->where, e);
}

int
packfile_finish(struct packfile *p, struct oid *out_name, struct err *e)
{
	CLEANUP(drop_packfile) struct packfile *own = p;
	struct oid name = { 0 };

	if (own->places.n > 0 && (seal_pack(own, &name, e) < 0 ||
	    write_index(own, &name, e) < 0 ||
	    put_in_place(own, &name, e) < 0))
		return -1;
	*out_name = name;
	return 0;
}

void
packfile_abandon(struct packfile *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	if (p->temp[0] != '\0')
		unlinkat(p->dirfd, p->temp, 0);
	if (p->temp_idx[0] != '\0')
		unlinkat(p->dirfd, p->temp_idx, 0);
	free(p->where);
	buf_done(&p->pending);
	oidset_done(&p->seen);
	free(p->places.items);
	free(p);
}

void
drop_packfile(struct packfile **p)
{
	packfile_abandon(*p);
}
