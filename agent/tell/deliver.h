/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_DELIVER_H
#define AGENT_TELL_DELIVER_H

#include "agent/tell/message.h"
#include "agent/tell/notifier.h"
#include "agent/tell/request.h"

/* One message to one notifier, now: by a program or driftctl-notify. */
enum delivery {
	DELIVERY_DONE,
	DELIVERY_LATER,		/* it may work in a while */
	DELIVERY_REFUSED,	/* it will not */
};
/* why: one line where it is not done, with nothing secret in it. */
enum delivery deliver(const struct notifiers *l, const struct notifier *to,
    const struct message *m, struct buf *why);
/* A report, by mail to those of `mail: to`. */
enum delivery deliver_report(const struct notifiers *l,
    const struct message *m, struct buf *why);

/* Whether what it needs is there: programs, files that others cannot read;
 * NULL: for the report's mail. Tells nobody. */
int deliver_check(const struct notifiers *l, const struct notifier *to,
    struct err *e);

/* The environment that `exec` gets, NULL at the end; a pure part of it. */
void deliver_environment(const struct message *m, struct strlist *out);
/* What a webhook's or pushover's request is; -1 where a file with what is
 * secret cannot be read, or others can read it. */
int deliver_request(const struct notifier *to, const struct message *m,
    struct request *out, struct err *e);

#endif
