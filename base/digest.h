/* SPDX-License-Identifier: MIT */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OID_LEN = 20, SHA256_LEN = 32 };

/* The name of a git object: SHA-1 over "TYPE SIZE\0" and its bytes. */
struct oid {
	unsigned char b[OID_LEN];
};

bool oid_is_zero(const struct oid *o);
bool oid_equal(const struct oid *a, const struct oid *b);

/* One worker's hashing state; not shared between threads. */
struct digest;
struct digest *digest_new(void);
void digest_free(struct digest *d);
void drop_digest(struct digest **d);	/* for CLEANUP */

/* type is "blob", "tree", "commit". */
void digest_object(struct digest *d, const char *type, const void *bytes,
    size_t len, struct oid *out);

/* SHA-1 or SHA-256 in pieces. */
void digest_sha1_start(struct digest *d);
void digest_sha256_start(struct digest *d);
/* By name, "md5", "sha512"…: how long it will be, 0 where libcrypto does not
 * have it, as MD5 where only approved digests are. */
size_t digest_named_start(struct digest *d, const char *name);
void digest_add(struct digest *d, const void *bytes, size_t len);
void digest_end(struct digest *d, void *out);

#endif
