/* SPDX-License-Identifier: MIT */
#include "specs/certfile.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/certblocks.h"

struct held_cert {
	struct certificate told;
	X509 *x;		/* NULL: broken */
};

struct held_key {
	struct certkey told;
	EVP_PKEY *key;		/* NULL: cannot be used */
};

struct certfile {
	struct arena arena;
	struct {
		struct held_cert *items;
		size_t n, cap;
	} certs;
	struct {
		struct held_key *items;
		size_t n, cap;
	} keys;
};

static void
drop_bio(BIO **b)
{
	BIO_free(*b);
}

void
certfile_free(struct certfile *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->certs.n; i++)
		X509_free(f->certs.items[i].x);
	for (size_t i = 0; i < f->keys.n; i++)
		EVP_PKEY_free(f->keys.items[i].key);
	free(f->certs.items);
	free(f->keys.items);
	arena_done(&f->arena);
	free(f);
}

void
drop_certfile(struct certfile **f)
{
	certfile_free(*f);
}

/* libcrypto would ask on the terminal otherwise (pem_password_cb(3)). */
static int
no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

/* What libcrypto complains of, which never quotes what it reads. */
static const char *
reason(void)
{
	const char *s = ERR_reason_error_string(ERR_peek_error());

	ERR_clear_error();
	return s != NULL ? s : _("not what it should be");
}

static int
read_time(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return -1;
	*out = (int64_t)timegm(&tm);
	return 0;
}

