/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_JOURNALD_H
#define AGENT_TELL_JOURNALD_H

#include "agent/tell/message.h"
#include "base/root.h"

/*
 * The system's log: systemd's journal with one field for each thing that is
 * known (driftctl(8), JOURNAL), or syslog where there is none. Whatever goes
 * wrong is nobody's business: there is nowhere left to say so.
 */
enum journald_kind {
	JOURNALD_RESTORED, JOURNALD_FLAGGED, JOURNALD_UNKNOWN, JOURNALD_MERGE,
	JOURNALD_FAILED, JOURNALD_RESOLVED,	/* as enum news_kind */
	JOURNALD_ENDED,		/* a transaction, and nothing is to do */
	JOURNALD_NOTIFIER,	/* somebody could not be told */
	JOURNALD_KINDS
};
/* The MESSAGE_ID of each. */
extern const char *const journald_ids[JOURNALD_KINDS];

struct journald_entry {
	enum journald_kind kind;
	int priority;		/* syslog(3) */
	const char *message;	/* one line, escaped */
	const struct news *news;	/* or NULL */
	const struct message *of;	/* whence; or NULL */
	const char *notifier;	/* or NULL */
};

/* By kind and severity. */
int journald_priority(const struct news *n);
/* The native protocol's bytes. */
void journald_bytes(const struct journald_entry *x, struct buf *out);

/* A log that is open; NULL root: that of the running system. */
struct journald {
	int fd;			/* -1: syslog */
};
void journald_open(const struct root *r, struct journald *out);
void journald_send(const struct journald *j, const struct journald_entry *x);
void journald_close(struct journald *j);
void drop_journald(struct journald *j);	/* for CLEANUP */

/* All news of a message, one entry each. */
void journald_message(const struct journald *j, const struct message *m);

#endif
