/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_TELL_H
#define AGENT_TELL_TELL_H

#include <stdbool.h>

#include "agent/ledger/transaction.h"
#include "agent/machine.h"
#include "agent/tell/told.h"

/*
 * Everything that tells somebody: the system's log, the message of the day,
 * the package manager's terminal, and whoever driftctl.yaml(5) names under
 * `on-finding`. Nothing here fails: what cannot be told in one way is told in
 * another, and nobody waits for a notifier.
 */
struct teller {
	const struct options *o;
	struct machine *m;	/* NULL, or without a store: the log and the
				 * terminal alone */
	const char *origin;	/* zypp, apt, timer…; "" */
	pid_t manager;		/* the package manager's process, or 0 */
	bool loud;		/* stderr is read by somebody */
};

/*
 * Of a transaction that ended: the log always, the terminal where there is
 * something to do or to know. look: what is the matter with the machine now
 * (look_open). report is how to see the long text, or NULL.
 */
void tell_end(const struct teller *to, const struct transaction *t,
    struct look *look, const char *report);
/* Of a look at the whole machine: only what was not told lately. */
void tell_look(const struct teller *to, struct look *look);
/*
 * What was told may be no more, after somebody restored, accepted or merged:
 * looks, where anything is open, and takes it back. Costs nothing otherwise.
 */
void tell_again(const struct options *o);
/* A hook's own failure, which nobody is waiting for. */
void tell_failure(const struct options *o, const char *origin,
    const struct err *e);

/*
 * A report, by mail to those of `mail: to`; html may be "". It is on disk for
 * good when this returns, and delivered by a process of its own. 0 where
 * nobody is to have it, 1 where it is on its way.
 */
int tell_report(const struct teller *to, const char *subject,
    const char *text, const char *html, struct err *e);

/* Whom the machine's settings name: nobody where they are another system's and
 * --config does not name them. */
const struct notifiers *tell_notifiers(const struct machine *m);

/*
 * A test to every notifier, at once; prints how each did. 0 where all were
 * told, 1 where somebody was not or there is nobody.
 */
int tell_test(const struct teller *to, struct err *e);

#endif