static const char *
read_name(struct arena *a, const X509_NAME *name)
{
	CLEANUP(drop_bio) BIO *out = BIO_new(BIO_s_mem());
	char *text;
	long n;

	if (out == NULL || name == NULL || X509_NAME_print_ex(out, name, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return "";
	n = BIO_get_mem_data(out, &text);
	return n > 0 ? arena_memdup(a, text, (size_t)n) : "";
}

static void
read_key(struct certfile *f, X509 *x, struct certificate *out)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const char *name = key == NULL ? NULL : EVP_PKEY_get0_type_name(key);

	out->algorithm = arena_strdup(&f->arena, name != NULL ? name : "");
	if (key == NULL)
		return;
	out->bits = EVP_PKEY_get_bits(key);
	out->strength = EVP_PKEY_get_security_bits(key);
	out->factored = text_starts(out->algorithm, "RSA") ||
	    text_starts(out->algorithm, "D");
}

static void
read_signature(X509 *x, struct certificate *out)
{
	int digest = NID_undef, strength = -1;

	out->digest = "";
	out->signature_strength = -1;
	if (X509_get_signature_info(x, &digest, NULL, &strength, NULL) != 1)
		return;
	out->signature_strength = strength;
	if (digest != NID_undef)
		out->digest = OBJ_nid2sn(digest);
}

static void
take_cert(struct certfile *f, X509 *x, unsigned line)
{
	struct held_cert *h = VEC_ADD(&f->certs);
	struct certificate *out = &h->told;

	out->line = line;
	h->x = x;
	if (x == NULL) {
		out->broken = arena_strdup(&f->arena, reason());
		return;
	}
	if (read_time(X509_get0_notBefore(x), &out->from) < 0 ||
	    read_time(X509_get0_notAfter(x), &out->until) < 0) {
		out->broken = _("its dates are none");
		X509_free(x);
		h->x = NULL;
		return;
	}
	out->subject = read_name(&f->arena, X509_get_subject_name(x));
	out->issuer = read_name(&f->arena, X509_get_issuer_name(x));
	read_key(f, x, out);
	read_signature(x, out);
	out->self_signed = X509_self_signed(x, 1) == 1;
	/* What could not be made out is no news by itself. */
	ERR_clear_error();
}

static void
take_key(struct certfile *f, EVP_PKEY *key, bool encrypted, unsigned line)
{
	struct held_key *h = VEC_ADD(&f->keys);

	h->key = key;
	h->told.line = line;
	h->told.state = encrypted ? CERTKEY_ENCRYPTED :
	    key != NULL ? CERTKEY_READ : CERTKEY_BROKEN;
	ERR_clear_error();
}

static int
take_block(void *arg, const char *name, const struct certblock *b,
    struct err *e)
{
	struct certfile *f = arg;
	CLEANUP(drop_bio) BIO *bio = NULL;
	bool encrypted = b->encrypted ||
	    strcmp(b->label, "ENCRYPTED PRIVATE KEY") == 0;

	if (text_ends(b->label, "CERTIFICATE")) {
		if (f->certs.n == CERTFILE_CERTS_MAX)
			return err_at(e, name, b->line, 0,
			    _("more than the %d certificates that are looked "
			    "at"), CERTFILE_CERTS_MAX);
		bio = BIO_new_mem_buf(b->bytes, (int)b->len);
		take_cert(f, PEM_read_bio_X509_AUX(bio, NULL, no_passphrase,
		    NULL), b->line);
	} else if (text_ends(b->label, "PRIVATE KEY") &&
	    f->keys.n < CERTFILE_KEYS_MAX) {
		bio = BIO_new_mem_buf(b->bytes, (int)b->len);
		take_key(f, encrypted ? NULL : PEM_read_bio_PrivateKey(bio,
		    NULL, no_passphrase, NULL), encrypted, b->line);
	}
	return 0;
}

/* A SEQUENCE of X.690 of more than 127 bytes, which each of them is. */
static bool
looks_like_der(const char *bytes, size_t len)
{
	return len > 4 && bytes[0] == '\x30' &&
	    ((unsigned char)bytes[1] & 0xf0) == 0x80;
}

static int
parse_der(struct certfile *f, const char *name, const char *bytes, size_t len,
    struct err *e)
{
	const unsigned char *p = (const unsigned char *)bytes;
	X509 *x = d2i_X509(NULL, &p, (long)len);
	EVP_PKEY *key;

	if (x != NULL) {
		take_cert(f, x, 0);
		return 0;
	}
	ERR_clear_error();
	p = (const unsigned char *)bytes;
	if ((key = d2i_AutoPrivateKey(NULL, &p, (long)len)) != NULL) {
		take_key(f, key, false, 0);
		return 0;
	}
	ERR_clear_error();
	return err_set(e, ERR_INPUT, name, _("neither PEM nor a certificate "
	    "or key in DER"));
}

int
certfile_parse(const char *name, const char *bytes, size_t len,
    struct certfile **out, struct err *e)
{
	CLEANUP(drop_certfile) struct certfile *f = xcalloc(1, sizeof(*f));

	/* What it counts bytes with. */
	if (len > INT32_MAX)
		return err_set(e, ERR_INPUT, name, _("too large"));
	ERR_clear_error();
	if (looks_like_der(bytes, len)) {
		if (parse_der(f, name, bytes, len, e) < 0)
			return -1;
	} else if (certblocks(name, bytes, len, take_block, f, e) < 0) {
		return -1;
	}
	*out = STEAL(f);
	return 0;
}

size_t
certfile_certs(const struct certfile *f)
{
	return f->certs.n;
}

const struct certificate *
certfile_cert(const struct certfile *f, size_t i)
{
	return &f->certs.items[i].told;
}

size_t
certfile_keys(const struct certfile *f)
{
	return f->keys.n;
}

const struct certkey *
certfile_key(const struct certfile *f, size_t i)
{
	return &f->keys.items[i].told;
}

int
certfile_matches(const struct certfile *certs, size_t cert,
    const struct certfile *keys, size_t key)
{
	X509 *x = certs->certs.items[cert].x;
	EVP_PKEY *private = keys->keys.items[key].key;
	EVP_PKEY *public = x == NULL ? NULL : X509_get0_pubkey(x);
	int same;

	if (public == NULL || private == NULL)
		return -1;
	same = EVP_PKEY_eq(public, private);
	ERR_clear_error();
	/* Of another kind is of another pair. */
	return same == 1;
}

static bool
is_address(const char *host)
{
	unsigned char ignored[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, ignored) == 1 ||
	    inet_pton(AF_INET6, host, ignored) == 1;
}

int
certfile_is_for(const struct certfile *f, size_t i, const char *host)
{
	X509 *x = f->certs.items[i].x;
	int found;

	if (x == NULL || host[0] == '\0')
		return -1;
	found = is_address(host) ? X509_check_ip_asc(x, host, 0) :
	    X509_check_host(x, host, strlen(host), 0, NULL);
	ERR_clear_error();
	return found < 0 ? -1 : found;
}

static bool
add_name(const GENERAL_NAME *g, bool room, struct strlist *out)
{
	const ASN1_STRING *s = g->type == GEN_DNS ? g->d.dNSName :
	    g->type == GEN_IPADD ? g->d.iPAddress : NULL;
	char text[INET6_ADDRSTRLEN];
	int n = s == NULL ? 0 : ASN1_STRING_length(s);

	if (s == NULL || (g->type == GEN_IPADD && n != 4 && n != 16))
		return false;
	if (!room)
		return true;
	if (g->type == GEN_DNS)
		strlist_take(out, xmemdup(ASN1_STRING_get0_data(s),
		    (size_t)n));
	else if (inet_ntop(n == 4 ? AF_INET : AF_INET6,
	    ASN1_STRING_get0_data(s), text, sizeof(text)) != NULL)
		strlist_add(out, text);
	return true;
}

size_t
certfile_names(const struct certfile *f, size_t i, size_t max,
    struct strlist *out)
{
	X509 *x = f->certs.items[i].x;
	GENERAL_NAMES *all = x == NULL ? NULL : X509_get_ext_d2i(x,
	    NID_subject_alt_name, NULL, NULL);
	size_t n = 0;

	for (int k = 0; k < sk_GENERAL_NAME_num(all); k++)
		if (add_name(sk_GENERAL_NAME_value(all, k), n < max, out))
			n++;
	GENERAL_NAMES_free(all);
	ERR_clear_error();
	return n;
}

/* 1, 0, or -1 where it cannot be told. */
static int
issued(X509 *x, X509 *by)
{
	EVP_PKEY *key = by == NULL ? NULL : X509_get0_pubkey(by);
	int good;

	if (x == NULL || key == NULL)
		return -1;
	/* A server's certificate can sign as well, but nobody believes it. */
	good = X509_check_issued(by, x) != X509_V_OK ||
	    X509_check_ca(by) == 0 ? 0 : X509_verify(x, key);
	ERR_clear_error();
	return good < 0 ? -1 : good;
}

int
certfile_issued(const struct certfile *f, size_t i, size_t issuer)
{
	return issued(f->certs.items[i].x, f->certs.items[issuer].x);
}

struct search {
	X509 *x;
	const unsigned char *issuer;	/* its name, in DER */
	size_t len;
};

/*
 * To make an X509 of each root of a system takes longer than all the rest. A
 * root's name is written as its certificates name it, byte for byte (RFC 5280,
 * 4.1.2.6).
 */
static int
is_issuer(void *arg, const char *name, const struct certblock *b, struct err *e)
{
	const struct search *s = arg;
	CLEANUP(drop_bio) BIO *bio = NULL;
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	const unsigned char *p;
	X509 *root = NULL;
	long len = 0;
	int found;

	(void)name;
	(void)e;
	if (!text_ends(b->label, "CERTIFICATE"))
		return 0;
	bio = BIO_new_mem_buf(b->bytes, (int)b->len);
	if (PEM_read_bio(bio, &label, &header, &der, &len) == 1 && len > 0 &&
	    memmem(der, (size_t)len, s->issuer, s->len) != NULL) {
		p = der;
		root = d2i_X509(NULL, &p, len);
	}
	found = issued(s->x, root) == 1;
	ERR_clear_error();
	X509_free(root);
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return found;
}

bool
certfile_is_issued_by(const struct certfile *f, size_t i, const char *bytes,
    size_t len)
{
	struct search s = { .x = f->certs.items[i].x };
	struct err ignored = { 0 };

	if (s.x == NULL || len > INT32_MAX ||
	    X509_NAME_get0_der(X509_get_issuer_name(s.x), &s.issuer,
	    &s.len) != 1 || s.len == 0)
		return false;
	return certblocks("", bytes, len, is_issuer, &s, &ignored) == 1;
}
