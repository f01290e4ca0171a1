/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_SEAL_H
#define SNAPSHOTS_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;

/*
 * Keeps secrets out of a copied repository. The same bytes under the same key
 * give the same sealed bytes, so that an unchanged secret is one git object;
 * whoever has two snapshots learns that a secret changed, and its length.
 *
 * Sealed: the line "driftctl-seal1", a nonce of 24 bytes, the ciphertext and
 * tag of XChaCha20-Poly1305. The nonce is keyed BLAKE2b of the plain bytes.
 */

struct seal_key;

/*
 * Reads the key dirfd/path: 32 bytes in a file that only its owner, who is us,
 * can read. A missing one is made (0400) when create is true; its folder must
 * be there. NULL on failure; ERR_MISSING when there is none.
 */
struct seal_key *seal_key_load(int dirfd, const char *path, bool create,
    struct err *e);
/* One that nobody else has or keeps: to compare secrets in this run. NULL and
 * e where there is no randomness. */
struct seal_key *seal_key_passing(struct err *e);
void seal_key_free(struct seal_key *k);
void drop_seal_key(struct seal_key **k);	/* for CLEANUP */

/* Appends the sealed bytes. */
void seal_bytes(const struct seal_key *k, const void *plain, size_t len,
    struct buf *out);
/* True when bytes begin as sealed ones do. */
bool seal_is(const void *bytes, size_t len);
/*
 * Appends the plain bytes; nothing unless all of it is right. where names what
 * was sealed. Wiping out is the caller's: see seal_wipe.
 */
int seal_open(const struct seal_key *k, const char *where, const void *sealed,
    size_t len, struct buf *out, struct err *e);
/* Overwrites what the buffer holds, then empties it. */
void seal_wipe(struct buf *b);
void drop_sealed_buf(struct buf *b);		/* for CLEANUP: wipes */

#endif
