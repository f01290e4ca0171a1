/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_PACKREAD_H
#define SNAPSHOTS_PACKREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "snapshots/packfile.h"

struct buf;

/*
 * Reads objects from the packs of a folder (gitformat-pack(5)), deltas
 * included, without a git library: starting one costs more than most runs
 * read. It says no where anything is out of the ordinary (loose objects, a pack
 * that went, damage), and never why: whoever asks turns to the library then,
 * which has the words. Bytes come from a hostile hand as far as this goes.
 */
struct packread;

/* The packs that are in the folder now. */
struct packread *packread_new(int pack_fd);
void packread_free(struct packread *p);
void drop_packread(struct packread **p);	/* for CLEANUP */

bool packread_has(struct packread *p, const struct oid *oid);
/* Appends an object's bytes, whose hash was checked. False: see above. */
bool packread_object(struct packread *p, const struct oid *oid,
    enum packed_type *out_type, struct buf *out);

/* Applies a delta (gitformat-pack(5), "Deltified representation"). False when
 * it is no delta of these bytes. */
bool packread_delta(const void *base, size_t base_len, const void *delta,
    size_t len, struct buf *out);

#endif
