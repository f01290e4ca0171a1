/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_POST_H
#define AGENT_TELL_POST_H

#include "agent/machine.h"
#include "agent/tell/message.h"

/*
 * Delivers what is due in the outbox, one process at a time. Where another
 * does already, that one sees to it.
 */
struct post {
	const struct notifiers *to;
	struct machine *m;	/* for its store and root */
	bool now;		/* whether it is due or not */
	unsigned linger;	/* seconds in which it is tried again */
};
int post_run(const struct post *p, struct err *e);

/* Not where another root is ours for a while: it could not be unmounted. */
bool post_may_linger(void);
/* Starts a process of its own for that, which nobody waits for. */
void post_start(const struct options *o);

#endif
