/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_ROUND_H
#define AGENT_TELL_ROUND_H

#include "agent/tell/outbox.h"
#include "agent/tell/post.h"

/*
 * Delivers what is due, and what comes meanwhile. Each notifier has a process
 * of its own for that, so that nobody is told later because another's server
 * is slow. Whoever calls it has the outbox's lock.
 */
int round_go(const struct post *p, const struct outbox *o, struct err *e);

#endif
