/* SPDX-License-Identifier: MIT */
#ifndef SPECS_EVAL_CERTIFICATE_H
#define SPECS_EVAL_CERTIFICATE_H

#include "specs/certfile.h"
#include "specs/judge.h"

/* What is asked of the certificates of one file. */
struct cert_question {
	struct judge *j;
	const struct certificate_demand *d;
	const struct certfile *f;
	const char *path;	/* of the file */
	/* Where a configuration names the file, or NULL: it is the rule's. */
	const struct about *named;
	size_t top;		/* the last that issued the one before */
};

/* Asks all that is demanded; q->f holds a certificate. */
void cert_ask(struct cert_question *q);
/* The file holds none, or cannot be read: for both kinds of questions. */
void cert_tell(struct cert_question *q, enum verdict v,
    enum certificate_ask ask, unsigned line, const char *fmt, ...)
    PRINTF(5, 6);
/* Finds how far the chain goes, and judges it where that is demanded. */
void cert_chain(struct cert_question *q);

/* The file at path, by the evidence: 1, 0 when there is none, or -1 when it
 * cannot be read. */
int cert_bytes(struct judge *j, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e);
int cert_read(struct judge *j, const char *path, struct certfile **out,
    struct err *e);

#endif
