/* SPDX-License-Identifier: MIT */
#include "specs/eval_certificate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/path.h"
#include "base/strlist.h"
#include "base/tr.h"

/* `certificate`: what a server sends of a file, and whether it can. */

/* A signature that nobody can forge today; SHA-1 has 63, SHA-224 112. */
enum { STRONG_SIGNATURE = 100, NAMES_SHOWN = 5 };

static const char *const demands[CERTIFICATE_ASKS] = {
	[CERTIFICATE_ITSELF] = "certificate",
	[CERTIFICATE_VALID_FOR] = "certificate.valid-for",
	[CERTIFICATE_NAMES] = "certificate.names",
	[CERTIFICATE_KEY] = "certificate.key",
	[CERTIFICATE_MIN_BITS] = "certificate.min-bits",
	[CERTIFICATE_ISSUER] = "certificate.issuer",
	[CERTIFICATE_SIGNATURE] = "certificate.signature",
	[CERTIFICATE_CHAIN] = "certificate.chain",
};

static bool
asked(const struct cert_question *q, enum certificate_ask ask)
{
	return q->d->at[ask].line > 0;
}

void
cert_tell(struct cert_question *q, enum verdict v, enum certificate_ask ask,
    unsigned line, const char *fmt, ...)
{
	CLEANUP(drop_free) char *text = NULL;
	struct about about = { .demand = demands[ask], .line = line,
		.at = &q->d->at[ask] };
	va_list ap;

	if (v == VERDICT_HOLDS)
		judge_held(q->j);
	if (v == VERDICT_HOLDS && !q->j->out->keep_held)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = xstrdup(fmt);
	va_end(ap);
	if (q->named == NULL) {
		judge_add(q->j, v, about, "%s", text);
		return;
	}
	about.line = q->named->line;
	if (line > 1)
		judge_add(q->j, v, about, _("%s, line %u: %s"),
		    judge_shows(q->j, q->path), line, text);
	else
		judge_add(q->j, v, about, "%s: %s",
		    judge_shows(q->j, q->path), text);
}

int
cert_bytes(struct judge *j, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	if (j->ev->bytes(j->ev->ctx, path, out_bytes, out_len, e) < 0) {
		if (e->kind != ERR_MISSING && e->sys != ENOENT &&
		    e->sys != ENOTDIR)
			return -1;
		err_clear(e);
		return 0;
	}
	if (*out_len > CONTENT_MAX)
		return err_set(e, ERR_INPUT, path,
		    _("larger than the %d MiB whose content is judged"),
		    CONTENT_MAX / 1024 / 1024);
	return 1;
}

int
cert_read(struct judge *j, const char *path, struct certfile **out,
    struct err *e)
{
	const char *bytes;
	size_t len;
	int n = cert_bytes(j, path, &bytes, &len, e);

	if (n <= 0)
		return n;
	return certfile_parse(path, bytes, len, out, e) < 0 ? -1 : 1;
}

static const char *
show_time(struct judge *j, int64_t when)
{
	time_t t = (time_t)when;
	char text[64];
	struct tm tm;

	if (j->rule->secret)
		return _("(hidden)");
	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		return "?";
	return arena_strdup(&j->arena, text);
}

static const char *
show_span(struct judge *j, int64_t seconds)
{
	if (seconds % 86400 == 0)
		return arena_printf(&j->arena, "%" PRId64 " d",
		    seconds / 86400);
	if (seconds % 3600 == 0)
		return arena_printf(&j->arena, "%" PRId64 " h",
		    seconds / 3600);
	return arena_printf(&j->arena, "%" PRId64 " s", seconds);
}

/* The bounds are those of X509_cmp_time(3): at its last second it is over. */
static void
judge_dates(struct cert_question *q, size_t i)
{
	const struct certificate *c = certfile_cert(q->f, i);
	int64_t now = q->j->ev->now, left = q->d->valid_for;
	const char *until = show_time(q->j, c->until);

	judge_until(q->j, c->from);
	judge_until(q->j, c->until);
	judge_until(q->j, c->until - left);
	if (now < c->from)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate is not valid before %s"),
		    show_time(q->j, c->from));
	else if (c->until <= now && i > 0)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate of the issuer, %s, expired on %s"),
		    judge_public(q->j, c->subject), until);
	else if (c->until <= now)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate expired on %s"), until);
	else if (c->until - left <= now && i > 0)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate of the issuer, %s, expires on %s, in "
		    "less than %s"), judge_public(q->j, c->subject), until,
		    show_span(q->j, left));
	else if (c->until - left <= now)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate expires on %s, in less than %s"),
		    until, show_span(q->j, left));
	else
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_VALID_FOR, c->line,
		    _("the certificate is valid until %s"), until);
}

