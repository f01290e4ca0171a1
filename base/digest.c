/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"

struct digest {
	EVP_MD_CTX *ctx;
	EVP_MD *sha1, *sha256;
};

/*
 * These calls fail only without memory or with a libcrypto that has lost its
 * digests; going on would record a wrong name, so the program ends.
 */
static void
must(int ok)
{
	if (ok)
		return;
	fputs("driftctl: libcrypto cannot hash\n", stderr);
	exit(2);
}

bool
oid_is_zero(const struct oid *o)
{
	static const struct oid zero;

	return oid_equal(o, &zero);
}

bool
oid_equal(const struct oid *a, const struct oid *b)
{
	return memcmp(a->b, b->b, OID_LEN) == 0;
}

struct digest *
digest_new(void)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	/* Fetched once: an implicit fetch a file costs more than hashing it. */
	d->ctx = EVP_MD_CTX_new();
	d->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(d->ctx != NULL && d->sha1 != NULL && d->sha256 != NULL);
	return d;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_free(d->sha1);
	EVP_MD_free(d->sha256);
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

void
drop_digest(struct digest **d)
{
	digest_free(*d);
}

void
digest_sha1_start(struct digest *d)
{
	must(EVP_DigestInit_ex2(d->ctx, d->sha1, NULL));
}

void
digest_sha256_start(struct digest *d)
{
	must(EVP_DigestInit_ex2(d->ctx, d->sha256, NULL));
}

size_t
digest_named_start(struct digest *d, const char *name)
{
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	size_t n = 0;

	if (md != NULL && EVP_DigestInit_ex2(d->ctx, md, NULL) == 1)
		n = (size_t)EVP_MD_get_size(md);
	EVP_MD_free(md);
	return n;
}

void
digest_add(struct digest *d, const void *bytes, size_t len)
{
	must(EVP_DigestUpdate(d->ctx, bytes, len));
}

void
digest_end(struct digest *d, void *out)
{
	must(EVP_DigestFinal_ex(d->ctx, out, NULL));
}

void
digest_object(struct digest *d, const char *type, const void *bytes,
    size_t len, struct oid *out)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "%s %zu", type, len);

	digest_sha1_start(d);
	digest_add(d, head, (size_t)n + 1);
	digest_add(d, bytes, len);
	digest_end(d, out->b);
}
