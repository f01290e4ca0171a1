/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_MAIL_H
#define AGENT_TELL_MAIL_H

#include <stdint.h>

#include "base/buf.h"
#include "specs/spec.h"

/* One mail as sendmail(8) takes it with -t: RFC 5322, lines end with \n. */
struct mail {
	const char *from;
	const struct texts *to;
	const char *subject;	/* UTF-8, one line */
	int64_t when;
	const char *id, *host;	/* of the Message-ID */
	const char *event;	/* a word for filters */
	const char *text, *html;	/* UTF-8; html "": text alone */
};

void mail_write(const struct mail *m, struct buf *out);

#endif