static void
judge_validity(struct cert_question *q)
{
	if (!asked(q, CERTIFICATE_VALID_FOR))
		return;
	if (q->j->ev->now == 0) {
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_VALID_FOR, 0,
		    _("what time it is is not known, so whether the "
		    "certificate has expired is not"));
		return;
	}
	for (size_t i = 0; i <= q->top; i++)
		judge_dates(q, i);
}

/* "'a.example.org', 'b.example.org', …", or the subject where none is. */
static const char *
show_names(struct cert_question *q)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	size_t n = certfile_names(q->f, 0, NAMES_SHOWN, &all);

	if (n == 0)
		return judge_public(q->j, certfile_cert(q->f, 0)->subject);
	for (size_t i = 0; i < all.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    judge_public(q->j, all.items[i]));
	if (n > all.n)
		buf_adds(&b, ", …");
	return arena_strdup(&q->j->arena, buf_str(&b));
}

static void
judge_names(struct cert_question *q)
{
	unsigned line = certfile_cert(q->f, 0)->line;

	for (size_t i = 0; i < q->d->names.n; i++) {
		const char *name = q->d->names.items[i];
		int found = certfile_is_for(q->f, 0, name);

		if (found > 0)
			cert_tell(q, VERDICT_HOLDS, CERTIFICATE_NAMES, line,
			    _("the certificate is for %s"), name);
		else if (found == 0)
			cert_tell(q, VERDICT_FAILS, CERTIFICATE_NAMES, line,
			    _("the certificate is for %s, not for %s"),
			    show_names(q), judge_public(q->j, name));
		else
			cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_NAMES,
			    line, _("whether the certificate is for %s cannot "
			    "be told"), judge_public(q->j, name));
	}
}

/* The first key is not that of the first certificate: which one is it? */
static void
tell_other_key(struct cert_question *q, const struct certfile *keys,
    const char *where)
{
	unsigned line = certfile_cert(q->f, 0)->line;

	for (size_t k = 1; k < certfile_keys(keys); k++) {
		if (certfile_matches(q->f, 0, keys, k) != 1)
			continue;
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_KEY, line,
		    _("its private key is the one of line %u%s, but the first "
		    "one is used"), certfile_key(keys, k)->line, where);
		return;
	}
	for (size_t i = 1; i < certfile_certs(q->f); i++) {
		if (certfile_matches(q->f, i, keys, 0) != 1)
			continue;
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_KEY, line,
		    _("the private key%s is that of the certificate of line "
		    "%u, but the first one is used"), where,
		    certfile_cert(q->f, i)->line);
		return;
	}
	cert_tell(q, VERDICT_FAILS, CERTIFICATE_KEY, line,
	    _("the private key%s is that of another certificate"), where);
}

static void
compare_key(struct cert_question *q, const struct certfile *keys,
    const char *where)
{
	unsigned line = certfile_cert(q->f, 0)->line;
	int same;

	if (certfile_keys(keys) == 0) {
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_KEY, line,
		    _("there is no private key%s"), where[0] != '\0' ? where :
		    _(" with the certificate"));
		return;
	}
	same = certfile_matches(q->f, 0, keys, 0);
	if (same > 0)
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_KEY, line,
		    _("the private key belongs to the certificate%s"), where);
	else if (same == 0)
		tell_other_key(q, keys, where);
	else if (certfile_key(keys, 0)->state == CERTKEY_ENCRYPTED)
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_KEY, line,
		    _("the private key%s is encrypted, so whether it is that "
		    "of the certificate cannot be told"), where);
	else if (certfile_key(keys, 0)->state == CERTKEY_BROKEN)
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_KEY, line,
		    _("the private key%s cannot be read: it is damaged, or of "
		    "a kind that is not known"), where);
	else
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_KEY, line,
		    _("the certificate's own key is of a kind that is not "
		    "known"));
}

static void
judge_key(struct cert_question *q)
{
	CLEANUP(drop_certfile) struct certfile *keys = NULL;
	CLEANUP(drop_buf) struct buf path = { 0 };
	unsigned line = certfile_cert(q->f, 0)->line;
	struct err e = { 0 };
	int found;

	if (!asked(q, CERTIFICATE_KEY))
		return;
	if (q->d->key_path == NULL) {
		compare_key(q, q->f, "");
		return;
	}
	if (q->d->key_path[0] != '/') {
		path_parent(&path, q->path);
		if (path.len > 1)
			buf_addc(&path, '/');
	}
	buf_adds(&path, q->d->key_path);
	found = cert_read(q->j, buf_str(&path), &keys, &e);
	if (found > 0)
		compare_key(q, keys, arena_printf(&q->j->arena, _(" of %s"),
		    buf_str(&path)));
	else if (found == 0)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_KEY, line,
		    _("its private key, %s, is not there"), buf_str(&path));
	else
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_KEY, line,
		    _("its private key, %s, cannot be read: %s%s%s"),
		    buf_str(&path), e.what, e.sys != 0 ? ": " : "",
		    e.sys != 0 ? strerror(e.sys) : "");
}

