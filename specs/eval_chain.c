/* SPDX-License-Identifier: MIT */
#include "specs/eval_certificate.h"

#include <string.h>

#include "base/tr.h"

/*
 * The chain of a file: its first certificate, and each next one that issued
 * the one before (RFC 8446, 4.4.2).
 */

/* Where distributions keep the roots they trust. */
static const char *const system_roots[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Arch, Alpine */
	"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
	"/etc/ssl/ca-bundle.pem",		/* openSUSE */
	"/var/lib/ca-certificates/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

/* Why the certificate `next` stands in the wrong place. */
static void
tell_break(struct cert_question *q, size_t i, size_t next)
{
	const struct certfile *f = q->f;
	const struct certificate *c = certfile_cert(f, i);
	unsigned line = certfile_cert(f, next)->line;

	for (size_t k = next + 1; k < certfile_certs(f); k++) {
		if (certfile_issued(f, i, k) != 1)
			continue;
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_CHAIN, line,
		    _("the order is wrong: the certificate of line %u issued "
		    "the one of line %u and must come next"),
		    certfile_cert(f, k)->line, c->line);
		return;
	}
	for (size_t k = next; i == 0 && k < certfile_certs(f); k++) {
		if (certfile_issued(f, k, 0) != 1)
			continue;
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_CHAIN, c->line,
		    _("the order is wrong: the first certificate issued the "
		    "one of line %u, which must come before it"),
		    certfile_cert(f, k)->line);
		return;
	}
	if (c->self_signed)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_CHAIN, line,
		    _("the chain ended with the root before this "
		    "certificate, which does not belong to it"));
	else
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_CHAIN, line,
		    _("%s did not issue the certificate before it; %s is "
		    "missing"), judge_public(q->j,
		    certfile_cert(f, next)->subject),
		    judge_public(q->j, c->issuer));
}

/* 1, 0, or -1 when there are no roots to look among; *out_path is where. */
static int
is_trusted(struct cert_question *q, const char **out_path, struct err *e)
{
	const struct texts *own = &q->d->trust;
	size_t n = own->n > 0 ? own->n :
	    sizeof(system_roots) / sizeof(system_roots[0]);
	bool looked = false;

	for (size_t i = 0; i < n; i++) {
		const char *path = own->n > 0 ? own->items[i] :
		    system_roots[i], *bytes;
		size_t len;
		int found = cert_bytes(q->j, path, &bytes, &len, e);

		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		if (!looked)
			*out_path = path;
		looked = true;
		if (certfile_is_issued_by(q->f, q->top, bytes, len))
			return 1;
		/* The system's are one store in several places. */
		if (own->n == 0)
			break;
	}
	if (looked)
		return 0;
	return err_set(e, ERR_MISSING, q->path, own->n > 0 ?
	    _("none of the files of 'trust' is there") :
	    _("this system has no roots to compare it with [say with 'trust' "
	    "where they are]"));
}

static void
judge_end(struct cert_question *q)
{
	const struct certificate *c = certfile_cert(q->f, q->top);
	const char *roots = "";
	struct err e = { 0 };
	int trusted;

	if (c->self_signed) {
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_CHAIN, c->line,
		    _("the chain ends at a root"));
		return;
	}
	trusted = is_trusted(q, &roots, &e);
	if (trusted > 0)
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_CHAIN, c->line,
		    _("the chain ends at a root that is trusted"));
	else if (trusted == 0)
		cert_tell(q, VERDICT_FAILS, CERTIFICATE_CHAIN, c->line,
		    _("the chain ends too early: %s, who issued the "
		    "certificate, is neither in the file nor among the roots "
		    "of %s"), judge_public(q->j, c->issuer), roots);
	else
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_CHAIN, c->line,
		    _("whether %s is a root cannot be told: %s%s%s"),
		    judge_public(q->j, c->issuer), e.what,
		    e.sys != 0 ? ": " : "",
		    e.sys != 0 ? strerror(e.sys) : "");
}

void
cert_chain(struct cert_question *q)
{
	bool asked = q->d->at[CERTIFICATE_CHAIN].line > 0;
	size_t n = certfile_certs(q->f);
	int issued = 1;

	for (q->top = 0; q->top + 1 < n; q->top++) {
		issued = certfile_issued(q->f, q->top, q->top + 1);
		if (issued != 1)
			break;
	}
	if (!asked)
		return;
	if (issued == 0)
		tell_break(q, q->top, q->top + 1);
	else if (issued < 0)
		cert_tell(q, VERDICT_CANNOT_TELL, CERTIFICATE_CHAIN,
		    certfile_cert(q->f, q->top + 1)->line,
		    _("whether this certificate issued the one before cannot "
		    "be told: %s"),
		    certfile_cert(q->f, q->top + 1)->broken != NULL ?
		    certfile_cert(q->f, q->top + 1)->broken :
		    _("its key cannot be used"));
	else if (q->d->complete)
		judge_end(q);
	else
		cert_tell(q, VERDICT_HOLDS, CERTIFICATE_CHAIN,
		    certfile_cert(q->f, q->top)->line,
		    _("each certificate issued the one before"));
}
