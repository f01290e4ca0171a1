/* SPDX-License-Identifier: MIT */
#include "agent/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/say.h"
#include "base/buf.h"
#include "base/mem.h"

enum { QUIET_MS = 1000, EVERY_MS = 200 };

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, const struct options *o)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .wanted = o->verbose >= 0 &&
	    isatty(STDERR_FILENO) == 1 && term != NULL &&
	    strcmp(term, "dumb") != 0 &&
	    (o->verb == NULL || strcmp(o->verb, "hook") != 0) };
	if (p->wanted)
		p->began = now_ms();
}

void
progress_show(struct progress *p, const char *fmt, size_t n)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	int64_t now = p->wanted ? now_ms() : 0;

	if (!p->wanted || now - p->began < QUIET_MS || now - p->last < EVERY_MS)
		return;
	p->last = now;
	p->shown = true;
	buf_addf(&line, fmt, n);
	say_passing(buf_str(&line));
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		say_passing(NULL);
	p->shown = false;
}

void
drop_progress(struct progress *p)
{
	progress_end(p);
}