/* NIST SP 800-57 part 1, table 2: what a modulus of so many bits is worth. */
static int
strength_of(int64_t bits)
{
	static const struct { int bits, strength; } table[] = {
		{ 15360, 256 }, { 7680, 192 }, { 3072, 128 }, { 2048, 112 },
		{ 1024, 80 }, { 0, 0 } };
	size_t i = 0;

	while (bits < table[i].bits)
		i++;
	return table[i].strength;
}

static void
judge_bits(struct cert_question *q)
{
	const struct certificate *c = certfile_cert(q->f, 0);
	int64_t least = q->d->min_bits;

	if (!asked(q, CERTIFICATE_MIN_BITS))
		return;
	if (c->bits <= 0)
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_MIN_BITS,
		    c->line, _("the certificate's key is of a kind whose "
		    "strength is not known"));
	else if (c->factored ? c->bits >= least :
	    c->strength >= strength_of(least))
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_MIN_BITS, c->line,
		    _("the key is %s of %d bits"), c->algorithm, c->bits);
	else if (c->factored)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_MIN_BITS, c->line,
		    _("the key is %s of %d bits, expected at least %" PRId64),
		    c->algorithm, c->bits, least);
	else
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_MIN_BITS, c->line,
		    _("the key is %s of %d bits, which is weaker than RSA of "
		    "%" PRId64), c->algorithm, c->bits, least);
}

static void
judge_issuer(struct cert_question *q)
{
	const struct certificate *c = certfile_cert(q->f, 0);
	const struct regex *re;
	struct err e = { 0 };
	int found;

	if (!asked(q, CERTIFICATE_ISSUER) || q->d->issuer == NULL)
		return;
	re = judge_regex(q->j, q->d->issuer, &e);
	found = re == NULL ? -1 : regex_match(re, c->issuer,
	    strlen(c->issuer), NULL);
	if (found > 0)
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_ISSUER, c->line,
		    _("the certificate is issued by %s"),
		    judge_public(q->j, c->issuer));
	else if (found == 0)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_ISSUER, c->line,
		    _("the certificate is issued by %s, expected a match of "
		    "%s"), judge_public(q->j, c->issuer),
		    judge_public(q->j, q->d->issuer));
	else
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_ISSUER, c->line,
		    _("the expression %s takes too many steps on the "
		    "issuer's name"), judge_public(q->j, q->d->issuer));
}

/* Nobody looks at the signature that a root gives itself. */
static void
judge_signature(struct cert_question *q)
{
	for (size_t i = 0; asked(q, CERTIFICATE_SIGNATURE) && i <= q->top;
	    i++) {
		const struct certificate *c = certfile_cert(q->f, i);

		if (c->self_signed || c->signature_strength >=
		    STRONG_SIGNATURE)
			cert_tell(q, VERDICT_HOLDS, CERTIFICATE_SIGNATURE,
			    c->line, _("the signature is strong"));
		else if (c->signature_strength < 0)
			cert_tell(q, VERDICT_CANNOT_TELL,
			    CERTIFICATE_SIGNATURE, c->line,
			    _("the certificate is signed in a way that is not "
			    "known"));
		else
			cert_tell(q, VERDICT_FAILS, CERTIFICATE_SIGNATURE,
			    c->line, _("the certificate is signed with %s, "
			    "which can be forged"), c->digest);
	}
}

void
cert_ask(struct cert_question *q)
{
	const struct certificate *c;

	if (certfile_certs(q->f) == 0) {
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_ITSELF, 0,
		    _("there is no certificate in it"));
		return;
	}
	c = certfile_cert(q->f, 0);
	if (c->broken != NULL) {
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_ITSELF, c->line,
		    _("the certificate cannot be read: %s"), c->broken);
		return;
	}
	cert_chain(q);
	judge_validity(q);
	judge_names(q);
	judge_key(q);
	judge_bits(q);
	judge_issuer(q);
	judge_signature(q);
}

void
judge_certificate(struct judge *j)
{
	CLEANUP(drop_certfile) struct certfile *f = NULL;
	struct cert_question q = { .j = j, .d = j->rule->certificate,
		.path = j->path };
	const char *bytes;
	size_t len;
	struct err e = { 0 };

	if (q.d == NULL)
		return;
	if (judge_bytes(j, &bytes, &len, &e) < 0 ||
	    certfile_parse(j->path, bytes, len, &f, &e) < 0) {
		judge_unknown(j, demands[CERTIFICATE_ITSELF],
		    &q.d->at[CERTIFICATE_ITSELF], &e);
		return;
	}
	q.f = f;
	cert_ask(&q);
}
