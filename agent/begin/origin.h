/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_ORIGIN_H
#define AGENT_BEGIN_ORIGIN_H

#include "agent/machine.h"

/*
 * The state of an older system, taken as if it had been recorded then: from a
 * folder that is a copy of it (a mounted disk), or a backup archive. What the
 * copy cannot know, as it has nothing of that part of the system, is taken to
 * be as it is now.
 */
struct origin {
	struct oid commit;
	size_t entries;		/* taken from the copy */
	size_t assumed;		/* taken to be as they are now */
	size_t members;		/* all that an archive has; 0: a folder */
	/* What an archive was written without, so that it is not compared. */
	bool no_xattrs, no_acls;
	size_t unknown;		/* in the folder, that could not be read: told
				 * on stderr */
};

/* Records it as the first snapshot of an empty store that is locked, and makes
 * it the baseline. */
int origin_record(struct machine *m, const char *from, struct origin *out,
    struct err *e);

#endif
