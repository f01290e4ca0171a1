/* SPDX-License-Identifier: MIT */
#ifndef SPECS_CERTFILE_H
#define SPECS_CERTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"

/*
 * The certificates and private keys of one file, in their order: PEM with
 * anything around it, or one of them in DER. Nothing here asks for a
 * passphrase, and nothing tells of a private key but where it stands.
 */
struct certfile;

enum { CERTFILE_CERTS_MAX = 1000, CERTFILE_KEYS_MAX = 16 };

struct certificate {
	unsigned line;		/* of its BEGIN; 0 in DER */
	const char *broken;	/* why it cannot be read; then the rest is 0 */
	const char *subject, *issuer;	/* RFC 2253, UTF-8 */
	const char *algorithm;	/* of its key: "RSA" */
	const char *digest;	/* of its signature: "SHA256", or "" */
	int64_t from, until;	/* seconds since the epoch */
	int bits;		/* of its key */
	int strength;		/* of the key, in bits of a symmetric one */
	int signature_strength;	/* of the digest, the same; -1: not known */
	bool factored;		/* the key is of RSA, DSA or DH */
	bool self_signed;
};

enum certkey_state { CERTKEY_READ, CERTKEY_ENCRYPTED, CERTKEY_BROKEN };

struct certkey {
	unsigned line;		/* of its BEGIN; 0 in DER */
	enum certkey_state state;
};

/*
 * Reads a file. -1: it cannot be told what it holds (e says why); a single
 * certificate or key that cannot be read is listed as such. name is for
 * messages.
 */
int certfile_parse(const char *name, const char *bytes, size_t len,
    struct certfile **out, struct err *e);
void certfile_free(struct certfile *f);
void drop_certfile(struct certfile **f);

size_t certfile_certs(const struct certfile *f);
const struct certificate *certfile_cert(const struct certfile *f, size_t i);
size_t certfile_keys(const struct certfile *f);
const struct certkey *certfile_key(const struct certfile *f, size_t i);

/* Whether the key is that of the certificate, by its public half; -1 where
 * one of them cannot be read. */
int certfile_matches(const struct certfile *certs, size_t cert,
    const struct certfile *keys, size_t key);
/*
 * Whether a client that asks for the host, a DNS name or an address, accepts
 * the certificate (RFC 6125): by its alternative names, by its common name
 * where it has none of that kind. -1: no such name can be asked for.
 */
int certfile_is_for(const struct certfile *f, size_t i, const char *host);
/* The names and addresses it is for, at most max of them; returns how many
 * there are. */
size_t certfile_names(const struct certfile *f, size_t i, size_t max,
    struct strlist *out);
/* Whether the certificate is issued, and signed, by another one of the file
 * that may do so; -1 where that cannot be told. */
int certfile_issued(const struct certfile *f, size_t i, size_t issuer);
/* The same for any of those in PEM; what cannot be read is passed over. */
bool certfile_is_issued_by(const struct certfile *f, size_t i,
    const char *bytes, size_t len);

#endif
