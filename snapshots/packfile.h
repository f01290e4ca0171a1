/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_PACKFILE_H
#define SNAPSHOTS_PACKFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

/*
 * Writes one git pack with its index, version 2 of both (gitformat-pack(5)):
 * whole objects only, no deltas, which are left to a later fold.
 */

/* The numbers are those of the pack format. */
enum packed_type {
	PACKED_COMMIT = 1,
	PACKED_TREE = 2,
	PACKED_BLOB = 3,
};

/* "commit", "tree", "blob". */
const char *packed_word(enum packed_type type);

/* One object as it stands in a pack. */
struct packed {
	struct oid oid;
	enum packed_type type;
	uint64_t size;		/* before compression */
	uint32_t crc;		/* of bytes */
	struct buf bytes;	/* object header and zlib stream */
};

void packed_done(struct packed *o);
void drop_packed(struct packed *o);	/* for CLEANUP */

/* What one thread needs to compress; never shared between threads. */
struct packfile_worker;
struct packfile_worker *packfile_worker_new(void);
void packfile_worker_free(struct packfile_worker *w);
void drop_packfile_worker(struct packfile_worker **w);	/* for CLEANUP */

/*
 * Compresses one object; touches nothing but w and *out, which the caller
 * owns. oid is its name where that is known already, NULL otherwise.
 */
void packfile_compress(struct packfile_worker *w, enum packed_type type,
    const void *bytes, size_t len, const struct oid *oid, struct packed *out);

/* Appends what a zlib stream at the beginning of bytes holds; false unless that
 * is exactly size bytes. */
struct packfile_inflater;
struct packfile_inflater *packfile_inflater_new(void);
void packfile_inflater_free(struct packfile_inflater *i);
bool packfile_inflate(struct packfile_inflater *i, const void *bytes,
    size_t len, size_t size, struct buf *out);

struct packfile;

/*
 * Starts a pack in the folder dirfd, which stays the caller's and must outlive
 * the pack; where is its name in messages. NULL on failure.
 */
struct packfile *packfile_new(int dirfd, const char *where, struct err *e);

bool packfile_has(const struct packfile *p, const struct oid *oid);
uint32_t packfile_count(const struct packfile *p);
/* Bytes that the pack has so far. */
uint64_t packfile_size(const struct packfile *p);

/* Appends o; an object that the pack has already is passed over. */
int packfile_add(struct packfile *p, const struct packed *o, struct err *e);

/*
 * Puts pack-NAME.pack and then its index in place, both on disk for good when
 * it returns, and frees p whatever comes out; *out_name is the checksum that
 * NAME is made of. A pack without objects leaves nothing behind and gives a
 * zero name. On failure no temporary stays.
 */
int packfile_finish(struct packfile *p, struct oid *out_name, struct err *e);

/* Removes what was written so far and frees p, which may be NULL. */
void packfile_abandon(struct packfile *p);
void drop_packfile(struct packfile **p);	/* for CLEANUP */

/* Where one object of a pack is. */
struct packfile_place {
	struct oid oid;
	uint32_t crc;
	uint64_t offset;
};

/*
 * Appends the bytes of the index of a pack whose checksum is name; sorts
 * places. Offsets that do not fit 31 bits go to the table of 64-bit ones.
 */
void packfile_index(struct packfile_place *places, uint32_t n,
    const struct oid *name, struct buf *out);

#endif
