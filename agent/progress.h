/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PROGRESS_H
#define AGENT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/options.h"

/*
 * One line about work that takes long, on stderr where that is a terminal, and
 * taken away again when it is done. A zeroed struct says nothing.
 */
struct progress {
	bool wanted, shown;
	int64_t began, last;	/* ms of the monotonic clock */
};

/* Nothing is said with --quiet, of hooks, on a terminal that cannot erase. */
void progress_begin(struct progress *p, const struct options *o);
/* fmt has one %zu; nothing in the first second, and then not too often. */
void progress_show(struct progress *p, const char *fmt, size_t n);
void progress_end(struct progress *p);
void drop_progress(struct progress *p);		/* for CLEANUP */

#endif
