/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_REQUEST_H
#define AGENT_TELL_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strlist.h"

/*
 * One POST, as it goes to driftctl-notify (agent/notify/) on its standard
 * input: nothing of it may stand on a command line, where all can read it.
 */
struct request {
	struct arena arena;
	const char *url, *ca;	/* ca NULL: the system's */
	const char *type;	/* of the body */
	bool insecure;		/* http to other machines */
	unsigned seconds;
	struct strlist headers;	/* "Name: value" */
	struct buf body;
};

/* What it exits with. */
enum request_exit {
	REQUEST_DONE = 0,
	REQUEST_REFUSED = 1,	/* trying again would change nothing */
	REQUEST_LATER = 75,	/* EX_TEMPFAIL of sysexits(3) */
};

void request_write(const struct request *q, struct buf *out);
int request_parse(const char *bytes, size_t len, struct request *out,
    struct err *e);
void request_done(struct request *q);
void drop_request(struct request *q);	/* for CLEANUP */

/* Appends as in application/x-www-form-urlencoded. */
void request_form(struct buf *out, const char *key, const char *value);

/* No blank and no control: a line feed in a URL or an address would begin a
 * header of somebody else's. */
bool request_is_printable(const char *s);
/* The host of a URL, with its port: its length, 0 where there is none. */
size_t request_host(const char *url, const char **out);
/* https, or http to this machine or where that is wanted. */
bool request_url_is_allowed(const char *url, bool insecure);

#endif
