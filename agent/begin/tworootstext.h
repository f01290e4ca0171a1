/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_TWOROOTSTEXT_H
#define AGENT_BEGIN_TWOROOTSTEXT_H

#include "agent/begin/tworoots.h"
#include "agent/changetext.h"
#include "agent/finding.h"
#include "agent/machine.h"

/* What was found out about two systems, on its way to a person. */
struct tworoots_told {
	const struct options *o;	/* its root is the older one */
	const char *now_dir;
	const struct machine *m;	/* the newer one */
	const struct tworoots_style *how;
	struct change_content from;
	struct findings lost;	/* what does not hold, and held before */
	struct findings before;	/* and what did not then either */
	const struct changes *changes;
	const struct catalogue *catalogue;
};

int tworoots_tell(struct tworoots_told *t, struct buf *out, struct err *e);
void drop_tworoots_told(struct tworoots_told *t);	/* for CLEANUP */

#endif
